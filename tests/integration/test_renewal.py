# SPDX-License-Identifier: MIT
"""Source credentials that end during a run: renewed, or the run stops starting and says why."""
import json
import signal
import time
import unittest

from harness import Case, alive, end, until

JOB = """
name: long
accounts: {organization: true}
role: rol_sts_cross_account
limits: {concurrency: 1}
tasks:
  - {name: work, regions: none, script: "%s"}
"""
# The first account says that it runs, and waits for leave to go on.
WAIT = "touch $ORGRUN_TEST/ran; until [ -e $ORGRUN_TEST/go ]; do sleep 0.05; done"
# Counts the calls of the credential_process: `call` is the number of this one.
COUNT = """
folder = os.environ["ORGRUN_TEST"]
call = 1
while os.path.exists(f"{folder}/call-{call}"):
    call += 1
open(f"{folder}/call-{call}", "w").write(str(os.getpid()))
"""
FAIL = COUNT + "\nif call > 1: sys.exit('no ticket; run kinit')\n"
HANG = COUNT + "\nif call > 1: time.sleep(300)\n"


class Renewal(Case):
    def setUp(self):
        super().setUp()
        self.box = self.sandbox(accounts=7, denied=0, suspended=0)
        self.env = self.box.environment(self.home, ORGRUN_TEST=str(self.dir),
                                        AWS_CONFIG_FILE=str(self.home / "config"))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            del self.env[name]
        (self.home / "config").write_text(f"[default]\ncredential_process = {self.dir}/helper\n")

    def program(self, seconds=3600, before=COUNT):
        self.box.source_program(self.dir / "helper", seconds, before)

    def renewals(self):
        return len(list(self.dir.glob("call-*"))) - 1

    def start(self, script):
        return self.start_job(JOB % script.replace("$ORGRUN_TEST", str(self.dir)))

    def start_job(self, job):
        process = self.popen("run", self.job(job), "--state", str(self.state), "--report",
                             f"json={self.dir}/report.json", "-v", env=self.env)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(end, process)
        return process

    def go_on(self):
        (self.dir / "go").touch()

    def wait_for(self, name):
        path = self.dir / name
        until(path.exists, name)
        return path

    def finish(self, process, code):
        """The report by status, and what was said."""
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, said)
        found = {}
        for entry in json.loads((self.dir / "report.json").read_text())["results"]:
            found.setdefault(entry["status"], []).append(entry)
        self.assertEqual(sum(map(len, found.values())), 7, said)
        return found, said

    # --- renewed

    def test_longer_than_the_keys_last(self):
        self.program(seconds=4)
        found, said = self.finish(self.start("sleep 1"), 0)
        self.assertEqual(len(found["passed"]), 7)
        self.assertGreaterEqual(self.renewals(), 1)
        self.assertIn("source credentials were renewed from credential_process", said)
        self.assertGreaterEqual(len({c["key"] for c in self.box.calls()}), 2)
        self.assertEqual(self.box.stats()["operations"]["sts:AssumeRole"], {"ok": 7})

    def test_aws_says_that_they_expired(self):
        self.program()
        process = self.start(WAIT)
        self.wait_for("ran")
        self.box.configure(expire_sources=True)
        self.go_on()
        found, _ = self.finish(process, 0)
        self.assertEqual(len(found["passed"]), 7)
        self.assertEqual(self.renewals(), 1)
        asked = self.box.stats()["operations"]["sts:AssumeRole"]
        self.assertEqual(asked["ok"], 7)
        self.assertGreaterEqual(asked["ExpiredToken"], 1)

    def test_rotated_in_the_credentials_file(self):
        """Another program writes new keys into the shared file; nothing says when the old end."""
        credentials = self.home / "credentials"
        self.env["AWS_SHARED_CREDENTIALS_FILE"] = str(credentials)

        def rotate():
            key = self.box.fetch("/sandbox/source-key", {})
            credentials.write_text(f"[default]\naws_access_key_id = {key['AccessKeyId']}\n"
                                   f"aws_secret_access_key = {key['SecretAccessKey']}\n"
                                   f"aws_session_token = {key['SessionToken']}\n")

        (self.home / "config").write_text("")
        rotate()
        process = self.start(WAIT)
        self.wait_for("ran")
        self.box.configure(expire_sources=True)
        rotate()
        self.go_on()
        found, _ = self.finish(process, 0)
        self.assertEqual(len(found["passed"]), 7)

    # --- not renewed

    def lost(self, process, *words):
        found, said = self.finish(process, 3)
        self.assertEqual(sorted(found), ["passed", "skipped"], said)
        self.assertGreaterEqual(len(found["skipped"]), 3)
        for entry in found["skipped"]:
            for word in ("not started: the source credentials (", "could not be renewed: ", *words):
                self.assertIn(word, entry["reason"])
        last = [line for line in said.splitlines() if "could not be renewed" in line
                and not line.startswith("skipped")]
        self.assertEqual(len([line for line in last if line.startswith("run ")]), 1, said)
        return said

    def test_program_that_fails(self):
        self.program(before=FAIL)
        process = self.start(WAIT)
        self.wait_for("ran")
        self.box.configure(expire_sources=True)
        self.go_on()
        self.lost(process, "exit code 1", "no ticket; run kinit")
        self.assertEqual(self.renewals(), 1)

    def test_accounts_whose_regions_are_asked(self):
        self.box = self.sandbox(accounts=60, denied=0, suspended=0, latency=60)
        self.env["AWS_ENDPOINT_URL"] = self.box.url
        self.program(before=FAIL)
        script = WAIT.replace("$ORGRUN_TEST", str(self.dir))
        job = (JOB % script).replace("role:", 'regions: ["us-east-*"]\nrole:')
        process = self.start_job(job.replace("regions: none, ", ""))
        self.wait_for("ran")
        self.box.configure(expire_sources=True)
        self.go_on()
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3, said)
        results = json.loads((self.dir / "report.json").read_text())["results"]
        self.assertEqual({r["account"]["id"] for r in results},
                         {a["id"] for a in self.box.accounts()})
        self.assertEqual({r["status"] for r in results}, {"passed", "skipped"}, said)

    def test_program_that_fails_until_they_end(self):
        self.program(seconds=4, before=FAIL)
        self.lost(self.start("sleep 1"), "no ticket; run kinit")
        self.assertGreaterEqual(self.renewals(), 1)
        self.assertEqual(set(self.box.stats()["operations"]["sts:AssumeRole"]), {"ok"})

    def test_keys_of_another_account(self):
        """Whoever the program logs in as meanwhile, the run does not go on as them."""
        key = self.box.fetch("/sandbox/source-key", {})
        env = {**self.env, "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
               "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
               "AWS_SESSION_TOKEN": key["SessionToken"]}
        other = self.box.accounts()[-1]["id"]
        session = self.orgrun("session", other, env=env)
        (self.dir / "other").write_text(session.out)
        self.program(before=COUNT + "\nif call > 1:\n    print(open(folder + '/other').read())\n"
                                    "    sys.exit()\n")
        process = self.start(WAIT)
        self.wait_for("ran")
        self.box.configure(expire_sources=True)
        self.go_on()
        self.lost(process, f"gives keys of account {other} now, not of "
                           f"{self.box.info['management_account']}")

    def test_static_keys(self):
        key = self.box.fetch("/sandbox/source-key", {})
        self.env.update(AWS_ACCESS_KEY_ID=key["AccessKeyId"],
                        AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"],
                        AWS_SESSION_TOKEN=key["SessionToken"])
        process = self.start(WAIT)
        self.wait_for("ran")
        self.box.configure(expire_sources=True)
        self.go_on()
        self.lost(process, "the environment gives the same ones as before")

    # --- interrupted

    def interrupted(self, process, call):
        pid = int(until(self.wait_for(f"call-{call}").read_text, "its pid"))
        before = time.monotonic()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 130)
        self.assertLess(time.monotonic() - before, 5)
        until(lambda: not alive(pid), "the end of the program")

    def test_interrupted_during_a_renewal(self):
        self.program(before=HANG)
        process = self.start(WAIT)
        self.wait_for("ran")
        self.box.configure(expire_sources=True)
        self.go_on()
        self.interrupted(process, 2)
        found, _ = self.finish(process, 130)
        self.assertLessEqual(set(found), {"passed", "cancelled"})
        self.assertGreaterEqual(len(found["cancelled"]), 3)

    def test_over_before_the_renewal_is(self):
        """A renewal that is under way does not keep a run that has nothing more to do."""
        self.program(seconds=4, before=HANG)
        process = self.start("sleep 0.6")
        before = time.monotonic()
        found, said = self.finish(process, 0)
        self.assertLess(time.monotonic() - before, 30)
        self.assertEqual(len(found["passed"]), 7)
        self.assertEqual(self.renewals(), 1)
        self.assertNotIn("could not be renewed", said)

    def test_interrupted_before_the_first_keys(self):
        self.program(before=HANG.replace("call > 1", "call > 0"))
        process = self.start("true")
        self.interrupted(process, 1)


if __name__ == "__main__":
    unittest.main()
