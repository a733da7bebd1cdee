# SPDX-License-Identifier: MIT
"""orgrun_session_request: against moto, which knows many services and checks the signatures, and
against the sandbox for what goes wrong; and the example program."""
import json
import subprocess
import unittest
import urllib.parse

import boto3

from harness import ROLE, Case, Moto, plain_environment, program

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ECREDENTIALS, ENETWORK, EAWS, ELIMIT, ECANCELLED, EUSAGE = -6, -7, -8, -10, -12, -2
ALLOW_ALL = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]})
ALLOW_ASSUME = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]})

# Keys that a path must bring through unharmed.
ODD_KEYS = ["plain", "with space", "plus+sign", "a//b", "per%20cent", "per%cent", "ünï/cödé-日本",
            "q?u=e&r#y", "tilde~star*(paren)'quote'", "dot/./dot/../dot", "trailing/", "a:b@c,d;e$!"]

IDENTITY = {"service": "sts", "protocol": "query", "action": "GetCallerIdentity",
            "version": "2011-06-15"}
SUMMARY = {"service": "iam", "protocol": "query", "action": "GetAccountSummary",
           "version": "2010-05-08"}
ACCOUNTS = {"service": "organizations", "protocol": "json1.1",
            "action": "AWSOrganizationsV20161128.ListAccounts"}


def run_probe(env, account, requests, **more):
    """The probe's answers; it must end well, a sanitizer's finding included."""
    asked = {"op": "request", "env": env, "account": account, "requests": requests, **more}
    done = subprocess.run([program("ORGRUN_PROBE_BIN")], input=json.dumps(asked), text=True,
                          capture_output=True, timeout=120,
                          env=plain_environment("/nonexistent"))
    if done.returncode != 0:
        raise AssertionError(f"exit code {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class Requests(Case):
    def assert_answer(self, answer, **wanted):
        self.assertEqual({k: answer[k] for k in wanted}, wanted, answer)

    def assert_passed(self, *answers):
        for answer in answers:
            self.assert_answer(answer, rc=0, message="", error_code="", attempts=1)
            self.assertEqual(answer["status"] // 100, 2, answer)


class AgainstMoto(Requests):
    """One server for all: a member account whose role may do everything, signatures checked."""

    @classmethod
    def setUpClass(cls):
        cls.server = Moto()
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        organizations = cls.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        cls.account = organizations.create_account(
            AccountName="data", Email="data@example.com")["CreateAccountStatus"]["AccountId"]
        cls.management = cls.client("sts").get_caller_identity()["Account"]
        for account in cls.account, cls.management:
            cls.allow(account)
        iam = cls.client("iam")
        iam.create_user(UserName="runner")
        iam.put_user_policy(UserName="runner", PolicyName="assume", PolicyDocument=ALLOW_ASSUME)
        key = iam.create_access_key(UserName="runner")["AccessKey"]
        cls.env = {"AWS_ENDPOINT_URL": cls.server.url, "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
                   "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"], "AWS_REGION": "eu-west-1"}
        cls.server.fetch_bytes("/moto-api/reset-auth", b"0")

    @classmethod
    def client(cls, service, credentials=None):
        c = credentials or {"AccessKeyId": KEY, "SecretAccessKey": SECRET, "SessionToken": None}
        return boto3.client(service, endpoint_url=cls.server.url, region_name="eu-west-1",
                            aws_access_key_id=c["AccessKeyId"],
                            aws_secret_access_key=c["SecretAccessKey"],
                            aws_session_token=c["SessionToken"])

    @classmethod
    def allow(cls, account):
        """The role in the account, for everybody and everything."""
        arn = f"arn:aws:iam::{account}:role/{ROLE}"
        into = cls.client("sts").assume_role(RoleArn=arn, RoleSessionName="seed")["Credentials"]
        iam = cls.client("iam", into)
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=ALLOW_ALL)
        iam.put_role_policy(RoleName=ROLE, PolicyName="all", PolicyDocument=ALLOW_ALL)

    def ask(self, *requests, account=None, **more):
        return run_probe(self.env, account or self.account, list(requests), **more)

    def test_query(self):
        identity, regions, both = self.ask(
            IDENTITY,
            {"service": "ec2", "protocol": "query", "action": "DescribeRegions",
             "version": "2016-11-15", "region": "us-west-2",
             "params": ["RegionName.1", "eu-west-1", "AllRegions", "true"]},
            {"service": "ec2", "protocol": "query", "action": "CreateSecurityGroup",
             "version": "2016-11-15",
             "params": ["GroupName", "a+c/ü", "GroupDescription", "x=1&y=2"]})
        self.assert_passed(identity, regions, both)
        self.assertIn(f"<Account>{self.account}</Account>", identity["body"])
        self.assertIn("<regionName>eu-west-1</regionName>", regions["body"])

    def test_wrong_signatures_would_be_refused(self):
        """The judge judges: with another secret moto says no, and in words that are passed on."""
        env = {**self.env, "AWS_SECRET_ACCESS_KEY": SECRET}
        asked = {"op": "request", "env": env, "account": self.account, "requests": [IDENTITY]}
        done = subprocess.run([program("ORGRUN_PROBE_BIN")], input=json.dumps(asked), text=True,
                              capture_output=True, timeout=60)
        self.assertIn("SignatureDoesNotMatch", json.loads(done.stdout)["error"])

    def test_json(self):
        table = {"TableName": "t", "BillingMode": "PAY_PER_REQUEST",
                 "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
                 "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
        item = {"TableName": "t", "Item": {"k": {"S": "ключ"}}}

        def dynamodb(action, document=None):
            return {"service": "dynamodb", "protocol": "json1.0",
                    "action": "DynamoDB_20120810." + action,
                    "body": json.dumps(document) if document else None}
        create, put, get, tables, wrong = self.ask(
            dynamodb("CreateTable", table), dynamodb("PutItem", item),
            dynamodb("GetItem", {"TableName": "t", "Key": item["Item"]}), dynamodb("ListTables"),
            dynamodb("GetItem", {"TableName": "none", "Key": item["Item"]}))
        self.assert_passed(create, put, get, tables)
        self.assertEqual(json.loads(get["body"])["Item"], item["Item"])
        self.assertEqual(json.loads(tables["body"])["TableNames"], ["t"])
        self.assert_answer(wrong, rc=EAWS, status=400, error_code="ResourceNotFoundException",
                           attempts=1)
        self.assertTrue(wrong["message"].startswith("dynamodb:GetItem: ResourceNotFoundException: "))
        self.assertEqual(json.loads(wrong["body"])["__type"].split("#")[-1],
                         "ResourceNotFoundException")

    def test_global_services(self):
        iam, organizations = self.ask(
            {"service": "iam", "protocol": "query", "action": "ListRoles", "version": "2010-05-08"},
            {"service": "organizations", "protocol": "json1.1",
             "action": "AWSOrganizationsV20161128.ListAccounts", "body": '{"MaxResults": 20}'},
            account=self.management)
        self.assert_passed(iam, organizations)
        self.assertIn(f"<RoleName>{ROLE}</RoleName>", iam["body"])
        ids = [a["Id"] for a in json.loads(organizations["body"])["Accounts"]]
        self.assertEqual(sorted(ids), sorted([self.account, self.management]))

    def s3(self, method, path, **more):
        return {"service": "s3", "method": method, "path": path, **more}

    def make_bucket(self, name):
        where = ('<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                 "<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>")
        return self.s3("PUT", "/" + name, body=where)

    def test_s3_odd_keys(self):
        # moto signs the path that it has decoded and encoded again; test_request_wire.py has the
        # signatures of these.
        self.server.fetch_bytes("/moto-api/reset-auth", b"1000000")
        self.addCleanup(self.server.fetch_bytes, "/moto-api/reset-auth", b"0")
        puts = [self.s3("PUT", f"/odd/{key}", body=f"body of {key}",
                        headers=["x-amz-meta-empty:", "x-amz-meta-note: a  b"]) for key in ODD_KEYS]
        gets = [self.s3("GET", f"/odd/{key}", show_headers=["Content-Type", "x-amz-meta-note"])
                for key in ODD_KEYS]
        answers = self.ask(self.make_bucket("odd"), *puts, *gets,
                           self.s3("GET", "/odd", params=["list-type", "2", "encoding-type", "url",
                                                          "prefix", "plus+"]))
        self.assert_passed(*answers)
        got = answers[1 + len(puts):1 + 2 * len(puts)]
        self.assertEqual([a["body"] for a in got], [f"body of {key}" for key in ODD_KEYS])
        # What another client finds there, and under the same names.
        arn = f"arn:aws:iam::{self.account}:role/{ROLE}"
        into = boto3.client("sts", endpoint_url=self.server.url, region_name="eu-west-1",
                            aws_access_key_id=self.env["AWS_ACCESS_KEY_ID"],
                            aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"]).assume_role(
                                RoleArn=arn, RoleSessionName="judge")["Credentials"]
        listed = self.client("s3", into).list_objects_v2(Bucket="odd")["Contents"]
        self.assertEqual(sorted(o["Key"] for o in listed), sorted(ODD_KEYS))
        self.assertIn(urllib.parse.quote("plus+sign"), answers[-1]["body"])
        self.assertNotIn("form-urlencoded", str(got[0]["headers"]["Content-Type"]))
        self.assertEqual(got[0]["headers"]["x-amz-meta-note"], "a  b")

    def test_s3_errors(self):
        make, get, head, bucket = self.ask(
            self.make_bucket("errors"), self.s3("GET", "/errors/none"),
            self.s3("HEAD", "/errors/none"), self.s3("GET", "/no-such-bucket-1/x", stream=True))
        self.assert_passed(make)
        self.assert_answer(get, rc=EAWS, status=404, error_code="NoSuchKey", attempts=1)
        self.assertTrue(get["message"].startswith("s3:GET for /errors/none: NoSuchKey: "), get)
        self.assert_answer(head, rc=EAWS, status=404, body_len=0, error_code="")
        # A refusal's body is kept and never given to whoever takes the answer in.
        self.assert_answer(bucket, rc=EAWS, status=404, error_code="NoSuchBucket", pieces=0)
        self.assertIn("<Code>NoSuchBucket</Code>", bucket["body"])

    def test_large_bodies(self):
        size = 3 * 1024 * 1024
        make, put, whole, over, stream, slow, stopped, over_stream, ranged = self.ask(
            self.make_bucket("large"), self.s3("PUT", "/large/x", body_size=size),
            self.s3("GET", "/large/x"), self.s3("GET", "/large/x", body_max=size - 1),
            self.s3("GET", "/large/x", stream=True, body_max=size),
            self.s3("GET", "/large/x", stream=True, slow_ms=5),
            self.s3("GET", "/large/x", stream=True, stop_after=1, slow_ms=20),
            self.s3("GET", "/large/x", stream=True, body_max=1000000),
            self.s3("GET", "/large/x", headers=["Range: bytes=10-19"]))
        self.assert_passed(make, put, whole, stream, slow, ranged)
        for answer in whole, stream, slow:
            self.assertEqual(answer["body_len"], size)
            self.assertEqual(answer["body"], whole["body"])
        self.assertEqual((stream["pieces"] > 1, slow["pieces"] > 1), (True, True))
        self.assert_answer(over, rc=ELIMIT, attempts=1, body_len=0)
        self.assertEqual(over["message"],
                         f"s3:GET for /large/x: the answer is larger than {size - 1} bytes")
        self.assert_answer(over_stream, rc=ELIMIT, attempts=1)
        self.assertLessEqual(over_stream["body_len"], 1000000)
        self.assert_answer(stopped, rc=ECANCELLED, attempts=1, pieces=1)
        self.assert_answer(ranged, status=206, body_len=10)

    def test_endpoint_of_the_service(self):
        env = {**self.env, "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
               "AWS_ENDPOINT_URL_STS": self.server.url,
               "AWS_ENDPOINT_URL_DYNAMODB": self.server.url}
        asked = {"service": "dynamodb", "protocol": "json1.0",
                 "action": "DynamoDB_20120810.ListTables"}
        own, other, told = run_probe(env, self.account, [
            asked, self.s3("GET", "/", timeout_ms=2000),
            self.s3("GET", "/", endpoint=self.server.url)])
        self.assert_passed(own, told)
        self.assert_answer(other, rc=ENETWORK, status=0, attempts=3)
        self.assertIn("cannot reach http://127.0.0.1:9", other["message"])

    def test_many_threads(self):
        answers = self.ask(IDENTITY, {"service": "iam", "protocol": "query", "action": "ListRoles",
                                      "version": "2010-05-08", "stream": True},
                           threads=8)
        self.assertEqual(len(answers), 8)
        for of_thread in answers:
            self.assert_passed(*of_thread)
            self.assertIn(f"<Account>{self.account}</Account>", of_thread[0]["body"])


class AgainstTheSandbox(Requests):
    def setUp(self):
        super().setUp()
        self.box = self.sandbox(accounts=3)
        self.env = self.box.environment(self.home)
        self.account = self.box.info["management_account"]

    def ask(self, *requests, **more):
        return run_probe(self.env, self.account, list(requests), **more)

    def counts(self, operation):
        return self.box.stats()["operations"].get(operation, {})

    def test_faults_are_tried_again(self):
        for fault in "fail", "throttle", "reset", "truncate":
            with self.subTest(fault):
                self.box.configure(reset_stats=True, only="sts:GetCallerIdentity", fault_count=1,
                                   **{fault: 1.0})
                (answer,) = self.ask(IDENTITY)
                self.box.configure(**{fault: 0.0})
                self.assert_answer(answer, rc=0, status=200, message="")
                # A kept connection that breaks is libcurl's to open anew, unseen.
                self.assertIn(answer["attempts"], (1, 2) if fault == "reset" else (2,))
                self.assertIn(f"<Account>{self.account}</Account>", answer["body"])
                self.assertEqual(self.counts("sts:GetCallerIdentity")["ok"], 1)

    def test_faults_without_end(self):
        code = {"fail": EAWS, "throttle": EAWS, "reset": ENETWORK, "truncate": ENETWORK}
        for fault, rc in code.items():
            with self.subTest(fault):
                self.box.configure(only="sts:GetCallerIdentity", fault_count=-1, **{fault: 1.0})
                (answer,) = self.ask(IDENTITY)
                self.box.configure(**{fault: 0.0})
                self.assert_answer(answer, rc=rc, attempts=3)
                self.assertIn("3 attempts", answer["message"])

    def test_what_must_not_be_done_twice(self):
        """Throttled is not done: once more. Broken off may be done: not once more."""
        attempts = {"fail": 1, "reset": 1, "truncate": 1, "throttle": 2}
        for fault, wanted in attempts.items():
            with self.subTest(fault):
                self.box.configure(only="sts:GetCallerIdentity", fault_count=1, **{fault: 1.0})
                (answer,) = self.ask({**IDENTITY, "not_idempotent": True})
                self.box.configure(**{fault: 0.0})
                self.assertEqual(answer["attempts"], wanted, answer)
                self.assertEqual(answer["rc"] == 0, wanted == 2, answer)

    def test_a_stream_is_given_once(self):
        self.box.configure(only="organizations:ListAccounts", truncate=1.0, fault_count=1)
        (cut,) = self.ask({**ACCOUNTS, "stream": True})
        self.assert_answer(cut, rc=ENETWORK, status=0, attempts=1, pieces=1)
        self.box.configure(truncate=0.0, fail=1.0, fault_count=1)
        (again,) = self.ask({**ACCOUNTS, "stream": True})
        self.assert_answer(again, rc=0, status=200, attempts=2, pieces=1)
        self.assertEqual(len(json.loads(again["body"])["Accounts"]), 4)

    def test_throttling_is_waited_out_within_the_limit(self):
        self.box.configure(only="sts:GetCallerIdentity", throttle=1.0, fault_count=4, retry_after=20)
        (answer,) = self.ask({**IDENTITY, "total_ms": 60000})
        self.assert_answer(answer, rc=0, attempts=5)
        self.box.configure(fault_count=-1, retry_after=2000)
        (late,) = self.ask({**IDENTITY, "total_ms": 300})
        self.assert_answer(late, rc=EAWS, error_code="Throttling", attempts=1)
        self.assertIn("out of time", late["message"])

    def test_no_answer_in_time(self):
        self.box.configure(latency=1500)
        (answer,) = self.ask({**IDENTITY, "timeout_ms": 100, "not_idempotent": True})
        self.assert_answer(answer, rc=ENETWORK, status=0, attempts=1)
        self.box.configure(latency=0)
        self.assertIn("no answer from", answer["message"])

    def test_expired_credentials_are_had_anew(self):
        """AWS calls the key expired long before its time: one refresh, and the request again."""
        self.box.configure(reset_stats=True, expire_roles=1)
        first, second = self.ask(IDENTITY, IDENTITY)
        self.assert_answer(first, rc=0, attempts=2)
        self.assert_answer(second, rc=0, attempts=1)
        self.assertEqual(self.box.stats()["assumed"], {self.account: 2})
        self.assertEqual(self.counts("sts:GetCallerIdentity"), {"ExpiredToken": 1, "ok": 2})

    def test_expired_once_more(self):
        self.box.configure(reset_stats=True, expire_roles=2)
        first, second = self.ask(IDENTITY, IDENTITY)
        self.assert_answer(first, rc=ECREDENTIALS, status=403, error_code="ExpiredToken",
                           attempts=2)
        self.assertEqual(second["rc"], 0, second)
        self.assertEqual(self.box.stats()["assumed"], {self.account: 3})

    def test_expired_for_many_threads_at_once(self):
        self.box.configure(reset_stats=True, expire_roles=1, latency=20)
        answers = self.ask(IDENTITY, threads=8)
        self.assertEqual([a["rc"] for (a,) in answers], [0] * 8, answers)
        self.assertEqual(self.box.stats()["assumed"], {self.account: 2})

    def test_short_sessions_are_refreshed_before_their_end(self):
        self.box.configure(reset_stats=True, session_seconds=60)
        answers = self.ask(IDENTITY, IDENTITY)
        self.assertEqual([a["rc"] for a in answers], [0, 0])
        self.assertEqual(self.box.stats()["assumed"], {self.account: 3})

    def test_denied(self):
        (answer,) = self.ask({**ACCOUNTS, "action": "AWSOrganizationsV20161128.Nothing",
                              "show_headers": ["X-AMZN-RequestId"]})
        self.assert_answer(answer, rc=EAWS, status=400, error_code="UnknownOperationException",
                           error_message="Could not find that operation", attempts=1)
        self.assertEqual(answer["headers"]["X-AMZN-RequestId"], answer["request_id"])
        self.assertEqual(answer["message"],
                         "organizations:Nothing: UnknownOperationException: Could not find that "
                         f"operation (HTTP 400, request id {answer['request_id']}, 1 attempt)")

    def test_requests_that_cannot_be_made(self):
        cases = [
            ({"protocol": "query"}, "a request names no service"),
            ({**IDENTITY, "protocol": "soap"}, "sts: there is no protocol 99"),
            ({**IDENTITY, "action": None}, "sts: a request of the query protocol must name its action"),
            ({**IDENTITY, "version": None},
             "sts: a request of the query protocol must name its version"),
            ({**IDENTITY, "params": ["Name"]}, "sts: the last parameter, \"Name\", has no value"),
            ({**IDENTITY, "headers": ["Host: x"]}, "sts: header host is made of the request itself"),
            ({**IDENTITY, "headers": ["X-Amz-Date: x"]},
             "header X-Amz-Date is the signer's to add"),
            ({**IDENTITY, "headers": ["X-A: a\r\nX-B: b"]},
             "the value of header X-A holds a line break"),
            ({**IDENTITY, "region": "not a region"},
             "\"not a region\" is not the name of a region"),
            ({**IDENTITY, "endpoint": "http://example.org"},
             "Invalid Configuration: the custom endpoint http://example.org is not encrypted"),
            ({**IDENTITY, "timeout_ms": -1}, "sts:GetCallerIdentity: a time limit is less than nothing"),
            ({"service": "s3", "path": "bucket"}, "s3: the path \"bucket\" does not begin with /"),
            ({"service": "s3", "method": "GET /x"}, "\"GET /x\" is not an HTTP method"),
            ({"service": "../x"}, "the service \"../x\" is not a valid host label"),
        ]
        self.env.update(AWS_ENDPOINT_URL_STS=self.box.url)
        del self.env["AWS_ENDPOINT_URL"]
        self.box.configure(reset_stats=True)
        for (asked, message), answer in zip(cases, self.ask(*(asked for asked, _ in cases))):
            with self.subTest(message):
                self.assert_answer(answer, rc=EUSAGE, status=0, attempts=0, body="", request_id="")
                self.assertIn(message, answer["message"])
        self.assertEqual(list(self.box.stats()["operations"]), ["sts:AssumeRole"])

    def test_body_maximum_leaves_errors_readable(self):
        (answer,) = self.ask({**SUMMARY, "action": "Nothing", "body_max": 1})
        self.assert_answer(answer, rc=EAWS, status=400, error_code="InvalidAction")
        (over,) = self.ask({**SUMMARY, "body_max": 1})
        self.assert_answer(over, rc=ELIMIT, body_len=0,
                           message="iam:GetAccountSummary: the answer is larger than 1 bytes")

    def test_example(self):
        done = subprocess.run([program("ORGRUN_EXAMPLE_BIN"), self.account, "sts", "eu-west-1"],
                              env=self.env, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, self.account + "\n"), done.stderr)
        denied = next(a["id"] for a in self.box.accounts() if a["denied"])
        done = subprocess.run([program("ORGRUN_EXAMPLE_BIN"), denied, "sts", "eu-west-1"],
                              env=self.env, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"arn:aws:iam::{denied}:role/{ROLE}", done.stderr)


if __name__ == "__main__":
    unittest.main()
