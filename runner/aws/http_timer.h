// SPDX-License-Identifier: MIT
// What is to be called later: a list in the order of falling due. Not thread-safe; the owner locks.
#ifndef ORGRUN_AWS_HTTP_TIMER_H
#define ORGRUN_AWS_HTTP_TIMER_H

#include "aws/http.h"

#include <stdbool.h>
#include <stdint.h>

struct http_timer {
    struct http_timer *next;
    int64_t due_ms; /* monotonic */
    http_timer_fn *fire;
    void *user;
};

struct http_timers {
    struct http_timer *first;
};

/* Takes t over. True when it became the first to fall due. Those due at once keep their order. */
bool http_timers_add(struct http_timers *timers, struct http_timer *t);

/* Detaches those due at now_ms, in order; the caller fires and frees each. NULL when none is. */
struct http_timer *http_timers_due(struct http_timers *timers, int64_t now_ms);

/* Milliseconds until the first is due, at least 0; `idle` when there is none. */
int64_t http_timers_wait(const struct http_timers *timers, int64_t now_ms, int64_t idle);

#endif
