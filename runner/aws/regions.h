// SPDX-License-Identifier: MIT
// Which Regions are enabled for the account of a session: account:ListRegions, else
// ec2:DescribeRegions.
#ifndef ORGRUN_AWS_REGIONS_H
#define ORGRUN_AWS_REGIONS_H

#include "aws/call.h"
#include "base/strv.h"

/* Reads a ListRegions answer (REST-JSON): appends the names of Regions that are enabled, by default
 * or on request; *next_token is heap, or NULL at the end. ORGRUN_EPROTOCOL, ORGRUN_ENOMEM. */
int regions_parse_account(const char *json, size_t len, struct strv *out, char **next_token,
                          struct orgrun_error *err);

/* The same of a DescribeRegions answer (EC2's query protocol, version 2016-11-15), which has one
 * page. */
int regions_parse_ec2(const char *xml, size_t len, struct strv *out, struct orgrun_error *err);

/* Where to ask; borrowed until regions_end. */
struct regions_ask {
    struct aws_client *client;
    const struct endpoint *account, *ec2;
    struct credentials *session;
};

/* Starts ListRegions; regions_end waits for it, takes further pages, and where the service refuses
 * or cannot be reached asks ec2:DescribeRegions. *out (zeroed) receives the names, sorted; it stays
 * empty on failure. Errors are those of DescribeRegions, with what ListRegions said in front. */
int regions_begin(struct aws_pending **out, const struct regions_ask *ask,
                  struct orgrun_error *err);
int regions_end(struct aws_pending *pending, const struct regions_ask *ask, struct strv *out,
                struct orgrun_error *err);

#endif
