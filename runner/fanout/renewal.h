// SPDX-License-Identifier: MIT
// Renewal: the thread that gets new source credentials before the old ones end.
#ifndef ORGRUN_FANOUT_RENEWAL_H
#define ORGRUN_FANOUT_RENEWAL_H

#include "aws/broker.h"
#include "fanout/source.h"

struct renewal {
    struct source *source;
    struct broker *broker;
    /* There are none to be had any more; `why` is a sentence. The renewal's thread, once. */
    void (*on_lost)(void *user, const char *why);
    void *user;

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

/* Starts the thread. Zero-initialise but for the first four members. renewal_end either way. */
int renewal_start(struct renewal *n, struct orgrun_error *err);

/* Asks for new ones at once: for broker_opts.renew. Any thread. */
void renewal_ask(void *renewal);

/* After source_stop, so that it does not wait for the network. */
void renewal_end(struct renewal *n);

#endif
