// SPDX-License-Identifier: MIT
// The sandbox as a whole: everything that a request may touch. All of it belongs to the one HTTP
// thread once the server runs.
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include "sandbox/answer.h"
#include "sandbox/auth.h"
#include "sandbox/faults.h"
#include "sandbox/keys.h"
#include "sandbox/options.h"
#include "sandbox/org.h"
#include "sandbox/stats.h"

struct sandbox {
    const struct options *opts; /* borrowed */
    struct org org;
    struct keys keys;
    struct key *source; /* the management account's user; one of keys */
    bool mfa_used;      /* AWS takes a code once */
    struct faults faults;
    struct stats stats;
};

/* A request whose signature held. Borrowed. */
struct call {
    const struct key *caller;
    const struct auth_request *request;
    const char *action; /* "AssumeRole", "ListAccounts" */
};

/* 0; ORGRUN_EUSAGE for options that do not add up; ORGRUN_ENOMEM. opts is borrowed. */
int sandbox_init(struct sandbox *sb, const struct options *opts, struct orgrun_error *err);
void sandbox_clear(struct sandbox *sb);

/* Answers any request: an AWS call, or one to /sandbox/stats, /sandbox/config and
 * /sandbox/accounts. answer is initialised by the caller. */
void sandbox_answer(struct sandbox *sb, const struct auth_request *request, struct answer *answer);

/* One group of actions each; false when the action is not one of theirs. */
bool sts_answer(struct sandbox *sb, const struct call *call, struct answer *answer);
bool iam_answer(struct sandbox *sb, const struct call *call, struct answer *answer);
bool account_answer(struct sandbox *sb, const struct call *call, struct answer *answer);
bool ec2_answer(struct sandbox *sb, const struct call *call, struct answer *answer);
bool organizations_answer(struct sandbox *sb, const struct call *call, struct answer *answer);

/* Does the call come with an MFA code? False with the error answered when it is a wrong one. */
bool mfa_holds(struct sandbox *sb, const struct call *call, bool *shown, struct answer *answer);

/* The trust policy of a role: may the caller assume it? `shown`: with an MFA code. */
bool trust_holds(const struct sandbox *sb, const struct key *caller, const char *account,
                 const char *role, const char *external_id, bool shown);

/* /sandbox/...: settings and counts; false for an unknown path. */
bool control_answer(struct sandbox *sb, const struct auth_request *request, struct answer *answer);

#endif
