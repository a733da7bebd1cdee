// SPDX-License-Identifier: MIT
// What is to be called later: a list in the order of falling due.
#include "aws/http_timer.h"

#include <stddef.h>

bool http_timers_add(struct http_timers *timers, struct http_timer *t)
{
    struct http_timer **at = &timers->first;
    while (*at && (*at)->due_ms <= t->due_ms)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
    return timers->first == t;
}

struct http_timer *http_timers_due(struct http_timers *timers, int64_t now_ms)
{
    struct http_timer *due = timers->first;
    struct http_timer **end = &timers->first;
    while (*end && (*end)->due_ms <= now_ms)
        end = &(*end)->next;
    if (end == &timers->first)
        return NULL;
    timers->first = *end;
    *end = NULL;
    return due;
}

int64_t http_timers_wait(const struct http_timers *timers, int64_t now_ms, int64_t idle)
{
    if (!timers->first)
        return idle;
    int64_t wait = timers->first->due_ms - now_ms;
    if (wait < 0)
        return 0;
    return wait < idle ? wait : idle;
}
