#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What teams write first: a plain loop over the organization that assumes the role and runs a program."""

import os
import subprocess
import sys

import boto3

role, program = sys.argv[1], sys.argv[2:]
sts = boto3.client("sts")
for page in boto3.client("organizations", region_name="us-east-1").get_paginator("list_accounts").paginate():
    for account in page["Accounts"]:
        if account.get("State", account.get("Status")) != "ACTIVE":
            continue
        try:
            keys = sts.assume_role(
                RoleArn=f"arn:aws:iam::{account['Id']}:role/{role}", RoleSessionName="loop"
            )["Credentials"]
        except sts.exceptions.ClientError as error:
            print(account["Id"], error, file=sys.stderr)
            continue
        subprocess.run(
            program,
            env={
                "PATH": os.environ["PATH"],
                "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                "AWS_SESSION_TOKEN": keys["SessionToken"],
            },
            check=False,
        )
