// SPDX-License-Identifier: MIT
// Settings by name, the seeded generator, and the rate limit.
#include "sandbox/faults.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTING(field, type, what)                                                                 \
    {                                                                                              \
#field, type, offsetof(struct faults, field), sizeof(((struct faults *)0)->field), what    \
    }

const struct faults_setting faults_settings[] = {
    SETTING(latency, FAULTS_INTEGER, "milliseconds before each answer"),
    SETTING(throttle, FAULTS_RATE, "share of requests answered with Throttling"),
    SETTING(fail, FAULTS_RATE, "share answered with 500 or 503"),
    SETTING(reset, FAULTS_RATE, "share whose connection is closed without an answer"),
    SETTING(truncate, FAULTS_RATE, "share whose body ends short of its Content-Length"),
    SETTING(rate_limit, FAULTS_INTEGER, "requests a second, then Throttling; 0: no limit"),
    SETTING(fault_count, FAULTS_INTEGER, "so many faults by rate, then none; -1: no end"),
    SETTING(retry_after, FAULTS_INTEGER, "x-amz-retry-after of throttles, milliseconds"),
    SETTING(session_seconds, FAULTS_INTEGER, "how long every role's session lasts; 0: as asked"),
    SETTING(expire_roles, FAULTS_INTEGER, "so many keys of roles expire when next used"),
    SETTING(seed, FAULTS_INTEGER, "of the random sequence"),
    SETTING(only, FAULTS_TEXT, "the one operation that faults hit, as sts:AssumeRole"),
    SETTING(wrong_account, FAULTS_TEXT, "AssumeRole answers with this account's ARN"),
    SETTING(expired, FAULTS_FLAG, "the source key counts as expired"),
    SETTING(no_list_regions, FAULTS_FLAG, "account:ListRegions is denied"),
    SETTING(no_describe_regions, FAULTS_FLAG, "ec2:DescribeRegions is denied"),
    SETTING(organizations_limits, FAULTS_FLAG, "Organizations throttles as AWS documents it"),
    SETTING(ask_mfa, FAULTS_TEXT, "the account whose role asks for MFA, or all"),
    SETTING(hub, FAULTS_TEXT, "the account whose role alone the other roles trust"),
    SETTING(packed_size, FAULTS_INTEGER, "PackedPolicySize of sessions with policies or tags"),
    {0}};

void faults_init(struct faults *f)
{
    *f = (struct faults){.fault_count = -1, .retry_after = -1, .seed = 1, .random = 1};
}

static const struct faults_setting *setting_find(const char *name)
{
    for (const struct faults_setting *s = faults_settings; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

static bool setting_store(const struct faults_setting *s, struct faults *f, const json_t *value)
{
    void *field = (char *)f + s->offset;
    switch (s->type) {
    case FAULTS_INTEGER:
        if (!json_is_integer(value) || json_integer_value(value) < -1)
            return false;
        *(int64_t *)field = json_integer_value(value);
        return true;
    case FAULTS_RATE:
        if (!json_is_number(value) || json_number_value(value) < 0 || json_number_value(value) > 1)
            return false;
        *(double *)field = json_number_value(value);
        return true;
    case FAULTS_TEXT:
        if (!json_is_string(value) || json_string_length(value) >= s->size)
            return false;
        snprintf(field, s->size, "%s", json_string_value(value));
        return true;
    case FAULTS_FLAG:
        if (!json_is_boolean(value))
            return false;
        *(bool *)field = json_is_true(value);
        return true;
    }
    return false;
}

int faults_set(struct faults *f, const char *name, const json_t *value, struct orgrun_error *err)
{
    static const char *const wanted[] = {[FAULTS_INTEGER] = "a whole number",
                                         [FAULTS_RATE] = "a number from 0 to 1",
                                         [FAULTS_TEXT] = "a short text",
                                         [FAULTS_FLAG] = "true or false"};
    const struct faults_setting *s = setting_find(name);
    if (!s)
        return error_set(err, ORGRUN_ENOTFOUND, "no setting \"%s\"", name);
    if (!setting_store(s, f, value))
        return error_set(err, ORGRUN_EUSAGE, "%s must be %s", name, wanted[s->type]);
    if (strcmp(name, "seed") == 0)
        f->random = (uint64_t)f->seed * 2 + 1;
    if (strcmp(name, "rate_limit") == 0)
        f->tokens = (double)f->rate_limit;
    return 0;
}

int faults_set_text(struct faults *f, const char *name, const char *text, struct orgrun_error *err)
{
    const struct faults_setting *s = setting_find(name);
    json_t *value =
        s && s->type == FAULTS_TEXT ? json_string(text) : json_loads(text, JSON_DECODE_ANY, NULL);
    int rc = faults_set(f, name, value, err);
    json_decref(value);
    return rc;
}

/* A number in [0, 1): xorshift64*, enough for rates and the same everywhere. */
static double draw(struct faults *f)
{
    f->random ^= f->random >> 12;
    f->random ^= f->random << 25;
    f->random ^= f->random >> 27;
    return (double)((f->random * 0x2545F4914F6CDD1Du) >> 11) / (double)(1ull << 53);
}

static bool over_rate_limit(struct faults *f, int64_t mono_ms)
{
    if (f->rate_limit <= 0)
        return false;
    f->tokens += (double)(mono_ms - f->refilled_ms) * (double)f->rate_limit / 1000.0;
    if (f->refilled_ms == 0 || f->tokens > (double)f->rate_limit)
        f->tokens = (double)f->rate_limit;
    f->refilled_ms = mono_ms;
    if (f->tokens < 1)
        return true;
    f->tokens -= 1;
    return false;
}

/* Tokens a second and the most there are: Organizations User Guide, "Quotas and service limits". */
static const struct {
    const char *operation;
    double rate, burst;
} limits[FAULTS_BUCKETS] = {{"organizations:ListAccounts", 8, 12},
                            {"organizations:ListAccountsForParent", 5, 8},
                            {"organizations:ListOrganizationalUnitsForParent", 5, 8},
                            {"organizations:ListParents", 5, 8},
                            {"organizations:ListChildren", 6, 10},
                            {"organizations:ListTagsForResource", 10, 15},
                            {"organizations:ListRoots", 1, 2},
                            {"organizations:DescribeOrganization", 1, 2},
                            {"organizations:DescribeAccount", 20, 30}};

static bool over_documented_limit(struct faults *f, const char *operation, int64_t mono_ms)
{
    size_t i = 0;
    while (i < FAULTS_BUCKETS && strcmp(limits[i].operation, operation) != 0)
        i++;
    if (!f->organizations_limits || i == FAULTS_BUCKETS)
        return false;
    double tokens =
        f->buckets[i].tokens + (double)(mono_ms - f->buckets[i].at_ms) * limits[i].rate / 1000.0;
    if (f->buckets[i].at_ms == 0 || tokens > limits[i].burst)
        tokens = limits[i].burst;
    f->buckets[i].at_ms = mono_ms;
    f->buckets[i].tokens = tokens < 1 ? tokens : tokens - 1;
    return tokens < 1;
}

enum fault faults_draw(struct faults *f, const char *operation, int64_t mono_ms)
{
    if (f->only[0] && strcmp(f->only, operation) != 0)
        return FAULT_NONE;
    if (over_rate_limit(f, mono_ms) || over_documented_limit(f, operation, mono_ms))
        return FAULT_THROTTLE;
    if (f->fault_count == 0)
        return FAULT_NONE;
    double at = draw(f);
    const struct {
        double rate;
        enum fault fault;
    } shares[] = {{f->throttle, FAULT_THROTTLE},
                  {f->fail, FAULT_FAIL},
                  {f->reset, FAULT_RESET},
                  {f->truncate, FAULT_TRUNCATE}};
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        if (at < shares[i].rate) {
            if (f->fault_count > 0)
                f->fault_count--;
            return shares[i].fault;
        }
        at -= shares[i].rate;
    }
    return FAULT_NONE;
}
