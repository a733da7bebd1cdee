# SPDX-License-Identifier: MIT
"""A canary in every place that source credentials come from, looked for everywhere it must not be:
command lines, environments of children, logs, the store, reports, core dumps."""
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

from harness import Case, end, program, until
from test_providers import Fake

# Prints what it was given, which is to be redacted, then waits to be looked at.
SCRIPT = ('echo "$AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN"; touch %s/ran-$ORGRUN_ACCOUNT_ID; '
          'until [ -e %s/go ]; do sleep 0.05; done')
FORMATS = ("html", "json", "junit", "table")
CODE = "739154"
ROLE = "arn:aws:iam::111122223333:role/ci"
# By another process of the same user: may it attach, and read the environment?
PRY = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
for pid in map(int, sys.argv[1:]):
    attached = libc.ptrace(16, pid, None, None) == 0
    if attached:
        os.waitpid(pid, 0x40000000)
        libc.ptrace(17, pid, None, None)
    try:
        open(f"/proc/{pid}/environ", "rb").read()
        read = True
    except PermissionError:
        read = False
    print(attached, read)
"""


def stamp(minutes):
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def descendants(pid):
    """The process and all that it started, as far as they live."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def proc(pid, name):
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


class Looking(Case):
    """A run that is looked at from outside while it holds a key of the source."""

    def setUp(self):
        super().setUp()
        self.box = self.sandbox(accounts=3, denied=0, suspended=0, mfa_code=CODE)
        self.env = self.box.environment(self.home)
        self.static = {n: self.env.pop(n) for n in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
        self.key = self.box.fetch("/sandbox/source-key", {})
        self.secrets = {self.key["SecretAccessKey"], self.key["SessionToken"]}

    def fake(self, answers):
        server = Fake(answers)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def document(self, token="Token"):
        return {"Version": 1, "Code": "Success", "AccessKeyId": self.key["AccessKeyId"],
                "SecretAccessKey": self.key["SecretAccessKey"], token: self.key["SessionToken"],
                "Expiration": stamp(60)}

    def config(self, text):
        path = self.home / ".aws/config"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def plant(self, *names):
        """Canaries of these names, which count as secrets."""
        canaries = [f"canary-{name}-0123456789abcdef" for name in names]
        self.secrets.update(canaries)
        return canaries if len(canaries) > 1 else canaries[0]

    # --- the run that is looked at

    def start(self, *arguments, **more):
        reports = [a for f in FORMATS for a in ("--report", f"{f}={self.dir}/reports/{f}")]
        process = self.popen("exec", "--org", "--state", str(self.state), *reports, *arguments,
                             "--", "sh", "-c", SCRIPT % (self.dir, self.dir), env=self.env, **more)
        for stream in (process.stdout, process.stderr):
            self.addCleanup(stream.close)
        self.addCleanup(end, process)
        until(lambda: len(list(self.dir.glob("ran-*"))) == 3 or process.poll() is not None, "jobs")
        self.assertIsNone(process.poll(), process.poll() is not None and process.communicate())
        return process

    def assert_clean(self, secrets, data, where):
        if isinstance(data, str):
            data = data.encode(errors="surrogateescape")
        for secret in secrets:
            self.assertNotIn(secret.encode(), data, where)
        self.assertIsNone(re.search(rb"(?<![0-9a-zA-Z])%s(?![0-9a-zA-Z])" % CODE.encode(), data),
                          where)

    def look_at(self, process):
        """Command lines and environments while the jobs run; learns the sessions' own keys."""
        sessions = set()
        pids = descendants(process.pid)
        for pid in pids:
            environ = proc(pid, "environ")
            self.assert_clean(self.secrets, environ, f"environ of {proc(pid, 'comm')}")
            sessions.update(re.findall(rb"AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN)=([^\0]+)",
                                       environ))
        self.assertEqual(len(sessions), 6)
        self.secrets |= {s.decode() for s in sessions}
        for pid in pids:
            self.assert_clean(self.secrets, proc(pid, "cmdline"), "command line")

    def look_after(self, out, err):
        self.assert_clean(self.secrets, out, "standard output")
        self.assert_clean(self.secrets, err, "log")
        looked = 0
        for root in (self.state, self.dir / "reports"):
            for path in root.rglob("*"):
                if path.is_file():
                    self.assert_clean(self.secrets, path.read_bytes(), str(path))
                    looked += 1
        self.assertGreaterEqual(looked, 3 + len(FORMATS))
        self.assertIn("[redacted] [redacted]", "".join(
            p.read_text(errors="replace") for p in self.state.rglob("*") if p.is_file()))

    def goes_nowhere(self, *arguments):
        for log in ((), ("--log-format", "json")):
            with self.subTest(log=log):
                process = self.start("-vv", *log, *arguments)
                self.look_at(process)
                (self.dir / "go").touch()
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0, err)
                self.assertIn("source credentials are those of", err)
                self.look_after(out, err)
            if arguments and arguments[-1] == CODE:
                break  # the code is good once
            for path in [*self.dir.glob("ran-*"), self.dir / "go"]:
                path.unlink()
            shutil.rmtree(self.state)


class Canary(Looking):
    """Planted in each source in turn."""

    def test_environment(self):
        self.env.update(AWS_ACCESS_KEY_ID=self.key["AccessKeyId"],
                        AWS_SECRET_ACCESS_KEY=self.key["SecretAccessKey"],
                        AWS_SESSION_TOKEN=self.key["SessionToken"])
        self.goes_nowhere()

    def test_profile(self):
        self.config(f"[default]\naws_access_key_id = {self.key['AccessKeyId']}\n"
                    f"aws_secret_access_key = {self.key['SecretAccessKey']}\n"
                    f"aws_session_token = {self.key['SessionToken']}\n")
        self.goes_nowhere()

    def test_process(self):
        (self.dir / "answer").write_text(json.dumps(self.document("SessionToken")))
        self.config(f"[default]\ncredential_process = cat {self.dir}/answer\n")
        self.goes_nowhere()

    def test_container(self):
        token = self.plant("container")
        fake = self.fake({("GET", "/c"): (200, self.document())})
        self.env.update(AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/c",
                        AWS_CONTAINER_AUTHORIZATION_TOKEN=token)
        self.goes_nowhere()
        self.assertEqual(fake.asked[0][2]["Authorization"], token)

    def test_instance_metadata(self):
        path = "/latest/meta-data/iam/security-credentials/"
        fake = self.fake({("PUT", "/latest/api/token"): (200, self.plant("imds")),
                          ("GET", path): (200, "node"), ("GET", path + "node"): (200, self.document())})
        self.env.update(AWS_EC2_METADATA_DISABLED="false",
                        AWS_EC2_METADATA_SERVICE_ENDPOINT=fake.url)
        self.goes_nowhere()

    def test_identity_center(self):
        old, new, refresh, next_, client = self.plant("old", "new", "refresh", "next", "client")
        self.config("[default]\nsso_session = corp\nsso_account_id = 111122223333\n"
                    "sso_role_name = Reader\n[sso-session corp]\nsso_region = us-east-1\n"
                    "sso_start_url = https://corp.awsapps.com/start\n")
        cache = self.home / ".aws/sso/cache" / (hashlib.sha1(b"corp").hexdigest() + ".json")
        cache.parent.mkdir(parents=True)
        cache.write_text(json.dumps({
            "accessToken": old, "expiresAt": stamp(-5), "clientId": "c", "clientSecret": client,
            "registrationExpiresAt": stamp(9999), "refreshToken": refresh}))
        fake = self.fake({
            ("POST", "/token"): (200, {"accessToken": new, "expiresIn": 60, "refreshToken": next_}),
            ("GET", "/federation/credentials"): (200, {"roleCredentials": {
                "accessKeyId": self.key["AccessKeyId"],
                "secretAccessKey": self.key["SecretAccessKey"],
                "sessionToken": self.key["SessionToken"],
                "expiration": int((time.time() + 3600) * 1000)}})})
        self.env.update(AWS_ENDPOINT_URL_SSO=fake.url, AWS_ENDPOINT_URL_SSO_OIDC=fake.url)
        self.goes_nowhere()
        self.assertEqual(json.loads(cache.read_text())["accessToken"], new)

    def test_web_identity(self):
        """An STS of its own for the token; what else is asked of it, it asks the sandbox."""
        token = self.plant("web")
        answer = ("<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>"
                  f"<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/ci/r</Arn>"
                  "</AssumedRoleUser><Credentials>"
                  f"<AccessKeyId>{self.key['AccessKeyId']}</AccessKeyId>"
                  f"<SecretAccessKey>{self.key['SecretAccessKey']}</SecretAccessKey>"
                  f"<SessionToken>{self.key['SessionToken']}</SessionToken>"
                  f"<Expiration>{stamp(60)}</Expiration></Credentials>"
                  "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>")

        def sts(headers, body):
            if "Action=AssumeRoleWithWebIdentity" in body:
                self.assertIn(token, body)
                return answer
            request = urllib.request.Request(self.box.url + "/", body.encode(), dict(headers))
            return urllib.request.urlopen(request, timeout=10).read().decode()

        fake = self.fake({("POST", "/"): (200, sts)})
        (self.dir / "token").write_text(token)
        self.env.update(AWS_ENDPOINT_URL_STS=fake.url, AWS_ROLE_ARN=ROLE,
                        AWS_WEB_IDENTITY_TOKEN_FILE=str(self.dir / "token"))
        self.goes_nowhere()

    def test_mfa(self):
        self.env.update(self.static)
        self.secrets = {self.static["AWS_SECRET_ACCESS_KEY"]}
        self.box.configure(ask_mfa="all")
        self.goes_nowhere("--mfa-serial", "arn:aws:iam::111122223333:mfa/x", "--mfa-code", CODE)


class Crash(Looking):
    """What is left of orgrun when it dies, and what another process can see of it."""

    def setUp(self):
        super().setUp()
        self.env.update(AWS_ACCESS_KEY_ID=self.key["AccessKeyId"],
                        AWS_SECRET_ACCESS_KEY=self.key["SecretAccessKey"],
                        AWS_SESSION_TOKEN=self.key["SessionToken"])
        self.env["ASAN_OPTIONS"] = ("detect_leaks=0:handle_segv=0:handle_abort=0:"
                                    "disable_coredump=0:exitcode=99")

    @staticmethod
    def dump_all():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)

    def cores(self):
        return [p for p in self.dir.glob("*core*") if p.is_file()]

    def test_core_dumps(self):
        if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
            self.skipTest("core dumps cannot be allowed here")
        control = subprocess.Popen(["sleep", "60"], cwd=self.dir, preexec_fn=self.dump_all)
        control.send_signal(signal.SIGABRT)
        control.wait(10)
        pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
        if not self.cores():
            self.skipTest(f"the kernel dumps nothing into the working directory ({pattern})")
        for signum in (signal.SIGABRT, signal.SIGSEGV):
            for path in [*self.cores(), *self.dir.glob("ran-*")]:
                path.unlink()
            with self.subTest(signum):
                process = self.start(preexec_fn=self.dump_all)
                own = [p for p in descendants(process.pid) if b"orgrun" in proc(p, "comm")]
                self.assertGreaterEqual(len(own), 1)
                for pid in own:
                    os.kill(pid, signum)
                self.assertEqual(process.wait(30), -signum)
                self.assertEqual(self.cores(), [])

    def as_nobody(self):
        """The user's own processes may not look either; root's may, so this is done as nobody.
        Returns Popen's arguments for it and a Python that it can run."""
        if os.geteuid() != 0:
            return {}, sys.executable
        os.chmod(self.dir, 0o777)
        nobody = {"user": 65534, "group": 65534, "extra_groups": []}

        def runs(*arguments):
            try:
                return subprocess.run(arguments, capture_output=True, timeout=30, env=self.env,
                                      **nobody).returncode == 0
            except OSError:
                return False

        python = next((p for p in (sys.executable, "/usr/bin/python3") if runs(p, "-c", "")), None)
        if not python or not runs(program("ORGRUN_BIN"), "--version"):
            self.skipTest("another user cannot run the programs under test")
        return nobody, python

    def test_other_processes_cannot_look(self):
        nobody, python = self.as_nobody()
        control = subprocess.Popen(["sleep", "60"], **nobody)
        self.addCleanup(end, control)
        process = self.start(**nobody)
        own = [p for p in descendants(process.pid) if b"orgrun" in proc(p, "comm")]
        done = subprocess.run([python, "-c", PRY, str(control.pid), *map(str, own)],
                              capture_output=True, text=True, timeout=60, **nobody)
        (self.dir / "go").touch()
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        first, *rest = done.stdout.splitlines()
        self.assertIn(first, ("True True", "False True"), done.stderr)  # Yama may forbid attaching
        self.assertEqual(rest, ["False False"] * len(own))


if __name__ == "__main__":
    unittest.main()
