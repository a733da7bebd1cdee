# SPDX-License-Identifier: MIT
"""Reports as others read them: JSON, JUnit, the table; from a run and from the store afterwards."""
import hashlib
import json
import os
import re
import unittest
import xml.etree.ElementTree as ElementTree

from harness import Case, plain_environment

JOB = """
name: reports
accounts: {organization: true}
role: rol_sts_cross_account
tasks:
  - name: verdict
    regions: none
    script: |
      echo '{"n": 1}'
      echo "root MFA is off <&>" >&2
      [ "$ORGRUN_ACCOUNT_NAME" != security-logs ]
reports: {json: out/report.json, junit: out/junit.xml}
"""
WORDS = ["passed", "failed", "error", "skipped", "cancelled"]


class Reports(Case):
    def setUp(self):
        super().setUp()
        self.offline = plain_environment(self.home)

    def run_reports(self, *arguments, **options):
        sandbox = self.sandbox(accounts=9, **options)
        return self.orgrun("run", self.job(JOB), "--state", str(self.state), *arguments,
                           env=sandbox.environment(self.home))

    def report(self, *arguments):
        return self.orgrun("report", *arguments, "--state", str(self.state), env=self.offline)

    def test_json(self):
        result = self.run_reports()
        self.assert_exit(result, 3)
        report = json.loads((self.dir / "out/report.json").read_text())
        self.assertEqual(report["schema"], "orgrun.report/1")
        self.assertEqual(report["run"]["job"], "reports")
        self.assertEqual(report["run"]["exit_code"], 3)
        self.assertEqual(report["summary"]["targets"], 10)
        counts = {w: sum(e["status"] == w for e in report["results"]) for w in WORDS}
        self.assertEqual({w: report["summary"][w] for w in WORDS}, counts)
        self.assertEqual(counts, {"passed": 7, "failed": 1, "error": 1, "skipped": 1,
                                  "cancelled": 0})
        for entry in report["results"]:
            self.assertLessEqual({"account", "region", "task", "status", "reason", "exit_code",
                                  "signal", "attempts", "started_at", "duration_ms", "stdout",
                                  "stderr", "output"}, set(entry))
            self.assertLessEqual({"id", "name", "ou_path"}, set(entry["account"]))
            if entry["status"] in ("passed", "failed"):
                self.assertEqual(entry["output"], {"n": 1})
                data = (self.state / entry["stdout"]["path"]).read_bytes()
                self.assertEqual(entry["stdout"]["bytes"], len(data))
                self.assertEqual(entry["stdout"]["sha256"], hashlib.sha256(data).hexdigest())
        stamp = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
        self.assertRegex(report["run"]["started_at"], stamp)
        self.assertRegex(report["run"]["finished_at"], stamp)

    def test_json_on_standard_output_is_only_that(self):
        result = self.run_reports("--report", "json=-")
        self.assertEqual(json.loads(result.out)["schema"], "orgrun.report/1")
        self.assertTrue(result.err)

    def test_quiet(self):
        result = self.run_reports("--quiet", "--report", "json=-", denied=0)
        self.assert_exit(result, 1)
        json.loads(result.out)

    def test_junit(self):
        self.run_reports()
        root = ElementTree.parse(self.dir / "out/junit.xml").getroot()
        suites = [root] if root.tag == "testsuite" else list(root.iter("testsuite"))
        cases = [c for s in suites for c in s.findall("testcase")]
        self.assertEqual(len(cases), 10)
        self.assertEqual(sum(int(s.get("tests")) for s in suites), 10)
        self.assertEqual(sum(int(s.get("failures")) for s in suites), 1)
        self.assertEqual(sum(int(s.get("errors")) for s in suites), 1)
        self.assertEqual(sum(int(s.get("skipped", 0)) for s in suites), 1)
        self.assertEqual(len([c for c in cases if c.find("failure") is not None]), 1)
        (denied,) = [c.find("error") for c in cases if c.find("error") is not None]
        self.assertIn("AccessDenied", denied.get("message"))
        self.assertEqual(len({(c.get("classname"), c.get("name")) for c in cases}), 10)
        for case in cases:
            self.assertRegex(case.get("time", "0"), r"^\d+(\.\d+)?$")

    def test_table_says_first_what_failed(self):
        result = self.run_reports()
        table = result.out
        self.assertIn("root MFA is off <&>", table)
        self.assertIn("security-logs", table)
        self.assertNotIn("\x1b[", table)
        self.assertLess(table.index("security-logs"), table.rindex("passed"))

    def test_from_the_store(self):
        self.run_reports()
        written = json.loads((self.dir / "out/report.json").read_text())
        again = self.report("--format", "json")
        self.assert_exit(again, 0)
        self.assertEqual(json.loads(again.out), written)
        run = written["run"]["id"]
        self.assertEqual(json.loads(self.report(run, "--format", "json").out), written)
        self.assert_exit(self.report(run, "--format", "junit", "--output",
                                     str(self.dir / "again.xml")), 0)
        ElementTree.parse(self.dir / "again.xml")
        missing = self.report("nosuchrun")
        self.assert_exit(missing, 2)
        self.assert_says(missing, "nosuchrun")

    def test_runs(self):
        self.run_reports()
        listed = self.orgrun("runs", "--format", "json", "--state", str(self.state),
                             env=self.offline)
        self.assert_exit(listed, 0)
        self.assertIn("reports", listed.out)
        self.assertIn(json.loads((self.dir / "out/report.json").read_text())["run"]["id"],
                      listed.out)
        nothing = self.orgrun("runs", "--state", str(self.dir / "other"), env=self.offline)
        self.assert_exit(nothing, 0)

    def test_two_runs_compare_line_by_line(self):
        sandbox = self.sandbox(accounts=5, denied=0)
        texts = []
        for i in range(2):
            result = self.orgrun("run", self.job(JOB), "--state", str(self.dir / f"state{i}"),
                                 env=sandbox.environment(self.home))
            self.assert_exit(result, 1)
            text = (self.dir / "out/report.json").read_text()
            for pattern, plain in ((r'"(started_at|finished_at)": ?"[^"]*"', r'"\1":""'),
                                   (r'"duration_ms": ?\d+', '"duration_ms":0'),
                                   (r'"id": ?"[^"]{13,}"', '"id":""'),
                                   (r'"path": ?"[^"]*"', '"path":""')):
                text = re.sub(pattern, plain, text)
            texts.append(text)
        self.assertEqual(texts[0], texts[1])

    def test_plan_runs_nothing(self):
        sandbox = self.sandbox(accounts=5)
        result = self.orgrun("plan", self.job(JOB), "--state", str(self.state),
                             env=sandbox.environment(self.home))
        self.assert_exit(result, 0)
        for account in sandbox.accounts():
            self.assertIn(account["id"], result.out)
        self.assertNotIn("sts:AssumeRole", sandbox.stats()["operations"])
        self.assertFalse((self.dir / "out").exists())

    def test_accounts(self):
        sandbox = self.sandbox()
        result = self.orgrun("accounts", "--format", "json", env=sandbox.environment(self.home))
        self.assert_exit(result, 0)
        for account in sandbox.accounts():
            self.assertIn(account["id"], result.out)

    def test_help_and_version(self):
        for command in ("run", "exec", "plan", "check", "report", "runs", "accounts"):
            for option, text in (("--help", f"orgrun {command}"), ("--version", "0.")):
                result = self.orgrun(command, option, env=self.offline)
                self.assert_exit(result, 0)
                self.assertIn(text, result.out)
                self.assertEqual(result.err, "")

    def test_full_disk_on_standard_output(self):
        sandbox = self.sandbox(accounts=2, denied=0)
        with open("/dev/full", "w") as full:
            process = self.popen("exec", "--state", str(self.state), "--org", "--report", "json=-",
                                 "--", "true", env=sandbox.environment(self.home), stdout=full)
            _, err = process.communicate(timeout=60)
        self.assertNotIn(process.returncode, (0, 99), err)
        self.assertIn(os.strerror(28), err)


if __name__ == "__main__":
    unittest.main()
