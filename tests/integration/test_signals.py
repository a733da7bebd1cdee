# SPDX-License-Identifier: MIT
"""Interrupts: the children are gone, the report is written, the exit code says why."""
import json
import os
import signal
import socket
import time
import unittest

import harness
from harness import Case, alive, until

# Each child names itself and a grandchild of its group, then sleeps for longer than any test.
CHILD = 'sleep 300 & echo "$$ $!" >"%s/$ORGRUN_ACCOUNT_ID.tmp"; ' \
        'mv "%s/$ORGRUN_ACCOUNT_ID.tmp" "%s/$ORGRUN_ACCOUNT_ID.pid"; wait'


class Signals(Case):
    def setUp(self):
        super().setUp()
        self.pids = self.dir / "pids"
        self.pids.mkdir()
        self.report = self.dir / "report.json"

    def start(self, child=None, concurrency=4):
        """orgrun with `concurrency` children that run for long; returns it and their pids."""
        sandbox = self.sandbox(accounts=12, denied=0)
        child = child or CHILD % ((self.pids,) * 3)
        process = self.popen("exec", "--org", "--state", str(self.state), "--report",
                             f"json={self.report}", "--concurrency", str(concurrency), "--", "sh",
                             "-c", child, env=sandbox.environment(self.home))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(harness.end, process)
        until(lambda: len(list(self.pids.glob("*.pid"))) == concurrency or process.poll() is not None,
              "the children")
        self.assertIsNone(process.poll())
        return process, [int(pid) for path in self.pids.glob("*.pid")
                         for pid in path.read_text().split()]

    def gone(self, pids):
        until(lambda: not any(map(alive, pids)), f"the end of {pids}", 15)

    def stopped_by(self, signum, code):
        process, pids = self.start()
        self.assertEqual(len(pids), 8)
        process.send_signal(signum)
        self.assertEqual(process.wait(30), code, process.stderr.read())
        self.gone(pids)
        report = json.loads(self.report.read_text())
        self.assertEqual(report["run"]["exit_code"], code)
        self.assertEqual(report["summary"]["cancelled"], 12)
        self.assertEqual(report["summary"]["passed"], 0)
        self.assertEqual(len(list(self.pids.glob("*.pid"))), 4)  # nothing more was started

    def test_sigint(self):
        self.stopped_by(signal.SIGINT, 130)

    def test_sigterm(self):
        self.stopped_by(signal.SIGTERM, 143)

    def interrupted_while_asking(self, *words):
        """SIGINT while an STS that never answers is asked for the source's keys: the exit code."""
        hung = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(hung.close)
        hung.settimeout(20)
        (self.home / ".aws").mkdir(exist_ok=True)
        (self.home / ".aws/config").write_text(
            "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = b\n"
            "[profile b]\naws_access_key_id = AKIAB\naws_secret_access_key = s\n")
        env = {**harness.plain_environment(self.home), "AWS_PROFILE": "a",
               "AWS_REGION": "us-east-1",
               "AWS_ENDPOINT_URL": f"http://127.0.0.1:{hung.getsockname()[1]}"}
        process = self.popen(*words, env=env)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(harness.end, process)
        connection, _ = hung.accept()
        self.addCleanup(connection.close)
        process.send_signal(signal.SIGINT)
        return process.wait(8)

    def test_interrupt_while_the_source_is_asked(self):
        job = self.dir / "job.yaml"
        job.write_text("accounts: {organization: true}\nrole: r\ntasks: [{command: [touch, "
                       f"{self.dir}/ran]}}]\n")
        self.assertEqual(self.interrupted_while_asking("run", str(job)), 130)
        self.assertEqual(self.interrupted_while_asking("doctor", str(job)), 130)
        self.assertFalse((self.dir / "ran").exists())

    def test_interrupt_before_a_companion_starts(self):
        """The session is not there yet, and its command is never started."""
        self.assertEqual(self.interrupted_while_asking(
            "session", "111122223333", "--inject", "endpoint", "--", "touch",
            str(self.dir / "ran")), -signal.SIGINT)
        self.assertFalse((self.dir / "ran").exists())

    def test_second_interrupt_kills(self):
        stubborn = "trap '' TERM INT; " + CHILD % ((self.pids,) * 3) + "; wait; sleep 300"
        process, pids = self.start(stubborn)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(8), 130)
        self.gone(pids)
        self.assertEqual(json.loads(self.report.read_text())["run"]["exit_code"], 130)

    def test_kill_9_leaves_no_child(self):
        process, pids = self.start()
        process.kill()
        process.wait(10)
        self.gone(pids)
        listed = self.orgrun("runs", "--state", str(self.state),
                             env=harness.plain_environment(self.home))
        self.assert_exit(listed, 0)

    def test_kill_9_leaves_a_report_that_names_what_is_owed(self):
        child = 'if [ "$ORGRUN_ACCOUNT_NAME" = security-audit ]; then exit 0; fi; ' \
                + CHILD % ((self.pids,) * 3)
        process, pids = self.start(child)
        env = harness.plain_environment(self.home)

        def told():
            return json.loads(self.orgrun("report", "--state", str(self.state), "--format", "json",
                                          env=env).out)
        until(lambda: told()["summary"]["passed"] == 1, "the outcome to be durable")
        process.kill()
        process.wait(10)
        self.gone(pids)
        report = told()
        answered = {r["account"]["id"] for r in report["results"]}
        owed = {a["id"] for a in report["accounts"]["unanswered"]}
        self.assertEqual(report["summary"]["passed"], 1)
        self.assertEqual((len(answered | owed), len(answered & owed)), (13, 0))
        table = self.orgrun("report", "--state", str(self.state), env=env)
        self.assertIn(f"No outcome  of {len(owed)} of 12 accounts", table.out)

    def test_done_stays_done(self):
        """What was answered before the interrupt is in the report."""
        child = 'if [ "$ORGRUN_ACCOUNT_NAME" = security-audit ]; then exit 0; fi; ' \
                + CHILD % ((self.pids,) * 3)
        process, _ = self.start(child)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 130)
        summary = json.loads(self.report.read_text())["summary"]
        self.assertEqual(summary["passed"], 1)
        self.assertEqual(summary["cancelled"], 11)

    def test_timeout_ends_the_group(self):
        sandbox = self.sandbox(accounts=3, denied=0)
        result = self.exec(sandbox.environment(self.home), "--org", "--timeout", "1s", "--", "sh",
                           "-c", CHILD % ((self.pids,) * 3))
        self.assert_exit(result, 3)
        self.assertEqual(result.report["summary"]["error"], 3)
        self.gone([int(pid) for path in self.pids.glob("*.pid")
                   for pid in path.read_text().split()])
        for entry in result.report["results"]:
            if entry["status"] == "error":
                self.assertEqual(entry["reason"], "timed out after 1.0s")

    def test_group_is_gone_when_its_target_is_done(self):
        sandbox = self.sandbox(accounts=2, denied=0)
        left = 'sleep 300 >/dev/null 2>&1 & echo $! >"%s/$ORGRUN_ACCOUNT_ID.pid"' % self.pids
        result = self.exec(sandbox.environment(self.home), "--org", "--", "sh", "-c", left)
        self.assert_exit(result, 0)
        self.gone([int(path.read_text()) for path in self.pids.glob("*.pid")])


if __name__ == "__main__":
    os.environ.setdefault("LANG", "C.UTF-8")
    unittest.main()
