// SPDX-License-Identifier: MIT
// The organization the sandbox plays: accounts, organizational units and tags, the same each time.
#ifndef SANDBOX_ORG_H
#define SANDBOX_ORG_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORG_ACCOUNTS_MAX 100000
#define ORG_ID "o-sb0xorg0001"
#define ORG_ROOT_ID "r-sb0x"
#define ORG_ROOT_NAME "Root"

/* An organizational unit; the table is constant, and -1 stands for the root. */
struct org_ou {
    const char *id;
    const char *name;
    int parent; /* index into org_ous, or -1 */
};
extern const struct org_ou org_ous[];
extern const int org_ous_len;

struct org_account {
    char id[13]; /* some begin with zeros */
    char *name;
    char *email;
    int ou; /* index into org_ous, or -1 */
    int64_t joined_s;
    bool suspended;
    bool denied;                   /* its role does not let the caller in */
    const struct refusal *refusal; /* or NULL: what STS says to all who ask for its role */
    bool mfa;                      /* AccountMFAEnabled of GetAccountSummary */
};

struct org {
    const char *partition; /* borrowed */
    struct org_account *accounts;
    size_t len;
    size_t *by_id; /* indices, sorted by id */
};

/* Makes `active` accounts, the first of which is the management account, and `suspended` more after
 * them; `denied` of the active ones (never the management account) refuse their role, and one has
 * no root MFA. ORGRUN_EUSAGE when that does not add up; ORGRUN_ENOMEM. */
int org_init(struct org *org, const char *partition, size_t active, size_t suspended, size_t denied,
             struct orgrun_error *err);
void org_clear(struct org *org);

/* By 12-digit id, or NULL. */
struct org_account *org_find(const struct org *org, const char *id);

static inline const struct org_account *org_management(const struct org *org)
{
    return &org->accounts[0];
}

/* The index of an OU by id, -1 for the root's id, -2 for none. */
int org_ou_find(const char *id);

/* The id of an OU by index; the root's for -1. */
const char *org_ou_id(int ou);

/* "prod", "dev", "security" or "sandbox": the value of the account's tag "environment". */
const char *org_environment(const struct org_account *a);

#endif
