// SPDX-License-Identifier: MIT
// The context behind the public handle, and the stop request that may come from a signal handler.
#ifndef ORGRUN_FANOUT_CONTEXT_H
#define ORGRUN_FANOUT_CONTEXT_H

#include "base/clock.h"
#include "base/log.h"
#include "base/strv.h"
#include "orgrun/context.h"

#include <pthread.h>
#include <stdatomic.h>

struct orgrun_ctx {
    struct strv environment;
    char *state_dir;
    char *profile; /* or NULL */
    char *region;  /* or NULL */
    bool refresh;  /* the cache of the organization is not read */
    struct log log;
    pthread_mutex_t log_lock;
    orgrun_log_fn *log_fn;
    void *log_user;
    struct clock clock;
    orgrun_mfa_fn *mfa; /* or NULL */
    char *mfa_serial;   /* or NULL */
    void *mfa_user;

    /* The stop request: written by orgrun_run_stop, read by the run's control thread. */
    atomic_int stop_signal; /* the first signal, 0 = none */
    atomic_int stop_count;
    int stop_fd;              /* eventfd that orgrun_run_stop makes readable */
    pthread_mutex_t run_lock; /* held for the length of a run: one at a time */
};

/* Forgets the stop requests that a run or a doctor has heeded. */
void context_stop_reset(struct orgrun_ctx *ctx);

#endif
