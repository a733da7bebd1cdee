# SPDX-License-Identifier: MIT
"""The sandbox seen by clients that are not ours: boto3, botocore's signer and the aws CLI."""
import concurrent.futures
import json
import os
import ssl
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
from botocore.exceptions import ClientError, ConnectionClosedError

import harness
from harness import ROLE, Case


def role_arn(account):
    return f"arn:aws:iam::{account}:role/{ROLE}"


class Sandbox(Case):
    def code_of(self, call, *arguments, **parameters):
        """The AWS error code of a call that must fail."""
        with self.assertRaises(ClientError) as caught:
            call(*arguments, **parameters)
        self.error = caught.exception.response
        return self.error["Error"]["Code"]

    def test_source_identity(self):
        sandbox = self.sandbox()
        answer = sandbox.client("sts").get_caller_identity()
        management = sandbox.info["management_account"]
        self.assertEqual(answer["Account"], management)
        self.assertEqual(answer["Arn"], f"arn:aws:iam::{management}:user/orgrun-runner")

    def test_assumed_role_is_the_account(self):
        sandbox = self.sandbox()
        sts = sandbox.client("sts")
        target = sandbox.accounts()[1]["id"]
        answer = sts.assume_role(RoleArn=role_arn(target), RoleSessionName="a=b,c@d.e-f_g+h",
                                 DurationSeconds=900)
        keys = answer["Credentials"]
        arn = f"arn:aws:sts::{target}:assumed-role/{ROLE}/a=b,c@d.e-f_g+h"
        self.assertEqual(answer["AssumedRoleUser"]["Arn"], arn)
        self.assertAlmostEqual(keys["Expiration"].timestamp(), time.time() + 900, delta=5)
        session = sandbox.client("sts", aws_access_key_id=keys["AccessKeyId"],
                                 aws_secret_access_key=keys["SecretAccessKey"],
                                 aws_session_token=keys["SessionToken"])
        self.assertEqual(session.get_caller_identity()["Arn"], arn)
        self.assertEqual(self.code_of(session.assume_role, RoleArn=role_arn(target),
                                      RoleSessionName="again"), "AccessDenied")

    def test_get_session_token(self):
        sandbox = self.sandbox()
        keys = sandbox.client("sts").get_session_token()["Credentials"]
        session = sandbox.client("sts", aws_access_key_id=keys["AccessKeyId"],
                                 aws_secret_access_key=keys["SecretAccessKey"],
                                 aws_session_token=keys["SessionToken"])
        self.assertEqual(session.get_caller_identity()["Account"],
                         sandbox.info["management_account"])

    def test_denial_is_worded_as_aws_words_it(self):
        sandbox = self.sandbox()
        denied = next(a["id"] for a in sandbox.accounts() if a["denied"])
        management = sandbox.info["management_account"]
        self.assertEqual(self.code_of(sandbox.client("sts").assume_role, RoleArn=role_arn(denied),
                                      RoleSessionName="test"), "AccessDenied")
        self.assertEqual(
            self.error["Error"]["Message"],
            f"User: arn:aws:iam::{management}:user/orgrun-runner is not authorized to perform: "
            f"sts:AssumeRole on resource: {role_arn(denied)}")
        self.assertEqual(self.error["ResponseMetadata"]["HTTPStatusCode"], 403)
        self.assertRegex(self.error["ResponseMetadata"]["RequestId"], "^[0-9a-f-]{36}$")

    def test_role_name_path_and_external_id(self):
        sandbox = self.sandbox(role="sweep/reader", external_id="s3cret-id")
        sts = sandbox.client("sts")
        target = sandbox.accounts()[1]["id"]
        good = {"RoleArn": f"arn:aws:iam::{target}:role/sweep/reader", "RoleSessionName": "test",
                "ExternalId": "s3cret-id"}
        answer = sts.assume_role(**good)
        self.assertEqual(answer["AssumedRoleUser"]["Arn"],
                         f"arn:aws:sts::{target}:assumed-role/reader/test")
        for wrong in ({"ExternalId": "other"}, {"RoleArn": role_arn(target)},
                      {"RoleArn": "arn:aws:iam::999999999999:role/sweep/reader"}):
            self.assertEqual(self.code_of(sts.assume_role, **{**good, **wrong}), "AccessDenied")

    def test_parameters_are_validated(self):
        sandbox = self.sandbox()
        sts = sandbox.client("sts", config=boto3.session.Config(parameter_validation=False))
        good = {"RoleArn": role_arn(sandbox.accounts()[1]["id"]), "RoleSessionName": "test"}
        for wrong, words in (
                ({"RoleSessionName": "a b"}, "'roleSessionName' failed to satisfy constraint"),
                ({"RoleSessionName": "a"}, "length greater than or equal to 2"),
                ({"RoleSessionName": "a" * 65}, "length less than or equal to 64"),
                ({"DurationSeconds": 899}, "value greater than or equal to 900"),
                ({"DurationSeconds": 7200}, "exceeds the MaxSessionDuration"),
                ({"RoleArn": "arn:aws:iam::1:role/x"}, "is invalid"),
                ({"RoleArn": good["RoleArn"].replace("arn:aws:", "arn:aws-cn:")}, "is invalid")):
            self.assertEqual(self.code_of(sts.assume_role, **{**good, **wrong}), "ValidationError")
            self.assertIn(words, self.error["Error"]["Message"])

    def test_wrong_keys_are_refused(self):
        sandbox = self.sandbox(source_token=True)
        self.assertEqual(sandbox.info["access_key_id"][:4], "ASIA")
        sandbox.client("sts").get_caller_identity()
        for changed, code in (
                ({"aws_secret_access_key": "x" * 40}, "SignatureDoesNotMatch"),
                ({"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}, "InvalidClientTokenId"),
                ({"aws_session_token": "other"}, "InvalidClientTokenId"),
                ({"aws_session_token": None}, "InvalidClientTokenId")):
            client = sandbox.client("sts", **changed)
            self.assertEqual(self.code_of(client.get_caller_identity), code)
        organizations = sandbox.client("organizations", aws_secret_access_key="x" * 40)
        self.assertEqual(self.code_of(organizations.list_accounts), "InvalidSignatureException")

    def signed(self, sandbox, service="sts", region="eu-west-1", at=None, headers=None):
        """A GetCallerIdentity request as botocore signs it."""
        request = botocore.awsrequest.AWSRequest(
            "POST", sandbox.url + "/", data=b"Action=GetCallerIdentity&Version=2011-06-15",
            headers={"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})
        keys = botocore.credentials.Credentials(sandbox.info["access_key_id"],
                                                sandbox.info["secret_access_key"])
        signer = botocore.auth.SigV4Auth(keys, service, region)
        if at is None:
            signer.add_auth(request)
            return request
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
        request.context["timestamp"] = request.headers["X-Amz-Date"] = stamp
        text = signer.string_to_sign(request, signer.canonical_request(request))
        signer._inject_signature_to_request(request, signer.signature(text, request))
        return request

    def send(self, request, body=None, headers=()):
        """Status and text of a raw request."""
        fields = dict(request.headers.items())
        fields.update(headers)
        raw = urllib.request.Request(request.url, data=body or request.data, headers=fields)
        try:
            with urllib.request.urlopen(raw, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def test_tampering_is_seen(self):
        sandbox = self.sandbox()
        request = self.signed(sandbox)
        self.assertEqual(self.send(request)[0], 200)
        status, text = self.send(request, body=b"Action=GetSessionToken&Version=2011-06-15")
        self.assertEqual(status, 403)
        self.assertIn("<Code>SignatureDoesNotMatch</Code>", text)
        for header in ("Host", "X-Amz-Date"):
            old = request.headers.get(header) or "127.0.0.1"
            status, text = self.send(request, headers={header: old[:-1] + "9Z"})
            self.assertNotEqual(status, 200, header)
        status, text = self.send(request, headers={"X-Amz-Extra": "unsigned"})
        self.assertIn("must be a 'SignedHeader'", text)

    def test_clock_and_scope(self):
        sandbox = self.sandbox()
        self.assertEqual(self.send(self.signed(sandbox, at=time.time() - 200))[0], 200)
        status, text = self.send(self.signed(sandbox, at=time.time() - 900))
        self.assertEqual(status, 403)
        self.assertRegex(text, r"<Message>Signature expired: \d{8}T\d{6}Z is now earlier than "
                               r"\d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min.\)</Message>")
        status, text = self.send(self.signed(sandbox, at=time.time() + 900))
        self.assertIn("Signature not yet current", text)
        status, text = self.send(self.signed(sandbox, service="iam"))
        self.assertIn("scoped to correct service: &apos;sts&apos;", text.replace("'", "&apos;"))
        status, text = self.send(self.signed(sandbox, region="nowhere"))
        self.assertIn("scoped to a valid region", text)

    def test_one_region(self):
        sandbox = self.sandbox(region="us-east-1")
        self.assertEqual(self.send(self.signed(sandbox, region="us-east-1"))[0], 200)
        self.assertEqual(self.send(self.signed(sandbox, region="eu-west-1"))[0], 403)

    def test_spaces_in_signed_headers(self):
        sandbox = self.sandbox()
        request = self.signed(sandbox, headers={"X-Amz-Note": "a   b  c"})
        self.assertEqual(self.send(request)[0], 200)

    def test_expired(self):
        sandbox = self.sandbox(expired=True)
        self.assertEqual(self.code_of(sandbox.client("sts").get_caller_identity), "ExpiredToken")
        self.assertEqual(self.code_of(sandbox.client("organizations").list_accounts),
                         "ExpiredTokenException")

    def list_accounts(self, sandbox, **parameters):
        paginator = sandbox.client("organizations").get_paginator("list_accounts")
        pages = list(paginator.paginate(**parameters))
        return pages, [a for page in pages for a in page["Accounts"]]

    def test_list_accounts(self):
        sandbox = self.sandbox()
        pages, accounts = self.list_accounts(sandbox)
        self.assertEqual([len(p["Accounts"]) for p in pages], [20, 7])
        self.assertEqual([a["Id"] for a in accounts], [a["id"] for a in sandbox.accounts()])
        self.assertEqual(len({a["Id"] for a in accounts}), 27)
        self.assertTrue(any(a["Id"].startswith("0") for a in accounts))
        self.assertEqual([a["Name"] for a in accounts if a["State"] == "SUSPENDED"], ["closed-01"])
        self.assertIn("O'Brien's sandbox", [a["Name"] for a in accounts])
        self.assertIn("Données & Qualité – prod", [a["Name"] for a in accounts])

    def test_list_accounts_quirks(self):
        sandbox = self.sandbox(accounts=45, empty_pages=True, null_token=True, state="old")
        pages, accounts = self.list_accounts(sandbox)
        self.assertEqual([len(p["Accounts"]) for p in pages], [0, 20, 0, 20, 0, 6])
        self.assertEqual(len(accounts), 46)
        self.assertTrue(all("Status" in a and "State" not in a for a in accounts))
        pages, _ = self.list_accounts(self.sandbox(), PaginationConfig={"PageSize": 5})
        self.assertEqual(len(pages), 6)
        client = sandbox.client("organizations",
                                config=boto3.session.Config(parameter_validation=False))
        for wrong in ({"MaxResults": 21}, {"MaxResults": 0}, {"NextToken": "bm9uc2Vuc2U="}):
            self.assertEqual(self.code_of(client.list_accounts, **wrong), "InvalidInputException")

    def test_tree_and_tags(self):
        sandbox = self.sandbox()
        org = sandbox.client("organizations")
        root = org.list_roots()["Roots"][0]["Id"]
        found = {}

        def walk(parent, path):
            for page in org.get_paginator("list_accounts_for_parent").paginate(ParentId=parent):
                found.update({a["Id"]: path for a in page["Accounts"]})
            paginator = org.get_paginator("list_organizational_units_for_parent")
            for page in paginator.paginate(ParentId=parent):
                for ou in page["OrganizationalUnits"]:
                    walk(ou["Id"], f"{path}/{ou['Name']}")

        walk(root, "Root")
        self.assertEqual(len(found), 27)
        self.assertEqual(set(found.values()), {"Root", "Root/Security", "Root/Workloads/Prod",
                                               "Root/Workloads/Dev", "Root/Sandbox"})
        account = next(a for a, path in found.items() if path == "Root/Workloads/Prod")
        parent = org.list_parents(ChildId=account)["Parents"][0]
        self.assertEqual(parent["Type"], "ORGANIZATIONAL_UNIT")
        tags = {t["Key"]: t["Value"] for t in org.list_tags_for_resource(ResourceId=account)["Tags"]}
        self.assertEqual(tags["environment"], "prod")
        self.assertEqual(org.describe_account(AccountId=account)["Account"]["Id"], account)
        self.assertEqual(org.describe_organization()["Organization"]["MasterAccountId"],
                         sandbox.info["management_account"])

    def test_organizations_says_no(self):
        for how, code in (("denied", "AccessDeniedException"),
                          ("unused", "AWSOrganizationsNotInUseException")):
            client = self.sandbox(organizations=how).client("organizations")
            self.assertEqual(self.code_of(client.list_accounts), code)

    def test_faults(self):
        sandbox = self.sandbox(throttle=1.0, only="sts:GetCallerIdentity", retry_after=1500)
        sts = sandbox.client("sts")
        self.assertEqual(self.code_of(sts.get_caller_identity), "Throttling")
        headers = self.error["ResponseMetadata"]["HTTPHeaders"]
        self.assertEqual(headers["x-amz-retry-after"], "1500")
        sts.get_session_token()
        for fault in ("reset", "truncate"):
            sandbox.configure(throttle=0, reset=0, truncate=0)
            sandbox.configure(**{fault: 1.0, "fault_count": 1})
            with self.assertRaises(ConnectionClosedError):
                sts.get_caller_identity()
            sts.get_caller_identity()
        sandbox.configure(reset=0, truncate=0, fail=1.0, fault_count=-1)
        self.assertIn(self.code_of(sts.get_caller_identity),
                      ("InternalFailure", "ServiceUnavailable"))
        counts = sandbox.stats()["operations"]["sts:GetCallerIdentity"]
        self.assertEqual(counts["reset"], 1)
        self.assertEqual(counts["truncated"], 1)

    def test_rate_limit(self):
        sandbox = self.sandbox(rate_limit=3)
        sts = sandbox.client("sts")
        codes = []
        for _ in range(6):
            try:
                sts.get_caller_identity()
                codes.append("ok")
            except ClientError as error:
                codes.append(error.response["Error"]["Code"])
        self.assertEqual(codes[:3], ["ok"] * 3)
        self.assertIn("Throttling", codes)

    def test_wrong_account_and_short_sessions(self):
        sandbox = self.sandbox(wrong_account="123456789012", session_seconds=1)
        answer = sandbox.client("sts").assume_role(
            RoleArn=role_arn(sandbox.accounts()[1]["id"]), RoleSessionName="test")
        self.assertIn("::123456789012:", answer["AssumedRoleUser"]["Arn"])
        keys = answer["Credentials"]
        client = sandbox.client("sts", aws_access_key_id=keys["AccessKeyId"],
                                aws_secret_access_key=keys["SecretAccessKey"],
                                aws_session_token=keys["SessionToken"])

        def expired():
            try:
                client.get_caller_identity()
            except ClientError as error:
                return error.response["Error"]["Code"]
            return None

        self.assertEqual(harness.until(expired, "the session's end", 5), "ExpiredToken")

    def test_latency_does_not_serialise(self):
        sandbox = self.sandbox(latency=300)
        request = self.signed(sandbox)
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(lambda _: self.send(request)[0], range(32)))
        took = time.monotonic() - begin
        self.assertEqual(answers, [200] * 32)
        self.assertGreaterEqual(took, 0.3)
        self.assertLess(took, 3)
        self.assertGreaterEqual(sandbox.stats()["max_in_flight"], 16)

    def test_tls_and_cli(self):
        sandbox = self.sandbox(tls=str(self.dir))
        self.assertEqual(sandbox.url[:8], "https://")
        with self.assertRaises((ssl.SSLError, urllib.error.URLError)):
            urllib.request.urlopen(sandbox.url + "/sandbox/stats", timeout=5)
        env = sandbox.environment(self.home, AWS_DEFAULT_REGION="eu-west-1")
        aws = os.path.join(os.path.dirname(harness.sys.executable), "aws")

        def cli(*arguments, **more):
            done = subprocess.run([aws, *arguments], env={**env, **more}, capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout)

        target = next(a["id"] for a in sandbox.accounts() if not a["mfa"])
        keys = cli("sts", "assume-role", "--role-arn", role_arn(target), "--role-session-name",
                   "cli")["Credentials"]
        session = {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                   "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                   "AWS_SESSION_TOKEN": keys["SessionToken"]}
        self.assertEqual(cli("sts", "get-caller-identity", **session)["Account"], target)
        summary = cli("iam", "get-account-summary", **session)["SummaryMap"]
        self.assertEqual(summary["AccountMFAEnabled"], 0)
        self.assertEqual(cli("iam", "get-account-summary")["SummaryMap"]["AccountMFAEnabled"], 1)

    def test_options(self):
        sandbox = harness.program("ORGRUN_SANDBOX_BIN")
        for arguments, words in ((["--nonsense", "1"], "unknown option --nonsense"),
                                 (["--accounts", "x"], "--accounts must be a whole number"),
                                 (["--throttle", "2"], "throttle must be a number from 0 to 1"),
                                 (["--state", "both?"], "--state cannot be"),
                                 (["--deny", "000000000000"], "no account 000000000000"),
                                 (["--port"], "--port needs a value")):
            done = subprocess.run([sandbox, *arguments], capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(words, done.stderr)
            self.assertEqual(done.stdout, "")
        ready = self.dir / "ready.json"
        running = self.sandbox(ready_file=str(ready))
        self.assertEqual(json.loads(ready.read_text()), running.info)


if __name__ == "__main__":
    unittest.main()
