// SPDX-License-Identifier: MIT
// The session behind the public handle.
#ifndef ORGRUN_FANOUT_SESSION_H
#define ORGRUN_FANOUT_SESSION_H

#include "aws/broker.h"
#include "aws/credential_endpoint.h"
#include "aws/portal.h"
#include "base/account.h"
#include "fanout/injection.h"
#include "fanout/renewal.h"
#include "fanout/source.h"
#include "orgrun/session.h"

/* What is copied of the options, by what it is. */
enum { POLICY, POLICY_ARNS, TAGS, TRANSITIVE, IDENTITY, VIA, TERMS };

struct orgrun_session {
    struct source source;
    struct portal *portal; /* in place of AssumeRole, or NULL */
    struct broker *broker;
    struct renewal renewal;
    char account[ACCOUNT_ID_SIZE];
    char region[64];      /* of requests that name none; "" = the source's */
    pthread_mutex_t lock; /* of serving: */
    struct credential_endpoint *endpoint;
    struct credential_grant *grant; /* NULL until somebody asks */
    struct child_env variables;
    struct job_hop *hops; /* of `texts`, as are the terms */
    struct sts_terms terms;
    struct strv texts[TERMS];
};

#endif
