# SPDX-License-Identifier: MIT
"""`orgrun doctor`: every cause by its name, the table, exit codes, and that nothing is run."""
import json
import re
import signal
import unittest

import harness
from harness import ROLE, Case, plain_environment, until

JOB = """
name: looked-at
accounts: {organization: true}
role: %s
tasks:
  - {name: t, regions: none, command: [touch, "%s"]}
limits: {assume_attempts: 2, assume_timeout: 2s}
"""
# What STS says in an account (the sandbox's refusal.c), the doctor's word for it, and what the hint
# must say.
CAUSES = [
    ("trust", "not-trusted", "The role's trust policy needs this statement:\n{"),
    ("trust-policy", "trust-policy", '"Action": "sts:AssumeRole"'),
    ("identity", "source-policy", "missing in a policy of the caller:\n{"),
    ("identity-deny", "source-policy", "A Deny statement in a policy of the caller"),
    ("boundary", "permissions-boundary", "missing in the permissions boundary of the caller:\n{"),
    ("session-policy", "session-policy", "the session policy that the source credentials"),
    ("scp", "scp", "service control policies over the caller's account"),
    ("rcp", "rcp", "resource control policies over the target account"),
    ("endpoint", "endpoint-policy", "the policy of the VPC endpoint to STS:\n{"),
    ("max-duration", "duration", "MaxSessionDuration"),
    ("chaining", "role-chaining", "role.duration to 1h or less"),
    ("region", "region-disabled", "Choose another Region for STS"),
    ("skew", "clock", "The local clock differs"),
    ("unknown-key", "source-unknown", "orgrun session --explain"),
    ("throttle", "throttled", "AWS throttles this caller"),
    ("unavailable", "unavailable", "Try again later."),
    ("packed", "session-terms", "policy_arns and tags"),
    ("proxy", "other", None),
    ("garbled", "answer", "a proxy, a login page"),
    ("reset", "network", None),
    ("other-account", "wrong-account", "Nothing was run with it."),
]
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STATEMENT = """      {
        "Sid": "AssumeRole",
        "Effect": "Allow",
        "Principal": {
          "AWS": "%s"
        },
        "Action": "sts:AssumeRole"
      }
"""


class Doctor(Case):
    def start(self, refuse=(), **options):
        """A sandbox in which the i-th account after the first refuses as refuse[i] says."""
        self.box = self.sandbox(**{"denied": 0, "suspended": 0, **options})
        self.ids = [a["id"] for a in self.box.accounts()]
        self.env = self.box.environment(self.home)
        self.box.configure(refuse=dict(zip(self.ids[1:], refuse)))

    def doctor(self, *arguments, env=None, **more):
        return self.orgrun("doctor", *arguments, "--state", str(self.state), env=env or self.env,
                           **more)

    def job_file(self, more="", role=ROLE):
        return self.job(JOB % (role, self.dir / "it-ran") + more)

    def nothing_ran(self):
        self.assertFalse((self.dir / "it-ran").exists())
        self.assertFalse(self.state.exists())

    def json_of(self, result, code):
        self.assert_exit(result, code)
        report = json.loads(result.out)
        self.assertEqual(report["schema"], "orgrun.doctor/1")
        self.assertEqual(report["exit_code"], code)
        return report

    def test_all_is_well(self):
        self.start(accounts=45)
        result = self.doctor(self.job_file())
        self.assert_exit(result, 0)
        caller = self.box.client("sts").get_caller_identity()["Arn"]
        self.assertEqual(result.out, f"as {caller}\n45 entered\n"
                                     "exit code 0: every account can be entered\n")
        self.assertEqual(result.err, "")
        self.assertEqual(self.box.stats()["operations"]["sts:AssumeRole"], {"ok": 45})
        self.nothing_ran()

    def test_causes(self):
        self.start([kind for kind, _, _ in CAUSES], accounts=26)
        result = self.doctor(self.job_file(), "--format", "json")
        report = self.json_of(result, 3)
        self.assertEqual(report["summary"], {"entered": 26 - len(CAUSES), "refused": len(CAUSES),
                                             "untried": 0, "uncovered": 0, "skipped": 0, "excluded": 0})
        self.assertEqual(report["reason"], f"{len(CAUSES)} of 26 accounts cannot be entered")
        self.assertEqual([a["account"]["id"] for a in report["accounts"]], self.ids)
        for found, (kind, cause, hint) in zip(report["accounts"][1:], CAUSES):
            with self.subTest(kind):
                self.assertEqual((found["verdict"], found["cause"]), ("refused", cause))
                self.assertIn(found["account"]["id"], found["message"] + found["role_arn"])
                self.assertTrue(found["summary"])
                if hint:
                    self.assertIn(hint, found["hint"])
                self.assertNotIn(found["account"]["id"], found["hint"] or "")
                self.assertIsNone(found["session_arn"])
        well = report["accounts"][0]
        self.assertEqual(well["verdict"], "entered")
        self.assertEqual(well["session_arn"],
                         f"arn:aws:sts::{self.ids[0]}:assumed-role/{ROLE}/orgrun-doctor")
        self.assertIsNone(well["cause"] or well["message"] or well["hint"] or well["summary"])
        self.assertNotIn(self.env["AWS_SECRET_ACCESS_KEY"], result.out + result.err)
        self.nothing_ran()

    def test_table(self):
        self.start(["trust", "region", "trust"], accounts=8, suspended=1)
        names = {a["id"]: a["name"] for a in self.box.accounts()}
        caller = self.box.client("sts").get_caller_identity()["Arn"]
        job = self.job(JOB.replace(
            "organization: true",
            "organization: true, exclude: [{match: platform-dev, reason: asleep}]") % (ROLE, "x"))
        result = self.doctor(job, env={**self.env, "COLUMNS": "400"})
        self.assert_exit(result, 3)
        one, two, three = self.ids[1:4]
        arn = f"arn:aws:iam::%s:role/{ROLE}"
        self.assertEqual(REQUEST_ID.sub("ID", result.out), (
            "Refused  3 accounts\n"
            "  ✗ the role does not exist, or does not trust the caller: AWS gives one answer for "
            "both\n"
            f"      {one}  {names[one]}\n"
            f"      {three}  {names[three]}\n"
            f"    cannot assume {arn % one} as {caller}: AccessDenied: User: "
            f"{caller} is not authorized to perform: sts:AssumeRole on resource: {arn % one} "
            "(request id ID)\n"
            "    → The role's trust policy needs this statement:\n" + STATEMENT % caller +
            "      A role that does not exist, or that asks for an external id (this job gives "
            "none), has the same answer.\n"
            "\n"
            "  ✗ STS is not active in this Region for the account\n"
            f"      {two}  {names[two]}\n"
            f"    sts:AssumeRole for {arn % two}: RegionDisabledException: STS is not activated in "
            "this region for account. Your account "
            "administrator can activate STS in this region using the IAM Console. (HTTP 403, "
            "request id ID, 1 attempt)\n"
            "    → Choose another Region for STS (--region, AWS_REGION), or activate STS there in "
            "the account (IAM console, Account settings).\n"
            "\n"
            "Skipped, as a run would  1 account\n"
            "  - account is SUSPENDED\n"
            f"      {self.ids[8]}  closed-01\n"
            "\n"
            "Excluded  1 account\n"
            "  - excluded: asleep\n"
            f"      {self.ids[4]}  platform-dev\n"
            "\n"
            f"as {caller}\n"
            "4 entered, 3 refused, 1 skipped, 1 excluded\n"
            "exit code 3: 3 of 7 accounts cannot be entered\n"))

    def test_table_fits(self):
        """No line is wider than the terminal but those of a statement, and ARNs."""
        self.start(["trust", "scp", "boundary", "max-duration"], accounts=8)
        for columns in (60, 80, 120):
            result = self.doctor("--org", env={**self.env, "COLUMNS": str(columns)})
            for line in result.out.splitlines():
                self.assertTrue(len(line) < columns or "arn:aws" in line, line)

    def test_long_groups(self):
        self.start(["trust"] * 40, accounts=50)
        short, long = self.doctor("--org"), self.doctor("--org", "--verbose")
        self.assertIn("      and 20 more; --verbose names them all\n", short.out)
        self.assertEqual(sum(i in short.out for i in self.ids), 21)  # the caller's among them
        self.assertEqual(sum(i in long.out for i in self.ids), 41)
        self.assertEqual(long.out.count("AccessDenied"), 40)
        self.assertEqual(long.out.count('"Sid"'), 1)

    def test_external_id(self):
        self.start(accounts=3, external_id="nightly")
        for arguments, code, words in (
                ((), 3, "an external id (this job gives none)"),
                (("--external-id", "daily"), 3, '"sts:ExternalId": "daily"'),
                (("--external-id", "nightly"), 0, "3 entered")):
            with self.subTest(arguments):
                result = self.doctor("--org", *arguments)
                self.assert_exit(result, code)
                self.assertIn(words, result.out)

    def test_lists(self):
        self.start(accounts=3)
        result = self.doctor("--accounts", f"{self.ids[1]},999988887777", "--format", "json")
        found = self.json_of(result, 3)["accounts"]
        self.assertEqual([(f["account"]["id"], f["verdict"], f["cause"]) for f in found],
                         [(self.ids[1], "entered", None),
                          ("999988887777", "refused", "not-trusted")])
        self.assertNotIn("organizations:ListAccounts", self.box.stats()["operations"])
        (self.dir / "a.csv").write_text(f"id,name\n{self.ids[2]},two\n")
        self.assert_exit(self.doctor("--accounts-file", "a.csv"), 0)
        self.assert_exit(self.doctor("--accounts-file", "a.csv", "--role", "another"), 3)

    def test_coverage(self):
        self.start(accounts=5)
        job = self.job(JOB.replace("organization: true", "organization: true, expect: 6")
                       % (ROLE, "x"))
        result = self.doctor(job)
        self.assert_exit(result, 3)
        self.assertIn("5 entered\nexit code 3: coverage not met: ", result.out)
        self.assert_exit(self.doctor(job, "--set", "accounts.expect=5"), 0)
        nobody = self.doctor("--org", "--include", "nobody-*", "--format", "json")
        self.assertEqual(self.json_of(nobody, 3)["reason"], "no account was selected")

    def test_accounts_that_the_job_forgets(self):
        self.start(accounts=4)
        listed = ", ".join(f'"{i}"' for i in self.ids[:3])
        job = self.job(JOB.replace("organization: true", f"list: [{listed}], cover: organization")
                       % (ROLE, "x"))
        result = self.doctor(job)
        self.assert_exit(result, 3)
        self.assertIn("Not covered  1 account\n", result.out)
        self.assertIn(f"      {self.ids[3]}  ", result.out)
        self.assertIn("3 entered, 1 not covered\nexit code 3: accounts neither run nor "
                      "excluded: 1\n", result.out)

    def test_narrowed(self):
        self.start(["scp"] * 25, accounts=26)
        for arguments in (("--ou", "/Sandbox"), (self.job_file(), "--ou", "/Sandbox")):
            report = self.json_of(self.doctor(*arguments, "--format", "json"), 3)
            self.assertEqual(report["summary"]["refused"], 3)
            self.assertEqual(report["summary"]["excluded"], 23)

    def test_enumeration_that_fails_later(self):
        self.start(accounts=45, endless=True)
        report = self.json_of(self.doctor("--org", "--format", "json"), 3)
        self.assertIn("not all accounts are known: ListAccounts", report["reason"])
        self.assertEqual(report["summary"]["entered"], 45)

    def test_management_with_the_source(self):
        self.start(accounts=3)
        text = JOB.replace("organization: true", "organization: true, management: source")
        result = self.doctor(self.job(text % (ROLE, "x")), "--format", "json")
        found = self.json_of(result, 0)["accounts"][0]
        self.assertEqual((found["verdict"], found["role_arn"]), ("entered", None))
        self.assertEqual(self.box.stats()["operations"]["sts:AssumeRole"], {"ok": 2})

    def test_source_that_expires_meanwhile(self):
        self.start(["expired"], accounts=200)
        report = self.json_of(self.doctor("--org", "--format", "json"), 3)
        causes = {a["cause"] for a in report["accounts"]}
        self.assertEqual(causes, {None, "source-expired"})
        self.assertEqual(report["accounts"][1]["cause"], "source-expired")

    def test_quiet(self):
        self.start(["scp"], accounts=3)
        result = self.doctor("--org", "--quiet")
        self.assert_exit(result, 3)
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, rf"\Aorgrun: cannot assume \S+{self.ids[1]}\S+ as .*\n\Z")

    def test_chained_source(self):
        """Known in advance, for run and doctor alike: nothing is run, exit code 2."""
        self.start(accounts=3, max_duration=43200)
        keys = self.orgrun("session", self.ids[0], env=self.env)
        self.assert_exit(keys, 0)
        keys = json.loads(keys.out)
        chained = {**self.env, "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                   "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                   "AWS_SESSION_TOKEN": keys["SessionToken"]}
        job = self.job(JOB.replace("organization: true", f'list: ["{self.ids[1]}"]')
                       % ("{name: %s, duration: 2h}" % ROLE, self.dir / "it-ran"))
        for command in ("doctor", "run"):
            with self.subTest(command):
                result = self.orgrun(command, job, "--state", str(self.state), env=chained)
                self.assert_exit(result, 2)
                self.assertEqual(result.out, "")
                self.assert_says(result, "role.duration is 2h00m, but the source credentials are "
                                         "themselves a session of a role (arn:aws:sts::",
                                 "set role.duration to 1h or less")
                self.assertFalse((self.dir / "it-ran").exists())
        self.assert_exit(self.doctor(job), 0)  # a user's keys may ask for two hours
        listed = self.orgrun("runs", "--state", str(self.state), env=self.env)
        self.assertNotIn("looked-at", listed.out)

    def test_run_says_the_same(self):
        self.start(["scp", "identity"], accounts=4)
        found = self.json_of(self.doctor("--org", "--format", "json"), 3)["accounts"]
        result = self.exec(self.env, "--org", "--", "true")
        self.assert_exit(result, 3)
        reasons = {e["account"]["id"]: e["reason"] for e in result.report["results"]}
        for f in found[1:3]:
            self.assertEqual(REQUEST_ID.sub("", reasons[f["account"]["id"]]),
                             REQUEST_ID.sub("", f["message"]))

    def test_usage(self):
        self.start(accounts=2)
        job = self.job_file()
        for arguments, words in (
                ((), "give a job file, --accounts"),
                ((job, "--org"), "a job file says which accounts"),
                ((job, "--include", "x"), "a job file says which accounts"),
                ((job, "--role", "x"), "leave out --role"),
                ((job, job), "one operand too many"),
                (("--org", "--set", "name=x"), "--set needs a job file"),
                (("--org", "--accounts", self.ids[0]), "exclude one another"),
                (("--accounts", "12"), "account ids have 12"),
                (("--accounts-file", "nowhere.csv"), "nowhere.csv"),
                (("--org", "--role", "a role!"), "a role!"),
                (("--org", "--format", "xml"), "table, json"),
                (("--org", "--regions", "eu-west-1"), "unknown option '--regions'"),
                (("nowhere.yaml",), "nowhere.yaml"),
                ((self.job("name: x\n", "bad.yaml"),), "bad.yaml:")):
            with self.subTest(arguments):
                result = self.doctor(*arguments)
                self.assert_exit(result, 2)
                self.assertEqual(result.out, "")
                self.assert_says(result, words)
        self.assertEqual(self.box.stats()["operations"], {})

    def test_nothing_to_ask_with(self):
        self.start(accounts=3)
        plain = {**plain_environment(self.home), "AWS_REGION": "eu-west-1"}
        wrong = {**self.env, "AWS_SECRET_ACCESS_KEY": "x" * 40}
        for what, env, words in (
                ("no credentials", plain, "no source credentials were found"),
                ("no network", {**self.env, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
                 "cannot reach http://127.0.0.1:9"),
                ("wrong secret", wrong, "SignatureDoesNotMatch")):
            for arguments in (("--org",), ("--accounts", self.ids[1])):
                with self.subTest(what, arguments=arguments):
                    result = self.doctor(*arguments, "--format", "json", env=env)
                    self.assert_exit(result, 2)
                    self.assertEqual(result.out, "")
                    self.assert_says(result, words)
        self.box.configure(expired=True)
        result = self.doctor("--org")
        self.assert_exit(result, 2)
        self.assert_says(result, "ExpiredToken", "have expired")

    def interrupt(self, signum, when, *arguments):
        process = self.popen("doctor", "--org", "--state", str(self.state), *arguments,
                             env=self.env)
        self.addCleanup(harness.end, process)
        until(lambda: when() or process.poll() is not None, "the doctor at work")
        process.send_signal(signum)
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err

    def assumed(self):
        return self.box.stats()["operations"].get("sts:AssumeRole", {}).get("ok", 0)

    def test_interrupts(self):
        self.start(accounts=400, latency=100)
        for signum, code, name in ((signal.SIGINT, 130, "SIGINT"), (signal.SIGTERM, 143, "SIGTERM")):
            self.box.configure(reset_stats=True)
            got, out, err = self.interrupt(signum, lambda: self.assumed() > 100, "--format", "json")
            self.assertEqual(got, code, err)
            report = json.loads(out)
            self.assertEqual(report["reason"], f"interrupted by {name}")
            self.assertGreater(report["summary"]["entered"], 0)
            self.assertEqual(report["summary"]["refused"], 0)
            self.assertLess(report["summary"]["entered"], 400)

    def test_interrupt_before_the_first_answer(self):
        self.start(accounts=3, latency=5000)
        got, out, err = self.interrupt(signal.SIGINT,
                                       lambda: self.box.stats()["max_in_flight"] > 1)
        self.assertEqual((got, out), (130, ""), err)


if __name__ == "__main__":
    unittest.main()
