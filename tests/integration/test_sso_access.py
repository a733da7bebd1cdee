# SPDX-License-Identifier: MIT
"""Identity Center as the way into accounts: a fake portal on the loopback hands out sessions that the
sandbox issued, so that whoever a command says it is, the sandbox has said."""
import hashlib
import http.server
import json
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse
from datetime import datetime, timedelta, timezone

from harness import ROLE, Case, by_account, plain_environment

CONFIG = """
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access
[sso-session half]
sso_start_url = https://half.awsapps.com/start
"""
TOKEN = "canary-login-token"
BOTO = """
import json
import botocore.session
f = botocore.session.get_session().get_credentials().get_frozen_credentials()
print(json.dumps([f.access_key, f.secret_key, f.token]))
"""


def stamp(minutes):
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Portal(http.server.ThreadingHTTPServer):
    """GetRoleCredentials and CreateToken. `refuse(n, account)` may give (status, code, message) for
    the n-th request from 0."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, sandbox):
        self.sts = sandbox.client("sts")
        self.info = sandbox.info
        self.tokens, self.refuse = {TOKEN}, lambda n, account: None
        self.minutes, self.swap, self.refreshed = 60, {}, None
        self.asked, self.sent, self.lock = [], {}, threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def session(self, account):
        """What the portal answers for an account: a session that the sandbox knows."""
        account = self.swap.get(account, account)
        if account == self.info["management_account"]:
            keys = {"AccessKeyId": self.info["access_key_id"],
                    "SecretAccessKey": self.info["secret_access_key"],
                    "SessionToken": self.info["session_token"]}
        else:
            keys = self.sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{ROLE}",
                                        RoleSessionName="user@example.com")["Credentials"]
        return {"accessKeyId": keys["AccessKeyId"], "secretAccessKey": keys["SecretAccessKey"],
                "sessionToken": keys["SessionToken"],
                "expiration": int((time.time() + self.minutes * 60) * 1000)}

    def credentials(self, query, token):
        account, role = query["account_id"][0], query["role_name"][0]
        with self.lock:
            n = len(self.asked)
            self.asked.append((time.monotonic(), account, role, token))
        refusal = self.refuse(n, account)
        if token not in self.tokens:
            refusal = (401, "UnauthorizedException", "Session token not found or invalid")
        if refusal:
            status, code, message = refusal
            return status, code, {"message": message, "__type": code}
        session = self.session(account)
        self.sent[account] = session
        return 200, None, {"roleCredentials": session}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, code, what):
        data = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if code:
            self.send_header("x-amzn-ErrorType", code)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        assert path == "/federation/credentials", path
        self.reply(*self.server.credentials(urllib.parse.parse_qs(query),
                                            self.headers["x-amz-sso_bearer_token"]))

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.server.refreshed or asked["refreshToken"] != "r1":
            self.reply(400, "InvalidGrantException", {"error": "invalid_grant"})
            return
        self.server.tokens = {self.server.refreshed}
        self.reply(200, None, {"accessToken": self.server.refreshed, "expiresIn": 28800,
                               "refreshToken": "r2", "tokenType": "Bearer"})

    def log_message(self, *_):
        pass


class SsoAccess(Case):
    def start(self, **options):
        self.box = self.sandbox(**{"accounts": 4, "denied": 0, "suspended": 0, "source_token": True,
                                   **options})
        self.portal = Portal(self.box)
        self.addCleanup(self.portal.server_close)
        self.addCleanup(self.portal.shutdown)
        (self.home / "config").write_text(CONFIG)
        self.log_in()
        self.env = {**plain_environment(self.home), "AWS_ENDPOINT_URL": self.box.url,
                    "AWS_ENDPOINT_URL_SSO": self.portal.url,
                    "AWS_ENDPOINT_URL_SSO_OIDC": self.portal.url,
                    "AWS_CONFIG_FILE": str(self.home / "config"),
                    "AWS_SHARED_CREDENTIALS_FILE": str(self.home / "credentials")}
        self.whoami = ("aws", "--endpoint-url", self.box.url, "--region", "eu-west-1", "sts",
                       "get-caller-identity", "--query", "Account", "--output", "text")
        self.ids = [a["id"] for a in self.box.accounts()
                    if a["id"] != self.box.info["management_account"]]

    def log_in(self, minutes=120, **more):
        path = self.home / ".aws/sso/cache" / (hashlib.sha1(b"corp").hexdigest() + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"startUrl": "https://corp.awsapps.com/start",
                                    "region": "eu-central-1", "accessToken": TOKEN,
                                    "expiresAt": stamp(minutes), **more}))
        return path

    def refreshable(self, minutes=120):
        self.portal.refreshed = "canary-second-token"
        return self.log_in(minutes, clientId="c", clientSecret="canary-client-secret",
                           registrationExpiresAt=stamp(9999), refreshToken="r1")

    def sso_exec(self, *command, ids=None, options=()):
        return self.exec(self.env, "--accounts", ",".join(ids or self.ids), "--sso-session", "corp",
                         "--sso-role", "Auditor", *options, "--", *command)

    def statuses(self, result):
        return {a: [r["status"] for r in rs] for a, rs in by_account(result.report).items()}

    # --- good

    def test_list_without_source_credentials(self):
        self.start()
        result = self.sso_exec(*self.whoami)
        self.assert_exit(result, 0)
        for account, (entry,) in by_account(result.report).items():
            self.assertEqual(self.output_of(entry).strip(), account)
        self.assertEqual(sorted(account for _, account, _, _ in self.portal.asked),
                         sorted(self.ids))
        self.assertEqual({(role, token) for _, _, role, token in self.portal.asked},
                         {("Auditor", TOKEN)})
        stats = self.box.stats()["operations"]
        self.assertEqual(stats["sts:AssumeRole"], {"ok": len(self.ids)}, "but by the portal")
        # each session says once whose it is, and then its command does
        self.assertEqual(stats["sts:GetCallerIdentity"], {"ok": 2 * len(self.ids)})

    def test_one_session_for_all_targets_of_an_account(self):
        self.start()
        result = self.sso_exec("sh", "-c", "env; cat $HOME/.aws/sso/cache/*",
                               options=("--regions", "us-east-1,eu-west-1,eu-north-1"))
        self.assert_exit(result, 0)
        self.assertEqual(len(result.report["results"]), 3 * len(self.ids))
        self.assertEqual(len(self.portal.asked), len(self.ids))
        for account, entries in by_account(result.report).items():
            for entry in entries:  # no secret, whatever a command prints
                output = self.output_of(entry)
                self.assertIn(self.portal.sent[account]["accessKeyId"], output)
                self.assertNotIn(self.portal.sent[account]["secretAccessKey"], output)
                self.assertIn('"accessToken": "', output)
        for path in self.state.rglob("*"):
            if path.is_file():
                self.assertNotIn(TOKEN.encode(), path.read_bytes(), path)
        self.assertNotIn(TOKEN, result.out + result.err)

    def test_organization_by_the_same_login(self):
        self.start()
        (self.home / "config").write_text(CONFIG + f"""
[profile central]
region = eu-west-1
sso_session = corp
sso_account_id = {self.box.info["management_account"]}
sso_role_name = Lister
""")
        self.env["AWS_PROFILE"] = "central"
        result = self.run_job(f"""
name: sweep
accounts: {{organization: true, management: skip}}
access: {{sso: {{session: corp, role: Auditor}}}}
tasks:
  - name: who
    command: {json.dumps(self.whoami)}
""", self.env)
        self.assert_exit(result, 0)
        found = by_account(result.report)
        self.assertEqual(sorted(found), sorted(self.ids))
        for account, (entry,) in found.items():
            self.assertEqual(self.output_of(entry).strip(), account)
        self.assertEqual([role for _, _, role, _ in self.portal.asked].count("Lister"), 1)

    def test_plan_and_check_need_no_login(self):
        self.start()
        self.log_in(minutes=-5)
        job = self.job(f"""
accounts: {{list: ["{self.ids[0]}"]}}
access: {{sso: {{session: corp, role: Auditor}}}}
tasks: [{{command: [true]}}]
""")
        plan = self.orgrun("plan", job, "--format", "json", env=self.env)
        self.assert_exit(plan, 0)
        self.assertIn('"sso:corp/Auditor"', plan.out)
        check = self.orgrun("check", job, env=self.env)
        self.assert_exit(check, 0)
        self.assertIn("Auditor", check.out)
        self.assertEqual(self.portal.asked, [])

    def test_session(self):
        self.start()
        options = ("--sso-session", "corp", "--sso-role", "Auditor")
        result = self.orgrun("session", self.ids[0], *options, env=self.env)
        self.assert_exit(result, 0)
        document, sent = json.loads(result.out), self.portal.sent[self.ids[0]]
        self.assertEqual([document["AccessKeyId"], document["SecretAccessKey"],
                          document["SessionToken"]],
                         [sent["accessKeyId"], sent["secretAccessKey"], sent["sessionToken"]])
        result = self.orgrun("session", self.ids[1], *options, "--", *self.whoami, env=self.env)
        self.assert_exit(result, 0)
        self.assertEqual(result.out.strip(), self.ids[1])

    def test_boto3_finds_the_same(self):
        self.start()
        (self.home / "config").write_text(CONFIG + f"""
[default]
sso_session = corp
sso_account_id = {self.ids[0]}
sso_role_name = Auditor
""")
        kept = self.portal.session(self.ids[0])
        self.portal.session = lambda account: kept
        done = subprocess.run([sys.executable, "-c", BOTO], env=self.env, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        ours = self.orgrun("session", self.ids[0], "--sso-session", "corp", "--sso-role", "Auditor",
                           env=self.env)
        self.assert_exit(ours, 0)
        document = json.loads(ours.out)
        self.assertEqual(json.loads(done.stdout), [document["AccessKeyId"],
                                                   document["SecretAccessKey"],
                                                   document["SessionToken"]])
        boto, orgrun = self.portal.asked
        self.assertEqual(boto[1:], orgrun[1:])

    def test_session_that_ends_is_opened_anew(self):
        self.start()
        self.portal.minutes = 0.05
        result = self.sso_exec("sh", "-c", "sleep 3.5; echo $AWS_ACCESS_KEY_ID", ids=self.ids[:1],
                               options=("--regions", "us-east-1,eu-west-1", "-j", "1"))
        self.assert_exit(result, 0)
        self.assertEqual(len(self.portal.asked), 2)
        keys = {self.output_of(r) for r in result.report["results"]}
        self.assertEqual(len(keys), 2)

    def test_credential_endpoint(self):
        self.start()
        result = self.sso_exec(*self.whoami, options=("--inject", "endpoint"))
        self.assert_exit(result, 0)
        for account, (entry,) in by_account(result.report).items():
            self.assertEqual(self.output_of(entry).strip(), account)

    # --- the login

    def test_login_that_is_known_to_be_over(self):
        self.start()
        path = self.log_in(minutes=-5)
        result = self.sso_exec("true")
        self.assert_exit(result, 2)
        self.assert_says(result, 'login of the sso-session "corp" is too old',
                         "aws sso login --sso-session corp")
        path.unlink()
        result = self.sso_exec("true")
        self.assert_exit(result, 2)
        self.assert_says(result, 'nobody has logged in to the sso-session "corp"',
                         "aws sso login --sso-session corp")
        self.assertEqual(self.portal.asked, [])

    def test_login_is_refreshed_beforehand(self):
        self.start()
        path = self.refreshable(minutes=-5)
        self.assert_exit(self.sso_exec("true"), 0)
        self.assertEqual({token for _, _, _, token in self.portal.asked}, {"canary-second-token"})
        self.assertEqual(json.loads(path.read_text())["refreshToken"], "r2")

    def test_login_that_is_refused_is_refreshed(self):
        self.start()
        self.refreshable()
        self.portal.tokens = set()
        self.assert_exit(self.sso_exec("true"), 0)

    def test_login_that_ends_midway(self):
        self.start(accounts=12)
        job = f"""
accounts: {{list: {json.dumps(self.ids)}}}
access: {{sso: {{session: corp, role: Auditor}}}}
limits: {{concurrency: 1}}
tasks: [{{command: [sleep, "0.2"]}}]
"""

        def refuse(n, _account):
            return (401, "UnauthorizedException", "Session token not found or invalid") \
                if n >= 2 else None
        self.portal.refuse = refuse
        result = self.run_job(job, self.env)
        self.assert_exit(result, 3)
        statuses = [s for ss in self.statuses(result).values() for s in ss]
        self.assertEqual(len(statuses), len(self.ids))
        self.assertIn("skipped", statuses)
        self.assertNotIn("failed", statuses)
        self.assert_says(result, "log in again: aws sso login --sso-session corp")
        reasons = {r["reason"] for r in result.report["results"] if r["status"] == "skipped"}
        self.assertEqual(len(reasons), 1, reasons)
        self.assertIn("not started: the login to Identity Center", reasons.pop())

    # --- accounts

    def test_no_such_permission_set(self):
        self.start()
        for status, code, message in ((403, "ForbiddenException", "No access"),
                                      (404, "ResourceNotFoundException", "No such role")):
            with self.subTest(code):
                self.portal.refuse = lambda n, account: (status, code, message) \
                    if account == self.ids[1] else None
                result = self.sso_exec("true")
                self.assert_exit(result, 3)
                found = by_account(result.report)
                self.assertEqual({a for a, (r,) in found.items() if r["status"] == "error"},
                                 {self.ids[1]})
                reason = found[self.ids[1]][0]["reason"]
                self.assertIn(f'the user has no permission set "Auditor" in account {self.ids[1]}',
                              reason)
                self.assertIn(f"{code}: {message}", reason)
                self.assertIn('Assign the permission set "Auditor" to the user in that account',
                              found[self.ids[1]][0]["hint"])

    def test_session_of_another_account(self):
        self.start()
        self.portal.swap = {self.ids[0]: self.ids[1]}
        result = self.sso_exec("true")
        self.assert_exit(result, 3)
        entry = by_account(result.report)[self.ids[0]][0]
        self.assertEqual(entry["status"], "error")
        self.assertIn(f"asked for a session of account {self.ids[0]}", entry["reason"])
        self.assertIn(f"got one of {self.ids[1]}", entry["reason"])

    def test_answer_that_is_none(self):
        self.start()
        whole = self.portal.session(self.ids[0])
        for change in ({"secretAccessKey": ""}, {"sessionToken": None}, {"expiration": "soon"}):
            with self.subTest(change):
                self.portal.session = lambda account: {**whole, **change}
                result = self.sso_exec("true", ids=self.ids[:1])
                self.assert_exit(result, 3)
                self.assertIn(next(iter(change)), result.report["results"][0]["reason"])

    def test_doctor(self):
        self.start()
        job = self.job(f"""
accounts: {{list: {json.dumps(self.ids)}}}
access: {{sso: {{session: corp, role: Auditor}}}}
tasks: [{{command: ["true"]}}]
""")
        self.assert_exit(self.orgrun("doctor", job, env=self.env), 0)
        self.portal.refuse = lambda n, account: (403, "ForbiddenException", "No access") \
            if account == self.ids[1] else None
        result = self.orgrun("doctor", job, "--format", "json", env=self.env)
        self.assert_exit(result, 3)
        self.assertEqual({a["account"]["id"]: a["cause"] for a in json.loads(result.out)["accounts"]},
                         {a: "permission-set" if a == self.ids[1] else None for a in self.ids})
        self.portal.tokens = set()
        result = self.orgrun("doctor", job, "--format", "json", env=self.env)
        self.assert_exit(result, 3)
        self.assertEqual({a["cause"] for a in json.loads(result.out)["accounts"]}, {"login"})
        result = self.orgrun("doctor", "--accounts", self.ids[0], "--sso-session", "corp",
                             "--sso-role", "Auditor", env=self.env)
        self.assert_exit(result, 3)
        self.assertIn("log in again: aws sso login --sso-session corp",
                      " ".join(result.out.split()))

    # --- the rate

    def test_pace(self):
        self.start(accounts=61)
        began = time.monotonic()
        result = self.sso_exec("true")
        self.assert_exit(result, 0)
        self.assertEqual(len(self.portal.asked), 60)
        # a burst of 20, then 20 a second, however late each arrives
        for n, (at, *_) in enumerate(self.portal.asked):
            self.assertLessEqual(n + 1, 20 + 20 * (at - began) + 1)

    def test_throttled(self):
        self.start(accounts=9)
        self.portal.refuse = lambda n, _: (429, "TooManyRequestsException", "HTTP 429 Unknown Code") \
            if n < 5 else None
        result = self.sso_exec("true")
        self.assert_exit(result, 0)
        self.assertEqual(len(self.portal.asked), len(self.ids) + 5)

    # --- what is wrong before anything is run

    def test_refusals(self):
        self.start()
        one = ("exec", "--accounts", self.ids[0])
        sso = ("--sso-session", "corp")
        for arguments, words in (
                ((*one, *sso, "--", "true"), "sso-session and sso-role"),
                ((*one, *sso, "--sso-role", "A", "--role", "r", "--", "true"), "exclude one another"),
                ((*one, "--sso-session", "cor", "--sso-role", "A", "--", "true"),
                 "no [sso-session cor] section"),
                ((*one, "--sso-session", "half", "--sso-role", "A", "--", "true"), "no sso_region"),
                (("session", self.ids[0], *sso, "--sso-role", "A", "--duration", "1h"),
                 "as its permission set says"),
                (("session", self.ids[0], "--sso-role", "A"), "sso-session and sso-role")):
            with self.subTest(words):
                result = self.orgrun(*arguments, env=self.env)
                self.assert_exit(result, 2)
                self.assert_says(result, words)
        self.assertEqual(self.portal.asked, [])


if __name__ == "__main__":
    unittest.main()
