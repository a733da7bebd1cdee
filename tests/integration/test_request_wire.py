# SPDX-License-Identifier: MIT
"""What orgrun_session_request sends, byte for byte: a server that keeps each request as it came and
has botocore's signers compute its signature; and answers no emulator gives."""
import datetime
import http.server
import json
import subprocess
import threading
import unittest
import urllib.parse

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness import ROLE, Case, plain_environment, program

ACCOUNT = "111122223333"
SESSION = Credentials("ASIAEXAMPLE", "session/secret+key", "session//token==")
EAWS, ENETWORK = -8, -7
SIGNERS = {"s3": S3SigV4Auth}
ERROR = b"<?xml version=\"1.0\"?>\n<Error><Code>%s</Code><Message>late</Message></Error>"


def assume_role_answer():
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    return f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/x</Arn>
<AssumedRoleId>AROAX:x</AssumedRoleId></AssumedRoleUser><Credentials>
<AccessKeyId>{SESSION.access_key}</AccessKeyId><SecretAccessKey>{SESSION.secret_key}</SecretAccessKey>
<SessionToken>{SESSION.token}</SessionToken><Expiration>{end:%Y-%m-%dT%H:%M:%SZ}</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>""".encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        method, target, _ = self.requestline.split(" ")
        if b"Action=AssumeRole&" in body:
            status, headers, answer = 200, {}, assume_role_answer()
        else:
            self.server.kept.append((method, target, list(self.headers.items()), body))
            scripted = self.server.script.pop(0) if self.server.script else (200, {}, b"")
            status, headers, answer = scripted
        self.send_response(status)
        for name, value in {"Content-Length": str(len(answer)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if method != "HEAD":
            self.wfile.write(answer)
        self.close_connection = "Content-Length" in headers

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = answer

    def log_message(self, *_):
        pass


class Wire(Case):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.kept, self.server.script = [], []
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)
        self.url = "http://127.0.0.1:%d" % self.server.server_port

    def ask(self, *requests, base="", **more):
        env = {"AWS_ENDPOINT_URL": self.url + base, "AWS_ENDPOINT_URL_STS": self.url,
               "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "source",
               "AWS_REGION": "eu-west-1"}
        asked = {"op": "request", "env": env, "account": ACCOUNT, "requests": list(requests), **more}
        done = subprocess.run([program("ORGRUN_PROBE_BIN")], input=json.dumps(asked), text=True,
                              capture_output=True, timeout=60,
                              env=plain_environment("/nonexistent"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def assert_signed(self, kept, service, region):
        """The signature is that which botocore computes for the request as it came."""
        method, target, headers, body = kept
        given = {name.lower(): value for name, value in headers}
        parts = dict(p.split("=", 1) for p in
                     given["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(", "))
        key, _, scope = parts["Credential"].partition("/")
        self.assertEqual(key, SESSION.access_key)
        self.assertEqual(scope.split("/")[1:], [region, service, "aws4_request"])
        self.assertEqual(given["x-amz-security-token"], SESSION.token)
        names = parts["SignedHeaders"].split(";")
        self.assertIn("x-amz-security-token", names)
        # botocore wants the query as pairs, and the rest as it is
        path, _, query = target.partition("?")
        request = AWSRequest(method=method, url=self.url + path, data=body,
                             params=urllib.parse.parse_qsl(query, keep_blank_values=True),
                             headers={n: v for n, v in headers if n.lower() in names})
        request.context["timestamp"] = given["x-amz-date"]
        request.context["signing"] = {}
        auth = SIGNERS.get(service, SigV4Auth)(SESSION, service, region)
        canonical = auth.canonical_request(request)
        signature = auth.signature(auth.string_to_sign(request, canonical), request)
        self.assertEqual(parts["Signature"], signature, canonical)

    def test_s3_paths(self):
        keys = {
            "/b/plain": "/b/plain", "/b/with space": "/b/with%20space", "/b/plus+sign": "/b/plus%2Bsign",
            "/b/a//b": "/b/a//b", "/b/../x/./y": "/b/../x/./y", "/b/per%20cent": "/b/per%2520cent",
            "/b/ünï": "/b/%C3%BCn%C3%AF", "/b/q?u=e#y": "/b/q%3Fu%3De%23y", "/b/~-._": "/b/~-._",
            "/b/*'();:@&$,!": "/b/%2A%27%28%29%3B%3A%40%26%24%2C%21", "//": "//", "/b/": "/b/"}
        self.ask(*({"service": "s3", "method": "PUT", "path": k, "body": k} for k in keys))
        self.assertEqual([k[1] for k in self.server.kept], list(keys.values()))
        for kept, key in zip(self.server.kept, keys):
            self.assert_signed(kept, "s3", "eu-west-1")
            self.assertEqual(kept[3], key.encode())
            headers = {n.lower(): v for n, v in kept[2]}
            self.assertEqual(len(headers["x-amz-content-sha256"]), 64)
            self.assertNotIn("content-type", headers)
            self.assertNotIn("expect", headers)

    def test_other_paths_and_queries(self):
        odd = ["a b", "c&d=e", "ü", "", "empty", "", "plus+", "x/y~*", "a b", "second"]
        cases = [
            ({"service": "lambda", "path": "/2015-03-31/functions/a:b/versions"},
             "/2015-03-31/functions/a%3Ab/versions"),
            ({"service": "lambda", "path": "/x/arn%3Aaws/y%2Fz", "path_encoded": True},
             "/x/arn%3Aaws/y%2Fz"),
            ({"service": "eks", "path": "/a//b/../c", "params": odd},
             "/a//b/../c?a%20b=c%26d%3De&%C3%BC=&empty=&plus%2B=x%2Fy~%2A&a%20b=second"),
            ({"service": "apigateway", "method": "PATCH", "query": "b=2&a=1", "params": ["c", "3"],
              "body": "{}", "content_type": "application/json"}, "/?b=2&a=1&c=3"),
            ({"service": "lambda", "method": "DELETE", "region": "us-west-2"}, "/"),
        ]
        self.ask(*(asked for asked, _ in cases))
        for kept, (asked, target) in zip(self.server.kept, cases, strict=True):
            self.assertEqual(kept[1], target)
            self.assertEqual(kept[0], asked.get("method", "GET"))
            self.assert_signed(kept, asked["service"], asked.get("region", "eu-west-1"))
        self.assertIn(("Content-Type", "application/json"), self.server.kept[3][2])

    def test_base_path_of_an_endpoint(self):
        self.ask({"service": "s3", "path": "/b/k y"}, base="/base/")
        self.assertEqual(self.server.kept[0][1], "/base/b/k%20y")
        self.assert_signed(self.server.kept[0], "s3", "eu-west-1")

    def test_forms_and_documents(self):
        self.ask({"service": "ec2", "protocol": "query", "action": "Describe", "version": "2016-11-15",
                  "params": ["Filter.1.Name", "tag:a b", "Filter.1.Value.1", "ü&=+~"]},
                 {"service": "dynamodb", "protocol": "json1.0", "action": "D_1.List"},
                 {"service": "cloudwatch", "protocol": "json1.1", "action": "G.Put", "body": "{\"a\":1}",
                  "headers": ["Content-Type: application/other", "X-Empty:", "x-long:  a   b  "]})
        form, document, other = self.server.kept
        self.assertEqual(form[3], b"Action=Describe&Version=2016-11-15&Filter.1.Name=tag%3Aa%20b&"
                                  b"Filter.1.Value.1=%C3%BC%26%3D%2B~")
        self.assertIn(("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"), form[2])
        self.assertIn(("Content-Type", "application/x-amz-json-1.0"), document[2])
        self.assertIn(("X-Amz-Target", "D_1.List"), document[2])
        self.assertEqual(document[3], b"{}")
        self.assertIn(("Content-Type", "application/other"), other[2])
        self.assertIn(("X-Empty", ""), other[2])
        self.assertEqual([k[0] for k in self.server.kept], ["POST"] * 3)
        for kept, service in zip(self.server.kept, ["ec2", "dynamodb", "monitoring"]):
            self.assert_signed(kept, service, "eu-west-1")

    def test_hash_of_the_body_in_a_header(self):
        self.ask(*({"service": s, "body": "x", "method": "POST"} for s in ("opensearchserverless",
                                                                           "glacier", "lambda")))
        has = [any(n.lower() == "x-amz-content-sha256" for n, _ in k[2]) for k in self.server.kept]
        self.assertEqual(has, [True, True, False])
        for kept, service in zip(self.server.kept, ["aoss", "glacier", "lambda"]):
            self.assert_signed(kept, service, "eu-west-1")

    def test_late_errors_of_s3(self):
        """A 200 whose body is an error: tried again where it says so, told where it stays."""
        copy = {"service": "s3", "method": "PUT", "path": "/b/k", "headers": ["x-amz-copy-source: c"]}
        late = (200, {}, b"  \n" + ERROR % b"InternalError")
        self.server.script = [late, (200, {}, b"<CopyObjectResult/>"), late, late, late,
                              (200, {}, ERROR % b"AccessDenied"),
                              (200, {}, ERROR % b"InternalError"), (200, {}, b"<Error><")]
        first, second, denied, get, broken = self.ask(
            copy, copy, copy, {"service": "s3", "path": "/b/k"}, copy)
        self.assertEqual((first["rc"], first["attempts"], first["status"]), (0, 2, 200), first)
        self.assertEqual((second["rc"], second["attempts"], second["error_code"]),
                         (EAWS, 3, "InternalError"), second)
        self.assertEqual((denied["rc"], denied["error_code"], denied["attempts"], denied["status"]),
                         (EAWS, "AccessDenied", 1, 500), denied)
        self.assertEqual((get["rc"], get["body"]), (0, (ERROR % b"InternalError").decode()), get)
        self.assertEqual((broken["rc"], broken["attempts"]), (0, 2), broken)

    def test_redirects_are_answers(self):
        self.server.script = [(301, {"Location": "http://169.254.169.254/", "x-amz-bucket-region":
                                     "us-west-2"}, ERROR % b"PermanentRedirect"), (304, {}, b"")]
        moved, same = self.ask({"service": "s3", "path": "/b/k", "show_headers":
                                ["X-Amz-Bucket-Region"]},
                               {"service": "s3", "path": "/b/k", "headers": ["If-None-Match: x"]})
        self.assertEqual((moved["rc"], moved["status"], moved["error_code"], moved["attempts"]),
                         (EAWS, 301, "PermanentRedirect", 1))
        self.assertEqual(moved["headers"], {"X-Amz-Bucket-Region": "us-west-2"})
        self.assertEqual((same["rc"], same["status"], same["error_code"]), (EAWS, 304, ""))
        self.assertEqual(len(self.server.kept), 2)

    def test_error_in_any_protocol(self):
        self.server.script = [
            (403, {"x-amzn-ErrorType": "AccessDeniedException:http://x/", "x-amzn-RequestId": "r1"},
             b'{"Message": "no"}'),
            (400, {"x-amz-request-id": "r2"},
             b"<Response><Errors><Error><Code>InvalidX</Code><Message>bad</Message></Error></Errors>"
             b"<RequestID>r2</RequestID></Response>"),
            (400, {}, b'{"__type": "com.x#OddException", "message": "odd\\nline"}'),
            (418, {}, b"not of any protocol")]
        answers = self.ask(*[{"service": "lambda", "path": "/x"}] * 4)
        self.assertEqual([(a["rc"], a["status"], a["error_code"], a["error_message"], a["request_id"])
                          for a in answers],
                         [(EAWS, 403, "AccessDeniedException", "no", "r1"),
                          (EAWS, 400, "InvalidX", "bad", "r2"),
                          (EAWS, 400, "OddException", "odd line", ""),
                          (EAWS, 418, "", "", "")])
        self.assertEqual(answers[3]["body"], "not of any protocol")

    def test_a_body_cut_short(self):
        """Kept: it is asked for again. Given out: what came stands, and the error says so."""
        cut = (200, {"Content-Length": "100"}, b"x" * 40)
        self.server.script = [cut, (200, {}, b"whole"), cut, (200, {}, b"whole")]
        kept, given = self.ask({"service": "s3", "path": "/b/k"},
                               {"service": "s3", "path": "/b/k", "stream": True})
        self.assertEqual((kept["rc"], kept["body"], kept["attempts"]), (0, "whole", 2), kept)
        self.assertEqual((given["rc"], given["body"], given["attempts"]), (ENETWORK, "x" * 40, 1))


if __name__ == "__main__":
    unittest.main()
