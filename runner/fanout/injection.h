// SPDX-License-Identifier: MIT
// Injection: how a target's session reaches its child, and stays with it.
#ifndef ORGRUN_FANOUT_INJECTION_H
#define ORGRUN_FANOUT_INJECTION_H

#include "fanout/run.h"

/* One child's. Embedded; must not move between injection_begin and injection_end. */
struct injection {
    struct run *run;
    struct redact_set *redact;
    struct credential_grant *grant; /* NULL: the keys are in the environment */
    char last_key[129];             /* the access key id whose secrets were added to redact last */
};

/* Puts the session into the environment, or, as the task says, a grant of the run's credential
 * endpoint, and everything secret about either into redact (borrowed until injection_end). What is
 * in the environment already may not stand in its place. Errors of child_env_set, redact_set_add
 * and credential_endpoint_grant. injection_end either way. Renewed keys go into redact before the
 * child has them; when it can take no more (redact_set_add), the child gets no more. */
int injection_begin(struct injection *in, struct run *r, const struct target *t,
                    struct credentials *session, struct child_env *env, struct redact_set *redact,
                    struct orgrun_error *err);

/* Puts what a program needs to use a grant into its environment. ORGRUN_ENOMEM. */
int injection_set_grant(const struct credential_grant *g, struct child_env *env,
                        struct orgrun_error *err);

/* The child is gone, or was never started. Safe on a zeroed injection. */
void injection_end(struct injection *in);

#endif
