# SPDX-License-Identifier: MIT
"""Interrupts: the children are gone, the report is written, the exit code says why."""
import json
import os
import signal
import time
import unittest
from pathlib import Path

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


class WhileKeysAreLoaded(Case):
    """Nobody answers for the source's keys."""

    def stopped_by(self, signum, *arguments, **more):
        silence = harness.Silence(self)
        process = self.popen(*arguments, env={**silence.env, **more})
        self.addCleanup(harness.end, process)
        if more:
            children = f"/proc/{process.pid}/task/{process.pid}/children"
            until(lambda: any("sleep" in Path(f"/proc/{pid}/cmdline").read_text()
                              for pid in Path(children).read_text().split()), "the program")
        else:
            silence.asked()
        begun = time.monotonic()
        process.send_signal(signum)
        out, err = process.communicate(timeout=15)
        self.assertLess(time.monotonic() - begun, 5)
        self.assertFalse((self.dir / "ran").exists())
        return process.returncode, out, err

    def test_exec_run_and_doctor(self):
        job = self.job("accounts: {list: ['111122223333']}\nrole: r\n"
                       "tasks: [{name: t, command: [touch, ran]}]\n")
        state = ("--state", str(self.state))
        for arguments in (("exec", "--accounts", "111122223333", *state, "--", "touch", "ran"),
                          ("run", job, *state), ("doctor", job, *state)):
            for signum, name in ((signal.SIGINT, "INT"), (signal.SIGTERM, "TERM")):
                for more in ({}, {"AWS_PROFILE": "program"}):
                    with self.subTest(arguments[0], name=name, more=more):
                        code, _, err = self.stopped_by(signum, *arguments, **more)
                        self.assertEqual(code, 128 + signum, err)
                        self.assertIn(f"interrupted by SIG{name}", err)

    def test_session_with_a_companion(self):
        code, _, err = self.stopped_by(signal.SIGINT, "session", "111122223333", "--inject",
                                       "endpoint", "--", "touch", "ran")
        self.assertEqual(code, -signal.SIGINT, err)  # for a shell: 130


if __name__ == "__main__":
    os.environ.setdefault("LANG", "C.UTF-8")
    unittest.main()
