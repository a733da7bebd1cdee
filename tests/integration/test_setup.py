# SPDX-License-Identifier: MIT
"""`orgrun setup`: the policies, and what wrong input gets. Templates are test_setup_templates.py's."""
import json
import unittest

from harness import ROLE, Case, plain_environment

RUNNER = "arn:aws:iam::111122223333:role/ci/runner"
ORG = "o-a1b2c3d4e5"
OUS = "ou-ab12-c3d4e5f6,r-ab12"
READS = {"organizations:" + name for name in (
    "DescribeOrganization", "ListAccounts", "ListAccountsForParent", "ListDelegatedAdministrators",
    "ListOrganizationalUnitsForParent", "ListParents", "ListRoots", "ListTagsForResource")}


class SetupCase(Case):
    def setUp(self):
        super().setUp()
        self.env = plain_environment(self.home)

    def setup(self, *arguments, env=None):
        """The document, which stands on standard output alone."""
        result = self.orgrun("setup", *arguments, "--quiet", env=env or self.env)
        self.assert_exit(result, 0)
        self.assertEqual(result.err, "")
        self.assertTrue(result.out.endswith("\n"))
        self.assertTrue(result.out.isascii(), result.out)
        return result.out

    def policy(self, *arguments, env=None):
        """The statements of a policy, which hold what IAM's grammar asks for."""
        document = json.loads(self.setup(*arguments, env=env))
        self.assertEqual(list(document), ["Version", "Statement"])
        self.assertEqual(document["Version"], "2012-10-17")
        for statement in document["Statement"]:
            self.assertEqual(statement["Effect"], "Allow")
            self.assertRegex(statement["Sid"], "^[A-Za-z0-9]+$")
        return document["Statement"]

    def refused(self, message, *arguments):
        result = self.orgrun("setup", *arguments, env=self.env)
        self.assert_exit(result, 2)
        self.assertEqual(result.out, "")
        self.assert_says(result, message)


class Trust(SetupCase):
    def test_one_role(self):
        self.assertEqual(self.policy("trust", "--principal", RUNNER), [
            {"Sid": "AssumeRole", "Effect": "Allow", "Principal": {"AWS": RUNNER},
             "Action": "sts:AssumeRole"}])

    def test_an_account_is_its_root(self):
        for region, partition in ((None, "aws"), ("cn-north-1", "aws-cn"),
                                  ("us-gov-east-1", "aws-us-gov"), ("eu-isoe-west-1", "aws-iso-e")):
            arguments = ["--region", region] if region else []
            (statement,) = self.policy("trust", "--principal", "012345678901", *arguments)
            self.assertEqual(statement["Principal"],
                             {"AWS": f"arn:{partition}:iam::012345678901:root"})

    def test_everything(self):
        user = "arn:aws:iam::444455556666:user/a+b=c,d.e@f-g_h"
        statements = self.policy("trust", "--principal", RUNNER, "--principal", user, "--principal",
                                 "000000000001", "--external-id", "a:b/c=d,e@f", "--org-id", ORG,
                                 "--session-tags", "--source-identity")
        principal = {"AWS": [RUNNER, user, "arn:aws:iam::000000000001:root"]}
        self.assertEqual(statements, [
            {"Sid": "AssumeRole", "Effect": "Allow", "Principal": principal,
             "Action": "sts:AssumeRole",
             "Condition": {"StringEquals": {"sts:ExternalId": "a:b/c=d,e@f",
                                            "aws:PrincipalOrgID": ORG}}},
            {"Sid": "PassSessionContext", "Effect": "Allow", "Principal": principal,
             "Action": ["sts:TagSession", "sts:SetSourceIdentity"],
             "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORG}}}])

    def test_one_permission_more(self):
        _, tags = self.policy("trust", "--principal", RUNNER, "--session-tags", "--external-id", "ab")
        self.assertEqual(tags["Action"], "sts:TagSession")
        self.assertNotIn("Condition", tags)

    def test_quotes_in_a_path(self):
        arn = "arn:aws:iam::111122223333:role/" + "a\"b'c\\d{e}%s$<&>" + "/runner"
        (statement,) = self.policy("trust", "--principal", arn)
        self.assertEqual(statement["Principal"]["AWS"], arn)


class SourcePolicy(SetupCase):
    def resource(self, *arguments, env=None):
        assume, read = self.policy("source-policy", *arguments, env=env)
        self.assertEqual(assume["Action"], "sts:AssumeRole")
        self.assertEqual(set(read["Action"]), READS)
        self.assertEqual(read["Resource"], "*")
        self.assertNotIn("Condition", read)
        return assume["Resource"]

    def test_partitions(self):
        for arguments, variables, partition in (
                ([], {}, "aws"),
                (["--region", "eu-central-1"], {"AWS_REGION": "cn-north-1"}, "aws"),
                (["--region", "cn-northwest-1"], {}, "aws-cn"),
                (["--partition", "aws-us-gov"], {"AWS_REGION": "cn-north-1"}, "aws-us-gov"),
                ([], {"AWS_REGION": "us-gov-west-1"}, "aws-us-gov"),
                ([], {"AWS_REGION": "", "AWS_DEFAULT_REGION": "cn-north-1"}, "aws-cn")):
            with self.subTest(arguments=arguments, variables=variables):
                self.assertEqual(self.resource(*arguments, env={**self.env, **variables}),
                                 f"arn:{partition}:iam::*:role/{ROLE}")

    def test_roles(self):
        for role, resource in (
                ("audit", "arn:aws:iam::*:role/audit"),
                ("a/b+c/x=y,z.@-_", "arn:aws:iam::*:role/a/b+c/x=y,z.@-_"),
                # what would match other roles too is taken literally
                ("all*/one?/${aws:username}/r", "arn:aws:iam::*:role/all${*}/one${?}/"
                                                "${$}{aws:username}/r"),
                ("arn:aws-cn:iam::*:role/p/r", "arn:aws-cn:iam::*:role/p/r"),
                ("arn:aws:iam::{account.id}:role/r", "arn:aws:iam::*:role/r"),
                ("arn:aws:iam::012345678901:role/r", "arn:aws:iam::012345678901:role/r")):
            with self.subTest(role):
                self.assertEqual(self.resource("--role", role), resource)

    def test_conditions_and_more_actions(self):
        assume, _ = self.policy("source-policy", "--org-id", ORG, "--session-tags",
                                "--source-identity")
        self.assertEqual(assume["Action"],
                         ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
        self.assertEqual(assume["Condition"], {"StringEquals": {"aws:ResourceOrgID": ORG}})


class WrongInput(SetupCase):
    def test_documents_and_options(self):
        for message, *arguments in (
                ("setup needs a document, stackset, trust or source-policy: orgrun setup DOCUMENT",),
                ("setup prints stackset, trust or source-policy, not 'trusts': did you mean 'trust'?",
                 "trusts"),
                ("'source-policy' is one operand too many", "trust", "source-policy"),
                ("setup trust has no place for --ous, which is for setup stackset", "trust",
                 "--principal", RUNNER, "--ous", OUS),
                ("setup trust has no place for --role, which is for setup stackset or source-policy",
                 "trust", "--principal", RUNNER, "--role", "x"),
                ("setup source-policy has no place for --external-id, which is for setup stackset or "
                 "trust", "source-policy", "--external-id", "abc"),
                ("setup source-policy has no place for --duration, which is for setup stackset",
                 "source-policy", "--duration", "2h"),
                ("--role-only is for one account", "stackset", "--role-only", "--ous", OUS),
                ("--role-only is for one account", "stackset", "--role-only", "--delegated-admin"),
                ("--partition and --region exclude one another", "stackset", "--partition", "aws",
                 "--region", "us-east-1"),
                ("a trust policy needs a principal, which it trusts: an account id, or "
                 "arn:PARTITION:iam::ACCOUNT:role/NAME (or user/NAME)", "trust")):
            with self.subTest(arguments):
                self.refused(message, *arguments)

    def test_principals(self):
        for message, principal in (
                ('"1234" is not a principal: an account id, or', "1234"),
                ('"*" is not a principal', "*"),
                ('"arn:aws:iam::111122223333:role/a*/" is not a principal: the name after the path '
                 "is missing", "arn:aws:iam::111122223333:role/a*/"),
                ("is not a principal", "arn:aws:iam::111122223333:group/x"),
                ("is not a principal", "arn:aws:iam::1111:role/x"),
                ("is not a principal", "arn:aws:iam::111122223333:role/x y"),
                ("is not a principal: a name holds only", "arn:aws:iam::111122223333:role/x!"),
                ("is a session, which is gone tomorrow: name its role, "
                 "arn:aws:iam::111122223333:role/runner",
                 "arn:aws:sts::111122223333:assumed-role/runner/me"),
                ("is not a principal", "arn:aws:sts::111122223333:federated-user/me"),
                ('"aws-mars" is not a partition: one of aws, aws-cn, aws-eusc',
                 "arn:aws-mars:iam::111122223333:role/x")):
            with self.subTest(principal):
                self.refused(message, "trust", "--principal", principal)

    def test_values(self):
        for message, *options in (
                ('"x" is not an external id: 2 to 1224 letters, digits and _+=,.@:/-',
                 "--external-id", "x"),
                ("is not an external id", "--external-id", "y" * 1225),
                ("is not an external id", "--external-id", "a b"),
                ("is not an external id", "--external-id", "ab\n"),
                ("is not an external id", "--external-id", "größe"),
                ('"o-ABC" is not an organization id: such as o-a1b2c3d4e5', "--org-id", "o-ABC"),
                ('"ou-1" is not an organizational unit or root: an id such as ou-ab12-c3d4e5f6 or '
                 "r-ab12", "--ous", "r-ab12,ou-1"),
                ('"/x" is not a role here: a path is written without the leading "/"', "--role", "/x"),
                ('"a b" is not a role here: a name holds only', "--role", "a b"),
                ("is not a role here: the name is longer than 64 characters", "--role", "r" * 65),
                ("is not a role here: a template names the role by NAME or PATH/NAME", "--role",
                 "arn:aws:iam::*:role/x"),
                ("a role's sessions last at most between 1h and 12h", "--duration", "15m"),
                ("a role's sessions last at most between 1h and 12h", "--duration", "13h"),
                ("a role's sessions last at most between 1h and 12h", "--duration", "10ms"),
                ('"a b" is not a managed policy: a name such as SecurityAudit', "--managed-policy",
                 "a b"),
                ("is not a managed policy", "--managed-policy", "arn:aws:s3:::x"),
                ("is one account's policy", "--managed-policy",
                 "arn:aws:iam::111122223333:policy/mine"),
                ("is not a permissions boundary", "--permissions-boundary",
                 "arn:aws:iam::aws:policy/"),
                ("holds a comma", "--principal", "arn:aws:iam::111122223333:role/a,b"),
                ('"mars-1" is not a Region, which looks like eu-west-1', "--region", "mars-1"),
                ('"mars" is not a partition: one of aws, aws-cn', "--partition", "mars"),
                ("lies in partition aws, not in aws-cn", "--partition", "aws-cn", "--principal",
                 RUNNER),
                ("lies in partition aws-cn, not in aws", "--principal", RUNNER, "--managed-policy",
                 "arn:aws-cn:iam::aws:policy/SecurityAudit")):
            with self.subTest(options):
                self.refused(message, "stackset", *options)

    def test_one_account_may_have_its_own_policy(self):
        self.setup("stackset", "--role-only", "--managed-policy",
                   "arn:aws:iam::111122223333:policy/mine")

    def test_closed_output(self):
        with open("/dev/full", "w") as full:
            process = self.popen("setup", "source-policy", env=self.env, stdout=full)
            _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 3)
        self.assertIn("standard output could not be written", err)


if __name__ == "__main__":
    unittest.main()
