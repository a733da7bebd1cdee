// SPDX-License-Identifier: MIT
// Renewal: the thread that gets new source credentials, or another login, before the old end.
#ifndef ORGRUN_FANOUT_RENEWAL_H
#define ORGRUN_FANOUT_RENEWAL_H

#include "aws/broker.h"
#include "fanout/source.h"

/* What is renewed. */
struct renewable {
    void *self;
    const struct orgrun_ctx *ctx;    /* its log */
    const struct aws_client *client; /* whose clock counts: AWS's, as far as it is known */
    int64_t (*expires_ms)(void *self);
    /* Gets new ones and puts them in force, in the broker too, which may be NULL. What it waits for
     * besides the network is cut short once stop_fd is readable. The renewal's thread. */
    int (*renew)(void *self, int stop_fd, struct broker *broker, struct orgrun_error *err);
    /* Sets *out: what a person reads when they ended and could not be renewed for that reason. */
    void (*describe_loss)(void *self, const struct orgrun_error *why, struct orgrun_error *out);
    bool until_refused; /* good until AWS refuses them, whatever the clock says */
};

/* A source's keys. */
struct renewable renewal_of_source(struct source *source);

struct renewal {
    struct renewable of;
    struct broker *broker; /* that opens sessions with them, or NULL */
    /* There are none to be had any more; `why` is a sentence. The renewal's thread, once. */
    void (*on_lost)(void *user, const char *why);
    void *user;

    bool ready; /* renewal_init was called */
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool asked; /* AWS says that they expired */
    bool over;
    int over_fd; /* readable then */
};

/* When to begin renewing credentials that end at expires_ms, in Unix milliseconds; INT64_MAX for
 * those that do not end. Five minutes before, or for shorter ones after three quarters of what is
 * left. */
int64_t renewal_due(int64_t expires_ms, int64_t now_ms);

/* Sets up what is zero but for the first four members; renewal_ask is remembered from then on.
 * renewal_clear either way, also when it was never set up. */
int renewal_init(struct renewal *n, struct orgrun_error *err);

/* Starts the thread. Once the source's identity is known: renewed keys are held against it. */
int renewal_start(struct renewal *n, struct orgrun_error *err);

/* Asks for new ones at once: for broker_opts.renew. Any thread. */
void renewal_ask(void *renewal);

/* Ends the thread. After source_stop, so that it does not wait for the network. */
void renewal_end(struct renewal *n);

/* After the last renewal_ask, which is broker_free. */
void renewal_clear(struct renewal *n);

#endif
