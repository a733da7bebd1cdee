# SPDX-License-Identifier: MIT
"""Regions by glob and `enabled`: what is enabled in each account, and what is told of the rest."""
import unittest

import boto3

from harness import Case, Moto, plain_environment

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGIONS = """
name: regions
accounts: {organization: true, include: ["data-*"]}
role: rol_sts_cross_account
regions: [eu-*, us-east-1, eu-south-1]
tasks:
  - {name: some, command: ["true"]}
  - {name: once, regions: none, command: ["true"]}
  - {name: every, regions: enabled, command: ["true"]}
  - {name: nowhere, regions: "me-*", command: ["true"]}
"""
MANY = """
accounts: {organization: true}
role: rol_sts_cross_account
regions: us-east-?
tasks: [{name: t, command: ["true"]}]
"""


class Regions(Case):
    def outcomes(self, result):
        """{(account name, task): {Region: (status, reason)}}."""
        found = {}
        for e in result.report["results"]:
            key = (e["account"]["name"], e["task"])
            found.setdefault(key, {})[e["region"]] = (e["status"], e["reason"])
        return found

    def check(self, server, result):
        self.assert_exit(result, 0)
        found = self.outcomes(result)
        passed, disabled = ("passed", ""), ("skipped", "the Region is not enabled in the account")
        always = dict.fromkeys(["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3",
                                "us-east-1"], passed)
        self.assertEqual(found["data-dev", "some"], {**always, "eu-south-1": passed})
        self.assertEqual(found["data-prod", "some"], {**always, "eu-south-1": disabled})
        self.assertEqual(len(found["data-dev", "every"]), 18)
        self.assertEqual(len(found["data-prod", "every"]), 17)
        for account in ("data-dev", "data-prod"):
            self.assertEqual(found[account, "once"], {None: passed})
            self.assertEqual(found[account, "nowhere"],
                             {"me-*": ("skipped", "no Region that is enabled in the account "
                                                  "matches")})
        self.assertEqual(set(server.stats()["assumed"].values()), {1})

    def test_by_what_is_enabled(self):
        server = self.sandbox(accounts=26, denied=0)
        self.check(server, self.run_job(REGIONS, server.environment(self.home)))
        self.assertNotIn("ec2:DescribeRegions", server.stats()["operations"])

    def test_nothing_was_run_is_not_passed(self):
        server = self.sandbox(accounts=4, denied=0)
        result = self.exec(server.environment(self.home), "--org", "--regions", "me-*", "--", "true")
        self.assert_exit(result, 3)
        self.assertEqual(result.report["summary"]["passed"], 0)
        self.assertIn("nothing was run", result.report["run"]["exit_reason"])

    def test_ec2_answers_where_the_account_service_refuses(self):
        server = self.sandbox(accounts=26, denied=0, no_list_regions="true")
        self.check(server, self.run_job(REGIONS, server.environment(self.home)))
        self.assertIn("ec2:DescribeRegions", server.stats()["operations"])

    def test_neither_answers(self):
        server = self.sandbox(accounts=26, denied=0, no_list_regions="true",
                              no_describe_regions="true")
        result = self.run_job(REGIONS, server.environment(self.home))
        self.assert_exit(result, 3)
        found = self.outcomes(result)
        self.assertEqual(found["data-dev", "once"], {None: ("passed", "")})
        for task, region in (("some", "eu-*"), ("every", "enabled"), ("nowhere", "me-*")):
            (status, reason), = found["data-dev", task].values()
            self.assertEqual((status, list(found["data-dev", task])), ("error", [region]))
            self.assertRegex(reason, "^cannot tell which Regions are enabled: account:ListRegions.*"
                                     "AccessDenied.*ec2:DescribeRegions.*UnauthorizedOperation")

    def test_a_denied_account_is_named_task_by_task(self):
        server = self.sandbox(accounts=26, denied=0)
        server.configure(deny=[a["id"] for a in server.accounts() if a["name"] == "data-dev"])
        result = self.run_job(REGIONS, server.environment(self.home))
        self.assert_exit(result, 3)
        found = self.outcomes(result)
        for task in ("some", "once", "every", "nowhere"):
            (status, reason), = found["data-dev", task].values()
            self.assertEqual(status, "error")
            self.assertIn("AccessDenied", reason)
        self.assertEqual(found["data-prod", "once"], {None: ("passed", "")})

    def test_many_accounts_and_patterns_in_lists(self):
        server = self.sandbox(accounts=90, denied=0)
        result = self.run_job(MANY, server.environment(self.home))
        self.assert_exit(result, 0)
        self.assertEqual(result.report["summary"]["passed"], 180)
        self.assertEqual(set(server.stats()["assumed"].values()), {1})

    def test_moto_has_regions_too(self):
        """moto knows no ListRegions; its DescribeRegions is what boto3 says it is."""
        server = Moto()
        server.start()
        self.addCleanup(server.stop)
        keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": SECRET,
                "endpoint_url": server.url, "region_name": "us-east-1"}
        boto3.client("organizations", **keys).create_organization(FeatureSet="ALL")
        wanted = {r["RegionName"] for r in
                  boto3.client("ec2", **keys).describe_regions()["Regions"]
                  if r["OptInStatus"] != "not-opted-in"}
        env = plain_environment(self.home)
        env.update({"AWS_ENDPOINT_URL": server.url, "AWS_REGION": "us-east-1",
                    "AWS_ACCESS_KEY_ID": keys["aws_access_key_id"],
                    "AWS_SECRET_ACCESS_KEY": SECRET})
        result = self.exec(env, "--org", "--regions", "enabled", "--", "true")
        self.assert_exit(result, 0)
        self.assertEqual({e["region"] for e in result.report["results"]}, wanted)
        self.assertGreater(len(wanted), 10)

    def test_slips_are_found_without_a_network(self):
        result = self.exec(plain_environment(self.home), "--org", "--regions", "eu-weast-*", "--",
                           "true")
        self.assert_exit(result, 2)
        self.assert_says(result, 'no Region matches "eu-weast-*"')


if __name__ == "__main__":
    unittest.main()
