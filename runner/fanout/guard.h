// SPDX-License-Identifier: MIT
// Guard: while a source's keys or a login are had, a stop request ends the network.
#ifndef ORGRUN_FANOUT_GUARD_H
#define ORGRUN_FANOUT_GUARD_H

#include "fanout/source.h"

/* Before a run or a doctor listens itself there is nobody else to hear a stop request. */
struct guard {
    struct source *source;
    pthread_t thread;
    int over_fd; /* readable when the guard is to end */
    bool running;
};

/* Starts it. ORGRUN_EIO, ORGRUN_ENOMEM. guard_end either way. */
int guard_begin(struct guard *g, struct source *source, struct orgrun_error *err);

/* Ends it. Returns rc, what came of the guarded; where a stop request cut that short, err says so.
 * The request is left for others to read. */
int guard_end(struct guard *g, int rc, struct orgrun_error *err);

#endif
