# SPDX-License-Identifier: MIT
"""The main job against the sandbox: 26 accounts, one of them denied, one more suspended."""
import json
import unittest

from harness import ROLE, Case, by_account

JOB = """
name: sweep
accounts: {organization: true}
role: rol_sts_cross_account
tasks:
  - name: variables
    regions: none
    script: |
      printf '{"account":"%s","name":"%s","region":"%s","key":"%s"}' "$ORGRUN_ACCOUNT_ID" \\
        "$ORGRUN_ACCOUNT_NAME" "$AWS_REGION" "$AWS_ACCESS_KEY_ID"
"""

SEVERAL = """
name: several
accounts: {organization: true}
role: rol_sts_cross_account
regions: [us-east-1, eu-west-1, ap-southeast-2]
tasks:
  - {name: once, regions: none, script: "true"}
  - {name: region, script: 'printf %s "$AWS_REGION:$AWS_DEFAULT_REGION:$ORGRUN_REGION"'}
"""


class RunAgainstSandbox(Case):
    def test_one_denied_of_26(self):
        sandbox = self.sandbox()
        accounts = {a["id"]: a for a in sandbox.accounts()}
        result = self.run_job(JOB, sandbox.environment(self.home))
        self.assert_exit(result, 3)
        found = by_account(result.report)
        self.assertEqual(sorted(found), sorted(accounts))
        self.assertEqual(len(found), 27)
        passed = [e for (e,) in found.values() if e["status"] == "passed"]
        self.assertEqual(len(passed), 25)
        for entry in passed:
            output, account = entry["output"], entry["account"]
            self.assertEqual(output["account"], account["id"])
            self.assertEqual(output["name"], accounts[account["id"]]["name"])
            self.assertEqual(output["key"][:4], "ASIA")
        self.assertEqual(len({e["output"]["key"] for e in passed}), 25)
        summary = result.report["summary"]
        self.assertEqual([summary[w] for w in ("passed", "failed", "error", "skipped",
                                               "cancelled")], [25, 0, 1, 1, 0])

    def test_the_denied_account_is_explained(self):
        sandbox = self.sandbox()
        denied = next(a["id"] for a in sandbox.accounts() if a["denied"])
        management = sandbox.info["management_account"]
        caller = f"arn:aws:iam::{management}:user/orgrun-runner"
        role = f"arn:aws:iam::{denied}:role/{ROLE}"
        result = self.run_job(JOB, sandbox.environment(self.home))
        (entry,) = by_account(result.report)[denied]
        self.assertEqual(entry["status"], "error")
        self.assertIsNone(entry["exit_code"])
        for text in (role, caller, "AccessDenied",
                     f"is not authorized to perform: sts:AssumeRole on resource: {role}"):
            self.assertIn(text, entry["reason"])
        self.assertRegex(entry["reason"], "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-")
        hint = entry["hint"]
        self.assertTrue(hint.startswith("The role's trust policy needs this statement:\n{"), hint)
        self.assertNotIn(denied, hint)  # so that accounts alike have one hint
        statement = json.loads(hint[hint.index("{"):hint.rindex("}") + 1])
        self.assertEqual(statement["Effect"], "Allow")
        self.assertEqual(statement["Action"], "sts:AssumeRole")
        self.assertIn(management, json.dumps(statement["Principal"]))
        self.assertEqual(sandbox.stats()["assumed"][denied], 1)

    def test_the_suspended_account_is_named(self):
        sandbox = self.sandbox(denied=0)
        suspended = next(a["id"] for a in sandbox.accounts() if a["suspended"])
        result = self.run_job(JOB, sandbox.environment(self.home))
        self.assert_exit(result, 0)
        (entry,) = by_account(result.report)[suspended]
        self.assertEqual(entry["status"], "skipped")
        self.assertIn("SUSPENDED", entry["reason"])
        self.assertNotIn(suspended, sandbox.stats()["assumed"])

    def test_one_assume_role_an_account(self):
        sandbox = self.sandbox(denied=0)
        result = self.run_job(SEVERAL, sandbox.environment(self.home))
        self.assert_exit(result, 0)
        self.assertEqual(result.report["summary"]["passed"], 26 * 4)
        for entry in result.report["results"]:
            if entry["task"] == "region" and entry["status"] == "passed":
                region = entry["region"]
                self.assertEqual(self.output_of(entry), f"{region}:{region}:{region}")
        stats = sandbox.stats()
        self.assertEqual(stats["operations"]["sts:AssumeRole"], {"ok": 26})
        self.assertEqual(set(stats["assumed"].values()), {1})
        self.assertEqual(stats["operations"]["organizations:ListAccounts"], {"ok": 2})

    def test_results_are_sorted(self):
        sandbox = self.sandbox(accounts=5)
        report = self.run_job(SEVERAL, sandbox.environment(self.home)).report
        keys = [(e["account"]["id"], e["region"] or "", e["task"]) for e in report["results"]]
        self.assertEqual(keys, sorted(keys))

    def test_pages_states_and_tls(self):
        for options in ({"empty_pages": True}, {"null_token": True}, {"state": "old"},
                        {"state": "new"}, {"tls": str(self.dir)}):
            with self.subTest(options):
                sandbox = self.sandbox(accounts=41, denied=0, **options)
                result = self.run_job(JOB, sandbox.environment(self.home))
                self.assert_exit(result, 0)
                self.assertEqual(result.report["summary"]["passed"], 41)

    def test_account_on_two_pages_runs_once(self):
        sandbox = self.sandbox(accounts=41, denied=0, overlap=True)
        result = self.run_job(JOB, sandbox.environment(self.home))
        self.assert_exit(result, 0)
        ids = [row["account"]["id"] for row in result.report["results"] if row["status"] != "skipped"]
        self.assertEqual((len(ids), len(set(ids))), (41, 41))
        self.assert_says(result, "twice")

    def test_pages_that_do_not_end(self):
        sandbox = self.sandbox(accounts=41, denied=0, endless=True)
        result = self.run_job(JOB, sandbox.environment(self.home))
        self.assert_exit(result, 3)
        self.assertEqual(result.report["summary"]["passed"], 41)
        self.assert_says(result, "NextToken", "do not end")

    def test_many_accounts(self):
        sandbox = self.sandbox(accounts=300, denied=0, latency=5)
        result = self.exec(sandbox.environment(self.home), "--org", "--", "true")
        self.assert_exit(result, 0)
        self.assertEqual(result.report["summary"]["passed"], 300)
        self.assertGreater(sandbox.stats()["max_in_flight"], 4)

    def test_under_faults(self):
        sandbox = self.sandbox(denied=0, throttle=0.1, fail=0.1, reset=0.1, truncate=0.1,
                               retry_after=0)
        result = self.run_job(JOB, sandbox.environment(self.home), "--set",
                              "limits.assume_attempts=12")
        self.assert_exit(result, 0)
        self.assertEqual(result.report["summary"]["passed"], 26)
        outcomes = sandbox.stats()["operations"]["sts:AssumeRole"]
        self.assertGreater(sum(outcomes.values()), outcomes["ok"])

    def test_throttles_are_waited_out(self):
        sandbox = self.sandbox(accounts=40, denied=0, rate_limit=12, only="sts:AssumeRole")
        result = self.exec(sandbox.environment(self.home), "--org", "--", "true")
        self.assert_exit(result, 0)
        self.assertEqual(result.report["summary"]["passed"], 40)
        outcomes = sandbox.stats()["operations"]["sts:AssumeRole"]
        self.assertGreater(sum(outcomes.values()), 60)

    def test_deadline_names_every_account(self):
        sandbox = self.sandbox(accounts=200, denied=0, suspended=0, latency=150)
        job = JOB.replace("tasks:", "limits: {deadline: 1s}\ntasks:")
        result = self.run_job(job, sandbox.environment(self.home))
        self.assert_exit(result, 4)
        self.assertEqual(len(by_account(result.report)), 200)
        self.assertIn("the deadline of 1.0s has passed", result.report["run"]["exit_reason"])
        skipped = [e for e in result.report["results"] if e["status"] == "skipped"]
        self.assertTrue(skipped)
        self.assertEqual({e["reason"] for e in skipped},
                         {"not started: the deadline of 1.0s has passed"})

    def test_each_attempt_has_a_session_that_lives(self):
        sandbox = self.sandbox(accounts=1, denied=0, suspended=0, session_seconds=2)
        job = JOB.replace("    script: |", "    retry: {attempts: 2, on: [error], backoff: 3s}\n"
                          "    exit: {passed: [0], failed: [1]}\n    script: |") + f"""
      echo "$AWS_ACCESS_KEY_ID" >>{self.dir}/keys
      exit 9
"""
        result = self.run_job(job, sandbox.environment(self.home))
        self.assert_exit(result, 3)
        keys = (self.dir / "keys").read_text().split()
        self.assertEqual(len(keys), 2)
        self.assertEqual(len(set(keys)), 2)

    def test_session_name_duration_and_external_id(self):
        sandbox = self.sandbox(accounts=3, denied=0, external_id="partner-7", role="sweep/reader")
        job = JOB.replace("role: rol_sts_cross_account", """
role: {name: sweep/reader, session_name: "audit-{account.id}", duration: 15m,
       external_id: partner-7}
""")
        result = self.run_job(job, sandbox.environment(self.home))
        self.assert_exit(result, 0)
        wrong = self.run_job(job.replace("partner-7", "partner-8"), sandbox.environment(self.home))
        self.assert_exit(wrong, 3)
        self.assertEqual(wrong.report["summary"]["error"], 3)

    def test_selection(self):
        sandbox = self.sandbox(denied=0)
        job = """
name: selection
accounts:
  organization: true
  include: ["*-prod"]
  exclude: [{match: "payments-*", reason: "has its own sweep"}]
  management: skip
role: rol_sts_cross_account
tasks: [{name: t, regions: none, command: ["true"]}]
"""
        result = self.run_job(job, sandbox.environment(self.home))
        self.assert_exit(result, 0)
        names = {e["account"]["name"] for e in result.report["results"]
                 if e["status"] == "passed"}
        self.assertTrue(names)
        self.assertTrue(all(n.endswith("-prod") for n in names), names)
        self.assertNotIn("payments-prod", names)
        self.assertNotIn("sts:AssumeRole:payments-prod", sandbox.stats()["assumed"])

    def test_coverage_is_a_contract(self):
        sandbox = self.sandbox(denied=0)
        job = JOB.replace("organization: true", "organization: true, expect: 30")
        result = self.run_job(job, sandbox.environment(self.home))
        self.assert_exit(result, 3)
        self.assertEqual(result.report["summary"]["passed"], 26)
        self.assert_says(result, "30", "26")

    def test_failed_is_1_and_names_the_account(self):
        sandbox = self.sandbox(accounts=4, denied=0)
        target = sandbox.accounts()[2]["id"]
        job = f"""
name: verdict
accounts: {{organization: true}}
role: rol_sts_cross_account
tasks:
  - name: verdict
    regions: none
    script: |
      echo "root MFA is off" >&2
      [ "$ORGRUN_ACCOUNT_ID" != {target} ]
"""
        result = self.run_job(job, sandbox.environment(self.home))
        self.assert_exit(result, 1)
        (entry,) = by_account(result.report)[target]
        self.assertEqual((entry["status"], entry["exit_code"]), ("failed", 1))
        self.assertEqual(result.report["summary"]["failed"], 1)


if __name__ == "__main__":
    unittest.main()
