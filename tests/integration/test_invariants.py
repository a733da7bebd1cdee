# SPDX-License-Identifier: MIT
"""The invariants, seen from inside the children and from what is left on disk."""
import json
import os
import stat
import unittest

from harness import Case, by_account

# Written by a child: its environment, its descriptors, its process group, its standard input.
LOOK = """
import json, os, stat, sys
fds = {}
for fd in os.listdir("/proc/self/fd"):
    try:
        fds[int(fd)] = os.readlink("/proc/self/fd/" + fd)
    except OSError:
        pass
print(json.dumps({"env": dict(os.environ), "fds": sorted(fds.items()), "pid": os.getpid(),
                  "group": os.getpgrp(), "stdin": os.readlink("/proc/self/fd/0"),
                  "read": sys.stdin.read()}))
"""
CANARY = "canary-7f3a-must-not-leak"


class Invariants(Case):
    def look(self, sandbox, *accounts, **more):
        """What children see in each account."""
        script = self.dir / "look.py"
        script.write_text(LOOK)
        env = sandbox.environment(self.home, **more)
        result = self.exec(env, "--org", "--", "python3", str(script))
        self.assert_exit(result, 0)
        return {e["account"]["id"]: json.loads(self.output_of(e))
                for e in result.report["results"] if e["status"] == "passed"}

    def test_source_credentials_never_reach_a_child(self):
        sandbox = self.sandbox(accounts=4, denied=0, source_token=True)
        planted = {f"AWS_{name}": CANARY for name in (
            "PROFILE_NOT", "SECURITY_TOKEN", "WEB_IDENTITY_TOKEN_FILE", "ROLE_ARN",
            "CONTAINER_CREDENTIALS_FULL_URI", "CONTAINER_AUTHORIZATION_TOKEN", "SOMETHING_NEW")}
        planted.update({"MY_TOKEN": CANARY, "LD_PRELOAD_NOT": CANARY, "ORGRUN_SECRET": CANARY,
                        "GITHUB_TOKEN": CANARY})
        source = {sandbox.info[k] for k in ("access_key_id", "secret_access_key", "session_token")}
        for account, seen in self.look(sandbox, **planted).items():
            values = set(seen["env"].values())
            self.assertFalse(values & source, account)
            self.assertNotIn(CANARY, values, account)
            aws = {n for n in seen["env"] if n.startswith("AWS_")}
            files = {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
                     "AWS_CREDENTIAL_PROFILES_FILE"}
            self.assertEqual(aws - files, {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                           "AWS_SESSION_TOKEN", "AWS_REGION",
                                           "AWS_DEFAULT_REGION"})
            self.assertEqual({seen["env"][n] for n in files}, {"/dev/null"})
            self.assertEqual(seen["env"]["ORGRUN_ACCOUNT_ID"], account)
            self.assertEqual({n for n in seen["env"] if n.startswith("ORGRUN_")},
                             {"ORGRUN_RUN_ID", "ORGRUN_ACCOUNT_ID", "ORGRUN_ACCOUNT_NAME",
                              "ORGRUN_REGION", "ORGRUN_TASK"})

    def test_shared_files_of_the_source_are_out_of_sight(self):
        """Not even a program that asks for a profile by name finds the source's keys."""
        sandbox = self.sandbox(accounts=2, denied=0)
        env = sandbox.environment(self.home)
        aws = self.home / ".aws"
        aws.mkdir(exist_ok=True)
        (aws / "credentials").write_text(
            f"[central]\naws_access_key_id = {env.pop('AWS_ACCESS_KEY_ID')}\n"
            f"aws_secret_access_key = {env.pop('AWS_SECRET_ACCESS_KEY')}\n")
        script = ('aws sts get-caller-identity --query Arn --output text || exit 1; '
                  'aws sts get-caller-identity --profile central 2>&1 && exit 1; exit 0')
        result = self.exec(env, "--org", "--profile", "central", "--env",
                           f"AWS_ENDPOINT_URL={sandbox.url}", "--", "sh", "-c", script)
        self.assert_exit(result, 0)
        for entry in result.report["results"]:
            if entry["status"] == "passed":
                said = self.output_of(entry)
                self.assertIn(f":{entry['account']['id']}:assumed-role/", said)
                self.assertIn("central", said)
                self.assertNotIn("user/", said)

    def test_descriptors_group_and_stdin(self):
        sandbox = self.sandbox(accounts=4, denied=0)
        read, write = os.pipe()
        os.set_inheritable(write, True)
        self.addCleanup(os.close, read)
        self.addCleanup(os.close, write)
        for seen in self.look(sandbox).values():
            # 0, 1, 2, and the directory that listing them opens
            numbers = [fd for fd, target in seen["fds"] if not target.endswith("/fd")]
            self.assertEqual(numbers, [0, 1, 2], seen["fds"])
            self.assertEqual(seen["stdin"], "/dev/null")
            self.assertEqual(seen["read"], "")
            self.assertEqual(seen["group"], seen["pid"])

    def test_another_accounts_answer_is_an_error(self):
        sandbox = self.sandbox(accounts=3, denied=0)
        other = sandbox.accounts()[1]["id"]
        sandbox.configure(wrong_account=other)
        marker = self.dir / "ran"
        marker.mkdir()
        result = self.exec(sandbox.environment(self.home), "--org", "--", "sh", "-c",
                           f'touch "{marker}/$ORGRUN_ACCOUNT_ID"')
        self.assert_exit(result, 3)
        found = by_account(result.report)
        self.assertEqual(found[other][0]["status"], "passed")
        self.assertEqual(os.listdir(marker), [other])
        for account in (a["id"] for a in sandbox.accounts()):
            if account != other and found[account][0]["status"] != "skipped":
                self.assertEqual(found[account][0]["status"], "error")
                self.assertIn(other, found[account][0]["reason"])
                self.assertIn(account, found[account][0]["reason"])

    def files(self):
        for root, _, names in os.walk(self.dir):
            for name in names:
                yield os.path.join(root, name)

    def test_keys_are_redacted_and_never_on_disk(self):
        sandbox = self.sandbox(accounts=3, denied=0, source_token=True)
        hashes = self.dir / "hashes"
        hashes.mkdir()
        # Keys are printed whole, in two writes, and to both streams; their text stays with the
        # child alone, which leaves a reversed copy for this test to compare with.
        script = """
            rev() { printf %s "$1" | python3 -c 'import sys; print(sys.stdin.read()[::-1])'; }
            { rev "$AWS_SECRET_ACCESS_KEY"; rev "$AWS_SESSION_TOKEN"; } >"$HASHES/$ORGRUN_ACCOUNT_ID"
            echo "before $AWS_SECRET_ACCESS_KEY after"
            printf %s "${AWS_SESSION_TOKEN%?????}"; sleep 0.1; echo "${AWS_SESSION_TOKEN#${AWS_SESSION_TOKEN%?????}}"
            echo "$AWS_SESSION_TOKEN" >&2
        """.replace("$HASHES", str(hashes))
        result = self.exec(sandbox.environment(self.home), "--org", "--report",
                           f"junit={self.dir}/junit.xml", "--report", f"json={self.dir}/r.json",
                           "--", "sh", "-c", script)
        self.assert_exit(result, 0)
        secrets = [sandbox.info["secret_access_key"], sandbox.info["session_token"]]
        for entry in result.report["results"]:
            if entry["status"] != "passed":
                continue
            reversed_keys = (hashes / entry["account"]["id"]).read_text().split()
            self.assertEqual(len(reversed_keys), 2)
            secrets += [key[::-1] for key in reversed_keys]
            text = self.output_of(entry)
            self.assertIn("before [redacted] after", text)
            self.assertEqual(text.count("[redacted]"), 2, text)
            self.assertEqual(self.output_of(entry, "stderr"), "[redacted]\n")
        for path in self.files():
            with open(path, "rb") as file:
                content = file.read()
            for secret in secrets:
                self.assertNotIn(secret.encode(), content, path)
        for secret in secrets:
            self.assertNotIn(secret, result.out + result.err)

    def test_source_keys_are_not_to_be_read_from_orgrun(self):
        """A child looks into its parent, and prints what it finds of the source anyway."""
        sandbox = self.sandbox(accounts=2, denied=0, source_token=True)
        secrets = [sandbox.info["secret_access_key"], sandbox.info["session_token"]]
        (self.dir / "copy").write_text("\n".join(secrets))
        script = ('tr "\\0" "\\n" </proc/$PPID/environ | grep -c ^AWS_REGION=eu; '
                  'tr "\\0" "\\n" </proc/$PPID/environ | grep "^AWS_S.*=."; '
                  f'cat {self.dir}/copy; exit 0')
        result = self.exec(sandbox.environment(self.home), "--org", "--", "sh", "-c", script)
        self.assert_exit(result, 0)
        for entry in result.report["results"]:
            if entry["status"] == "passed":
                self.assertEqual(self.output_of(entry), "1\n[redacted]\n[redacted]")
        for path in self.files():
            if path != str(self.dir / "copy"):
                with open(path, "rb") as file:
                    content = file.read()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, path)

    def test_modes(self):
        sandbox = self.sandbox(accounts=2, denied=0)
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        self.assert_exit(self.exec(sandbox.environment(self.home), "--org", "--", "true"), 0)
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o700)
        for root, folders, names in os.walk(self.state):
            for name in folders:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(root, name)).st_mode), 0o700)
            for name in names:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(root, name)).st_mode), 0o600,
                                 name)

    def test_command_line_holds_no_secret(self):
        sandbox = self.sandbox(accounts=1, denied=0)
        result = self.exec(sandbox.environment(self.home), "--org", "--", "sh", "-c",
                           "tr '\\0' ' ' </proc/$PPID/cmdline; tr '\\0' ' ' </proc/$$/cmdline")
        self.assert_exit(result, 0)
        text = self.output_of(next(e for e in result.report["results"]
                                   if e["status"] == "passed"))
        self.assertNotIn(sandbox.info["secret_access_key"], text)
        self.assertNotIn("ASIA", text)

    def test_cut_output_is_said(self):
        sandbox = self.sandbox(accounts=1, denied=0)
        job = """
name: loud
accounts: {organization: true}
role: rol_sts_cross_account
tasks:
  - {name: loud, regions: none, command: [seq, "1", "200000"]}
limits: {output: 64KiB}
"""
        result = self.run_job(job, sandbox.environment(self.home))
        self.assert_exit(result, 0)
        entry = next(e for e in result.report["results"] if e["status"] == "passed")
        text = self.output_of(entry)
        self.assertEqual(entry["stdout"]["bytes"], len(text))
        self.assertLess(len(text), 70 * 1024)
        self.assertTrue(text.startswith("1\n2\n"))
        self.assertTrue(text.endswith("\n200000\n"))
        self.assertGreater(entry["stdout"]["cut_bytes"], 1000000)


if __name__ == "__main__":
    unittest.main()
