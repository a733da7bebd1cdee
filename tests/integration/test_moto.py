# SPDX-License-Identifier: MIT
"""orgrun against moto's server, an STS and Organizations that we did not write: plain, over TLS with
a private CA, and with moto verifying the signatures."""
import json
import unittest

import boto3

import certificates
from harness import ROLE, Case, Moto, by_account, plain_environment

MEMBERS = 44  # and the master account, which moto adds itself
KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

IDENTITY_JOB = """
name: identity
accounts: {organization: true, expect: %d}
role: {name: rol_sts_cross_account}
regions: [us-east-1]
tasks:
  - name: whoami
    command: [aws, sts, get-caller-identity, --output, json]
    env: {AWS_ENDPOINT_URL: "%s"%s}
    timeout: 2m
limits: {concurrency: 8}
"""

SHELL_JOB = """
name: shell
accounts: {organization: true}
role: rol_sts_cross_account
tasks:
  - name: variables
    regions: none
    script: printf '{"account":"%s","key":"%s"}' "$ORGRUN_ACCOUNT_ID" "$AWS_ACCESS_KEY_ID"
"""


class AgainstMoto(Case):
    def moto(self, **options):
        server = Moto(**options)
        server.start()
        self.addCleanup(server.stop)
        server.fetch_bytes("/moto-api/seed?a=42", b"")
        return server

    def client(self, server, service):
        return boto3.client(service, endpoint_url=server.url, region_name="us-east-1",
                            aws_access_key_id=KEY, aws_secret_access_key=SECRET, verify=server.ca)

    def seed(self, server, members):
        """An organization of members + 1 accounts; returns {id: name}."""
        organizations = self.client(server, "organizations")
        organizations.create_organization(FeatureSet="ALL")
        for i in range(members):
            organizations.create_account(AccountName=f"member-{i:02d}",
                                         Email=f"member-{i:02d}@example.com")
        pages = organizations.get_paginator("list_accounts").paginate()
        return {a["Id"]: a["Name"] for page in pages for a in page["Accounts"]}

    def environment(self, server, key=KEY, secret=SECRET):
        env = plain_environment(self.home)
        env.update({"AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": key,
                    "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1"})
        if server.ca:
            env["AWS_CA_BUNDLE"] = server.ca
        return env

    def check_identities(self, result, accounts):
        """Every account answered, and as itself."""
        self.assert_exit(result, 0)
        found = by_account(result.report)
        self.assertEqual(sorted(found), sorted(accounts))
        for account, (entry,) in found.items():
            self.assertEqual(entry["status"], "passed", entry)
            self.assertEqual(entry["account"]["name"], accounts[account])
            answer = json.loads(self.output_of(entry))
            self.assertEqual(answer["Account"], account)
            self.assertRegex(answer["Arn"],
                             f"^arn:aws:sts::{account}:assumed-role/{ROLE}/[\\w+=,.@-]+$")
            self.assertEqual(entry["output"], answer)

    def test_45_accounts_name_themselves(self):
        server = self.moto()
        accounts = self.seed(server, MEMBERS)
        self.assertEqual(len(accounts), MEMBERS + 1)
        result = self.run_job(IDENTITY_JOB % (MEMBERS + 1, server.url, ""),
                              self.environment(server), timeout=200)
        self.check_identities(result, accounts)
        self.assertEqual(result.report["summary"]["passed"], MEMBERS + 1)

    def test_tls_with_a_private_ca(self):
        ca, certificate, key = certificates.make(self.dir)
        server = self.moto(certificate=certificate, key=key, ca=ca)
        accounts = self.seed(server, 3)
        env = self.environment(server)
        more = f', AWS_CA_BUNDLE: "{ca}"'
        self.check_identities(self.run_job(IDENTITY_JOB % (4, server.url, more), env), accounts)
        del env["AWS_CA_BUNDLE"]
        refused = self.run_job(SHELL_JOB, env)
        self.assert_exit(refused, 2)
        self.assert_says(refused, "certificate")

    def runner(self, server):
        """A user of the master account with a key of its own that may assume roles."""
        iam = self.client(server, "iam")
        iam.create_user(UserName="runner")
        allow = {"Version": "2012-10-17",
                 "Statement": [{"Effect": "Allow", "Action": ["sts:*", "organizations:*"],
                                "Resource": "*"}]}
        iam.put_user_policy(UserName="runner", PolicyName="sweep",
                            PolicyDocument=json.dumps(allow))
        key = iam.create_access_key(UserName="runner")["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def test_signatures_are_checked(self):
        server = self.moto()
        accounts = self.seed(server, 4)
        key, secret = self.runner(server)
        server.fetch_bytes("/moto-api/reset-auth", b"0")
        result = self.run_job(IDENTITY_JOB % (5, server.url, ""),
                              self.environment(server, key, secret))
        self.check_identities(result, accounts)
        wrong = self.run_job(SHELL_JOB, self.environment(server, key, SECRET))
        self.assert_exit(wrong, 2)
        self.assert_says(wrong, "SignatureDoesNotMatch")
        self.assertEqual(wrong.out, "")

    def test_closed_account_is_skipped(self):
        server = self.moto()
        accounts = self.seed(server, 3)
        closed = next(a for a, name in accounts.items() if name == "member-01")
        self.client(server, "organizations").close_account(AccountId=closed)
        result = self.run_job(SHELL_JOB, self.environment(server))
        found = by_account(result.report)
        self.assertEqual(sorted(found), sorted(accounts))
        self.assertEqual(found[closed][0]["status"], "skipped")
        self.assertIn("SUSPENDED", found[closed][0]["reason"])
        for account in set(accounts) - {closed}:
            self.assertEqual(found[account][0]["output"]["account"], account)
            self.assertEqual(found[account][0]["output"]["key"][:4], "ASIA")


if __name__ == "__main__":
    unittest.main()
