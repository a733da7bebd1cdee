# SPDX-License-Identifier: MIT
"""The five kinds of machine that orgrun is started on, each with the services it has there: a laptop
with Identity Center, an EC2 instance, an ECS task, an EKS pod, a CI stage with OIDC. On each it says
where its credentials come from, and runs a command in every account."""
import hashlib
import json
import re
import unittest

import boto3

from harness import Case, Moto, plain_environment
from test_providers import Fake, stamp

ROLES = "/latest/meta-data/iam/security-credentials/"


class Machines(Case):
    def setUp(self):
        super().setUp()
        self.box = self.sandbox(accounts=5, denied=0)
        self.env = plain_environment(self.home)
        self.env.update({"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_STS": self.box.url,
                         "AWS_ENDPOINT_URL_ORGANIZATIONS": self.box.url})
        key = self.box.fetch("/sandbox/source-key", {"seconds": 3600})
        self.document = {"Code": "Success", "AccessKeyId": key["AccessKeyId"],
                         "SecretAccessKey": key["SecretAccessKey"], "Token": key["SessionToken"],
                         "Expiration": stamp(60)}

    def fake(self, answers):
        server = Fake(answers)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def works(self, provider, *steps, accounts=5):
        told = self.orgrun("session", "--explain", env=self.env)
        self.assert_exit(told, 0)
        self.assertEqual(re.findall(r"^  ✓ (\S.*?)  ", told.out, re.M), [provider], told.out)
        for step in steps:
            self.assertIn(step, told.out)
        self.assertRegex(told.out, r"caller +arn:aws:")
        self.assertNotIn(self.document["SecretAccessKey"], told.out + told.err)
        self.assertNotIn(self.document["Token"], told.out + told.err)
        result = self.exec(self.env, "--org", "--", "true")
        self.assert_exit(result, 0)
        self.assertEqual(result.report["summary"]["passed"], accounts)

    def test_laptop_with_identity_center(self):
        (self.home / ".aws/sso/cache").mkdir(parents=True)
        (self.home / ".aws/config").write_text(
            "[profile work]\nsso_session = corp\nsso_account_id = 111122223333\n"
            "sso_role_name = Platform\n[sso-session corp]\nsso_region = us-east-1\n"
            "sso_start_url = https://corp.awsapps.com/start\n")
        name = hashlib.sha1(b"corp").hexdigest() + ".json"
        login = self.home / ".aws/sso/cache" / name
        login.write_text(json.dumps({"accessToken": "login", "expiresAt": stamp(120)}))
        keys = {"accessKeyId": self.document["AccessKeyId"], "expiration": 4102444800000,
                "secretAccessKey": self.document["SecretAccessKey"],
                "sessionToken": self.document["Token"]}
        portal = self.fake({("GET", "/federation/credentials"): (200, {"roleCredentials": keys})})
        self.env.update({"AWS_ENDPOINT_URL_SSO": portal.url, "AWS_PROFILE": "work"})
        self.works("profile", "the profile work: Identity Center: Platform in account 111122223333")
        login.write_text(json.dumps({"accessToken": "login", "expiresAt": stamp(-5)}))
        late = self.exec(self.env, "--org", "--", "true")
        self.assert_exit(late, 2)
        self.assert_says(late, "aws sso login --profile work")

    def test_instance(self):
        imds = self.fake({("PUT", "/latest/api/token"): (200, "imds-token"),
                          ("GET", ROLES): (200, "runner"),
                          ("GET", ROLES + "runner"): (200, self.document)})
        self.env.update({"AWS_EC2_METADATA_DISABLED": "false",
                         "AWS_EC2_METADATA_SERVICE_ENDPOINT": imds.url})
        self.works("instance metadata")

    def test_ecs_task(self):
        agent = self.fake({("GET", "/v2/credentials/task"): (200, self.document)})
        self.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = agent.url + "/v2/credentials/task"
        self.works("container")

    def test_eks_pod(self):
        agent = self.fake({("GET", "/v1/credentials"): (200, self.document)})
        token = self.dir / "eks-pod-identity-token"
        token.write_text("service-account-token")
        self.env.update({"AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.url + "/v1/credentials",
                         "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token)})
        self.works("container")
        self.assertEqual({h["Authorization"] for _, _, h, _ in agent.asked},
                         {"service-account-token"})

    def test_ci_stage_with_oidc(self):
        """Judged by moto, which exchanges the token and knows the organization."""
        moto = Moto()
        moto.start()
        self.addCleanup(moto.stop)
        organizations = boto3.client("organizations", endpoint_url=moto.url,
                                     region_name="us-east-1", aws_access_key_id="a",
                                     aws_secret_access_key="b")
        organizations.create_organization(FeatureSet="ALL")
        for i in range(4):
            organizations.create_account(AccountName=f"member-{i}", Email=f"m{i}@example.com")
        token = self.dir / "oidc-token"
        token.write_text("header.payload.signature")
        self.env.update({"AWS_ENDPOINT_URL_STS": moto.url,
                         "AWS_ENDPOINT_URL_ORGANIZATIONS": moto.url,
                         "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
                         "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/ci",
                         "AWS_ROLE_SESSION_NAME": "pipeline-1"})
        self.works("web identity", f"the token in {token}")


if __name__ == "__main__":
    unittest.main()
