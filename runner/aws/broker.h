// SPDX-License-Identifier: MIT
// The session broker: opens sessions ahead of the workers, once per account and run.
#ifndef ORGRUN_AWS_BROKER_H
#define ORGRUN_AWS_BROKER_H

#include "aws/call.h"
#include "aws/opener.h"
#include "aws/session_cause.h"
#include "aws/sts.h"

struct broker_opts {
    struct aws_client *client;
    struct opener opener; /* of the sessions; zero = AssumeRole, which takes what follows */
    struct endpoint sts;
    struct credentials *source;    /* a reference is taken; NULL for another opener */
    const struct sts_terms *terms; /* of every session, or NULL; borrowed */
    const struct log *log;         /* or NULL */
    const char *caller_arn;        /* for messages; NULL until known (broker_set_caller) */
    int ahead;                     /* assumed or being assumed and not yet asked for; 0 = 64 */
    bool ask_again; /* once somebody was told that an account failed, it is tried anew for whoever
                       asks next: for askers that live long, where a run wants one answer for all */
    int64_t refresh_before_ms; /* a session with less left than this is assumed anew; 0 = 5 min */
    /* AWS says that the source credentials expired: asks for new ones, without waiting for them;
     * broker_set_source or broker_lose_source is to follow. Network thread. NULL = there will be
     * none. */
    void (*renew)(void *user);
    void *renew_user;
};

struct broker;

int broker_new(struct broker **out, const struct broker_opts *opts, struct orgrun_error *err);
/* Wakes every waiter with ORGRUN_ECANCELLED, waits until they and the calls in flight have ended,
 * wipes all sessions. Stopping the HTTP client first (http_stop) cuts the calls short. No thread
 * may call the broker from then on. NULL is fine. */
void broker_free(struct broker *b);

/* Who the source credentials are, once known: named in denial messages. Copies arn. */
void broker_set_caller(struct broker *b, const char *arn);

/* Opens with these from now on, which may be what was asked for by `renew`; with an opener that has
 * its own, NULL says that those are new. Takes a reference. */
void broker_set_source(struct broker *b, struct credentials *source);

/* Were others asked for by `renew`, and have not come yet? */
bool broker_awaits_source(struct broker *b);

/* There are no source credentials any more: every account without a session gets this error. */
void broker_lose_source(struct broker *b, const struct orgrun_error *err);

/* Announces that `users` targets (at least 1) will ask for the account's session; it is assumed
 * ahead in the order of announcement, at most `ahead` at a time. Announcing an account twice adds
 * to its users. The request is copied. 0, ORGRUN_ENOMEM, ORGRUN_EUSAGE. */
int broker_expect(struct broker *b, const struct broker_request *request, int users,
                  struct orgrun_error *err);

/* Waits for the account's session; an account not yet begun goes first. 0 with *out holding a
 * reference; the error AWS gave (the same for each asker; unless ask_again, it is not asked again);
 * ORGRUN_EPROTOCOL when the answer is for another account; ORGRUN_ECREDENTIALS when the source
 * credentials expired; ORGRUN_EUSAGE for an account that was not announced, or whose users are all
 * done; ORGRUN_ECANCELLED, always, after broker_cancel. AccessDenied errors name role, caller,
 * AWS's message and request id, and hint the trust statement that would mend it. A session that
 * ends within refresh_before_ms is assumed anew first, once for all who ask meanwhile; where that
 * cannot be, it is used to its end. */
int broker_get(struct broker *b, const char *account_id, struct credentials **out,
               struct orgrun_error *err);

/* The same for an asker that keeps them for long: one that ends within 20 minutes, which is earlier
 * than the SDKs ask again, or within a third of its lifetime, is assumed anew first. Where that
 * failed it is tried again, at most once a minute. */
int broker_get_lasting(struct broker *b, const char *account_id, struct credentials **out,
                       struct orgrun_error *err);

/* Either of them (lasting: the second), with the cause when there is no session: why->err is what
 * they would say. */
int broker_try(struct broker *b, const char *account_id, bool lasting, struct credentials **out,
               struct session_failure *why);

/* AWS calls these credentials of the account expired, whatever it said of their end: unless they
 * have been replaced since, nobody gets them again, and who asks next has the session assumed anew.
 * An account unknown to the broker is ignored. */
void broker_renew(struct broker *b, const char *account_id, const struct credentials *refused);

/* One user of the account is done with it, whether it asked or not; the last one drops the session
 * (and wipes it). An account unknown to the broker is ignored. */
void broker_release(struct broker *b, const char *account_id);

/* Wakes all waiters with ORGRUN_ECANCELLED and begins no further call. */
void broker_cancel(struct broker *b);

/* Have the source credentials expired, with no others to be had? From then on AWS is asked no more:
 * every account without a session yet gets that error, so a run had better start nothing further.
 */
bool broker_source_expired(struct broker *b);

struct broker_stats {
    uint64_t calls;   /* sessions asked for, retries of a call not counted */
    uint64_t assumed; /* ended with a session */
    uint64_t denied;  /* AWS said AccessDenied or the like */
    uint64_t failed;  /* ended in any other error */
};
struct broker_stats broker_stats(struct broker *b);

#endif
