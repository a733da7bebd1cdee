// SPDX-License-Identifier: MIT
// Why there is no session of an account: one classification for whoever asks for sessions. Values
// in, values out.
#ifndef ORGRUN_AWS_SESSION_CAUSE_H
#define ORGRUN_AWS_SESSION_CAUSE_H

#include "aws/call.h"
#include "aws/sts.h"

enum session_cause {
    SESSION_CAUSE_NONE = 0,
    /* What keeps the caller out. */
    SESSION_CAUSE_NOT_TRUSTED,    /* no such role, not trusted, or another external id */
    SESSION_CAUSE_TRUST_POLICY,   /* AWS says that it is the role's trust policy */
    SESSION_CAUSE_CONTEXT,        /* session tags or a source identity may not be passed */
    SESSION_CAUSE_SOURCE_POLICY,  /* the caller's own policies */
    SESSION_CAUSE_BOUNDARY,       /* the caller's permissions boundary */
    SESSION_CAUSE_SESSION_POLICY, /* the session policy of the source credentials */
    SESSION_CAUSE_SCP,            /* a service control policy */
    SESSION_CAUSE_RCP,            /* a resource control policy */
    SESSION_CAUSE_ENDPOINT,       /* a VPC endpoint's policy */
    SESSION_CAUSE_DENY,           /* a Deny in a policy that AWS does not name */
    /* What is wrong with the request. */
    SESSION_CAUSE_DURATION, /* longer than the role allows */
    SESSION_CAUSE_CHAINING, /* longer than an hour, from a session of a role */
    SESSION_CAUSE_REGION,   /* STS is not active there for the account */
    SESSION_CAUSE_TERMS,    /* session policies or tags, as a whole */
    SESSION_CAUSE_REQUEST,  /* anything else that AWS does not take */
    /* What is wrong with the caller. */
    SESSION_CAUSE_SOURCE_EXPIRED,
    SESSION_CAUSE_SOURCE_UNKNOWN,
    SESSION_CAUSE_SOURCE_ACCOUNT, /* `management: source`, and they are of another account */
    SESSION_CAUSE_CLOCK,
    /* What keeps a user of Identity Center out. */
    SESSION_CAUSE_LOGIN,
    SESSION_CAUSE_PERMISSION_SET,
    /* What stands between. */
    SESSION_CAUSE_THROTTLED,
    SESSION_CAUSE_NETWORK,
    SESSION_CAUSE_UNAVAILABLE, /* AWS cannot answer now */
    SESSION_CAUSE_ANSWER,      /* it cannot be understood */
    SESSION_CAUSE_WRONG_ACCOUNT,
    /* No question was asked, or not to its end. */
    SESSION_CAUSE_NOT_ACTIVE, /* by Organizations' state of the account */
    SESSION_CAUSE_CANCELLED,
    SESSION_CAUSE_OTHER,
    SESSION_CAUSES
};

/* A word for programs ("not-trusted"), and what is wrong as a phrase that holds for any account;
 * "" for SESSION_CAUSE_NONE. */
const char *session_cause_name(enum session_cause cause);
const char *session_cause_summary(enum session_cause cause);

/* How a session could not be had. */
struct session_failure {
    enum session_cause cause;
    struct orgrun_error err;
};

/* What was asked; borrowed. */
struct session_ask {
    const char *role_arn;
    const char *external_id;       /* or NULL */
    const struct sts_terms *terms; /* or NULL */
    const char *caller_arn;        /* NULL when not known: AWS's own message may name the caller */
};

/* The cause by what AWS answered; by fault alone unless it is HTTP_OK. */
enum session_cause session_cause_of(const struct awserror *aws, enum http_fault fault);

/* Why AssumeRole failed: from its answer, whose err call.c has set. A denial names role, caller,
 * AWS's message and request id, and hints what would mend it, with the statement to add; other
 * causes get a hint. The hint names no account, so that failures alike have the same one. */
void session_cause_explain(const struct session_ask *ask, const struct aws_answer *answer,
                           struct session_failure *out);

/* The ARN that a trust policy names for a caller: the role of an assumed-role ARN (whose path, if
 * it has one, the ARN does not tell), any other as it is. Heap, or NULL when out of memory. */
char *session_cause_principal(const char *caller_arn);

/* ORGRUN_EUSAGE when the caller is itself a session of a role and duration_s is more than STS lets
 * such a one ask for (role chaining, STS API Reference, AssumeRole); caller_arn may be NULL. */
int session_cause_check_duration(const char *caller_arn, int64_t duration_s,
                                 struct orgrun_error *err);

#endif
