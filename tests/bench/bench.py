#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Side by side, in one run: orgrun, a plain boto3 loop, and bare `xargs -P 32 true`.

    tests/bench/run.sh [--accounts N] [--rounds N] [--latency MS]

All talk TLS to the offline organization, which answers after --latency milliseconds. Each row is the
median of the rounds; `first` is when the first child was started, after the program was.
"""

import argparse
import datetime
import http.client
import json
import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials


class Sandbox:
    def __init__(self, binary, accounts, latency):
        self.dir = tempfile.mkdtemp(prefix="orgrun-bench-")
        self.process = subprocess.Popen(
            [binary, "--until-eof", "--tls", self.dir, "--accounts", str(accounts), "--denied", "0",
             "--suspended", "0", "--latency", str(latency)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())

    def environment(self):
        return {
            "PATH": os.environ["PATH"], "HOME": self.dir, "LANG": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": self.ready["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.ready["secret_access_key"],
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.ready["url"], "AWS_CA_BUNDLE": self.ready["ca"],
        }

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir)


def measure(argv, environment, stdin=None):
    """(wall seconds, CPU seconds, start time, exit code)."""
    began_at = time.time()
    began = time.monotonic()
    process = subprocess.Popen(argv, env=environment, stdin=stdin, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return wall, usage.ru_utime + usage.ru_stime, began_at, process.returncode


def peak(argv, environment, stdin=None):
    """Peak RSS in MB of the largest process, in a run of its own: it is GNU time that must start the
    program, whose peak would otherwise be that of this Python."""
    with tempfile.NamedTemporaryFile("r") as answer:
        subprocess.run(["/usr/bin/time", "-q", "-f", "%M", "-o", answer.name, *argv],
                       env=environment, stdin=stdin, stdout=subprocess.DEVNULL, check=True)
        return int(answer.read().split()[-1]) / 1024


def two_calls(sandbox):
    """Seconds that one ListAccounts and one AssumeRole take one after the other, sent by nothing more
    than a socket: connection and TLS handshake are in it."""
    url = urllib.parse.urlsplit(sandbox.ready["url"])
    keys = botocore.credentials.Credentials(sandbox.ready["access_key_id"],
                                            sandbox.ready["secret_access_key"])
    role = f"arn:aws:iam::{sandbox.ready['management_account']}:role/rol_sts_cross_account"
    calls = [("organizations", "{}", {
                  "Content-Type": "application/x-amz-json-1.1",
                  "X-Amz-Target": "AWSOrganizationsV20161128.ListAccounts"}),
             ("sts", urllib.parse.urlencode({
                  "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role,
                  "RoleSessionName": "bench"}),
              {"Content-Type": "application/x-www-form-urlencoded"})]
    requests = []
    for service, body, headers in calls:
        request = botocore.awsrequest.AWSRequest("POST", sandbox.ready["url"] + "/", headers, body)
        botocore.auth.SigV4Auth(keys, service, "us-east-1").add_auth(request)
        requests.append((body, dict(request.headers)))
    context = ssl.create_default_context(cafile=sandbox.ready["ca"])
    began = time.monotonic()
    connection = http.client.HTTPSConnection(url.hostname, url.port, context=context)
    for body, headers in requests:
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"the sandbox answered {answer.status}")
    took = time.monotonic() - began
    connection.close()
    return took


def first_start(report):
    """When the first child was started, in seconds since 1970."""
    with open(report, encoding="utf-8") as file:
        results = json.load(file)["results"]
    return min(datetime.datetime.fromisoformat(r["started_at"].replace("Z", "+00:00")).timestamp()
               for r in results)


def orgrun_row(orgrun, sandbox, rounds):
    rows = []
    for _ in range(rounds):
        state = tempfile.mkdtemp(dir=sandbox.dir)
        report = os.path.join(state, "report.json")
        argv = [orgrun, "exec", "--org", "--quiet", "--state", state, "--report", f"json={report}",
                "--", "/bin/true"]
        *row, began_at, code = measure(argv, sandbox.environment())
        if code != 0:
            sys.exit(f"orgrun ended with {code}")
        first = first_start(report) - began_at
        rows.append((*row, peak(argv, sandbox.environment()), first))
    return [statistics.median(column) for column in zip(*rows)]


def plain_row(argv, environment, rounds, stdin_text=None):
    def stdin():
        if stdin_text is None:
            return None
        file = tempfile.TemporaryFile(mode="w+")
        file.write(stdin_text)
        file.seek(0)
        return file
    rows = []
    for _ in range(rounds):
        *row, _, code = measure(argv, environment, stdin())
        if code != 0:
            sys.exit(f"{argv[0]} ended with {code}")
        rows.append((*row, peak(argv, environment, stdin())))
    return [statistics.median(column) for column in zip(*rows)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orgrun", default=os.environ.get("ORGRUN_BIN"))
    parser.add_argument("--sandbox", default=os.environ.get("ORGRUN_SANDBOX_BIN"))
    parser.add_argument("--accounts", type=int, default=26)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=int, default=20)
    options = parser.parse_args()
    sandbox = Sandbox(options.sandbox, options.accounts, options.latency)
    try:
        loop = os.path.join(os.path.dirname(os.path.abspath(__file__)), "boto3_loop.py")
        ours = orgrun_row(options.orgrun, sandbox, options.rounds)
        theirs = plain_row([sys.executable, loop, "rol_sts_cross_account", "/bin/true"],
                           sandbox.environment(), options.rounds)
        calls = statistics.median(two_calls(sandbox) for _ in range(options.rounds))
        bare = plain_row(["xargs", "-P", "32", "-n", "1", "true"], sandbox.environment(), options.rounds,
                         "".join(f"{i}\n" for i in range(options.accounts)))
    finally:
        sandbox.close()
    print(f"{options.accounts} accounts, {options.latency} ms an answer, TLS, median of {options.rounds} rounds")
    print(f"{'':14} {'wall s':>8} {'CPU s':>8} {'RSS MB':>8} {'first s':>8}")
    for name, row in (("orgrun", ours), ("boto3 loop", theirs), ("xargs -P 32", bare)):
        first = f"{row[3]:8.3f}" if len(row) > 3 else f"{'':8}"
        print(f"{name:14} {row[0]:8.3f} {row[1]:8.3f} {row[2]:8.1f} {first}")
    print(f"orgrun is {theirs[0] / ours[0]:.1f} times as fast as the loop, with {theirs[1] / ours[1]:.1f} "
          f"times less CPU and {theirs[2] / ours[2]:.1f} times less memory")
    print(f"one ListAccounts and one AssumeRole take {calls:.3f} s; orgrun's first child was started "
          f"{(ours[3] - calls) * 1000:.0f} ms after that")
    if ours[0] > theirs[0] or ours[2] > theirs[2]:
        sys.exit("orgrun is slower or larger than the loop it replaces")


if __name__ == "__main__":
    main()
