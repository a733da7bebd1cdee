# SPDX-License-Identifier: MIT
"""config/job.yaml, the reference of the job file: it is a job, and no key is missing in it."""
import re
import unittest
from pathlib import Path

from harness import Case, plain_environment

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "config/job.yaml"
# A wrong key in each mapping of a job makes orgrun say which ones there are.
FRAME = "accounts: {list: ['111122223333']}\nrole: r\ntasks: [{name: t, command: [a]}]\n"
PLACES = [
    FRAME + "wrong: x\n",
    FRAME.replace("{list", "{wrong: x, list"),
    FRAME.replace("{list: ['111122223333']}", "{list: [{wrong: x}]}"),
    FRAME.replace("{list: ['111122223333']}", "{organization: {wrong: x}}"),
    FRAME.replace("{list: ['111122223333']}", "{organization: true, exclude: [{wrong: x}]}"),
    FRAME.replace("{list: ['111122223333']}", "{organization: true, expect: {wrong: x}}"),
    FRAME.replace("role: r", "role: {wrong: x}"),
    FRAME.replace("role: r", "role: {name: r, via: [{wrong: x}]}"),
    FRAME.replace("role: r", "access: {sso: {wrong: x}}"),
    FRAME.replace("{name: t,", "{wrong: x, name: t,"),
    FRAME.replace("{name: t,", "{name: t, retry: {wrong: x},"),
    FRAME.replace("{name: t,", "{name: t, exit: {wrong: x},"),
    FRAME + "limits: {wrong: x}\n",
    FRAME + "reports: {wrong: x}\n",
]


class JobSample(Case):
    def check(self, path):
        return self.orgrun("check", str(path), env=plain_environment(self.home))

    def test_it_is_a_job(self):
        self.assert_exit(self.check(SAMPLE), 0)

    def test_no_key_is_missing(self):
        text = SAMPLE.read_text(encoding="utf-8")
        for place in PLACES:
            with self.subTest(place):
                job = self.dir / "job.yaml"
                job.write_text(place)
                told = self.check(job)
                self.assert_exit(told, 2)
                keys = re.search(r"allowed: ([^)]*)\)", told.err)[1].split(", ")
                self.assertGreater(len(keys), 1)
                for key in keys:
                    self.assertRegex(text, rf"\b{key}\b", told.err)


if __name__ == "__main__":
    unittest.main()
