# SPDX-License-Identifier: MIT
"""`orgrun session --shell`, `--exec` and `--explain`, as a person at a terminal meets them."""
import json
import os
import unittest

from harness import ROLE, Case, program
from terminal import Terminal

SECRETS = ("canary-secret-key", "canary-token", "canary-process")


class Shell(Case):
    def setUp(self):
        super().setUp()
        self.box = self.sandbox(accounts=3, denied=0, source_token=True)
        self.env = self.box.environment(self.home, TERM="dumb", PS1="outer$ ")
        self.account = self.box.accounts()[1]["id"]

    def shell(self, shell, *arguments, **more):
        env = {**self.env, "SHELL": shell, **more}
        return Terminal([program("ORGRUN_BIN"), "session", self.account, "--shell", *arguments],
                        env=env, cwd=self.dir)

    def look_around(self, terminal, prompt):
        """The session is in the environment, the source is not; the exit code is the shell's."""
        terminal.until(prompt)
        terminal.type('echo "key=${AWS_ACCESS_KEY_ID} account=${ORGRUN_ACCOUNT_ID}."\n')
        terminal.until("account=" + self.account + ".")
        self.assertRegex(terminal.text, "key=ASIA[A-Z0-9]{16} ")
        self.assertNotIn(self.env["AWS_ACCESS_KEY_ID"], terminal.text)
        terminal.type("env | grep -c '^AWS_[AS].*'; echo counted\n")
        terminal.until("\r\ncounted")
        self.assertRegex(terminal.text, r"[\n ]3\r\ncounted")
        terminal.type("exit 7\n")
        self.assertEqual(terminal.end(), 7, terminal.text)

    def test_sh(self):
        with self.shell("/bin/sh") as terminal:
            self.look_around(terminal, f"(orgrun {self.account}) $ ")

    def test_bash(self):
        with self.shell("/bin/bash") as terminal:
            self.look_around(terminal, f"(orgrun {self.account}) ")

    def test_bash_with_a_prompt_of_its_own(self):
        (self.home / ".bashrc").write_text("PS1='mine> '\nalias hello='echo from-bashrc'\n")
        with self.shell("/bin/bash") as terminal:
            terminal.until(f"(orgrun {self.account}) mine> ")
            terminal.type("hello\n")
            terminal.until("\r\nfrom-bashrc")
            terminal.type("exit\n")
            self.assertEqual(terminal.end(), 0)

    def test_interrupt_belongs_to_the_shell(self):
        with self.shell("/bin/bash") as terminal:
            terminal.ready(f"(orgrun {self.account}) ")
            terminal.type("sh -c 'echo begun; exec sleep 30'\n")
            terminal.until("\r\nbegun\r\n")
            terminal.type("\x03")
            terminal.ready(f"(orgrun {self.account}) ", 2)
            terminal.type("echo $?; exit\n")
            self.assertEqual(terminal.end(), 0)
            self.assertIn("\r\n130\r\n", terminal.text)

    def test_no_such_shell(self):
        with self.shell("/no/such/shell") as terminal:
            self.assertEqual(terminal.end(), 2)
            self.assertIn("cannot start /no/such/shell: No such file", terminal.text)

    def test_descriptors_of_a_command(self):
        """A command has the three it should have, and none of orgrun's."""
        result = self.orgrun("session", self.account, "--exec", "--", "sh", "-c",
                             "ls /proc/self/fd | wc -l", env=self.env)
        self.assert_exit(result, 0)
        self.assertEqual(result.out.strip(), "4")  # and the listing's own

    def test_exec(self):
        result = self.orgrun("session", self.account, "--exec", "--", "sh", "-c", "exit 5",
                             env=self.env)
        self.assert_exit(result, 5)
        result = self.orgrun("session", self.account, "--exec", "--", "aws", "sts",
                             "get-caller-identity", env=self.env)
        self.assert_exit(result, 0)
        self.assertEqual(json.loads(result.out)["Account"], self.account)
        killed = self.orgrun("session", self.account, "--exec", "--", "sh", "-c", "kill -9 $$",
                             env=self.env)
        self.assert_exit(killed, -9)

    def test_options_that_exclude_one_another(self):
        for arguments, words in ((["--exec"], "--exec needs a command"),
                                 (["--shell", "--", "true"], "exclude one another"),
                                 (["--shell", "--exec"], "--exec needs a command"),
                                 (["--explain", "--shell"], "--explain only explains"),
                                 (["--explain", "--format", "env"], "--explain only explains"),
                                 (["--explain", "--", "true"], "--explain only explains")):
            with self.subTest(arguments):
                result = self.orgrun("session", self.account, *arguments, env=self.env)
                self.assert_exit(result, 2)
                self.assert_says(result, words)


class Explain(Case):
    """Which provider, and why not those before it; never a secret."""

    def setUp(self):
        super().setUp()
        self.box = self.sandbox(accounts=3, denied=0, source_token=True)
        self.keys = {k: self.box.info[k] for k in ("access_key_id", "secret_access_key",
                                                   "session_token")}
        env = self.box.environment(self.home)
        self.in_env = {k: env.pop(k) for k in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                               "AWS_SESSION_TOKEN")}
        self.env = {**env, "AWS_CONFIG_FILE": str(self.home / "config")}
        self.static = "".join(f"aws_{k} = {v}\n" for k, v in self.keys.items())

    def config(self, text):
        (self.home / "config").write_text(text)

    def explain(self, *arguments, code=0, **more):
        result = self.orgrun("session", "--explain", *arguments, env={**self.env, **more})
        self.assert_exit(result, code)
        for text in (result.out, result.err):
            self.assertNotIn(self.keys["secret_access_key"], text)
            self.assertNotIn(self.keys["session_token"], text)
            for secret in SECRETS:
                self.assertNotIn(secret, text)
        return result

    def assert_tells(self, result, *lines):
        """Each line stands in the output, spaces squeezed, in this order."""
        text = [" ".join(line.split()) for line in result.out.splitlines()]
        at = 0
        for line in lines:
            self.assertIn(line, text[at:], result.out)
            at += text[at:].index(line) + 1

    def test_environment(self):
        result = self.explain(**self.in_env)
        self.assert_tells(result, "Source credentials, in the order of the AWS SDKs:",
                          f"✓ environment access key {self.keys['access_key_id']} with a session "
                          "token", "web identity not reached", "profile not reached",
                          "container not reached", "instance metadata not reached",
                          "from the environment", f"access key {self.keys['access_key_id']}",
                          "they expire not by themselves")
        self.assertIn(":user/orgrun-runner", result.out)

    def test_static_profile(self):
        self.config(f"[profile a]\n{self.static}")
        result = self.explain("--profile", "a", **self.in_env)
        self.assert_tells(result, "– environment passed over, because a profile was named",
                          "– web identity passed over, because a profile was named",
                          "✓ profile the profile \"a\": static keys",
                          f"the profile a: static keys: {self.keys['access_key_id']}",
                          "from the profile a")

    def test_chain_of_profiles(self):
        role = f"arn:aws:iam::{self.box.accounts()[1]['id']}:role/{ROLE}"
        self.config(f"[profile a]\nrole_arn = {role}\nsource_profile = b\n[profile b]\n"
                    f"{self.static}")
        result = self.explain(AWS_PROFILE="a")
        self.assert_tells(result, "– environment AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are "
                          "not set", "– web identity AWS_WEB_IDENTITY_TOKEN_FILE is not set",
                          "✓ profile the profile \"a\": assume role",
                          f"the profile a: assume role: {role}",
                          f"the profile b: static keys: {self.keys['access_key_id']}",
                          "from assumed role")

    def test_credential_source(self):
        role = f"arn:aws:iam::{self.box.accounts()[1]['id']}:role/{ROLE}"
        self.config(f"[profile a]\nrole_arn = {role}\ncredential_source = Environment\n")
        result = self.explain("--profile", "a", **self.in_env)
        self.assert_tells(result, f"the profile a: assume role: {role}",
                          "credential_source: Environment", "from assumed role")

    def test_process(self):
        helper = self.dir / "helper"
        self.box.source_program(helper, before="print('canary-process', file=sys.stderr)")
        self.config(f"[default]\ncredential_process = {helper} --password canary-process\n")
        result = self.explain()
        self.assert_tells(result, "✓ profile the profile \"default\": credential_process",
                          "the profile default: credential_process",
                          "from credential_process of the profile default")
        self.assertRegex(result.out, r"they expire +\d{4}-.*, in (59m|60m|1h)")

    def test_identity_center_before_a_login(self):
        self.config("[default]\nsso_session = corp\nsso_account_id = 111122223333\n"
                    "sso_role_name = Reader\n[sso-session corp]\nsso_region = us-east-1\n"
                    "sso_start_url = https://corp.awsapps.com/start\n")
        result = self.explain(code=2)
        self.assert_tells(result, "✓ profile the profile \"default\": Identity Center",
                          "the profile default: Identity Center: Reader in account 111122223333")
        self.assert_says(result, "nobody has logged in", "aws sso login --profile default")

    def test_container(self):
        self.config("")
        result = self.explain(code=2, AWS_CONTAINER_CREDENTIALS_FULL_URI="http://127.0.0.1:9/x",
                              AWS_CONTAINER_AUTHORIZATION_TOKEN="canary-token")
        self.assert_tells(result, "– profile there is no profile \"default\"",
                          "✓ container AWS_CONTAINER_CREDENTIALS_FULL_URI",
                          "instance metadata not reached")

    def test_web_identity(self):
        token = self.dir / "token"
        token.write_text("canary-token")
        result = self.explain(code=2, AWS_WEB_IDENTITY_TOKEN_FILE=str(token),
                              AWS_ROLE_ARN="arn:aws:iam::111122223333:role/ci")
        self.assert_tells(result, f"✓ web identity the token in {token}", "profile not reached")

    def test_instance_and_nothing(self):
        result = self.explain(code=2)
        self.assert_tells(result, "– container AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and "
                          "AWS_CONTAINER_CREDENTIALS_FULL_URI are not set",
                          "– instance metadata AWS_EC2_METADATA_DISABLED is true")
        self.assert_says(result, "no source credentials were found")
        result = self.explain(code=2, AWS_EC2_METADATA_DISABLED="false",
                              AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:9")
        self.assert_tells(result, "✓ instance metadata http://127.0.0.1:9")

    def test_loop_and_no_such_profile(self):
        self.config("[profile a]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = b\n"
                    "[profile b]\nrole_arn = arn:aws:iam::111122223333:role/y\n"
                    "source_profile = a\n")
        self.assert_says(self.explain("--profile", "a", code=2), '"a" leads back to itself')
        self.assert_says(self.explain("--profile", "c", code=2), 'there is no profile "c"')

    def test_mfa_session(self):
        serial = "arn:aws:iam::111122223333:mfa/x"
        box = self.sandbox(accounts=2)
        env = box.environment(self.home)
        result = self.orgrun("session", "--explain", "--mfa-serial", serial, "--mfa-code", "123456",
                             env=env)
        self.assert_exit(result, 0)
        self.assert_tells(result, f"a session opened with the MFA device {serial}",
                          "from an MFA session")
        self.assertNotIn("123456", result.out)


if __name__ == "__main__":
    unittest.main()
