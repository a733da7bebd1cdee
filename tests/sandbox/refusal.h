// SPDX-License-Identifier: MIT
// What STS says to whoever asks for the role of one account, in AWS's words.
#ifndef SANDBOX_REFUSAL_H
#define SANDBOX_REFUSAL_H

#include "sandbox/answer.h"

#include <stdbool.h>

struct refusal {
    const char *name; /* "scp": what options and /sandbox/config call it */
    int status;
    const char *code;
    bool of_caller; /* the message begins with who is not authorized to do what */
    const char *message;
};

/* By name, or NULL. */
const struct refusal *refusal_find(const char *name);

/* Answers AssumeRole. False for the refusals that are none: they spoil a session that is given. */
bool refusal_answer(const struct refusal *r, const char *caller_arn, const char *role_arn,
                    struct answer *answer);

/* AssumeRole answers with a session of this account instead; or NULL. */
const char *refusal_other_account(const struct refusal *r);

#endif
