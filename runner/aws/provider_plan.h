// SPDX-License-Identifier: MIT
// The plan of the provider chain: which provider would be asked, and why each before it is passed
// over. No network and no file but what env holds.
#ifndef ORGRUN_AWS_PROVIDER_PLAN_H
#define ORGRUN_AWS_PROVIDER_PLAN_H

#include "aws/provider.h"

enum provider_step_state {
    PROVIDER_STEP_PASSED,     /* not configured here; detail says why */
    PROVIDER_STEP_CHOSEN,     /* the one that is asked; detail says with what */
    PROVIDER_STEP_REACHED_NOT /* a provider before it is asked */
};

struct provider_step {
    const char *provider;
    enum provider_step_state state;
    const char *detail; /* "" for what is not reached */
};
typedef void provider_step_fn(void *user, const struct provider_step *step);

/* Visits every provider in the order of the chain. */
void provider_plan(const struct provider_env *env, provider_step_fn *visit, void *user);

/* One profile on the way to the keys: the chosen one first, then what it is assumed with. */
struct provider_hop {
    const char *profile; /* NULL for a credential_source */
    const char *kind;    /* "assume role", "static keys", "Identity Center", ... */
    const char *detail;  /* the role's ARN, the command, ...; "" when there is nothing to add */
};
typedef void provider_hop_fn(void *user, const struct provider_hop *hop);

/* Visits the profiles from the one in force to the keys. Errors are those that loading gives: a
 * profile that is not there, leads back to itself, or is half set; what was visited stands. */
int provider_plan_profile(const struct provider_env *env, provider_hop_fn *visit, void *user,
                          struct orgrun_error *err);

#endif
