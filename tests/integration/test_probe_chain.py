# SPDX-License-Identifier: MIT
"""orgrun-probe's `chain`: profile files and an environment to the ordered plan of providers."""
import json
import subprocess
import unittest

from harness import program

ENV_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "canary"}
ROLE = "arn:aws:iam::111122223333:role/r"
NO_IMDS = {"AWS_EC2_METADATA_DISABLED": "true"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": ROLE}
ECS = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}
KEYS = "aws_access_key_id = AKIAPROFILE\naws_secret_access_key = canary\n"
NAMES = ["environment", "web identity", "profile", "container", "instance metadata"]
SSO = ("sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n"
       "[sso-session corp]\nsso_start_url = https://x\nsso_region = us-east-1\n")

# name: (request, chosen, its detail, [(profile, kind, detail)], error)
TABLE = {
    "nothing": ({"env": NO_IMDS}, None, None, [], None),
    "environment": ({"env": ENV_KEYS, "config_file": f"[default]\n{KEYS}"}, "environment",
                    "access key AKIAENV", [], None),
    "environment with a token": (
        {"env": {**ENV_KEYS, "AWS_SESSION_TOKEN": "canary"}}, "environment",
        "access key AKIAENV with a session token", [], None),
    "half an environment": ({"env": {"AWS_SECRET_ACCESS_KEY": "canary"}}, "environment",
                            "access key (none)", [], None),
    "an empty variable is none": (
        {"env": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", **NO_IMDS}}, None, None, [],
        None),
    "web identity before the profile": (
        {"env": WEB, "config_file": f"[default]\n{KEYS}"}, "web identity", "the token in /t", [],
        None),
    "environment before web identity": ({"env": {**WEB, **ENV_KEYS}}, "environment",
                                        "access key AKIAENV", [], None),
    "a profile named passes both over": (
        {"env": {**WEB, **ENV_KEYS}, "profile": "a", "config_file": f"[profile a]\n{KEYS}"},
        "profile", 'the profile "a": static keys', [("a", "static keys", "AKIAPROFILE")],
        None),
    "AWS_PROFILE does not pass the environment over": (
        {"env": {**ENV_KEYS, "AWS_PROFILE": "a"}, "config_file": f"[profile a]\n{KEYS}"},
        "environment", "access key AKIAENV", [], None),
    "AWS_PROFILE": ({"env": {"AWS_PROFILE": "a"}, "credentials_file": f"[a]\n{KEYS}"}, "profile",
                    'the profile "a": static keys', [("a", "static keys", "AKIAPROFILE")],
                    None),
    "the default profile": ({"credentials_file": f"[default]\n{KEYS}"}, "profile",
                            'the profile "default": static keys',
                            [("default", "static keys", "AKIAPROFILE")], None),
    "a default profile without credentials": (
        {"env": ECS, "config_file": "[default]\nregion = us-east-1\n"}, "container",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", [], None),
    "a named profile without credentials": (
        {"env": ECS, "profile": "a", "config_file": "[profile a]\nregion = us-east-1\n"}, "profile",
        'the profile "a" holds no credentials', [("a", "no credentials", "")], None),
    "container before the instance": ({"env": ECS}, "container",
                                      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", [], None),
    "a container's full URI": (
        {"env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/x"}}, "container",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", [], None),
    "instance metadata": ({"env": {}}, "instance metadata", "http://169.254.169.254", [], None),
    "instance metadata over IPv6": (
        {"env": {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"}}, "instance metadata",
        "http://[fd00:ec2::254]", [], None),
    "a role of a profile of a role": (
        {"profile": "a", "config_file": f"[profile a]\nrole_arn = {ROLE}1\nsource_profile = b\n"
         f"[profile b]\nrole_arn = {ROLE}2\nsource_profile = c\n", "credentials_file":
         f"[c]\n{KEYS}"}, "profile", 'the profile "a": assume role',
        [("a", "assume role", ROLE + "1"), ("b", "assume role", ROLE + "2"),
         ("c", "static keys", "AKIAPROFILE")], None),
    "a role of its own keys": (
        {"profile": "a", "config_file": f"[profile a]\nrole_arn = {ROLE}\nsource_profile = a\n"
         f"{KEYS}"}, "profile", 'the profile "a": assume role',
        [("a", "assume role", ROLE), ("a", "static keys", "AKIAPROFILE")], None),
    "a role of a credential_source": (
        {"profile": "a", "config_file": f"[profile a]\nrole_arn = {ROLE}\n"
         "credential_source = Ec2InstanceMetadata\n"}, "profile",
        'the profile "a": assume role',
        [("a", "assume role", ROLE), (None, "Ec2InstanceMetadata", "")], None),
    "a role of a program": (
        {"profile": "a", "config_file": f"[profile a]\nrole_arn = {ROLE}\nsource_profile = b\n"
         "[profile b]\ncredential_process = x --password canary\n"}, "profile",
        'the profile "a": assume role',
        [("a", "assume role", ROLE), ("b", "credential_process", "")], None),
    "a web identity in a profile": (
        {"profile": "a", "config_file": f"[profile a]\nrole_arn = {ROLE}\n"
         "web_identity_token_file = /t\n"}, "profile", 'the profile "a": web identity',
        [("a", "web identity", ROLE)], None),
    "Identity Center": ({"profile": "a", "config_file": "[profile a]\n" + SSO}, "profile",
                        'the profile "a": Identity Center',
                        [("a", "Identity Center", "Reader in account 111122223333")], None),
    "a role before static keys": (
        {"config_file": f"[default]\n{KEYS}role_arn = {ROLE}\nsource_profile = default\n"},
        "profile", 'the profile "default": assume role',
        [("default", "assume role", ROLE), ("default", "static keys", "AKIAPROFILE")], None),
    "Identity Center before static keys": (
        {"config_file": f"[default]\n{KEYS}{SSO}"}, "profile",
        'the profile "default": Identity Center',
        [("default", "Identity Center", "Reader in account 111122223333")], None),
    "static keys before a program": (
        {"config_file": f"[default]\n{KEYS}credential_process = x\n"}, "profile",
        'the profile "default": static keys', [("default", "static keys", "AKIAPROFILE")],
        None),
    "a loop": (
        {"profile": "a", "config_file": f"[profile a]\nrole_arn = {ROLE}\nsource_profile = b\n"
         f"[profile b]\nrole_arn = {ROLE}\nsource_profile = a\n"}, "profile",
        'the profile "a": assume role',
        [("a", "assume role", ROLE), ("b", "assume role", ROLE)],
        'the profile "a" leads back to itself by source_profile'),
    "a source that is not there": (
        {"profile": "a", "config_file": f"[profile a]\nrole_arn = {ROLE}\nsource_profile = nowhere\n"},
        "profile", 'the profile "a": assume role', [("a", "assume role", ROLE)],
        'there is no profile "nowhere" in the shared config and credentials files'),
    "a profile that is not there": (
        {"profile": "aa", "config_file": f"[profile a]\n{KEYS}"}, "profile",
        'there is no profile "aa"', [],
        'there is no profile "aa" in the shared config and credentials files; did you mean "a"?'),
    "a file that is none": ({"config_file": "[profile a"}, None, None, [],
                            "config:1: Profile definition must end with ']'"),
    "files by the environment": (
        {"env": {"AWS_CONFIG_FILE": "/etc/c"}, "files": {"/etc/c": f"[default]\n{KEYS}"}},
        "profile", 'the profile "default": static keys',
        [("default", "static keys", "AKIAPROFILE")], None),
    "files at home": ({"files": {"~/.aws/credentials": f"[default]\n{KEYS}"}}, "profile",
                      'the profile "default": static keys',
                      [("default", "static keys", "AKIAPROFILE")], None),
}


def probe(requests):
    done = subprocess.run([program("ORGRUN_PROBE_BIN")], input=json.dumps(requests),
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


class Chain(unittest.TestCase):
    maxDiff = None

    def test_table(self):
        answers = probe([{"op": "chain", **row[0]} for row in TABLE.values()])
        self.assertEqual(len(answers), len(TABLE))
        for (name, (_, chosen, detail, profiles, error)), answer in zip(TABLE.items(), answers):
            with self.subTest(name):
                self.assertEqual(answer["chosen"], chosen)
                self.assertEqual([(p["profile"], p["kind"], p["detail"])
                                  for p in answer["profiles"]], profiles)
                self.assertEqual(answer.get("error"), error)
                self.assertNotIn("canary", json.dumps(answer))
                if error and not chosen:
                    continue
                self.assertEqual([p["provider"] for p in answer["providers"]], NAMES)
                at = NAMES.index(chosen) if chosen else len(NAMES)
                states = [p["state"] for p in answer["providers"]]
                self.assertEqual(states, (["passed"] * at + ["chosen"] + ["not reached"] * 5)[:5])
                for provider in answer["providers"][:at]:
                    self.assertTrue(provider["detail"], provider)
                if chosen:
                    self.assertEqual(answer["providers"][at]["detail"], detail)

    def test_whys(self):
        answer, named = probe([{"op": "chain", "env": NO_IMDS},
                               {"op": "chain", "env": {}, "profile": "a", "config_file": ""}])
        self.assertEqual([p["detail"] for p in answer["providers"]], [
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set",
            "AWS_WEB_IDENTITY_TOKEN_FILE is not set", 'there is no profile "default"',
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI are not "
            "set", "AWS_EC2_METADATA_DISABLED is true"])
        self.assertEqual([p["detail"] for p in named["providers"][:2]],
                         ["passed over, because a profile was named"] * 2)


if __name__ == "__main__":
    unittest.main()
