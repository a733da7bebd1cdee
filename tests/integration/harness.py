# SPDX-License-Identifier: MIT
"""What the integration tests share: the sandbox, moto and orgrun itself as processes, each on a free
port of the loopback, with bounded waits and a directory of its own.

The programs are named by the environment: ORGRUN_BIN, ORGRUN_SANDBOX_BIN, ORGRUN_PROBE_BIN.
"""
import json
import os
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

START_TIMEOUT = 30
RUN_TIMEOUT = 60
ROLE = "rol_sts_cross_account"
# Leaks count, and a sanitizer's finding has an exit code that orgrun itself never has.
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:exitcode=99:abort_on_error=0",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=99",
    "TSAN_OPTIONS": "exitcode=99",
}


def program(variable):
    path = os.environ.get(variable)
    if not path:
        raise AssertionError(f"{variable} is not set")
    return path


def plain_environment(home):
    """The environment orgrun starts with, before any credentials."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "AWS_EC2_METADATA_DISABLED": "true",
        **SANITIZERS,
    }


def until(condition, what, timeout=START_TIMEOUT):
    """Polls until condition() is true and returns its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout} s in vain for {what}")
        time.sleep(0.02)


def read_line(stream, timeout=START_TIMEOUT):
    """One line of a process's pipe, or an assertion when none comes in time."""
    if not select.select([stream], [], [], timeout)[0]:
        raise AssertionError(f"no line within {timeout} s")
    return stream.readline()


class Server:
    """A process with a URL; a context manager that ends it."""

    process = None
    url = None
    ca = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        raise NotImplementedError

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for stream in (self.process.stdin, self.process.stdout) if self.process else ():
            if stream:
                stream.close()

    def fetch(self, path, body=None):
        """GET, or POST with a body; returns parsed JSON."""
        return json.loads(self.fetch_bytes(path, body))

    def fetch_bytes(self, path, body=None):
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        context = ssl.create_default_context(cafile=self.ca) if self.ca else None
        request = urllib.request.Request(self.url + path, data=data,
                                         headers={"Content-Type": "text/plain"})
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return answer.read()


class Sandbox(Server):
    """orgrun-sandbox: Sandbox(accounts=3, latency=20, source_token=True, tls=DIRECTORY)."""

    def __init__(self, **options):
        self.arguments = []
        for name, value in options.items():
            option = "--" + name.replace("_", "-")
            for item in value if isinstance(value, list) else [value]:
                self.arguments += [option] if item is True else [option, str(item)]

    def start(self):
        self.process = subprocess.Popen(
            [program("ORGRUN_SANDBOX_BIN"), "--until-eof", *self.arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **SANITIZERS})
        line = read_line(self.process.stdout)
        if not line:
            raise AssertionError(f"the sandbox ended with {self.process.wait(5)}")
        self.info = json.loads(line)
        self.url, self.ca = self.info["url"], self.info["ca"]

    def stop(self):
        super().stop()
        if self.process and self.process.returncode != 0:
            raise AssertionError(f"the sandbox ended with {self.process.returncode}")

    def environment(self, home, **more):
        """What orgrun needs to run against this sandbox."""
        env = plain_environment(home)
        env.update({
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.info["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.info["secret_access_key"],
            "AWS_REGION": "eu-west-1",
        })
        if self.info["session_token"]:
            env["AWS_SESSION_TOKEN"] = self.info["session_token"]
        if self.ca:
            env["AWS_CA_BUNDLE"] = self.ca
        env.update(more)
        return env

    def client(self, service, **more):
        """A boto3 client with the source credentials."""
        import boto3
        from botocore.config import Config
        arguments = {
            "endpoint_url": self.url,
            "region_name": "eu-west-1",
            "aws_access_key_id": self.info["access_key_id"],
            "aws_secret_access_key": self.info["secret_access_key"],
            "aws_session_token": self.info["session_token"],
            "verify": self.ca,
            "config": Config(retries={"mode": "standard", "total_max_attempts": 1}),
        }
        arguments.update(more)
        return boto3.client(service, **arguments)

    def source_program(self, path, seconds=3600, before=""):
        """A credential_process at path: each call gives a new key of the source, which lasts so
        long; `before` is Python that runs first."""
        path.write_text(f"#!{sys.executable} -SE\nimport os, sys, time, urllib.request\n{before}\n"
                        f"data = b'{{\"seconds\": {seconds}}}'\n"
                        f"url = '{self.url}/sandbox/source-key'\n"
                        "print(urllib.request.urlopen(url, data, timeout=10).read().decode())\n")
        path.chmod(0o755)

    def calls(self, action="AssumeRole"):
        """What STS was asked: [{"caller", "key", "parameters"}]."""
        return [c for c in self.fetch("/sandbox/calls")["calls"] if c["action"] == action]

    def stats(self):
        return self.fetch("/sandbox/stats")

    def accounts(self):
        return self.fetch("/sandbox/accounts")["accounts"]

    def configure(self, **settings):
        self.fetch("/sandbox/config", settings)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Moto(Server):
    """moto's server; certificate and key are paths for HTTPS. It signs nothing off before
    `unchecked` calls were made, and with None never looks at a signature."""

    def __init__(self, certificate=None, key=None, ca=None, unchecked=None):
        self.certificate, self.key, self.ca, self.unchecked = certificate, key, ca, unchecked

    def start(self):
        for _ in range(3):  # another process may take the free port first
            if self.try_start():
                return
        raise AssertionError("moto's server does not start")

    def try_start(self):
        port = free_port()
        arguments = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        if self.certificate:
            arguments += ["-c", self.certificate, "-k", self.key]
        env = {**os.environ, "MOTO_PORT": str(port)}
        if self.unchecked is not None:
            env["INITIAL_NO_AUTH_ACTION_COUNT"] = str(self.unchecked)
        self.url = f"{'https' if self.certificate else 'http'}://127.0.0.1:{port}"
        self.process = subprocess.Popen(arguments, env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return until(self.answers, "moto's server") == "ready"

    def answers(self):
        if self.process.poll() is not None:
            return "ended"
        try:
            context = ssl.create_default_context(cafile=self.ca) if self.ca else None
            urllib.request.urlopen(self.url + "/moto-api/", timeout=5, context=context).close()
            return "ready"
        except (urllib.error.URLError, OSError):
            return None


class Result:
    """How one call of orgrun ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

    @property
    def report(self):
        return json.loads(self.out)


class Case(unittest.TestCase):
    """A test with a directory of its own (self.dir) and a state directory in it."""

    maxDiff = None

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="orgrun-test-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.home = self.dir / "home"
        self.home.mkdir()
        self.state = self.dir / "state"

    def sandbox(self, **options):
        """Starts a sandbox for the duration of the test."""
        sandbox = Sandbox(**options)
        sandbox.start()
        self.addCleanup(sandbox.stop)
        return sandbox

    def job(self, text, name="job.yaml"):
        path = self.dir / name
        path.write_text(text)
        return str(path)

    def popen(self, *arguments, env, **more):
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([program("ORGRUN_BIN"), *arguments], env=env, cwd=self.dir,
                                text=True, errors="surrogateescape", **more)

    def orgrun(self, *arguments, env, stdin=None, timeout=RUN_TIMEOUT):
        """Runs orgrun to its end. `--state` is added for commands that take one."""
        process = self.popen(*arguments, env=env,
                             stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE)
        try:
            out, err = process.communicate(stdin, timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError(f"orgrun {' '.join(arguments)} did not end in {timeout} s")
        return Result(process.returncode, out, err)

    def run_job(self, text, env, *arguments, **more):
        """`orgrun run` with the JSON report on standard output."""
        return self.orgrun("run", self.job(text), "--state", str(self.state), "--report", "json=-",
                           *arguments, env=env, **more)

    def exec(self, env, *arguments, **more):
        """`orgrun exec` with the JSON report on standard output."""
        return self.orgrun("exec", "--state", str(self.state), "--report", "json=-", *arguments,
                           env=env, **more)

    def assert_exit(self, result, code):
        self.assertEqual(result.code, code, str(result))

    def assert_says(self, result, *texts):
        """Each text stands in standard error."""
        for text in texts:
            self.assertIn(text, result.err, str(result))

    def output_of(self, entry, stream="stdout"):
        """What a target of the report wrote."""
        return (self.state / entry[stream]["path"]).read_text()


class Silence:
    """A port that takes connections and never answers; `profile` is of a role asked for there."""

    def __init__(self, case):
        self.socket = socket.create_server(("127.0.0.1", 0))
        case.addCleanup(self.socket.close)
        self.connections = []
        case.addCleanup(lambda: [c.close() for c in self.connections])
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        (case.home / ".aws").mkdir(exist_ok=True)
        (case.home / ".aws/config").write_text(
            "[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
            "aws_secret_access_key = none\n[profile hung]\nsource_profile = base\n"
            "role_arn = arn:aws:iam::111122223333:role/hub\n"
            "[profile program]\ncredential_process = sleep 60\n")
        self.env = {**plain_environment(case.home), "AWS_REGION": "eu-west-1",
                    "AWS_ENDPOINT_URL": self.url, "AWS_PROFILE": "hung"}

    def asked(self):
        """Waits for a connection."""
        self.socket.settimeout(START_TIMEOUT)
        self.connections.append(self.socket.accept()[0])


def by_account(report):
    """{account id: [results]} of a JSON report."""
    found = {}
    for entry in report["results"]:
        found.setdefault(entry["account"]["id"], []).append(entry)
    return found


def alive(pid):
    """Is there such a process, other than as a zombie?"""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def end(process, signum=signal.SIGKILL):
    """Ends a process that a failed test left behind."""
    if process.poll() is None:
        process.send_signal(signum)
        process.wait(10)
