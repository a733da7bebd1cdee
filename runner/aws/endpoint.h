// SPDX-License-Identifier: MIT
// Partitions and endpoints: from (service, Region) to URL and signing Region.
#ifndef ORGRUN_AWS_ENDPOINT_H
#define ORGRUN_AWS_ENDPOINT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct partition {
    const char *name; /* "aws", "aws-cn", ... : the second field of an ARN */
    const char *dns_suffix;
    const char *dual_stack_dns_suffix;
    bool supports_fips, supports_dual_stack;
    const char *implicit_global_region;
};

/* The partition a Region belongs to by the SDKs' partition data (prefix rules, `aws` for an unknown
 * one). Never NULL. */
const struct partition *partition_of_region(const char *region);

/* By name, or NULL. */
const struct partition *partition_find(const char *name);

/* One after the other, NULL past the last. */
const struct partition *partition_at(size_t i);

/* Looks like a Region name ("us-east-1", "eu-isoe-west-1")? A pure check of form. */
bool region_is_valid(const char *region);

struct endpoint_params {
    const char *service; /* as the SDKs call it, or its host's first label: "ec2", "ses", "email" */
    const char *region;
    bool use_fips;
    bool use_dual_stack;
    bool use_global_endpoint; /* sts only: the legacy global endpoint */
    const char *endpoint;     /* a custom URL (AWS_ENDPOINT_URL...), or NULL */
};

#define ENDPOINT_URL_SIZE 512
struct endpoint {
    char url[ENDPOINT_URL_SIZE]; /* scheme://host[:port][/path], no trailing slash */
    char signing_region[64];
    char signing_name[64];
};

/* Follows the rule sets of the AWS service models. ORGRUN_EUSAGE with the rule set's message for a
 * missing or malformed Region, FIPS or dual-stack where unsupported or with a custom endpoint, a
 * custom endpoint that is not an http(s) URL, and (ours) plain http to anything but loopback. */
int endpoint_resolve(const struct endpoint_params *params, struct endpoint *out,
                     struct orgrun_error *err);

/* Is host (of a URL) a loopback name or literal: localhost, 127.0.0.0/8, [::1]? */
bool endpoint_is_loopback(const char *url);

/* Is it one of AWS's link-local services: container credentials (169.254.170.2), EKS Pod Identity
 * (169.254.170.23, [fd00:ec2::23]), instance metadata (169.254.169.254, [fd00:ec2::254])? Like
 * loopback, these speak plain http and are never reached through a proxy. */
bool endpoint_is_link_local(const char *url);

/* The custom URL the environment gives for a service: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL,
 * unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true. NULL when none. `env` is a NULL-terminated
 * "NAME=value" array. Borrowed. */
const char *endpoint_from_env(const char *const *env, const char *service);

#endif
