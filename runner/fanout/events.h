// SPDX-License-Identifier: MIT
// Events: what a run tells its embedder, one call at a time.
#ifndef ORGRUN_FANOUT_EVENTS_H
#define ORGRUN_FANOUT_EVENTS_H

#include "orgrun/run.h"

#include <pthread.h>

struct events {
    pthread_mutex_t lock;
    orgrun_event_fn *fn; /* NULL swallows */
    void *user;
};

void events_init(struct events *e, orgrun_event_fn *fn, void *user);
void events_clear(struct events *e);

/* Hands the event on; NULL strings become "". Any thread. */
void events_send(struct events *e, const struct orgrun_event *event);

#endif
