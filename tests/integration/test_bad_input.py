# SPDX-License-Identifier: MIT
"""What bad input gets: one clear error, exit code 2 before anything ran, nothing half written."""
import os
import unittest

from harness import Case, plain_environment

GOOD = """
name: good
accounts: {organization: true}
tasks:
  - {name: t, regions: none, command: ["true"]}
role: rol_sts_cross_account
"""
ROLE_LINE = "role: rol_sts_cross_account\n"

# What is wrong with the job file, its text, and what standard error must say.
JOB_FILES = [
    ("unknown key", GOOD + "taks: []\n", ["job.yaml:7:1:", "taks", "tasks"]),
    ("unknown key within", GOOD.replace("command:", "comand:"), ["job.yaml:5:", "comand",
                                                                  "command"]),
    ("wrong type", GOOD.replace('["true"]', "{a: 1}"), ["job.yaml:5:", "command"]),
    ("duplicate key", GOOD + "name: again\n", ["job.yaml:7:1:", "name"]),
    ("no role", GOOD.replace(ROLE_LINE, ""), ["job.yaml:", "role"]),
    ("no tasks", "name: x\naccounts: {organization: true}\nrole: r\n", ["job.yaml:", "tasks"]),
    ("short account id", GOOD.replace("organization: true", 'list: ["12345"]'),
     ["job.yaml:3:", "12345", "have 12"]),
    ("account id that lost its zeros", GOOD.replace("organization: true", "list: [55394133325]"),
     ["job.yaml:3:", "55394133325", "have 12"]),
    ("role name", GOOD.replace(ROLE_LINE, "role: {name: 'a role!'}\n"),
     ["job.yaml:6:", "a role!"]),
    ("session duration", GOOD.replace(ROLE_LINE, "role: {name: r, duration: 5m}\n"),
     ["job.yaml:6:", "15m"]),
    ("unknown template", GOOD.replace('"true"', '"{acount.id}"'), ["job.yaml:5:", "acount.id",
                                                                  "account.id"]),
    ("report format", GOOD + "reports: {jsn: out.json}\n", ["job.yaml:7:", "jsn", "json"]),
    ("alias", "name: x\ndescription: *n\n", ["job.yaml:2:14:", "alias"]),
    ("anchor", "name: &n x\ndescription: *n\n", ["job.yaml:1:7:", "anchor"]),
    ("merge key", GOOD + "<<: {name: x}\n", ["job.yaml:7:"]),
    ("second document", GOOD + "---\nname: x\n", ["job.yaml:", "document"]),
    ("deep nesting", GOOD.replace(ROLE_LINE, "role: " + "[" * 40 + "]" * 40 + "\n"),
     ["job.yaml:6:"]),
    ("not YAML", "name: [\n", ["job.yaml:"]),
    ("empty", "", ["job.yaml"]),
    ("not UTF-8", None, ["job.yaml"]),
]


class BadInput(Case):
    def refused(self, result, *texts, code=2):
        """Exit code, words, nothing on standard output, no run in the store, no report."""
        self.assert_exit(result, code)
        self.assertEqual(result.out, "", str(result))
        self.assert_says(result, *texts)
        errors = [line for line in result.err.splitlines() if line.startswith("orgrun: ")]
        self.assertEqual(len(errors), 1, str(result))
        self.assertFalse((self.dir / "out").exists())
        runs = self.orgrun("runs", "--state", str(self.state), env=plain_environment(self.home))
        self.assert_exit(runs, 0)
        self.assertNotIn("good", runs.out)

    def run_good(self, env, *arguments):
        job = self.job(GOOD + "reports: {json: out/report.json}\n")
        return self.orgrun("run", job, "--state", str(self.state), *arguments, env=env)

    def offline(self):
        """An environment whose credentials lead nowhere: whatever connects, fails."""
        env = plain_environment(self.home)
        env.update({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x" * 40,
                    "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
        return env

    def test_job_files(self):
        for what, text, words in JOB_FILES:
            for command in ("check", "plan", "run"):
                with self.subTest(what, command=command):
                    path = self.dir / "job.yaml"
                    path.write_bytes(b"name: \xff\xfe\n" if text is None else text.encode())
                    result = self.orgrun(command, str(path), "--state", str(self.state),
                                         env=self.offline())
                    self.refused(result, *words)

    def test_check_is_offline(self):
        result = self.orgrun("check", self.job(GOOD), env=plain_environment(self.home))
        self.assert_exit(result, 0)

    def test_job_file_not_there(self):
        for path in ("nowhere.yaml", str(self.dir)):
            result = self.orgrun("run", path, "--state", str(self.state), env=self.offline())
            self.refused(result, os.path.basename(path))

    def test_job_file_too_large(self):
        text = GOOD + "description: >\n" + "  words and more words\n" * 60000
        result = self.orgrun("run", self.job(text), "--state", str(self.state), env=self.offline())
        self.refused(result, "job.yaml", "larger than")

    def test_accounts_file_not_there(self):
        text = GOOD.replace("organization: true", "file: accounts.csv")
        result = self.orgrun("run", self.job(text), "--state", str(self.state), env=self.offline())
        self.refused(result, "job.yaml:3:", "accounts.csv")

    def test_accounts_file_with_a_bad_line(self):
        (self.dir / "accounts.csv").write_text("id,name\n111122223333,one\n4444,two\n")
        text = GOOD.replace("organization: true", "file: accounts.csv")
        result = self.orgrun("run", self.job(text), "--state", str(self.state), env=self.offline())
        self.refused(result, "accounts.csv:3:", "4444", "have 12")

    def test_unreadable_file(self):
        if os.geteuid() == 0:
            self.skipTest("root reads everything")
        job = self.job(GOOD)
        os.chmod(job, 0)
        self.refused(self.orgrun("run", job, env=self.offline()), "Permission denied")

    def test_command_lines(self):
        for arguments, words in (
                (["run"], ["JOB"]),
                (["rum", "x.yaml"], ["rum", "run"]),
                (["run", "a.yaml", "--concurency", "4"], ["concurency", "concurrency"]),
                (["run", "a.yaml", "--concurrency", "many"], ["many"]),
                (["exec", "--org"], ["--"]),
                (["exec", "--", "true"], ["--accounts", "--org"]),
                (["exec", "--accounts", "123", "--", "true"], ["123"]),
                (["report", "--format", "jsn", "--state", str(self.state)], ["jsn", "json"])):
            with self.subTest(arguments):
                result = self.orgrun(*arguments, env=self.offline())
                self.assert_exit(result, 2)
                self.assertEqual(result.out, "")
                self.assert_says(result, *words)

    def test_no_source_credentials(self):
        env = plain_environment(self.home)
        env["AWS_REGION"] = "eu-west-1"
        self.refused(self.run_good(env), "credentials", "AWS_ACCESS_KEY_ID")

    def test_half_set_credentials(self):
        env = self.offline()
        del env["AWS_SECRET_ACCESS_KEY"]
        self.refused(self.run_good(env), "AWS_SECRET_ACCESS_KEY")

    def test_unknown_profile(self):
        self.refused(self.run_good(plain_environment(self.home), "--profile", "nosuch"), "nosuch")

    def test_expired_source_credentials(self):
        sandbox = self.sandbox(expired=True, source_token=True)
        self.refused(self.run_good(sandbox.environment(self.home)), "expired")

    def test_not_in_an_organization(self):
        sandbox = self.sandbox(organizations="unused")
        self.refused(self.run_good(sandbox.environment(self.home)),
                     "AWSOrganizationsNotInUseException", "organization")

    def test_denied_by_organizations(self):
        sandbox = self.sandbox(organizations="denied")
        self.refused(self.run_good(sandbox.environment(self.home)), "AccessDeniedException",
                     "organizations:ListAccounts")

    def test_account_without_a_state(self):
        sandbox = self.sandbox(state="neither")
        self.refused(self.run_good(sandbox.environment(self.home)), "State", "Status")

    def test_wrong_secret(self):
        sandbox = self.sandbox()
        env = sandbox.environment(self.home, AWS_SECRET_ACCESS_KEY="x" * 40)
        self.refused(self.run_good(env), "SignatureDoesNotMatch", "secret key")

    def test_name_that_does_not_resolve(self):
        env = self.offline()
        env["AWS_ENDPOINT_URL"] = "https://organizations.invalid"
        self.refused(self.run_good(env), "organizations.invalid")

    def test_nobody_listens(self):
        self.refused(self.run_good(self.offline()), "127.0.0.1")

    def test_plain_http_elsewhere(self):
        env = self.offline()
        env["AWS_ENDPOINT_URL"] = "http://192.0.2.1"
        self.refused(self.run_good(env), "http://192.0.2.1", "https")

    def test_certificate_that_does_not_verify(self):
        sandbox = self.sandbox(tls=str(self.dir))
        env = sandbox.environment(self.home)
        del env["AWS_CA_BUNDLE"]
        self.refused(self.run_good(env), "certificate")
        env["AWS_CA_BUNDLE"] = str(self.dir / "nowhere.pem")
        self.refused(self.run_good(env), "nowhere.pem")

    def test_program_that_is_not_there_is_an_error_of_the_account(self):
        sandbox = self.sandbox(accounts=2, denied=0)
        result = self.exec(sandbox.environment(self.home), "--org", "--", "no-such-program")
        self.assert_exit(result, 3)
        for entry in result.report["results"]:
            if entry["status"] != "skipped":
                self.assertEqual(entry["status"], "error")
                self.assertIn("no-such-program", entry["reason"])

    def test_report_that_cannot_be_written(self):
        sandbox = self.sandbox(accounts=2, denied=0)
        (self.dir / "file").write_text("")
        job = self.job(GOOD + "reports: {json: file/report.json}\n")
        result = self.orgrun("run", job, "--state", str(self.state),
                             env=sandbox.environment(self.home))
        self.assertNotEqual(result.code, 0, str(result))
        self.assert_says(result, "file/report.json")

    def test_two_reports_in_one_place(self):
        env = self.sandbox(accounts=2, denied=0).environment(self.home)
        for own, asked, text in (("out/r.xml", "json=out/r.xml", "out/r.xml"),
                                 ("'-'", "json=-", "standard output")):
            with self.subTest(asked):
                job = self.job(GOOD + f"reports: {{junit: {own}}}\n")
                result = self.orgrun("run", job, "--state", str(self.state), "--report", asked,
                                     env=env)
                self.refused(result, f"the junit report goes to {text} too", "a path of its own")


if __name__ == "__main__":
    unittest.main()
