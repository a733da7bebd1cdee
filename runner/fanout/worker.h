// SPDX-License-Identifier: MIT
// A worker: takes targets, and for each reads straight down: session, child, outcome.
#ifndef ORGRUN_FANOUT_WORKER_H
#define ORGRUN_FANOUT_WORKER_H

#include "fanout/run.h"

struct worker {
    struct run *run;
    unsigned slot; /* in exec */
};

/* One more worker, unless there are as many as may be. 0, or negative when not even the first
 * thread could be started. */
int workers_grow(struct run *r, struct orgrun_error *err);

/* Waits until the queue is closed and drained and every worker has ended. */
void workers_join(struct run *r);

#endif
