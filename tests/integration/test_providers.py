# SPDX-License-Identifier: MIT
"""Source credentials on every kind of machine: each provider against a fake of its endpoint on the
loopback, good, expired, malformed and absent; boto3 has to find the same where it has an opinion."""
import hashlib
import http.server
import json
import subprocess
import sys
import threading
import time
import unittest
from datetime import datetime, timedelta, timezone

from harness import ROLE, Case, plain_environment, program

BOTO = """
import json, sys
import botocore.session
c = botocore.session.get_session().get_credentials()
f = c and c.get_frozen_credentials()
print(json.dumps(c and {"access_key_id": f.access_key, "secret_access_key": f.secret_key,
                        "session_token": f.token}))
"""


def stamp(minutes):
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(minutes=60, **more):
    return {"Code": "Success", "AccessKeyId": "ASIAFAKEFAKEFAKEFAKE", "SecretAccessKey": "s" * 40,
            "Token": "fake-session-token", "Expiration": stamp(minutes), **more}


class Fake(http.server.ThreadingHTTPServer):
    """Answers by a table: {(method, path): (status, text or object)}; keeps what was asked."""

    daemon_threads = True

    def __init__(self, answers):
        self.answers, self.asked = answers, []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.partition("?")[0]
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        status, what = self.server.answers.get((self.command, path), (404, "nothing here"))
        if callable(what):
            what = what(self.headers, body)
        data = (what if isinstance(what, str) else json.dumps(what)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


class Providers(Case):
    def setUp(self):
        super().setUp()
        self.env = plain_environment(self.home)
        self.env["AWS_CONFIG_FILE"] = str(self.home / "config")
        self.env["AWS_SHARED_CREDENTIALS_FILE"] = str(self.home / "credentials")
        self.env["AWS_DEFAULT_REGION"] = "us-east-1"

    def fake(self, answers):
        server = Fake(answers)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def config(self, text):
        (self.home / "config").write_text(text)

    def find(self, profile=None, **more):
        """What orgrun finds in this environment, or with a profile named on its command line."""
        env = {**self.env, **more}
        done = subprocess.run([program("ORGRUN_PROBE_BIN")], input=json.dumps(
            {"op": "credentials", "env": env, "profile": profile}), env=plain_environment(self.home),
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def boto(self, **more):
        done = subprocess.run([sys.executable, "-c", BOTO], env={**self.env, **more},
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def both(self, **more):
        """Found by both, and the same."""
        found = self.find(**more)
        self.assertNotIn("error", found, found)
        self.assertEqual({k: found[k] for k in ("access_key_id", "secret_access_key",
                                                "session_token")}, self.boto(**more))
        return found

    def fails(self, *words, boto=True, **more):
        """Refused with these words, and by boto3 too, which finds nothing or raises."""
        found = self.find(**more)
        self.assertIn("error", found, found)
        for word in words:
            self.assertIn(word, found["error"] + "\n" + found["hint"])
        if boto:
            done = subprocess.run([sys.executable, "-c", BOTO], env={**self.env, **more},
                                  capture_output=True, text=True, timeout=60)
            self.assertTrue(done.returncode != 0 or done.stdout == "null\n", done.stdout)
        return found

    # --- the order

    def test_environment_comes_first(self):
        self.config("[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = p\n")
        keys = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "e"}
        self.assertEqual(self.both(**keys)["access_key_id"], "AKIAENV")
        self.assertEqual(self.both()["access_key_id"], "AKIAPROFILE")

    def test_nothing_anywhere_names_each_provider(self):
        self.fails("no source credentials", "environment: ", "web identity: ", "profile: ",
                   "container: ", "instance metadata: AWS_EC2_METADATA_DISABLED is true")

    # --- containers

    def test_container(self):
        fake = self.fake({("GET", "/creds"): (200, document())})
        found = self.both(AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/creds",
                          AWS_CONTAINER_AUTHORIZATION_TOKEN="Basic abc")
        self.assertEqual(found["provider"], "the container credentials endpoint")
        self.assertAlmostEqual(found["expires_ms"] / 1000, time.time() + 3600, delta=30)
        self.assertEqual({h["Authorization"] for _, _, h, _ in fake.asked}, {"Basic abc"})

    def test_container_token_file(self):
        fake = self.fake({("GET", "/creds"): (200, document())})
        (self.dir / "token").write_text("from-a-file\n")
        self.find(AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/creds",
                  AWS_CONTAINER_AUTHORIZATION_TOKEN="ignored",
                  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(self.dir / "token"))
        self.assertEqual(fake.asked[0][2]["Authorization"], "from-a-file")
        self.fails("TOKEN_FILE", "nowhere", AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/creds",
                   AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(self.dir / "nowhere"))

    def test_container_answers_that_are_none(self):
        for answer, word in (((200, document(SecretAccessKey="")), "SecretAccessKey"),
                             ((200, document(Expiration="soon")), "Expiration"),
                             ((200, document(minutes=-5)), "expired"),
                             ((200, "<html>"), "no JSON document"),
                             ((403, {"code": "AccessDenied", "message": "no"}), "AccessDenied")):
            with self.subTest(word):
                fake = self.fake({("GET", "/"): answer})
                found = self.fails(word, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/",
                                   boto=word != "SecretAccessKey")  # it takes an empty one
                self.assertNotIn("s" * 40, json.dumps(found))

    def test_container_hosts(self):
        self.fails("without TLS", "loopback",
                   AWS_CONTAINER_CREDENTIALS_FULL_URI="http://192.0.2.1/creds")
        self.fails("slash", AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="creds")

    # --- EC2

    def imds(self, **more):
        answers = {
            ("PUT", "/latest/api/token"): (200, "imds-token"),
            ("GET", "/latest/meta-data/iam/security-credentials/"): (200, "my-role"),
            ("GET", "/latest/meta-data/iam/security-credentials/my-role"): (200, document()),
        }
        answers.update(more.pop("answers", {}))
        fake = self.fake(answers)
        self.env.update({"AWS_EC2_METADATA_DISABLED": "false",
                         "AWS_EC2_METADATA_SERVICE_ENDPOINT": fake.url})
        return fake

    def test_instance_metadata(self):
        fake = self.imds()
        self.assertEqual(self.both()["provider"], "EC2's instance metadata")
        method, path, headers, _ = fake.asked[0]
        self.assertEqual((method, path), ("PUT", "/latest/api/token"))
        self.assertEqual(headers["X-aws-ec2-metadata-token-ttl-seconds"], "21600")
        self.assertEqual(fake.asked[1][2]["X-aws-ec2-metadata-token"], "imds-token")

    def test_instance_metadata_that_lags_behind(self):
        """Expired keys of the service's are used on for a while, as the SDKs do."""
        self.imds(answers={("GET", "/latest/meta-data/iam/security-credentials/my-role"):
                           (200, document(minutes=-5))})
        self.assertAlmostEqual(self.both()["expires_ms"] / 1000, time.time() + 600, delta=30)

    def test_instance_without_a_role(self):
        self.imds(answers={("GET", "/latest/meta-data/iam/security-credentials/"): (404, "")})
        self.fails("no source credentials", "the EC2 instance has no role")

    def test_instance_metadata_version_1_is_not_asked(self):
        fake = self.imds(answers={("PUT", "/latest/api/token"): (403, "")})
        self.fails("no source credentials", "refused a token (HTTP 403)", boto=False)  # it asks
        self.assertEqual(len(fake.asked), 1)

    def test_no_instance(self):
        self.env.update({"AWS_EC2_METADATA_DISABLED": "false",
                         "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9"})
        self.fails("no metadata service answers")

    # --- programs

    def process(self, script):
        path = self.dir / "helper"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        self.config(f"[default]\ncredential_process = {path} --for orgrun\n")

    def test_process(self):
        answer = {"Version": 1, "AccessKeyId": "ASIAPROCESS", "SecretAccessKey": "p",
                  "SessionToken": "t", "Expiration": stamp(30)}
        self.process(f"[ \"$1\" = --for ] || exit 1\necho '{json.dumps(answer)}'\n")
        self.assertEqual(self.both()["access_key_id"], "ASIAPROCESS")

    def test_process_that_fails(self):
        self.process("echo 'no ticket; run kinit' >&2; exit 7\n")
        self.fails("credential_process of the profile default", "exit code 7",
                   "no ticket; run kinit")
        self.process("echo '{\"Version\": 2}'\n")
        self.fails('"Version": 1')
        self.process("head -c 100000 /dev/zero\n")
        self.fails("more than 65536 bytes")

    # --- Identity Center

    SSO = """
[default]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Reader
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
"""

    def cache(self, name, **token):
        path = self.home / ".aws/sso/cache" / (hashlib.sha1(name.encode()).hexdigest() + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"startUrl": "https://corp.awsapps.com/start",
                                    "region": "us-east-1", **token}))
        return path

    def portal(self, **answers):
        credentials = {"roleCredentials": {
            "accessKeyId": "ASIASSO", "secretAccessKey": "x", "sessionToken": "y",
            "expiration": int((time.time() + 3600) * 1000)}}
        fake = self.fake({("GET", "/federation/credentials"): (200, credentials), **answers})
        self.env.update({"AWS_ENDPOINT_URL_SSO": fake.url, "AWS_ENDPOINT_URL_SSO_OIDC": fake.url})
        return fake

    def test_identity_center(self):
        self.config(self.SSO)
        self.cache("corp", accessToken="login", expiresAt=stamp(120))
        fake = self.portal()
        self.assertEqual(self.both()["access_key_id"], "ASIASSO")
        _, path, headers, _ = fake.asked[0]
        self.assertEqual(headers["x-amz-sso_bearer_token"], "login")
        self.assertEqual(path,
                         "/federation/credentials?role_name=Reader&account_id=111122223333")

    def test_identity_center_legacy(self):
        self.config("[default]\nsso_start_url = https://corp.awsapps.com/start\n"
                    "sso_region = us-east-1\nsso_account_id = 111122223333\n"
                    "sso_role_name = Reader\n")
        self.cache("https://corp.awsapps.com/start", accessToken="login", expiresAt=stamp(120))
        self.portal()
        self.assertEqual(self.both()["access_key_id"], "ASIASSO")

    def test_identity_center_refreshes(self):
        self.config(self.SSO)
        path = self.cache("corp", accessToken="old", expiresAt=stamp(-5), clientId="c",
                          clientSecret="cs", registrationExpiresAt=stamp(9999), refreshToken="r1")
        fake = self.portal()
        fake.answers[("POST", "/token")] = (200, {"accessToken": "new", "expiresIn": 28800,
                                                  "refreshToken": "r2", "tokenType": "Bearer"})
        self.assertEqual(self.find()["access_key_id"], "ASIASSO")
        self.assertEqual(json.loads(fake.asked[0][3])["refreshToken"], "r1")
        self.assertEqual(fake.asked[1][2]["x-amz-sso_bearer_token"], "new")
        kept = json.loads(path.read_text())
        self.assertEqual((kept["accessToken"], kept["refreshToken"], kept["clientId"]),
                         ("new", "r2", "c"))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.both()["access_key_id"], "ASIASSO")  # boto3 reads what we kept

    def test_identity_center_log_in(self):
        self.config(self.SSO)
        self.portal()
        self.fails("nobody has logged in", "aws sso login --profile default")
        self.cache("corp", accessToken="old", expiresAt=stamp(-5))
        self.fails("too old", "aws sso login --profile default")
        self.cache("corp", accessToken="revoked", expiresAt=stamp(60))
        self.portal().answers[("GET", "/federation/credentials")] = (
            401, {"message": "Session token not found or invalid"})
        self.fails("not found or invalid", "aws sso login --profile default")

    # --- roles, by the sandbox's STS

    def test_chain_of_roles(self):
        sandbox = self.sandbox(accounts=3, denied=0)
        role = [f"arn:aws:iam::{a['id']}:role/{ROLE}" for a in sandbox.accounts()]
        self.env["AWS_ENDPOINT_URL"] = sandbox.url
        keys = (f"aws_access_key_id = {sandbox.info['access_key_id']}\n"
                f"aws_secret_access_key = {sandbox.info['secret_access_key']}\n")
        self.config(f"[profile base]\n{keys}\n[default]\nrole_arn = {role[1]}\n"
                    "source_profile = base\nrole_session_name = first\n")
        found = self.find()
        self.assertEqual(found["access_key_id"][:4], "ASIA", found)
        self.assertEqual(sandbox.stats()["operations"]["sts:AssumeRole"], {"ok": 1})
        self.config(f"[default]\nrole_arn = {role[1]}\ncredential_source = Environment\n")
        found = self.find("default", AWS_ACCESS_KEY_ID=sandbox.info["access_key_id"],
                          AWS_SECRET_ACCESS_KEY=sandbox.info["secret_access_key"])
        self.assertEqual(found["access_key_id"][:4], "ASIA", found)
        self.assertEqual(sandbox.stats()["operations"]["sts:AssumeRole"], {"ok": 2})

    def test_chains_that_lead_nowhere(self):
        self.config("[default]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = b\n"
                    "[profile b]\nrole_arn = arn:aws:iam::111122223333:role/b\n"
                    "source_profile = default\n")
        self.fails('"default" leads back to itself')
        self.config("[default]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = bas\n"
                    "[profile base]\nregion = x\n")
        self.fails('no profile "bas"', 'did you mean "base"')
        self.config("[default]\nrole_arn = arn:aws:iam::111122223333:role/a\n")
        self.fails("no source_profile or credential_source")
        self.config("[default]\nrole_arn = arn:aws:iam::111122223333:role/a\n"
                    "credential_source = Moon\n")
        self.fails("Moon", "Ec2InstanceMetadata")

    # --- web identity

    ASSUMED = """<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><AssumedRoleUser>
<Arn>arn:aws:sts::111122223333:assumed-role/ci/run-1</Arn><AssumedRoleId>A:run-1</AssumedRoleId>
</AssumedRoleUser><Credentials><AccessKeyId>ASIAWEB</AccessKeyId>
<SecretAccessKey>w</SecretAccessKey><SessionToken>t</SessionToken><Expiration>%s</Expiration>
</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""

    def test_web_identity(self):
        fake = self.fake({("POST", "/"): (200, self.ASSUMED % stamp(60))})
        token = self.dir / "token"
        token.write_text("header.payload.signature\n")
        self.env.update({"AWS_ENDPOINT_URL_STS": fake.url, "AWS_ROLE_SESSION_NAME": "run-1",
                         "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
                         "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/ci"})
        self.assertEqual(self.both()["access_key_id"], "ASIAWEB")
        _, _, headers, body = fake.asked[0]
        self.assertNotIn("Authorization", headers)
        self.assertIn("WebIdentityToken=header.payload.signature", body)
        self.assertIn("RoleSessionName=run-1", body)
        fake.answers[("POST", "/")] = (400, "<ErrorResponse><Error><Code>InvalidIdentityToken</Code>"
                                            "<Message>No OpenIDConnect provider found</Message>"
                                            "</Error></ErrorResponse>")
        self.fails("InvalidIdentityToken", "trust policy")
        token.unlink()
        self.fails("token", "No such file")
        del self.env["AWS_ROLE_ARN"]
        self.fails("AWS_ROLE_ARN is not")


if __name__ == "__main__":
    unittest.main()
