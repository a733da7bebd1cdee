# SPDX-License-Identifier: MIT
"""The templates of `orgrun setup`, judged by cfn-lint and by moto's CloudFormation and IAM."""
import json
import subprocess
import sys
import unittest
from pathlib import Path

import boto3
import yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data as MANAGED

from harness import ROLE, Moto, by_account
from test_setup import ORG, OUS, RUNNER, SetupCase

TEMPLATE_MAX = 51200  # what CloudFormation takes without a bucket


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

    def policies(self, name, **change):
        """A template that holds the policies, whose grammar and actions cfn-lint knows."""
        trust = json.loads(self.setup("trust", "--principal", RUNNER, "--external-id", "ab",
                                      "--org-id", ORG, "--session-tags", "--source-identity"))
        source = json.loads(self.setup("source-policy", "--role", "a*/b?/${c}/d", "--org-id", ORG,
                                       "--session-tags", "--source-identity"))
        source["Statement"][0].update(change)
        (self.dir / name).write_text(json.dumps({"Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
            "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {
                "PolicyDocument": source}}}}))
        return name

    def test_policies_linted(self):
        done = self.lint(self.policies("right.json"))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        done = self.lint(self.policies("wrong.json", Action="sts:AssumeRoll"))
        self.assertIn("assumeroll", done.stdout.lower())

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


if __name__ == "__main__":
    unittest.main()
