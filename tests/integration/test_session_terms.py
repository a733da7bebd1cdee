# SPDX-License-Identifier: MIT
"""What a session is assumed with really arrives at STS: policies, tags, source identity, hubs, MFA;
from the command line and from the job file; judged by the sandbox and by moto."""
import json
import signal
import unittest

from harness import ROLE, Case, Moto, by_account, plain_environment, program
from terminal import Terminal

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
SERIAL = "arn:aws:iam::111122223333:mfa/someone"
CODE = "123456"

# Every term, by its name in the query protocol. Source: STS API Reference, AssumeRole.
TERMS = {
    "Policy": POLICY, "PolicyArns.member.1.arn": READ_ONLY,
    "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue + green",
    "Tags.member.2.Key": "stage", "Tags.member.2.Value": "",
    "TransitiveTagKeys.member.1": "team", "SourceIdentity": "ada@example.com",
}
JOB = """
name: terms
accounts: {list: ["%s", {id: "%s", external_id: per-account-1}]}
role:
  name: rol_sts_cross_account
  external_id: of-the-job
%s
tasks:
  - {name: look, regions: none, command: ["true"]}
"""
JOB_TERMS = """
  policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
  tags: {team: "blue + green", stage: ""}
  transitive_tag_keys: [team]
  source_identity: ada@example.com
"""


class Terms(Case):
    def setUp(self):
        super().setUp()
        self.box = self.sandbox(accounts=4, denied=0, suspended=0, max_duration=43200)
        self.env = self.box.environment(self.home)
        self.accounts = [a["id"] for a in self.box.accounts()][1:]
        self.policy = self.dir / "policy.json"
        self.policy.write_text(POLICY)

    def calls(self, action="AssumeRole"):
        return self.box.calls(action)

    def session(self, *arguments, **more):
        return self.orgrun("session", self.accounts[0], *arguments, env={**self.env, **more})

    def arn(self, account):
        return f"arn:aws:iam::{account}:role/{ROLE}"

    def options(self):
        return ("--policy-file", str(self.policy), "--policy-arn", READ_ONLY, "--session-tag",
                "team=blue + green", "--session-tag", "stage=", "--transitive-tag", "team",
                "--source-identity", "ada@example.com")

    # --- the command line

    def test_options_arrive(self):
        result = self.session(*self.options(), "--external-id", "x-1", "--duration", "2h")
        self.assert_exit(result, 0)
        self.assertEqual(result.err, "")
        call, = self.calls()
        asked = call["parameters"]
        name = asked.pop("RoleSessionName")
        self.assertRegex(name, r"^orgrun-\d+$")
        self.assertEqual(asked, {**TERMS, "Action": "AssumeRole", "Version": "2011-06-15",
                                 "RoleArn": self.arn(self.accounts[0]), "ExternalId": "x-1",
                                 "DurationSeconds": "7200"})

    def test_nothing_is_sent_unasked(self):
        self.assert_exit(self.session(), 0)
        self.assertEqual(sorted(self.calls()[0]["parameters"]),
                         ["Action", "DurationSeconds", "RoleArn", "RoleSessionName", "Version"])

    def test_wrong_options(self):
        self.policy.write_text("x" * 2049)
        for arguments, words in ((("--policy-file", str(self.policy)), "longer than 2048"),
                                 (("--policy-file", "/nowhere"), "cannot read the policy"),
                                 (("--session-tag", "x"), "KEY=VALUE"),
                                 (("--session-tag", "=x"), "KEY=VALUE")):
            with self.subTest(words):
                result = self.session(*arguments)
                self.assert_exit(result, 2)
                self.assert_says(result, words)
        self.assertEqual(self.calls(), [])

    def test_packed_size(self):
        self.box.configure(packed_size=93)
        result = self.session(*self.options())
        self.assert_exit(result, 0)
        self.assert_says(result, "warning: session policies and tags of " +
                         self.arn(self.accounts[0]) + " fill 93 % of what STS takes")
        self.assertEqual(self.session().err, "")  # nothing to pack
        self.box.configure(packed_size=90)
        self.assertEqual(self.session(*self.options()).err, "")

    # --- hubs

    def test_hub(self):
        hub, target = self.accounts[0], self.accounts[1]
        self.box.configure(hub=hub)
        direct = self.orgrun("session", target, env=self.env)
        self.assert_exit(direct, 3)
        self.assert_says(direct, "AccessDenied")
        result = self.orgrun("session", target, "--via", self.arn(hub), env=self.env)
        self.assert_exit(result, 0)
        calls = self.calls()
        self.assertEqual(len(calls), 3, (calls, self.box.stats(), result.err))
        _, first, second = calls
        self.assertEqual(first["parameters"]["RoleArn"], self.arn(hub))
        self.assertEqual(second["parameters"]["RoleArn"], self.arn(target))
        self.assertIn(f"::{hub}:assumed-role/{ROLE}/", second["caller"])

    def test_chaining_is_capped(self):
        hub, target = self.accounts[0], self.accounts[1]
        self.box.configure(hub=hub)
        known = self.orgrun("session", target, "--via", self.arn(hub), "--duration", "2h",
                            env=self.env)
        self.assert_exit(known, 2)
        self.assert_says(known, "through a hub (via) lasts at most 1h")
        self.assertEqual(self.calls(), [])
        # A source that is a role's session itself: AWS says so.
        config = self.home / "config"
        config.write_text(f"[profile hub]\nrole_arn = {self.arn(hub)}\n"
                          "credential_source = Environment\n")
        result = self.orgrun("session", target, "--profile", "hub", "--duration", "2h",
                             env={**self.env, "AWS_CONFIG_FILE": str(config)})
        self.assert_exit(result, 3)
        self.assert_says(result, "ValidationError: The requested DurationSeconds exceeds the 1 hour "
                         "session limit for roles assumed by role chaining", "set",
                         "role.duration to 1h or less")

    def test_longer_than_the_role_allows(self):
        box = self.sandbox(accounts=2, denied=0)
        result = self.orgrun("session", box.accounts()[1]["id"], "--duration", "2h",
                             env=box.environment(self.home))
        self.assert_exit(result, 3)
        self.assert_says(result, "exceeds the MaxSessionDuration set for this role",
                         "raise the role's MaxSessionDuration")

    # --- the job file

    def run_terms(self, terms):
        return self.run_job(JOB % (self.accounts[0], self.accounts[1], terms), self.env)

    def test_job_terms_arrive(self):
        for policy in (f"  policy: '{POLICY}'\n", "  policy_file: policy.json\n"):
            with self.subTest(policy[:14]):
                self.box.configure(reset_stats=True)
                result = self.run_terms(policy + JOB_TERMS)
                self.assert_exit(result, 0)
                calls = {c["parameters"]["RoleArn"].split(":")[4]: c["parameters"]
                         for c in self.calls()}
                self.assertEqual(sorted(calls), sorted(self.accounts[:2]))
                for account, asked in calls.items():
                    self.assertEqual({k: asked.get(k) for k in TERMS}, TERMS, account)
                self.assertEqual([calls[a]["ExternalId"] for a in self.accounts[:2]],
                                 ["of-the-job", "per-account-1"])

    def test_job_through_hubs(self):
        self.box.configure(hub=self.accounts[2])
        denied = self.run_terms("")
        self.assert_exit(denied, 3)
        self.assertEqual({r["status"] for r in denied.report["results"]}, {"error"})
        self.box.configure(reset_stats=True)
        result = self.run_terms(
            f"  via: [{{role: \"{self.arn(self.accounts[2])}\", external_id: of-the-hub}}]\n")
        self.assert_exit(result, 0)
        hub, *others = self.calls()
        self.assertEqual(hub["parameters"]["ExternalId"], "of-the-hub")
        self.assertEqual(len(others), 2)
        for call in others:
            self.assertIn(f"::{self.accounts[2]}:assumed-role/", call["caller"])

    def test_job_warns_of_the_packed_size_once(self):
        self.box.configure(packed_size=97)
        result = self.run_terms(JOB_TERMS)
        self.assert_exit(result, 0)
        self.assertEqual(result.err.count("97 %"), 1, result.err)

    # --- MFA

    def ask_mfa(self):
        self.box.configure(ask_mfa="all")

    def test_mfa_code_of_the_command_line(self):
        self.ask_mfa()
        without = self.session()
        self.assert_exit(without, 3)
        self.assert_says(without, "AccessDenied")
        result = self.session("--mfa-serial", SERIAL, "--mfa-code", CODE)
        self.assert_exit(result, 0)
        token, = self.calls("GetSessionToken")
        self.assertEqual(token["parameters"]["SerialNumber"], SERIAL)
        self.assertEqual(token["parameters"]["TokenCode"], CODE)

    def test_mfa_code_that_is_wrong(self):
        self.ask_mfa()
        for code, words in (("000000", "MultiFactorAuthentication failed"),
                            ("12345", "six digits"), ("abcdef", "six digits")):
            with self.subTest(code):
                result = self.session("--mfa-serial", SERIAL, "--mfa-code", code)
                self.assertIn(result.code, (2, 3))
                self.assert_says(result, words)
                self.assertNotIn(code, result.err)

    def test_mfa_is_never_asked_where_there_is_no_terminal(self):
        self.ask_mfa()
        result = self.session("--mfa-serial", SERIAL)
        self.assert_exit(result, 2)
        self.assert_says(result, "a code is needed of the MFA device " + SERIAL,
                         "no terminal to ask on: give it with --mfa-code")
        # Standard input is no terminal, though there is one to be had.
        with Terminal([program("ORGRUN_BIN"), "session", self.accounts[0], "--mfa-serial", SERIAL],
                      stdin=-3, env=self.env, cwd=self.dir) as terminal:
            self.assertEqual(terminal.end(), 2)
            self.assertIn("no terminal to ask on", terminal.text)
        self.assertEqual(self.calls("GetSessionToken"), [])

    def test_mfa_is_asked_once_on_a_terminal(self):
        """For a whole run of several accounts, without showing what is typed."""
        self.ask_mfa()
        arguments = [program("ORGRUN_BIN"), "run", "--state", str(self.state), "--mfa-serial",
                     SERIAL, self.job(JOB % (*self.accounts[:2], ""))]
        with Terminal(arguments, env=self.env, cwd=self.dir) as terminal:
            terminal.until(f"Code of the MFA device {SERIAL}: ")
            self.assertFalse(terminal.echoes())
            terminal.type(CODE + "\n")
            self.assertEqual(terminal.end(), 0, terminal.text)
            self.assertTrue(terminal.echoes())
            self.assertEqual(terminal.text.count("Code of the MFA device"), 1)
            self.assertNotIn(CODE, terminal.text)
        self.assertEqual(len(self.calls("GetSessionToken")), 1)
        self.assertEqual(len(self.calls()), 2)

    def mfa_profile(self):
        config = self.home / "config"
        config.write_text(f"[profile hub]\nrole_arn = {self.arn(self.accounts[0])}\n"
                          f"credential_source = Environment\nmfa_serial = {SERIAL}\n")
        self.env["AWS_CONFIG_FILE"] = str(config)
        self.box.configure(hub=self.accounts[0], ask_mfa=self.accounts[0])

    def test_mfa_of_a_profile(self):
        self.mfa_profile()
        result = self.orgrun("session", self.accounts[1], "--profile", "hub", "--mfa-code", CODE,
                             env=self.env)
        self.assert_exit(result, 0)
        first, second = self.calls()
        self.assertEqual((first["parameters"]["SerialNumber"], first["parameters"]["TokenCode"]),
                         (SERIAL, CODE))
        self.assertNotIn("TokenCode", second["parameters"])

    def test_mfa_of_a_profile_on_a_terminal(self):
        self.mfa_profile()
        with Terminal([program("ORGRUN_BIN"), "session", self.accounts[1], "--profile", "hub"],
                      env=self.env, cwd=self.dir) as terminal:
            terminal.until(f"Code of the MFA device {SERIAL}: ")
            terminal.type("12\n")
            self.assertEqual(terminal.end(), 2)
            self.assertIn("A code has six digits.", terminal.text)
        self.assertEqual(self.calls(), [])

    def test_interrupted_at_the_question(self):
        """The terminal is left as it was, be it a run or a session."""
        job = self.job(JOB % (*self.accounts[:2], ""))
        for arguments, code in ((["session", self.accounts[0]], -signal.SIGINT),
                                (["run", "--state", str(self.state), job], 130)):
            arguments = [program("ORGRUN_BIN"), *arguments, "--mfa-serial", SERIAL]
            with self.subTest(code), Terminal(arguments, env=self.env, cwd=self.dir) as terminal:
                terminal.until("Code of the MFA device")
                terminal.type("12\x03")
                self.assertEqual(terminal.end(), code, terminal.text)
                self.assertTrue(terminal.echoes())
        self.assertEqual(self.calls(), [])

    def test_mfa_of_a_hub(self):
        self.box.configure(hub=self.accounts[2], ask_mfa=self.accounts[2])
        job = JOB % (*self.accounts[:2],
                     f"  via: [{{role: \"{self.arn(self.accounts[2])}\", mfa_serial: \"{SERIAL}\"}}]")
        self.assert_exit(self.run_job(job, self.env, "--mfa-code", CODE), 0)
        self.assertEqual(self.calls()[0]["parameters"]["TokenCode"], CODE)


class TermsByMoto(Case):
    """moto takes them, and answers with the session's packed size."""

    def test_all_terms(self):
        with Moto() as moto:
            env = {**plain_environment(self.home), "AWS_ENDPOINT_URL": moto.url,
                   "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing-secret",
                   "AWS_REGION": "eu-west-1"}
            (self.dir / "policy.json").write_text(POLICY)
            result = self.run_job(
                JOB % ("111122223333", "444455556666", "  policy_file: policy.json\n" + JOB_TERMS),
                env)
            self.assert_exit(result, 0)
            self.assertEqual({k: v[0]["status"] for k, v in by_account(result.report).items()},
                             {"111122223333": "passed", "444455556666": "passed"})
            result = self.orgrun("session", "111122223333", "--via",
                                 f"arn:aws:iam::777788889999:role/{ROLE}", "--", "aws", "sts",
                                 "get-caller-identity", env=env)
            self.assert_exit(result, 0)
            self.assertEqual(json.loads(result.out)["Account"], "111122223333")


if __name__ == "__main__":
    unittest.main()
