# SPDX-License-Identifier: MIT
"""Which accounts of an organization a job takes: OUs, tags, times of joining, lists from standard
input, coverage; the cache of what is slow to ask for; and the pace of asking for it."""
import json
import os
import stat
import time
import unittest

import boto3

from harness import Case, Moto, by_account, plain_environment

JOB = """
name: selection
accounts: %s
role: rol_sts_cross_account
tasks:
  - {name: t, regions: none, command: ["true"]}
limits: {organization_age: %s}
"""
UNCACHED = "0s"


class Selection(Case):
    def accounts_of(self, env, *arguments, accounts=None, age="1h", code=0, **more):
        """{id: account} as `orgrun accounts` lists them, of a job or of options."""
        job = [self.job(JOB % (accounts, age))] if accounts else []
        result = self.orgrun("accounts", *job, "--state", str(self.state), "--format", "json",
                             *arguments, env=env, **more)
        self.assert_exit(result, code)
        self.said = result.err
        return {a["id"]: a for a in json.loads(result.out)} if code == 0 else result

    def selected(self, *arguments, **more):
        return {i for i, a in self.accounts_of(*arguments, **more).items() if a["selected"]}

    def names(self, accounts):
        return sorted(a["name"] for a in accounts.values() if a["selected"])


class InTheSandbox(Selection):
    def setUp(self):
        super().setUp()
        self.server = self.sandbox(accounts=26, suspended=1, denied=0)
        self.env = self.server.environment(self.home)

    def test_ous(self):
        everything = self.accounts_of(self.env, "--ou", "/")
        self.assertEqual(len(everything), 27)
        self.assertEqual({a["ou_path"] for a in everything.values()},
                         {"Root", "Root/Security", "Root/Workloads/Prod", "Root/Workloads/Dev",
                          "Root/Sandbox"})
        security = {"security-audit", "security-logs"}
        for name in ("/Security", "Root/Security", "ou-sb0x-secur1ty"):
            found = self.accounts_of(self.env, "--ou", name)
            self.assertEqual(set(self.names(found)), security)
            reasons = {a["excluded_because"] for a in found.values() if not a["selected"]}
            self.assertEqual(reasons, {f"not in the OU {name}"})
        workloads = self.names(self.accounts_of(self.env, "--ou", "/Workloads"))
        self.assertEqual(len(workloads), 20)
        self.assertEqual(self.selected(self.env, "--ou", "/Workloads"),
                         self.selected(self.env, "--ou", "/Workloads/Dev", "--ou",
                                       "ou-sb0x-pr0dpr0d"))
        direct = "{organization: {ous: [/Workloads, /], recursive: false}}"
        found = self.accounts_of(self.env, accounts=direct)
        self.assertEqual(self.names(found), ["organization-management"])
        self.assertIn("not directly in the OUs /Workloads, /",
                      {a.get("excluded_because") for a in found.values()})

    def test_globs_on_paths_walk_the_tree(self):
        found = self.accounts_of(self.env,
                                 accounts="{organization: true, include: ['Root/Workloads/*'], "
                                          "exclude: [{match: '*/Dev', reason: not now}]}")
        self.assertEqual(len(self.names(found)), 11)
        self.assertTrue(all("prod" in name for name in self.names(found)))
        self.assertEqual(sum(a.get("excluded_because") == "excluded: not now"
                             for a in found.values()), 9)

    def test_plain_organization_asks_for_accounts_alone(self):
        self.selected(self.env, accounts="{organization: true, include: ['*-prod', '1*']}")
        operations = self.server.stats()["operations"]
        self.assertEqual(set(operations), {"organizations:ListAccounts"})
        self.assertFalse((self.state / "cache").exists())

    def test_tags_and_states_and_joining(self):
        found = self.accounts_of(self.env, "--tag", "environment=security", "--tag",
                                 "environment=sandbox")
        self.assertEqual(len(self.names(found)), 6)
        reasons = [a.get("excluded_because") for a in found.values()]
        self.assertEqual(reasons.count('tag environment is "dev", not security or sandbox'), 9)
        self.assertEqual(reasons.count("account is SUSPENDED"), 1)
        both = self.accounts_of(self.env, "--tag", "environment=sandbox", "--tag", "owner=me")
        self.assertEqual(self.names(both), [])
        states = self.accounts_of(self.env, accounts="{organization: {state: ACTIVE}}")
        self.assertIn("state is SUSPENDED, not ACTIVE",
                      [a.get("excluded_because") for a in states.values()])
        late = self.accounts_of(self.env, "--joined-after", "2020-01-20")
        self.assertEqual(len(self.names(late)), 7)

    def test_tags_are_asked_for_those_alone_that_are_left(self):
        found = self.selected(self.env, accounts="{organization: {ous: /Workloads, tags: "
                                                 "{environment: prod}}, exclude: ['platform-*']}")
        self.assertEqual(len(found), 10)
        tagged = self.server.stats()["operations"]["organizations:ListTagsForResource"]["ok"]
        self.assertEqual(tagged, 18)

    def test_unknown_ou_is_the_jobs_fault(self):
        result = self.run_job(JOB % ("{organization: {ous: [/Security, /Workloads/Prd]}}", "1h"),
                              self.env)
        self.assert_exit(result, 2)
        self.assertEqual(result.out, "")
        self.assert_says(result, 'job.yaml:3:44: the organization has no OU "/Workloads/Prd"; did '
                                 'you mean "/Workloads/Prod"?')
        result = self.accounts_of(self.env, "--ou", "Workloads", code=2)
        self.assert_says(result, 'did you mean "/Workloads"?')

    def test_denied_tree_and_tags_are_said_before_anything_runs(self):
        self.server.configure(only="organizations:ListRoots", fail=1)
        result = self.exec(self.env, "--ou", "/", "--", "true")
        self.assert_exit(result, 2)
        self.assert_says(result, "organizations:ListRoots")
        self.assertEqual(self.server.stats()["operations"].get("sts:AssumeRole"), None)

    def test_a_run_takes_and_reports_them(self):
        result = self.run_job(JOB % ("{organization: {ous: /Workloads/Prod}, expect: 11}", "1h"),
                              self.env)
        self.assert_exit(result, 0)
        self.assertEqual({e["account"]["ou_path"] for e in result.report["results"]},
                         {"Root/Workloads/Prod"})
        self.assertEqual(len(result.report["results"]), 11)

    def test_options_stand_in_place_of_the_jobs_rules(self):
        job = self.job(JOB % ("{organization: {ous: /Sandbox, recursive: false}}", "1h"))
        plan = self.orgrun("plan", job, "--state", str(self.state), "--format", "json", "--ou",
                           "/Security", "--tag", "environment=security", env=self.env)
        self.assert_exit(plan, 0)
        self.assertEqual({t["account_name"] for t in json.loads(plan.out)["targets"]},
                         {"security-audit", "security-logs"})
        wrong = self.orgrun("plan", job, "--tag", "environment", env=self.env)
        self.assert_exit(wrong, 2)
        self.assert_says(wrong, "--tag is KEY=VALUE")
        wrong = self.exec(self.env, "--accounts", "111122223333", "--ou", "/", "--", "true")
        self.assert_exit(wrong, 2)
        self.assert_says(wrong, "exclude one another")


class Cache(Selection):
    def setUp(self):
        super().setUp()
        self.server = self.sandbox(accounts=26, denied=0)
        self.env = self.server.environment(self.home)

    def slow_calls(self):
        counts = self.server.stats()["operations"]
        self.server.configure(reset_stats=True)
        return {name.split(":")[1] for name in counts} - {"ListAccounts"}

    def file(self):
        (path,) = (self.state / "cache").iterdir()
        return path

    def test_is_private_and_used_and_refreshed(self):
        first = self.selected(self.env, "--ou", "/Workloads", "--tag", "environment=prod")
        self.assertEqual(self.said, "")
        self.assertEqual(self.slow_calls(), {"ListRoots", "ListOrganizationalUnitsForParent",
                                             "ListAccountsForParent", "ListTagsForResource"})
        self.assertEqual(stat.S_IMODE(self.file().stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.file().parent.stat().st_mode), 0o700)
        second = self.selected(self.env, "--ou", "/Workloads", "--tag", "environment=prod")
        self.assertEqual(first, second)
        self.assertEqual(self.slow_calls(), set())
        self.assertRegex(self.said, r"OUs and tags of the organization as of \S+ ago "
                                    r"\(--refresh asks again\)")
        self.assertEqual(self.selected(self.env, "--refresh", "--ou", "/Workloads"),
                         self.selected(self.env, "--ou", "/Workloads"))
        self.assertIn("ListRoots", self.slow_calls())

    def test_age_has_a_limit(self):
        rules = "{organization: {ous: /Workloads}}"
        self.selected(self.env, accounts=rules)
        self.slow_calls()
        time.sleep(0.01)
        self.selected(self.env, accounts=rules, age="1ms")
        self.assertEqual(self.said, "")
        self.assertIn("ListRoots", self.slow_calls())
        before = self.file().read_bytes()
        self.selected(self.env, accounts=rules, age=UNCACHED)
        self.assertIn("ListRoots", self.slow_calls())
        self.assertEqual(self.file().read_bytes(), before)

    def test_damaged_and_foreign_files_are_passed_over(self):
        wanted = self.selected(self.env, "--ou", "/Workloads")
        good = self.file().read_text()

        def plant(text, mode=0o600):
            path = self.file()
            path.write_text(text)
            path.chmod(mode)

        for text, mode, why in (
                (good[:100], 0o600, "it is damaged"),
                (good.replace('"o-sb0xorg0001"', '"o-another000"'), 0o600, "its organization is"),
                (good.replace('"tree_as_of":', '"tree_as_of":9'), 0o600, "it is damaged"),
                (good, 0o622, "others can write it"),
                ("", 0o600, "it is damaged")):
            plant(text, mode)
            self.assertEqual(self.selected(self.env, "--ou", "/Workloads"), wanted)
            self.assertIn("is not used: " + why, self.said)
            self.assertEqual(self.file().read_text().split('"tree_as_of"')[0],
                             good.split('"tree_as_of"')[0])
        path = self.file()
        path.unlink()
        path.symlink_to(self.dir / "elsewhere")
        self.assertEqual(self.selected(self.env, "--ou", "/Workloads"), wanted)
        self.assertIn("it is no file", self.said)
        self.assertFalse((self.dir / "elsewhere").exists())

    def test_no_place_for_it_is_no_obstacle(self):
        self.state.mkdir()
        (self.state / "cache").write_text("in the way")
        self.assertEqual(len(self.selected(self.env, "--ou", "/Workloads")), 20)
        self.assertIn("not kept for the next time", self.said)

    def test_an_account_that_joined_since_is_asked_for(self):
        self.selected(self.env, "--ou", "/Workloads")
        path = self.file()
        book = json.loads(path.read_text())
        gone = next(iter(book["accounts"]))
        del book["accounts"][gone]
        path.write_text(json.dumps(book))
        self.slow_calls()
        self.assertEqual(len(self.selected(self.env, "--ou", "/Workloads")), 20)
        self.assertEqual(self.slow_calls(), {"ListParents"})
        self.assertIn(gone, json.loads(path.read_text())["accounts"])


class Pace(Selection):
    def test_documented_limits_are_kept(self):
        """40 lookups of tags with a bucket of 15 and 10 a second: 2.5 s, and not one throttle."""
        server = self.sandbox(accounts=40, organizations_limits="true")
        env = server.environment(self.home)
        began = time.monotonic()
        found = self.selected(env, "--ou", "/", "--tag", "environment=prod")
        took = time.monotonic() - began
        self.assertTrue(found)
        operations = server.stats()["operations"]
        self.assertEqual([o for o in operations.values() if set(o) != {"ok"}], [], operations)
        self.assertEqual(operations["organizations:ListTagsForResource"], {"ok": 40})
        self.assertGreater(took, 2.4)
        self.assertLess(took, 8)

    def test_throttles_are_waited_out(self):
        server = self.sandbox(accounts=26, throttle=0.3, retry_after=10, seed=7)
        env = server.environment(self.home)
        self.assertEqual(len(self.selected(env, "--ou", "/Workloads", "--tag",
                                           "environment=prod")), 11)

    def test_ctrl_c_ends_the_walk(self):
        server = self.sandbox(accounts=400)
        process = self.popen("exec", "--state", str(self.state), "--tag", "environment=prod", "--",
                             "true", env=server.environment(self.home))
        self.addCleanup(process.kill)
        for _ in range(200):
            if "organizations:ListTagsForResource" in server.stats()["operations"]:
                break
            time.sleep(0.02)
        process.send_signal(2)
        began = time.monotonic()
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertLess(time.monotonic() - began, 5)


class FromStandardInput(Selection):
    def test_every_format(self):
        server = self.sandbox(accounts=3, suspended=0, denied=0)
        env = server.environment(self.home)
        ids = [a["id"] for a in server.accounts()]
        texts = ["\n".join(ids) + "\n", "\t".join(ids), "# mine\n" + " ".join(ids),
                 "id,name\n" + "".join(f"{i},x\n" for i in ids), json.dumps(ids),
                 json.dumps({"Accounts": [{"Id": i, "State": "ACTIVE"} for i in ids]}),
                 "".join(f"- '{i}'\n" for i in ids)]
        for text in texts:
            for accounts in ('"-"', '{file: "-"}'):
                plan = self.orgrun("plan", self.job(JOB % (accounts, "1h")), "--format", "json",
                                   env=env, stdin=text)
                self.assert_exit(plan, 0)
                self.assertEqual([t["account"] for t in json.loads(plan.out)["targets"]], ids,
                                 text)
        result = self.exec(env, "--accounts-file", "-", "--", "true", stdin=texts[0])
        self.assert_exit(result, 0)
        self.assertEqual(set(by_account(result.report)), set(ids))

    def test_refusals(self):
        env = plain_environment(self.home)
        job = JOB % ('"-"', "1h")
        for text, said in (("", "<stdin>: it lists no accounts"),
                           ("# none\n", "<stdin>: it lists no accounts"),
                           ("111122223333\n11112222333\n", "<stdin>:2:1: \"11112222333\" has 11"),
                           ("111122223333 111122223333", "<stdin>:1:14: account 111122223333 is "
                                                         "listed twice (first at <stdin>:1:1)"),
                           ("hello", "<stdin>:1:1: \"hello\" is not an account id")):
            result = self.orgrun("plan", self.job(job), env=env, stdin=text)
            self.assert_exit(result, 2)
            self.assert_says(result, said)
        result = self.orgrun("plan", "-", env=env, stdin=job)
        self.assert_exit(result, 2)
        self.assert_says(result, "<stdin>:3:11: the job comes from standard input, so its accounts "
                                 "cannot")


class Coverage(Selection):
    def test_what_is_neither_run_nor_excluded_is_an_error(self):
        server = self.sandbox(accounts=5, suspended=1, denied=0)
        env = server.environment(self.home)
        ids = [a["id"] for a in server.accounts()]
        accounts = (f'{{list: ["{ids[0]}", "{ids[1]}", "999999999999"], cover: organization, '
                    f'exclude: [{{match: "{ids[2]}", reason: frozen}}]}}')
        result = self.run_job(JOB % (accounts, "1h"), env)
        self.assert_exit(result, 3)
        found = {a: (e[0]["status"], e[0]["reason"]) for a, e in by_account(result.report).items()}
        uncovered = ("error", "neither run nor excluded: not listed")
        self.assertEqual(found, {
            ids[0]: ("passed", ""), ids[1]: ("passed", ""), ids[3]: uncovered, ids[4]: uncovered,
            "999999999999": ("error", "the organization has no such account")})
        self.assertEqual(server.stats()["assumed"], {ids[0]: 1, ids[1]: 1})

    def test_full_coverage_passes(self):
        server = self.sandbox(accounts=5, suspended=1, denied=0)
        env = server.environment(self.home)
        ids = [a["id"] for a in server.accounts()]
        listed = json.dumps(ids[:5])
        result = self.run_job(JOB % (f"{{list: {listed}, cover: organization}}", "1h"), env)
        self.assert_exit(result, 0)
        self.assertEqual(len(result.report["results"]), 5)

    def test_rules_leave_uncovered_what_no_exclude_names(self):
        server = self.sandbox(accounts=26, denied=0)
        env = server.environment(self.home)
        rules = "{organization: {ous: [/Workloads]}, cover: organization, exclude: %s}"
        result = self.run_job(JOB % (rules % "[Root/Sandbox, Root]", "1h"), env)
        self.assert_exit(result, 3)
        wrong = [e["account"]["name"] for e in result.report["results"] if e["status"] == "error"]
        self.assertEqual(sorted(wrong), ["security-audit", "security-logs"])
        result = self.run_job(JOB % (rules % "[Root/S*, Root]", "1h"), env)
        self.assert_exit(result, 0)


class AgainstMoto(Selection):
    """An organization of nested OUs, accounts moved about and tagged; what boto3 finds out about it
    is what orgrun must select."""

    def setUp(self):
        super().setUp()
        self.server = Moto()
        self.server.start()
        self.addCleanup(self.server.stop)
        self.server.fetch_bytes("/moto-api/seed?a=42", b"")
        self.org = boto3.client("organizations", endpoint_url=self.server.url,
                                region_name="us-east-1", aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                                aws_secret_access_key="secret")
        self.env = plain_environment(self.home)
        self.env.update({"AWS_ENDPOINT_URL": self.server.url, "AWS_REGION": "us-east-1",
                         "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
                         "AWS_SECRET_ACCESS_KEY": "secret"})
        self.seed()

    def seed(self):
        self.org.create_organization(FeatureSet="ALL")
        self.root = self.org.list_roots()["Roots"][0]["Id"]
        self.ous = {"/": self.root}
        for path in ("/A", "/A/B", "/A/B/C", "/A/B/C/D", "/A b", "/Z", "/Z/A"):
            parent, _, name = path.rpartition("/")
            made = self.org.create_organizational_unit(ParentId=self.ous[parent or "/"], Name=name)
            self.ous[path] = made["OrganizationalUnit"]["Id"]
        paths = list(self.ous)
        for i in range(32):
            made = self.org.create_account(AccountName=f"m-{i:02d}", Email=f"m{i}@example.com",
                                           Tags=[{"Key": "n", "Value": str(i % 3)}])
            account = made["CreateAccountStatus"]["AccountId"]
            path = paths[i % len(paths)]
            if path != "/":
                self.org.move_account(AccountId=account, SourceParentId=self.root,
                                      DestinationParentId=self.ous[path])
            if i % 2:
                self.org.tag_resource(ResourceId=account,
                                      Tags=[{"Key": "odd key", "Value": "yes, odd"}])

    def pages(self, call, **arguments):
        answer = call(**arguments)
        while True:
            yield answer
            if not answer.get("NextToken"):
                return
            answer = call(NextToken=answer["NextToken"], **arguments)

    def below(self, parent, recursive=True):
        found = {a["Id"] for page in self.pages(self.org.list_accounts_for_parent, ParentId=parent)
                 for a in page["Accounts"]}
        if recursive:
            for page in self.pages(self.org.list_organizational_units_for_parent, ParentId=parent):
                for ou in page["OrganizationalUnits"]:
                    found |= self.below(ou["Id"])
        return found

    def tags_of(self, account):
        return {t["Key"]: t["Value"]
                for page in self.pages(self.org.list_tags_for_resource, ResourceId=account)
                for t in page["Tags"]}

    def test_agrees_with_boto3_on_ous(self):
        for path, ou in self.ous.items():
            for recursive in (True, False):
                wanted = self.below(ou, recursive)
                for name in (path, ou):
                    rules = json.dumps({"organization": {"ous": [name], "recursive": recursive}})
                    self.assertEqual(self.selected(self.env, accounts=rules), wanted, rules)
        wanted = self.below(self.ous["/A/B/C"]) | self.below(self.ous["/Z"])
        self.assertEqual(self.selected(self.env, "--ou", "/A/B/C", "--ou", self.ous["/Z"]), wanted)

    def test_agrees_with_boto3_on_tags(self):
        everything = self.below(self.root)
        tags = {account: self.tags_of(account) for account in everything}
        for arguments, keep in (
                (["n=0"], lambda t: t.get("n") == "0"),
                (["n=0", "n=2"], lambda t: t.get("n") in ("0", "2")),
                (["n=1", "odd key=yes, odd"], lambda t: t.get("n") == "1" and "odd key" in t),
                (["none=x"], lambda t: False)):
            options = [word for tag in arguments for word in ("--tag", tag)]
            wanted = {a for a in everything if keep(tags[a])}
            self.assertEqual(self.selected(self.env, *options), wanted, arguments)
        wanted = {a for a in self.below(self.ous["/A"]) if tags[a].get("n") == "1"}
        self.assertEqual(self.selected(self.env, "--ou", "/A", "--tag", "n=1"), wanted)

    def test_an_account_that_moved_is_found_with_refresh(self):
        moved = next(iter(self.below(self.ous["/Z/A"])))
        self.assertIn(moved, self.selected(self.env, "--ou", "/Z/A"))
        self.org.move_account(AccountId=moved, SourceParentId=self.ous["/Z/A"],
                              DestinationParentId=self.ous["/A/B"])
        self.assertNotIn(moved, self.selected(self.env, "--ou", "/A/B"))
        self.assertIn("--refresh asks again", self.said)
        self.assertIn(moved, self.selected(self.env, "--refresh", "--ou", "/A/B"))

    def test_a_new_ou_is_found_although_the_cache_does_not_know_it(self):
        self.selected(self.env, "--ou", "/Z")
        made = self.org.create_organizational_unit(ParentId=self.root, Name="New")
        account = self.org.create_account(AccountName="new", Email="new@example.com")
        account = account["CreateAccountStatus"]["AccountId"]
        self.org.move_account(AccountId=account, SourceParentId=self.root,
                              DestinationParentId=made["OrganizationalUnit"]["Id"])
        self.assertEqual(self.selected(self.env, "--ou", "/New"), {account})


if __name__ == "__main__":
    unittest.main()
