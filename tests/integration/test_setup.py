# SPDX-License-Identifier: MIT
"""`orgrun setup`: policies and templates, judged by cfn-lint and by moto's CloudFormation and IAM."""
import json
import subprocess
import sys
import unittest
from pathlib import Path

import boto3
import yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data as MANAGED

from harness import ROLE, Case, Moto, by_account, plain_environment

RUNNER = "arn:aws:iam::111122223333:role/ci/runner"
ORG = "o-a1b2c3d4e5"
OUS = "ou-ab12-c3d4e5f6,r-ab12"
TEMPLATE_MAX = 51200  # what CloudFormation takes without a bucket
READS = {"organizations:" + name for name in (
    "DescribeOrganization", "ListAccounts", "ListAccountsForParent", "ListDelegatedAdministrators",
    "ListOrganizationalUnitsForParent", "ListRoots", "ListTagsForResource")}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!Ref x` becomes {"Ref": x}."""


def short_form(loader, suffix, node):
    kind = {yaml.ScalarNode: loader.construct_scalar,
            yaml.SequenceNode: lambda n: loader.construct_sequence(n, deep=True),
            yaml.MappingNode: lambda n: loader.construct_mapping(n, deep=True)}[type(node)]
    return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: kind(node)}


Loader.add_multi_constructor("!", short_form)


def template(text):
    return yaml.load(text, Loader)


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


class Templates(SetupCase):
    # each once as a stack set and once as the role alone
    OPTIONS = (
        (),
        ("--principal", RUNNER),
        ("--principal", "111122223333", "--managed-policy", "SecurityAudit"),
        ("--principal", RUNNER, "--principal", "444455556666", "--external-id", "a:b/c=d,e@f",
         "--org-id", ORG, "--role", "a\"b\\c/d'e/f+g=h.@-_", "--duration", "12h", "--managed-policy",
         "SecurityAudit", "--managed-policy", "ViewOnlyAccess", "--permissions-boundary",
         "team/limits", "--session-tags", "--source-identity"),
        ("--region", "cn-north-1", "--principal", "111122223333", "--managed-policy", "ReadOnlyAccess"),
        ("--partition", "aws-us-gov", "--principal", "arn:aws-us-gov:iam::111122223333:user/ci",
         "--managed-policy", "arn:aws-us-gov:iam::aws:policy/SecurityAudit"),
    )

    def test_linted(self):
        """cfn-lint finds nothing, be it a warning, in any of them, nor in what they embed."""
        files = []
        for i, options in enumerate(self.OPTIONS):
            whole = self.setup("stackset", *options, *(("--ous", OUS) if i else ()))
            inner = template(whole)["Resources"]["StackSet"]["Properties"]["TemplateBody"]
            for kind, text in (("whole", whole), ("inner", inner),
                               ("role", self.setup("stackset", "--role-only", *options))):
                path = self.dir / f"{kind}-{i}.yaml"
                path.write_text(text)
                files.append(str(path))
                self.assertLess(len(text), TEMPLATE_MAX)
        done = self.lint(*files)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def lint(self, *files):
        return subprocess.run(
            [str(Path(sys.executable).parent / "cfn-lint"), "--regions", "us-east-1", "cn-north-1",
             "us-gov-west-1", "--", *files], capture_output=True, text=True, cwd=self.dir,
            timeout=100, env=self.env)

    def test_the_linter_can_find(self):
        text = self.setup("stackset", "--role-only").replace("MaxSessionDuration:", "MaxDuration:")
        (self.dir / "wrong.yaml").write_text(text)
        done = self.lint("wrong.yaml")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("MaxDuration", done.stdout)

    def test_defaults_are_what_was_given(self):
        def defaults(*options):
            parameters = template(self.setup("stackset", *options))["Parameters"]
            return {name: p.get("Default") for name, p in parameters.items()}
        plain = {
            "OrganizationalUnitIds": None, "CallAs": "SELF", "RoleName": ROLE, "RolePath": "/",
            "SourcePrincipals": None, "ExternalId": "", "OrganizationId": "",
            "AllowSessionTags": "false", "AllowSourceIdentity": "false", "ManagedPolicyArns": "",
            "PermissionsBoundary": "", "MaxSessionDuration": "3600"}
        self.assertEqual(defaults(), plain)
        self.assertEqual(defaults(*self.OPTIONS[3], "--ous", OUS, "--delegated-admin"), {
            "OrganizationalUnitIds": OUS, "CallAs": "DELEGATED_ADMIN", "RoleName": "f+g=h.@-_",
            "RolePath": "/a\"b\\c/d'e/", "SourcePrincipals": RUNNER + ",444455556666",
            "ExternalId": "a:b/c=d,e@f", "OrganizationId": ORG, "AllowSessionTags": "true",
            "AllowSourceIdentity": "true", "PermissionsBoundary": "team/limits",
            "MaxSessionDuration": "43200", "ManagedPolicyArns":
                "arn:aws:iam::aws:policy/SecurityAudit,"
                "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"})
        cn = defaults(*self.OPTIONS[4])
        self.assertEqual(cn["ManagedPolicyArns"], "arn:aws-cn:iam::aws:policy/ReadOnlyAccess")
        del plain["OrganizationalUnitIds"], plain["CallAs"]
        self.assertEqual(defaults("--role-only"), plain)

    def test_the_stack_set_gives_the_role_all_it_asks_for(self):
        whole = template(self.setup("stackset", *self.OPTIONS[3], "--ous", OUS))
        properties = whole["Resources"]["StackSet"]["Properties"]
        inner = template(properties["TemplateBody"])
        given = {p["ParameterKey"]: p["ParameterValue"] for p in properties["Parameters"]}
        self.assertEqual(sorted(given), sorted(inner["Parameters"]))
        for name, value in given.items():
            self.assertIn(value, ({"Ref": name}, {"Fn::Join": [",", {"Ref": name}]}))
            self.assertNotIn("Default", inner["Parameters"][name])
            outer = dict(whole["Parameters"][name])
            del outer["Default"]
            self.assertEqual(outer, inner["Parameters"][name])
        self.assertEqual(properties["PermissionModel"], "SERVICE_MANAGED")
        self.assertEqual(properties["AutoDeployment"]["Enabled"], True)
        self.assertEqual(properties["Capabilities"], ["CAPABILITY_NAMED_IAM"])
        self.assertEqual(properties["CallAs"], {"Ref": "CallAs"})
        (group,) = properties["StackInstancesGroup"]
        self.assertEqual(group["DeploymentTargets"],
                         {"OrganizationalUnitIds": {"Ref": "OrganizationalUnitIds"}})

    def test_names_of_policies(self):
        """Every name becomes the ARN of a policy that AWS has."""
        known = {(p.get("Path") or "/") + name for name, p in json.loads(MANAGED).items()}
        names = ("SecurityAudit", "ReadOnlyAccess", "PowerUserAccess", "AdministratorAccess",
                 "Billing", "DataScientist", "DatabaseAdministrator", "NetworkAdministrator",
                 "SupportUser", "SystemAdministrator", "ViewOnlyAccess",
                 "job-function/ViewOnlyAccess")
        options = [word for name in names for word in ("--managed-policy", name)]
        arns = template(self.setup("stackset", *options))["Parameters"]["ManagedPolicyArns"]
        for name, arn in zip(names, arns["Default"].split(","), strict=True):
            self.assertTrue(arn.endswith("/" + name), arn)
            self.assertIn(arn.removeprefix("arn:aws:iam::aws:policy"), known)

    def test_no_partition_is_written_into_it(self):
        for arguments in (("stackset",), ("stackset", "--role-only")):
            body = self.setup(*arguments).split("AWSTemplateFormatVersion", 1)[1]
            self.assertNotIn("arn:aws", body)

    def test_a_role_without_permissions_is_mentioned(self):
        result = self.orgrun("setup", "stackset", env=self.env)
        self.assert_exit(result, 0)
        self.assert_says(result, "the role may do nothing yet")
        result = self.orgrun("setup", "stackset", "--managed-policy", "SecurityAudit", env=self.env)
        self.assertEqual(result.err, "")


class Deployed(SetupCase):
    """The role as moto's CloudFormation makes it in a member account."""

    def setUp(self):
        super().setUp()
        self.moto = Moto()
        self.moto.start()
        self.addCleanup(self.moto.stop)
        self.keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x" * 40}
        organizations = self.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        status = organizations.create_account(AccountName="member", Email="member@example.com")
        self.member = status["CreateAccountStatus"]["AccountId"]
        credentials = self.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{self.member}:role/OrganizationAccountAccessRole",
            RoleSessionName="deploy")["Credentials"]
        self.inside = {"aws_access_key_id": credentials["AccessKeyId"],
                       "aws_secret_access_key": credentials["SecretAccessKey"],
                       "aws_session_token": credentials["SessionToken"]}

    def client(self, service, keys=None):
        return boto3.client(service, endpoint_url=self.moto.url, region_name="us-east-1",
                            **(keys or self.keys))

    def deploy(self, text, parameters=()):
        cloudformation = self.client("cloudformation", self.inside)
        cloudformation.create_stack(
            StackName="role", TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters])
        (stack,) = cloudformation.describe_stacks(StackName="role")["Stacks"]
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE")
        arn = stack["Outputs"][0]["OutputValue"]
        return self.client("iam", self.inside).get_role(RoleName=arn.rpartition("/")[2])["Role"]

    @staticmethod
    def defaults(text, names):
        """What CloudFormation makes of the defaults: moto reads no list from one."""
        parameters = template(text)["Parameters"]
        return [(name, parameters[name]["Default"]) for name in names or parameters]

    def normal(self, statements):
        """Lists of one are what they hold; AWS::NoValue is left out, which moto does not in a
        list."""
        if isinstance(statements, list):
            items = [self.normal(s) for s in statements if s is not None]
            return items[0] if len(items) == 1 else items
        if isinstance(statements, dict):
            return {k: self.normal(v) for k, v in statements.items()}
        return statements

    def check_trust(self, role, *options):
        expected = json.loads(self.setup("trust", *options))
        self.assertEqual(self.normal(role["AssumeRolePolicyDocument"]), self.normal(expected))

    def check_orgrun(self, role_option):
        env = {**self.env, "AWS_ENDPOINT_URL": self.moto.url, "AWS_REGION": "us-east-1",
               "AWS_ACCESS_KEY_ID": self.keys["aws_access_key_id"],
               "AWS_SECRET_ACCESS_KEY": self.keys["aws_secret_access_key"]}
        result = self.exec(env, "--accounts", self.member, "--role", role_option, "--regions",
                           "us-east-1", "--env", f"AWS_ENDPOINT_URL={self.moto.url}", "--", "aws", "sts", "get-caller-identity", "--output", "json")
        self.assert_exit(result, 0)
        (entry,) = by_account(result.report)[self.member]
        return entry["output"]["Arn"]

    def test_plain(self):
        options = ("--principal", "arn:aws:iam::111122223333:role/runner")
        text = self.setup("stackset", "--role-only", *options)
        role = self.deploy(text, self.defaults(text, None))
        self.assertEqual(role["Arn"], f"arn:aws:iam::{self.member}:role/{ROLE}")
        self.assertEqual(role["MaxSessionDuration"], 3600)
        self.assertNotIn("PermissionsBoundary", role)
        self.check_trust(role, *options)
        self.assertRegex(self.check_orgrun(ROLE), f":assumed-role/{ROLE}/")

    def test_everything_as_the_stack_set_gives_it(self):
        """The embedded template with the parameters that the stack set's own resolve to."""
        trust = ("--principal", RUNNER, "--principal", "arn:aws:iam::444455556666:root",
                 "--external-id", "a:b/c=d,e@f", "--org-id", ORG, "--session-tags",
                 "--source-identity")
        whole = self.setup(
            "stackset", *trust, "--role", "ops/audit/x+y", "--duration", "2h")
        body = template(whole)["Resources"]["StackSet"]["Properties"]["TemplateBody"]
        role = self.deploy(body, self.defaults(whole, template(body)["Parameters"]))
        self.assertEqual(role["Arn"], f"arn:aws:iam::{self.member}:role/ops/audit/x+y")
        self.assertEqual(role["MaxSessionDuration"], 7200)
        self.check_trust(role, *trust)
        self.assertRegex(self.check_orgrun("ops/audit/x+y"), r":assumed-role/x\+y/")

    def test_boundary_and_one_condition(self):
        options = ("--principal", RUNNER, "--org-id", ORG)
        self.client("iam", self.inside).create_policy(
            Path="/team/", PolicyName="limits", PolicyDocument=json.dumps({
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
        text = self.setup("stackset", "--role-only", "--permissions-boundary", "team/limits",
                          *options)
        role = self.deploy(text, self.defaults(text, None))
        self.assertEqual(role["PermissionsBoundary"]["PermissionsBoundaryArn"],
                         f"arn:aws:iam::{self.member}:policy/team/limits")
        self.check_trust(role, *options)

    def test_policies_are_ones_that_iam_takes(self):
        iam = self.client("iam")
        trust = self.setup("trust", "--principal", RUNNER, "--external-id", "ab", "--session-tags")
        iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=trust)
        iam.create_user(UserName="runner")
        for name, arguments in (("plain", ()), ("more", ("--org-id", ORG, "--session-tags")),
                                ("literal", ("--role", "a*/b?/${c}/d"))):
            iam.put_user_policy(UserName="runner", PolicyName=name,
                                PolicyDocument=self.setup("source-policy", *arguments))


class WrongInput(SetupCase):
    def test_documents_and_options(self):
        for message, *arguments in (
                ("setup needs the name of a document: orgrun setup stackset|trust|source-policy",),
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
