# SPDX-License-Identifier: MIT
"""`inject: endpoint`: jobs of boto3 and the aws CLI that get their account's session from an endpoint
of their own, outlive it, and leave no key anywhere."""
import json
import os
import signal
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from harness import Case, end, read_line, until

# Calls on for SECONDS with one boto3 session; one line of JSON for each call.
LONG = """
import boto3, json, os, time
from botocore.credentials import RefreshableCredentials
session = boto3.Session()
sts = session.client("sts")
credentials = session.get_credentials()
assert isinstance(credentials, RefreshableCredentials), credentials.method
end = time.monotonic() + float(os.environ["SECONDS"])
while time.monotonic() < end:
    arn = sts.get_caller_identity()["Arn"]
    frozen = credentials.get_frozen_credentials()
    print(json.dumps({"arn": arn, "key": frozen.access_key, "method": credentials.method}), flush=True)
    print("leak", frozen.secret_key, frozen.token, flush=True)
    open(os.environ["SEEN"] + "/" + frozen.access_key, "w").write(
        (frozen.secret_key + " " + frozen.token)[::-1])
    time.sleep(0.5)
"""

# What a child may be asked of itself.
LOOK = """
import json, os
environ = open("/proc/self/environ").read().split("\\0")
print(json.dumps(dict(v.split("=", 1) for v in environ if "=" in v)))
"""


def status_of(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": token} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


class Inject(Case):
    def setUp(self):
        super().setUp()
        self.seen = self.dir / "seen"
        self.seen.mkdir()

    def start(self, **options):
        """A sandbox, and an environment whose home directory holds the source credentials too."""
        box = self.sandbox(denied=0, suspended=0, **options)
        shared = self.home / ".aws"
        shared.mkdir()
        (shared / "credentials").write_text(
            f"[default]\naws_access_key_id = {box.info['access_key_id']}\n"
            f"aws_secret_access_key = {box.info['secret_access_key']}\n")
        (self.home / ".boto").write_text(
            f"[Credentials]\naws_access_key_id = {box.info['access_key_id']}\n"
            f"aws_secret_access_key = {box.info['secret_access_key']}\n")
        return box, box.environment(self.home)

    def script(self, text, name="script.py"):
        path = self.dir / name
        path.write_text(text)
        return str(path)

    def write_job(self, box, tasks, head=""):
        return f"""
name: inject
accounts: {{organization: true}}
role: rol_sts_cross_account
{head}
tasks:
{tasks.replace("$URL", box.url)}
"""

    def passed(self, result):
        """{account: entry} of the targets, all of which must have passed."""
        entries = result.report["results"]
        for entry in entries:
            self.assertEqual(entry["status"], "passed",
                             self.output_of(entry, "stderr") if entry["stderr"] else entry)
        return {entry["account"]["id"]: entry for entry in entries}

    def test_the_aws_cli(self):
        box, env = self.start(accounts=4)
        result = self.run_job(self.write_job(box, """
  - name: identity
    command: [aws, sts, get-caller-identity]
    env: {AWS_ENDPOINT_URL: $URL}
""", "inject: endpoint"), env)
        self.assert_exit(result, 0)
        passed = self.passed(result)
        self.assertEqual(len(passed), 4)
        for account, entry in passed.items():
            identity = json.loads(self.output_of(entry))
            self.assertEqual(identity["Account"], account)
            self.assertIn(":assumed-role/rol_sts_cross_account/", identity["Arn"])

    def keys_seen(self):
        """{access key id: (secret, token)} of what the long children were given."""
        return {p.name: p.read_text()[::-1].split(" ") for p in self.seen.iterdir()}

    def assert_nowhere(self, secrets, *texts, but=()):
        """None of the secrets is in a file below the test's directory, or in the texts."""
        for root, _, names in os.walk(self.dir):
            for name in names:
                path = os.path.join(root, name)
                if path.startswith(tuple(str(b) for b in but)):
                    continue
                with open(path, "rb") as file:
                    content = file.read()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, path)
        for text in texts:
            for secret in secrets:
                self.assertNotIn(secret, text)

    def test_boto3_outlives_its_session(self):
        box, env = self.start(accounts=2, session_seconds=6)
        result = self.run_job(self.write_job(box, f"""
  - name: long
    command: [python3, {self.script(LONG)}]
    env: {{AWS_ENDPOINT_URL: $URL, SECONDS: "9", SEEN: "{self.seen}"}}
    inject: endpoint
"""), env, "--report", f"junit={self.dir}/r.xml", "--report", f"html={self.dir}/r.html", "-vv")
        self.assert_exit(result, 0)
        for account, entry in self.passed(result).items():
            text = self.output_of(entry)
            calls = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
            self.assertGreater(len(calls), 10)
            for call in calls:
                self.assertIn(f":{account}:assumed-role/", call["arn"])
                self.assertEqual(call["method"], "container-role")
            keys = list(dict.fromkeys(call["key"] for call in calls))
            self.assertGreaterEqual(len(keys), 2, keys)
            self.assertEqual([c["key"] for c in calls], sorted((c["key"] for c in calls),
                                                               key=keys.index))
            # Renewed keys are redacted as the first ones are.
            leaks = [line for line in text.splitlines() if line.startswith("leak")]
            self.assertEqual(set(leaks), {"leak [redacted] [redacted]"})
            self.assertEqual(len(leaks), len(calls))
        keys = self.keys_seen()
        self.assertGreaterEqual(len(keys), 4)
        secrets = [s for pair in keys.values() for s in pair]
        secrets += [box.info["secret_access_key"]]
        self.assert_nowhere(secrets, result.out, result.err,
                            but=(self.home, self.seen))

    def test_the_environment_holds_no_key(self):
        box, env = self.start(accounts=2, source_token=True)
        source = {box.info[k] for k in ("access_key_id", "secret_access_key", "session_token")}
        result = self.exec({**env, "BOTO_CONFIG": "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "x",
                            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"},
                           "--org", "--inject", "endpoint", "--env", "AWS_EC2_METADATA_DISABLED=no",
                           "--", "python3", self.script(LOOK))
        self.assert_exit(result, 0)
        urls = set()
        for account, entry in self.passed(result).items():
            seen = json.loads(self.output_of(entry))
            self.assertFalse(set(seen.values()) & source)
            self.assertNotIn("ASIA", json.dumps(seen))
            url = seen.pop("AWS_CONTAINER_CREDENTIALS_FULL_URI")
            self.assertRegex(url, r"^http://127\.0\.0\.1:\d+/credentials/[0-9a-f]{32}$")
            urls.add(url)
            self.assertEqual({n: v for n, v in seen.items() if n.startswith(("AWS_", "BOTO"))}, {
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "[redacted]",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "BOTO_CONFIG": "/dev/null",
                "AWS_CREDENTIAL_PROFILES_FILE": "/dev/null",
                "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"})
            self.assertEqual(seen["ORGRUN_ACCOUNT_ID"], account)
        self.assertEqual(len(urls), 2)

    def test_a_finished_child_has_no_endpoint(self):
        """One child ends, the other goes on: the first one's token is worth nothing any more, and
        never was for the other's path."""
        box, env = self.start(accounts=2)
        first, second = (a["id"] for a in box.accounts())
        script = self.script(f"""
import os, time
me, shared = os.environ["ORGRUN_ACCOUNT_ID"], {str(self.seen)!r}
with open(shared + "/" + me + ".new", "w") as file:
    file.write(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] + " " +
               os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
os.rename(shared + "/" + me + ".new", shared + "/" + me)
while not os.path.exists(shared + "/end-" + me):
    time.sleep(0.02)
""")
        results = []
        thread = threading.Thread(target=lambda: results.append(self.exec(
            env, "--org", "--inject", "endpoint", "-v", "--", "python3", script)))
        thread.start()
        try:
            grants = {}
            for account in (first, second):
                path = self.seen / account
                until(path.exists, f"the child in {account}")
                grants[account] = path.read_text().split(" ")
            for account, (url, token) in grants.items():
                status, body = status_of(url, token)
                self.assertEqual((status, body["AccountId"]), (200, account))
                self.assertEqual(status_of(url)[0], 401)
            self.assertEqual(status_of(grants[first][0], grants[second][1])[0], 403)
            (self.seen / f"end-{first}").touch()
            until(lambda: status_of(*grants[first])[0] == 404, "the end of the first grant")
            self.assertEqual(status_of(*grants[second])[0], 200)
        finally:
            for account in (first, second):
                (self.seen / f"end-{account}").touch()
            thread.join(60)
        self.assert_exit(results[0], 0)
        self.assert_says(results[0], "credential endpoint: refused a request for account " + first +
                         " with 403: the token is not the one of this path")
        for url, token in grants.values():
            with self.assertRaises((urllib.error.URLError, ConnectionError)):
                status_of(url, token)
            self.assertNotIn(token, results[0].out + results[0].err)
        self.assert_nowhere([token for _, token in grants.values()], but=(self.seen,))

    def test_an_interrupted_run_ends(self):
        box, env = self.start(accounts=2, session_seconds=2)
        process = self.popen("exec", "--org", "--inject", "endpoint", "--state", str(self.state),
                             "--env", f"AWS_ENDPOINT_URL={box.url}", "--env", "SECONDS=60", "--env",
                             f"SEEN={self.seen}", "--", "python3", self.script(LONG), env=env)
        until(lambda: len(list(self.seen.iterdir())) > 2, "renewed keys")
        before = time.monotonic()
        process.terminate()
        _, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 143, err)
        self.assertLess(time.monotonic() - before, 15)

    def test_the_management_account_with_the_source(self):
        """Its keys have no end and no session token, which the SDKs must take all the same."""
        box, env = self.start(accounts=2)
        job = self.write_job(box, """
  - name: identity
    command: [aws, sts, get-caller-identity, --query, Arn, --output, text]
    env: {AWS_ENDPOINT_URL: $URL}
""", "inject: endpoint").replace("{organization: true}",
                                 "{organization: true, management: source}")
        result = self.run_job(job, env)
        self.assert_exit(result, 0)
        arns = {account: self.output_of(entry).strip()
                for account, entry in self.passed(result).items()}
        management = box.info["management_account"]
        self.assertEqual(arns.pop(management), f"arn:aws:iam::{management}:user/orgrun-runner")
        for account, arn in arns.items():
            self.assertIn(f":{account}:assumed-role/", arn)

    def test_a_mixed_job(self):
        """A task's own word holds over the job's; with `env` nothing of the endpoint is there."""
        box, env = self.start(accounts=1)
        result = self.run_job(self.write_job(box, f"""
  - {{name: a, command: [python3, {self.script(LOOK)}], inject: env}}
  - {{name: b, command: [python3, {self.script(LOOK)}]}}
""", "inject: endpoint"), env)
        self.assert_exit(result, 0)
        seen = {e["task"]: json.loads(self.output_of(e)) for e in result.report["results"]}
        aws = {task: {n for n in names if n.startswith("AWS_")} for task, names in seen.items()}
        self.assertIn("AWS_ACCESS_KEY_ID", aws["a"])
        self.assertFalse([n for n in aws["a"] if n.startswith("AWS_CONTAINER_")])
        self.assertIn("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws["b"])
        self.assertNotIn("AWS_ACCESS_KEY_ID", aws["b"])

    def session(self, box, *arguments, env, **more):
        account = box.accounts()[1]["id"]
        process = self.popen("session", account, "--inject", "endpoint", *arguments, env=env, **more)
        self.addCleanup(end, process)
        return account, process

    def test_session_outlives_its_keys(self):
        box, env = self.start(accounts=2, session_seconds=6)
        env.update(SECONDS="9", SEEN=str(self.seen), AWS_PROFILE="gone", BOTO_CONFIG="/x")
        account, process = self.session(box, "--", "python3", self.script(LONG), env=env)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(err, "")
        calls = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        self.assertTrue(all(f":{account}:assumed-role/" in call["arn"] for call in calls), calls)
        self.assertEqual({call["method"] for call in calls}, {"container-role"})
        self.assertGreaterEqual(len({call["key"] for call in calls}), 2)

    def test_session_environment_and_end(self):
        box, env = self.start(accounts=2, source_token=True)
        source = {box.info[k] for k in ("access_key_id", "secret_access_key", "session_token")}
        env.update(AWS_PROFILE="gone", BOTO_CONFIG="/x", MINE="kept")
        _, process = self.session(box, "--region", "eu-central-1", "--", "sh", "-c",
                                  'grep -E "^Sig(Blk|Ign)" /proc/self/status >&2; '
                                  f"python3 {self.script(LOOK)}; exit 7", env=env)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 7, err)
        masks = {name: int(mask, 16) for name, mask in (l.split(":") for l in err.splitlines())}
        self.assertEqual(masks["SigBlk"], 0)
        self.assertEqual(masks["SigIgn"] & 0x7fffffff, 0)  # glibc's posix_spawn ignores two of its own
        seen = json.loads(out)
        self.assertFalse(set(seen.values()) & source)
        self.assertEqual({n for n in seen if n.startswith(("AWS_", "BOTO"))}, {
            "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_EC2_METADATA_DISABLED", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_CREDENTIAL_PROFILES_FILE", "BOTO_CONFIG", "AWS_ENDPOINT_URL", "AWS_REGION",
            "AWS_DEFAULT_REGION"})
        self.assertEqual((seen["AWS_REGION"], seen["BOTO_CONFIG"], seen["MINE"]),
                         ("eu-central-1", "/dev/null", "kept"))
        with self.assertRaises((urllib.error.URLError, ConnectionError)):
            status_of(seen["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
                      seen["AWS_CONTAINER_AUTHORIZATION_TOKEN"])

    def test_session_hands_signals_on(self):
        box, env = self.start(accounts=2)
        script = self.script("""
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
print("ready", flush=True)
time.sleep(60)
""")
        for signum, code in ((signal.SIGTERM, 9), (signal.SIGUSR1, 128 + signal.SIGUSR1),
                             (signal.SIGKILL, 128 + signal.SIGKILL)):
            with self.subTest(signum):
                _, process = self.session(box, "--", "python3", script, env=env)
                self.assertEqual(read_line(process.stdout), "ready\n")
                if signum == signal.SIGKILL:
                    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
                    os.kill(int(children.read_text().split()[-1]), signum)
                else:
                    process.send_signal(signum)
                process.communicate(timeout=30)
                self.assertEqual(process.returncode, code)

    def test_session_refusals(self):
        box, env = self.start(accounts=2)
        account = box.accounts()[1]["id"]
        for arguments, words in ((["--inject", "endpoint"], "--inject endpoint goes with a command"),
                                 (["--inject", "file", "--", "true"], "endpoint"),
                                 (["--inject", "endpoint", "--", "no-such-program"],
                                  "cannot start no-such-program: No such file or directory")):
            with self.subTest(arguments):
                result = self.orgrun("session", account, *arguments, env=env)
                self.assert_exit(result, 2)
                self.assert_says(result, words)


if __name__ == "__main__":
    unittest.main()
