// SPDX-License-Identifier: MIT
// The state of a run as its events tell it: what is done, what is running, how long it will take.
#ifndef ORGRUN_CLI_PROGRESS_H
#define ORGRUN_CLI_PROGRESS_H

#include "orgrun/orgrun.h"

/* A target under way; texts are cleaned, and cut where they are longer than anything sensible. */
struct progress_target {
    char account[16];
    char name[72];
    char region[40];
    char task[72];
    int64_t since_ms;
};

/* Zero-initialise, with `job` and `began_ms` set. Times are of one monotonic clock. */
struct progress {
    char job[72];
    char run_id[ORGRUN_RUN_ID_SIZE];
    int64_t began_ms;
    int64_t first_ms;     /* the first target started; 0: none has */
    int64_t last_done_ms; /* the last outcome; 0: none yet */
    size_t accounts;      /* enumerated, without the excluded ones */
    size_t excluded;
    size_t targets; /* known so far */
    bool enumerated;
    struct orgrun_counts counts;
    struct progress_target *running; /* in the order they started */
    size_t running_len, running_size;
    size_t running_lost; /* under way, but there was no memory to keep them */
    char retry[160];     /* the last retry, "" when there was none */
    int64_t retry_ms;
};

/* Takes an event in at now_ms. */
void progress_apply(struct progress *p, const struct orgrun_event *event, int64_t now_ms);

/* Targets with an outcome. */
size_t progress_done(const struct progress *p);

/* Targets under way. */
size_t progress_running(const struct progress *p);

/* Milliseconds until the end as the rate so far has it; -1 while nothing can be said. */
int64_t progress_left_ms(const struct progress *p, int64_t now_ms);

void progress_clear(struct progress *p);

#endif
