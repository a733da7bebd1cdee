# SPDX-License-Identifier: MIT
"""`orgrun session`: one account's credentials for the aws CLI, boto3, a shell and a command."""
import json
import os
import subprocess
import sys
import unittest

from harness import ROLE, Case, program

BOTO = """
import boto3, json
print(json.dumps(boto3.Session(profile_name="data").client("sts").get_caller_identity()["Arn"]))
"""


class Session(Case):
    def setUp(self):
        super().setUp()
        self.box = self.sandbox()
        self.env = self.box.environment(self.home)
        self.account = next(a["id"] for a in self.box.accounts()
                            if not a["denied"] and not a["suspended"])
        self.role = f"arn:aws:sts::{self.account}:assumed-role/{ROLE}/"

    def test_document(self):
        result = self.orgrun("session", self.account, "--duration", "15m", env=self.env)
        self.assert_exit(result, 0)
        document = json.loads(result.out)
        self.assertEqual(sorted(document), ["AccessKeyId", "Expiration", "SecretAccessKey",
                                            "SessionToken", "Version"])
        self.assertRegex(document["Expiration"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(result.err, "")

    def profile(self):
        """A shared config whose profile `data` runs orgrun; no key is in the environment."""
        config = self.home / "config"
        config.write_text(
            f"[profile data]\nregion = eu-west-1\n"
            f"credential_process = {program('ORGRUN_BIN')} session {self.account} "
            f"--profile central\n"
            f"[profile central]\nregion = eu-west-1\n"
            f"aws_access_key_id = {self.env['AWS_ACCESS_KEY_ID']}\n"
            f"aws_secret_access_key = {self.env['AWS_SECRET_ACCESS_KEY']}\n")
        env = {**self.env, "AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "data"}
        del env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
        return env

    def test_credential_process_of_the_aws_cli(self):
        aws = os.path.join(os.path.dirname(sys.executable), "aws")
        done = subprocess.run([aws, "sts", "get-caller-identity", "--query", "Arn", "--output",
                               "text"], env=self.profile(), capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith(self.role), done.stdout)

    def test_credential_process_of_boto3(self):
        done = subprocess.run([sys.executable, "-c", BOTO], env=self.profile(),
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(json.loads(done.stdout).startswith(self.role), done.stdout)

    def test_session_name(self):
        result = self.orgrun("session", self.account, "--session-name", "me@work", "--", "aws",
                             "sts", "get-caller-identity", "--query", "Arn", "--output", "text",
                             env=self.env)
        self.assertEqual(result.out, self.role + "me@work\n", str(result))

    def test_eval(self):
        script = (f'eval "$({program("ORGRUN_BIN")} session {self.account} --format env '
                  '--region eu-central-1)"; echo "$AWS_ACCESS_KEY_ID $AWS_REGION"')
        done = subprocess.run(["sh", "-c", script], env=self.env, capture_output=True, text=True,
                              timeout=60)
        self.assertRegex(done.stdout, r"^ASIA[A-Z0-9]{16} eu-central-1\n$")

    def test_command(self):
        result = self.orgrun("session", self.account, "--", "sh", "-c",
                             "env; grep SigIgn /proc/self/status; exit 7", env={
            **self.env, "AWS_PROFILE": "gone", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://x"})
        self.assert_exit(result, 7)
        self.assertIn(f"SigIgn:\t{0:016x}\n", result.out)
        env = dict(line.split("=", 1) for line in result.out.splitlines() if "=" in line)
        self.assertEqual(env["ORGRUN_ACCOUNT_ID"], self.account)
        self.assertEqual(env["AWS_ACCESS_KEY_ID"][:4], "ASIA")
        self.assertNotIn("AWS_PROFILE", env)
        self.assertNotIn("AWS_CONTAINER_CREDENTIALS_FULL_URI", env)
        self.assertNotIn(self.env["AWS_SECRET_ACCESS_KEY"], result.out)

    def test_refusals(self):
        denied = next(a["id"] for a in self.box.accounts() if a["denied"])
        result = self.orgrun("session", denied, env=self.env)
        self.assert_exit(result, 3)
        self.assertEqual(result.out, "")
        self.assert_says(result, "AccessDenied", denied, '"Action": "sts:AssumeRole"')
        for arguments, words in (([], "an account id"), (["12"], "12 digits"),
                                 ([self.account, "--duration", "1m"], "between 15m and 12h"),
                                 ([self.account, "--format", "xml"], "process"),
                                 ([self.account, "--format", "env", "--", "true"], "exclude")):
            with self.subTest(arguments):
                result = self.orgrun("session", *arguments, env=self.env)
                self.assert_exit(result, 2)
                self.assertEqual(result.out, "")
                self.assert_says(result, words)
        missing = self.orgrun("session", self.account, "--", "no-such-program", env=self.env)
        self.assert_exit(missing, 2)
        self.assert_says(missing, "cannot start no-such-program")


if __name__ == "__main__":
    unittest.main()
