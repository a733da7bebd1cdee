# SPDX-License-Identifier: MIT
"""orgrun-probe's `credentials` over recorded exchanges: every provider with good, expired,
malformed, slow and absent answers."""
import hashlib
import json
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import program

NOW = "2026-01-02T03:00:00Z"
LATER = "2026-01-02T04:00:00Z"
BEFORE = "2026-01-02T02:59:59Z"
ROLE = "arn:aws:iam::111122223333:role/ci"
NO_IMDS = {"AWS_EC2_METADATA_DISABLED": "true"}
GOOD = {"access_key_id": "ASIAGOOD", "secret_access_key": "good-secret",
        "session_token": "good-token", "expiration": "2026-01-02T04:00:00.000Z"}


def document(expiration=LATER, **more):
    return {"Code": "Success", "AccessKeyId": "ASIAGOOD", "SecretAccessKey": "good-secret",
            "Token": "good-token", "Expiration": expiration, **more}


def exchange(url, body, method="GET", status=200, headers=None, **response):
    return {"request": {"method": method, "url": url, "headers": headers or {}},
            "response": {"status": status, "body": body, **response}}


def absent(url):
    return {"request": {"url": url}, "response": None}


# --- what each provider is set up with, and where it asks

def container(answer):
    return {"env": {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x"},
            "http": [{**answer, "request": {"url": "http://169.254.170.2/v2/credentials/x"}}]}


def pod(answer):
    url = "http://169.254.170.23/v1/credentials"
    return {"env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": url,
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/var/run/token"},
            "files": {"/var/run/token": "pod-token\n"},
            "http": [{**answer, "request": {"url": url, "headers": {"Authorization": "pod-token"}}}]}


IMDS = "http://169.254.169.254/latest"
ROLES = IMDS + "/meta-data/iam/security-credentials/"


def instance(answer, token=None, role="node"):
    return {"env": {"AWS_EC2_METADATA_DISABLED": "false"}, "http": [
        token or exchange(IMDS + "/api/token", "imds-token", "PUT",
                          headers={"X-aws-ec2-metadata-token-ttl-seconds": "21600"}),
        exchange(ROLES, role, headers={"X-aws-ec2-metadata-token": "imds-token"}),
        {**answer, "request": {"url": ROLES + role,
                               "headers": {"X-aws-ec2-metadata-token": "imds-token"}}}]}


SSO = ("[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n"
       "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\n"
       "sso_region = eu-north-1\n")
PORTAL = "https://portal.sso.eu-north-1.amazonaws.com/federation/credentials"
OIDC = "https://oidc.eu-north-1.amazonaws.com/token"
CACHE = f"~/.aws/sso/cache/{hashlib.sha1(b'corp').hexdigest()}.json"


def login(expires=LATER, **more):
    return json.dumps({"accessToken": "login-token", "expiresAt": expires, **more})


def role_credentials(ms=1767326400000, **more):
    return {"roleCredentials": {"accessKeyId": "ASIAGOOD", "secretAccessKey": "good-secret",
                                "sessionToken": "good-token", "expiration": ms, **more}}


def center(answer, cache=None, oidc=None, token="login-token"):
    http = [{**answer, "request": {
        "url": PORTAL + "?role_name=Reader&account_id=111122223333",
        "headers": {"x-amz-sso_bearer_token": token}}}]
    return {"files": {"~/.aws/config": SSO, **({CACHE: cache or login()} if cache != "" else {})},
            "http": http + ([{**oidc, "request": {"method": "POST", "url": OIDC}}] if oidc else [])}


REFRESHABLE = {"clientId": "c", "clientSecret": "cs", "refreshToken": "r",
               "registrationExpiresAt": LATER}
STS = "https://sts.us-east-1.amazonaws.com/"


def assumed(action, expiration=LATER):
    return (f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
            "<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/ci/run</Arn>"
            "</AssumedRoleUser><Credentials><AccessKeyId>ASIAGOOD</AccessKeyId>"
            "<SecretAccessKey>good-secret</SecretAccessKey><SessionToken>good-token</SessionToken>"
            f"<Expiration>{expiration}</Expiration></Credentials></{action}Result>"
            f"</{action}Response>")


def refused(code, message, status=400):
    return exchange(STS, f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message>"
                         "</Error></ErrorResponse>", status=status)


def web(answer, token="header.payload.signature\n"):
    files = {"/token": token} if token is not None else {"/other": ""}
    return {"env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": ROLE,
                    "AWS_REGION": "us-east-1"}, "files": files,
            "http": [{**answer, "request": {
                "method": "POST", "url": STS, "body": "WebIdentityToken=header.payload.signature"}}]}


def web_profile(answer):
    return {"files": {"/w/token": "header.payload.signature", "~/.aws/config":
                      f"[default]\nregion = us-east-1\nrole_arn = {ROLE}\n"
                      "web_identity_token_file = /w/token\n"},
            "http": web(answer)["http"]}


def role(answer, source="aws_access_key_id = AKIA\naws_secret_access_key = s\n"):
    return {"files": {"~/.aws/config": f"[default]\nregion = us-east-1\nrole_arn = {ROLE}\n"
                                       f"source_profile = base\n[profile base]\n{source}"},
            "http": [{**answer, "request": {"method": "POST", "url": STS,
                                            "body": "Action=AssumeRole&"}}]}


def process(script):
    return {"files": {"/bin/helper": "#!/bin/sh\n" + script,
                      "~/.aws/config": "[default]\ncredential_process = /bin/helper\n"},
            "http": []}


def printed(**more):
    answer = {"Version": 1, "AccessKeyId": "ASIAGOOD", "SecretAccessKey": "good-secret",
              "SessionToken": "good-token", "Expiration": LATER, **more}
    return f"echo '{json.dumps(answer)}'\n"


def environment(**more):
    return {"env": {"AWS_ACCESS_KEY_ID": "ASIAGOOD", "AWS_SECRET_ACCESS_KEY": "good-secret",
                    "AWS_SESSION_TOKEN": "good-token", "AWS_CREDENTIAL_EXPIRATION": LATER,
                    **more}}


def profile(text):
    return {"files": {"~/.aws/credentials": "[default]\n" + text}}


def ok(body, **more):
    return exchange("", body, **more)


KEYS = ("aws_access_key_id = ASIAGOOD\naws_secret_access_key = good-secret\n"
        "aws_session_token = good-token\n")
NEVER = {**GOOD, "expiration": None}
EXPIRED = "expired at 2026-01-02T02:59:59.000Z, "
FRESH = exchange("", {"accessToken": "new-token", "expiresIn": 28800, "refreshToken": "r2",
                      "tokenType": "Bearer"})

# (provider, kind of answer, request, what is found or words of the error)
TABLE = [
    ("environment", "good", environment(), GOOD),
    ("environment", "expired", environment(AWS_CREDENTIAL_EXPIRATION=BEFORE), [EXPIRED]),
    ("environment", "malformed", environment(AWS_CREDENTIAL_EXPIRATION="soon"),
     ['AWS_CREDENTIAL_EXPIRATION is "soon", which is not a time']),
    ("environment", "malformed", environment(AWS_SECRET_ACCESS_KEY=""),
     ["AWS_ACCESS_KEY_ID is set in the environment, but AWS_SECRET_ACCESS_KEY is not"]),
    ("environment", "absent", {"env": {}, "files": {}}, ["no source credentials were found"]),

    ("profile", "good", profile(KEYS), NEVER),
    ("profile", "malformed", profile("aws_access_key_id = A\n"),
     ['the profile "default" has aws_access_key_id, but no aws_secret_access_key']),
    ("profile", "malformed", profile("aws_access_key_id\n"),
     ["/home/probe/.aws/credentials:2: Expected an '=' sign"]),
    ("profile", "absent", {"env": {"AWS_PROFILE": "x"}, "files": {}},
     ['there is no profile "x"', "the files hold no profile"]),

    ("container", "good", container(ok(document())), GOOD),
    ("container", "expired", container(ok(document(BEFORE))), [EXPIRED]),
    ("container", "malformed", container(ok("<html>")), ["gave no JSON document"]),
    ("container", "malformed", container(ok(document(None))), ["gave no Expiration"]),
    ("container", "malformed", container(ok(document("soon"))), ["an Expiration that is no time"]),
    ("container", "malformed", container(ok(document(Token=""))), ["gave no Token"]),
    ("container", "malformed", container(ok("x" * 100000)), ["larger than 65536 bytes"]),
    ("container", "malformed", container(ok({"code": "AccessDenied", "message": "not yours"},
                                            status=403)), ["AccessDenied: not yours"]),
    ("container", "slow", container(ok(document(), delay_ms=300)), GOOD),
    ("container", "slow", container(ok(document(), delay_ms=9000)), ["2 attempts"]),
    ("container", "absent", container(absent("")), ["2 attempts"]),
    ("container", "absent", container(ok("", status=404)), ["404"]),
    ("Pod Identity", "good", pod(ok(document())), GOOD),

    ("instance", "good", instance(ok(document())), GOOD),
    ("instance", "expired", instance(ok(document(BEFORE))),
     {k: GOOD[k] for k in ("access_key_id", "secret_access_key", "session_token")}),
    ("instance", "malformed", instance(ok("{")), ["gave no JSON document"]),
    ("instance", "malformed", instance(ok(document(AccessKeyId=7))), ["gave no AccessKeyId"]),
    ("instance", "malformed", instance(ok(document()), role="a/../b"),
     ["named a role that cannot be one"]),
    ("instance", "malformed", instance(ok(""), token=exchange(
        IMDS + "/api/token", "a\nb", "PUT")), ["gave no token"]),
    ("instance", "slow", instance(ok(document(), delay_ms=300)), GOOD),
    ("instance", "slow", instance(ok(""), token=exchange(
        IMDS + "/api/token", "t", "PUT", delay_ms=9000)), ["hop limit may be 1"]),
    ("instance", "slow", instance(ok(document(), delay_ms=9000)),
     ["gave no credentials of the role node"]),
    ("instance", "absent", instance(ok(""), token=absent(IMDS + "/api/token")),
     ["no source credentials", "no metadata service answers"]),
    ("instance", "absent", instance(ok(""), role=""), ["did not name the instance's role"]),
    ("instance", "absent", instance(ok({"Code": "Failed"}, status=404)),
     ["gave no credentials of the role node (HTTP 404"]),

    ("Identity Center", "good", center(ok(role_credentials())), GOOD),
    ("Identity Center", "expired", center(ok(role_credentials(1767322799000))), [EXPIRED]),
    ("Identity Center", "expired", center(ok(role_credentials()), cache=login(BEFORE)),
     ["is too old", "aws sso login --profile default"]),
    ("Identity Center", "expired", center(ok({"message": "Session token not found or invalid"},
                                             status=401)),
     ["not found or invalid", "aws sso login --profile default"]),
    ("Identity Center", "good", center(ok(role_credentials()), oidc=FRESH, token="new-token",
                                       cache=login(BEFORE, **REFRESHABLE)), GOOD),
    ("Identity Center", "expired", center(
        ok(role_credentials()), cache=login(BEFORE, **REFRESHABLE),
        oidc=ok({"error": "invalid_grant"}, status=400)), ["is too old", "aws sso login"]),
    ("Identity Center", "good", center(
        ok(role_credentials()), cache=login("2026-01-02T03:10:00Z", **REFRESHABLE),
        oidc=ok({"error": "slow_down"}, status=400)), GOOD),  # still good for ten minutes
    ("Identity Center", "malformed", center(ok(role_credentials()), cache="{"),
     ["nobody has logged in"]),
    ("Identity Center", "malformed", center(ok("{}")), ["gave no JSON document"]),
    ("Identity Center", "malformed", center(ok(role_credentials("soon"))), ["that is no time"]),
    ("Identity Center", "slow", center(ok(role_credentials(), delay_ms=1500)), GOOD),
    ("Identity Center", "slow", center(ok(role_credentials(), delay_ms=60000)), ["2 attempts"]),
    ("Identity Center", "absent", center(ok(role_credentials()), cache=""),
     ["nobody has logged in"]),
    ("Identity Center", "absent", center(absent("")), ["2 attempts"]),

    ("web identity", "good", web(ok(assumed("AssumeRoleWithWebIdentity"))), GOOD),
    ("web identity", "good", web_profile(ok(assumed("AssumeRoleWithWebIdentity"))), GOOD),
    ("web identity", "expired", web(refused("ExpiredTokenException", "Token expired: 1")),
     ["ExpiredTokenException: Token expired", "The token is that of /token"]),
    ("web identity", "expired", web(ok(assumed("AssumeRoleWithWebIdentity", BEFORE))), [EXPIRED]),
    ("web identity", "malformed", web(ok("<a>")), ["sts:AssumeRoleWithWebIdentity"]),
    ("web identity", "malformed", web(ok(""), token=" \n"), ["/token is empty"]),
    ("web identity", "slow", web(ok(assumed("AssumeRoleWithWebIdentity"), delay_ms=1500)), GOOD),
    ("web identity", "absent", web(ok(""), token=None), ["/token", "No such file"]),
    ("web identity", "absent", web(absent("")), ["2 attempts"]),

    ("role", "good", role(ok(assumed("AssumeRole"))), GOOD),
    ("role", "expired", role(refused("ExpiredToken", "The security token included in the request "
                                     "is expired", 403)), ["ExpiredToken", "refresh them"]),
    ("role", "expired", role(ok(assumed("AssumeRole", BEFORE))), [EXPIRED]),
    ("role", "malformed", role(ok(assumed("AssumeRole").replace("AccessKeyId", "Key"))),
     ["cannot read the AssumeRole answer"]),
    ("role", "slow", role(ok(assumed("AssumeRole"), delay_ms=1500)), GOOD),
    ("role", "absent", role(absent("")), ["2 attempts"]),
    ("role", "absent", role(ok(""), source="region = x\n"), ['"base" holds no credentials']),

    ("program", "good", process(printed()), GOOD),
    ("program", "good", process(printed(Expiration=None)), NEVER),
    ("program", "expired", process(printed(Expiration=BEFORE)), [EXPIRED]),
    ("program", "malformed", process("echo hello\n"), ["gave no JSON document"]),
    ("program", "malformed", process(printed(Version=2)), ['not of "Version": 1']),
    ("program", "malformed", process(printed(SecretAccessKey=None)), ["gave no SecretAccessKey"]),
    ("program", "slow", process("sleep 0.5\n" + printed()), GOOD),
    ("program", "absent", {"files": {"~/.aws/config": "[default]\ncredential_process = /no/x\n"}},
     ["exit code 127", "not found"]),
    ("program", "absent", process("kill -9 $$\n"), ["exit code 137: Killed"]),
]


def probe(request):
    done = subprocess.run([program("ORGRUN_PROBE_BIN")], input=json.dumps(request),
                          capture_output=True, text=True, timeout=100)
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


class Credentials(unittest.TestCase):
    maxDiff = None

    def ask(self, request):
        code, answer, stderr = probe({"op": "credentials", "now": NOW, **request,
                                      "env": {**NO_IMDS, **request.get("env", {})}})
        self.assertEqual((code, stderr), (0, ""), answer)
        return answer

    def test_table(self):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda row: self.ask(row[2]), TABLE))
        for (provider, kind, _, wanted), answer in zip(TABLE, answers):
            with self.subTest(provider=provider, kind=kind, wanted=wanted):
                if isinstance(wanted, dict):
                    self.assertEqual({k: answer.get(k) for k in wanted}, wanted, answer)
                    continue
                self.assertIn("error", answer)
                said = answer["error"] + "\n" + answer["hint"]
                for words in wanted:
                    self.assertIn(words, said)
                self.assertNotIn("/tmp/", said)
                for secret in ("good-secret", "good-token", "login-token", "pod-token"):
                    self.assertNotIn(secret, json.dumps(answer))

    def test_table_is_whole(self):
        """Each provider has each kind of answer that it can have."""
        cannot = {("environment", "slow"), ("profile", "slow"), ("profile", "expired")}
        providers = {row[0] for row in TABLE} - {"Pod Identity"}
        kinds = {"good", "expired", "malformed", "slow", "absent"}
        self.assertEqual({(p, k) for p in providers for k in kinds} - {r[:2] for r in TABLE}, cannot)

    def test_error_classes(self):
        for request, wanted in ((web(refused("InvalidIdentityToken", "x")), "aws"),
                                (role(ok(assumed("AssumeRole").replace("AccessKeyId", "Key"))),
                                 "protocol"),
                                (role(absent("")), "network"),
                                (container(ok("<html>")), "credentials"),
                                (web(ok(""), token=None), "io")):
            with self.subTest(wanted):
                self.assertEqual(self.ask(request)["error_class"], wanted)

    def test_requests(self):
        answer = self.ask(instance(ok(document())))
        self.assertEqual(answer["requests"], [
            {"method": "PUT", "url": IMDS + "/api/token", "exchange": 0},
            {"method": "GET", "url": ROLES, "exchange": 1},
            {"method": "GET", "url": ROLES + "node", "exchange": 2}])
        answer = self.ask({**container(ok(document())), "http": []})
        self.assertEqual({r["exchange"] for r in answer["requests"]}, {None})

    def test_each_exchange_once(self):
        """A retry is answered by the next one that fits."""
        request = container(ok("", status=500))
        request["http"].append({"request": {"path": "/v2/credentials/x"}, **{
            "response": ok(document())["response"]}})
        answer = self.ask(request)
        self.assertEqual(answer.get("access_key_id"), "ASIAGOOD", answer)
        self.assertEqual([r["exchange"] for r in answer["requests"]], [0, 1])

    def test_requests_that_are_none(self):
        for more, words in (({"http": {}}, "must be an array"), ({"http": [{}]}, "has no request"),
                            ({"now": "today"}, "is not a time"),
                            ({"files": {"x": ""}}, "absolute or of ~/"),
                            ({"files": {"/a/../../x": ""}}, "absolute or of ~/"),
                            ({"files": {"/x": 7}}, "absolute or of ~/")):
            with self.subTest(words):
                code, answer, _ = probe({"op": "credentials", "env": NO_IMDS, **more})
                self.assertEqual(code, 1)
                self.assertIn(words, answer["error"])


if __name__ == "__main__":
    unittest.main()
