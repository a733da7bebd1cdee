// SPDX-License-Identifier: MIT
// Brakes and the exit code: pure decisions over counts.
#ifndef ORGRUN_FANOUT_BRAKE_H
#define ORGRUN_FANOUT_BRAKE_H

#include "job/job.h"
#include "orgrun/run.h"

/* Why a run stopped starting targets. */
enum stop_cause {
    STOP_NONE = 0,
    STOP_BRAKE, /* stop_after_failures */
    STOP_DEADLINE,
    STOP_SIGNAL,
    STOP_SOURCE, /* the source credentials expired, and there are no others */
    STOP_RECORD  /* outcomes could no longer be recorded */
};

/* Is the brake of limits pulled by these counts? A percentage is of the whole run, so it is judged
 * only once `total` is final (`enumerated`). */
bool brake_pulled(const struct job_limits *limits, const struct orgrun_counts *counts, size_t total,
                  bool enumerated);

/* All that an exit code depends on. */
struct run_facts {
    struct orgrun_counts counts;
    size_t targets, selected;
    enum stop_cause stop;
    int stop_signal;
    const char *stop_reason; /* for any stop */
    bool left_undone;        /* the stop kept a target from its start or its end */
    bool coverage_met;
    const char *coverage_reason;   /* when it is not */
    const char *enumeration_error; /* or NULL: a page could not be had */
    bool empty_is_fine;            /* the job expects that no account may be selected */
};

/* The exit code, and one sentence that says why. Never 0 when something was not done. */
int run_exit_code(const struct run_facts *facts, char *reason, size_t reason_size);

#endif
