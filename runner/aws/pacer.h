// SPDX-License-Identifier: MIT
// The pacer: a token bucket like the one AWS keeps for an API, so that calls are not throttled.
// Pure.
#ifndef ORGRUN_AWS_PACER_H
#define ORGRUN_AWS_PACER_H

#include <stdbool.h>
#include <stdint.h>

struct pacer {
    double rate;   /* tokens a second */
    double burst;  /* the most that it holds, and holds at first */
    double tokens; /* at `at_ms` */
    int64_t at_ms; /* monotonic */
    bool started;
};

void pacer_init(struct pacer *p, double rate, double burst);

/* Takes a token: 0. Or, when there is none, how many milliseconds (at least 1) until there will be,
 * with nothing taken. A clock that goes back gives nothing. */
int64_t pacer_take(struct pacer *p, int64_t mono_ms);

/* AWS's bucket was emptier than ours: empties ours. */
void pacer_drain(struct pacer *p, int64_t mono_ms);

#endif
