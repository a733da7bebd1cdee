// SPDX-License-Identifier: MIT
// The organization's data: a table of 26 named accounts, then as many generated ones as asked for.
#include "sandbox/org.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OU_SECURITY, OU_WORKLOADS, OU_PROD, OU_DEV, OU_SANDBOX, OU_LEN };

const struct org_ou org_ous[] = {
    [OU_SECURITY] = {"ou-sb0x-secur1ty", "Security", -1},
    [OU_WORKLOADS] = {"ou-sb0x-w0rkload", "Workloads", -1},
    [OU_PROD] = {"ou-sb0x-pr0dpr0d", "Prod", OU_WORKLOADS},
    [OU_DEV] = {"ou-sb0x-d3vd3vd3", "Dev", OU_WORKLOADS},
    [OU_SANDBOX] = {"ou-sb0x-sandb0x1", "Sandbox", -1},
};
const int org_ous_len = OU_LEN;

static const struct {
    const char *name;
    int ou;
} named[] = {
    {"organization-management", -1},
    {"security-audit", OU_SECURITY},
    {"security-logs", OU_SECURITY},
    {"platform-prod", OU_PROD},
    {"platform-dev", OU_DEV},
    {"data-prod", OU_PROD},
    {"data-dev", OU_DEV},
    {"payments-prod", OU_PROD},
    {"payments-dev", OU_DEV},
    {"web-prod", OU_PROD},
    {"web-dev", OU_DEV},
    {"search-prod", OU_PROD},
    {"search-dev", OU_DEV},
    {"identity-prod", OU_PROD},
    {"identity-dev", OU_DEV},
    {"ml-prod", OU_PROD},
    {"ml-dev", OU_DEV},
    {"mobile-prod", OU_PROD},
    {"mobile-dev", OU_DEV},
    {"Données & Qualité – prod", OU_PROD},
    {"network-prod", OU_PROD},
    {"network-dev", OU_DEV},
    {"billing-prod", OU_PROD},
    {"O'Brien's sandbox", OU_SANDBOX},
    {"sandbox-alice", OU_SANDBOX},
    {"sandbox-bob", OU_SANDBOX},
};
#define NAMED_LEN (sizeof(named) / sizeof(named[0]))

static const char *const teams[] = {"platform", "data", "web", "payments", "search", "ml"};
#define TEAMS_LEN (sizeof(teams) / sizeof(teams[0]))

/* Multiplying by a number coprime to 10^12 visits every id once, so ids never collide. */
static void account_id(size_t i, char out[13])
{
    const unsigned __int128 step = 618033988749u, modulus = 1000000000000u;
    unsigned long long id =
        (unsigned long long)(((unsigned __int128)i * step + 111122223333u) % modulus);
    snprintf(out, 13, "%012llu", id);
}

static int account_name(struct org_account *a, size_t i, bool suspended)
{
    if (suspended) {
        a->ou = OU_SANDBOX;
        return asprintf(&a->name, "closed-%02zu", i);
    }
    if (i < NAMED_LEN) {
        a->ou = named[i].ou;
        return (a->name = strdup(named[i].name)) ? 0 : -1;
    }
    bool prod = i % 2 == 0;
    a->ou = prod ? OU_PROD : OU_DEV;
    return asprintf(&a->name, "%s-%s-%04zu", teams[i % TEAMS_LEN], prod ? "prod" : "dev", i);
}

static int compare_by_id(const void *a, const void *b, void *user)
{
    const struct org *org = user;
    return strcmp(org->accounts[*(const size_t *)a].id, org->accounts[*(const size_t *)b].id);
}

static int fill(struct org *org, size_t active)
{
    for (size_t i = 0; i < org->len; i++) {
        struct org_account *a = &org->accounts[i];
        account_id(i, a->id);
        a->suspended = i >= active;
        a->mfa = true;
        a->joined_s = 1577836800 + (int64_t)i * 86400;
        if (account_name(a, a->suspended ? i - active + 1 : i, a->suspended) < 0 ||
            asprintf(&a->email, "aws+%s@example.com", a->id) < 0)
            return ORGRUN_ENOMEM;
        org->by_id[i] = i;
    }
    return 0;
}

int org_init(struct org *org, const char *partition, size_t active, size_t suspended, size_t denied,
             struct orgrun_error *err)
{
    *org = (struct org){.partition = partition};
    if (active < 1 || active > ORG_ACCOUNTS_MAX || suspended > ORG_ACCOUNTS_MAX)
        return error_set(err, ORGRUN_EUSAGE, "accounts must be 1 to %d", ORG_ACCOUNTS_MAX);
    if (denied > active - 1)
        return error_set(err, ORGRUN_EUSAGE,
                         "%zu denied accounts asked for, but only %zu are not the management "
                         "account",
                         denied, active - 1);
    org->len = active + suspended;
    org->accounts = calloc(org->len, sizeof(*org->accounts));
    org->by_id = calloc(org->len, sizeof(*org->by_id));
    if (!org->accounts || !org->by_id || fill(org, active) != 0) {
        org_clear(org);
        return error_nomem(err);
    }
    for (size_t k = 0; k < denied; k++)
        org->accounts[1 + (6 + k) % (active - 1)].denied = true;
    if (active > 1)
        org->accounts[1 + 15 % (active - 1)].mfa = false;
    qsort_r(org->by_id, org->len, sizeof(*org->by_id), compare_by_id, org);
    return 0;
}

void org_clear(struct org *org)
{
    for (size_t i = 0; org->accounts && i < org->len; i++) {
        free(org->accounts[i].name);
        free(org->accounts[i].email);
    }
    free(org->accounts);
    free(org->by_id);
    *org = (struct org){0};
}

struct org_account *org_find(const struct org *org, const char *id)
{
    size_t low = 0, high = org->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct org_account *a = &org->accounts[org->by_id[middle]];
        int order = strcmp(id, a->id);
        if (order == 0)
            return a;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

int org_ou_find(const char *id)
{
    if (strcmp(id, ORG_ROOT_ID) == 0)
        return -1;
    for (int i = 0; i < OU_LEN; i++)
        if (strcmp(id, org_ous[i].id) == 0)
            return i;
    return -2;
}

const char *org_ou_id(int ou)
{
    return ou < 0 ? ORG_ROOT_ID : org_ous[ou].id;
}

const char *org_environment(const struct org_account *a)
{
    static const char *const of[] = {[OU_SECURITY] = "security",
                                     [OU_WORKLOADS] = "prod",
                                     [OU_PROD] = "prod",
                                     [OU_DEV] = "dev",
                                     [OU_SANDBOX] = "sandbox"};
    return a->ou < 0 ? "security" : of[a->ou];
}
