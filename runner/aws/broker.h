// SPDX-License-Identifier: MIT
// The session broker: assumes roles ahead of the workers, once per account and run.
#ifndef ORGRUN_AWS_BROKER_H
#define ORGRUN_AWS_BROKER_H

#include "aws/call.h"
#include "aws/sts.h"

/* What it takes to get into one account; borrowed during broker_expect, which copies it. */
struct broker_request {
    const char *account_id;
    const char *role_arn; /* of that account */
    const char *session_name;
    int64_t duration_s;
    const char *external_id; /* or NULL */
};

struct broker_opts {
    struct aws_client *client;
    struct endpoint sts;
    struct credentials *source; /* a reference is taken */
    const char *caller_arn;     /* for messages; NULL until known (broker_set_caller) */
    int ahead;                  /* assumed or being assumed and not yet asked for; 0 = 64 */
    int64_t refresh_before_ms;  /* a session with less left than this is assumed anew; 0 = 5 min */
};

struct broker;

int broker_new(struct broker **out, const struct broker_opts *opts, struct orgrun_error *err);
/* Wakes every waiter with ORGRUN_ECANCELLED, lets calls in flight end, wipes all sessions. */
void broker_free(struct broker *b);

/* Who the source credentials are, once known: named in denial messages. Copies arn. */
void broker_set_caller(struct broker *b, const char *arn);

/* Announces that `users` targets (at least 1) will ask for the account's session; it is assumed
 * ahead in the order of announcement, at most `ahead` at a time. Announcing an account twice adds
 * to its users. 0, ORGRUN_ENOMEM, ORGRUN_EUSAGE. */
int broker_expect(struct broker *b, const struct broker_request *request, int users,
                  struct orgrun_error *err);

/* Waits for the account's session; an account not yet begun goes first. 0 with *out holding a
 * reference; the error AWS gave (the same for each asker; it is not asked again); ORGRUN_EPROTOCOL
 * when the answer is for another account; ORGRUN_ECANCELLED. AccessDenied errors name role, caller,
 * AWS's message and request id, and hint the trust statement that would mend it. */
int broker_get(struct broker *b, const char *account_id, struct credentials **out,
               struct orgrun_error *err);

/* One user of the account is done with it; the last one drops the session (and wipes it). */
void broker_release(struct broker *b, const char *account_id);

/* Wakes all waiters with ORGRUN_ECANCELLED and begins no further call. */
void broker_cancel(struct broker *b);

struct broker_stats {
    uint64_t calls, assumed, denied, failed;
};
struct broker_stats broker_stats(struct broker *b);

#endif
