// SPDX-License-Identifier: MIT
// From one attempt in an account to the record of its target.
#ifndef ORGRUN_FANOUT_OUTCOME_H
#define ORGRUN_FANOUT_OUTCOME_H

#include "fanout/run.h"
#include "fanout/verdict.h"

/* What a worker learns about a target on the way; zero-initialise. */
struct attempt_log {
    struct verdict verdict;
    struct exec_result result; /* of the last attempt */
    int attempts;
    bool ran;              /* result and the paths hold */
    char stdout_path[320]; /* relative to the state directory */
    char stderr_path[320];
    char hint[1024];
    char session_arn[256];
};

/* Runs the task once with the session; fills log. */
void outcome_attempt(struct run *r, unsigned slot, const struct target *t,
                     struct credentials *session, struct attempt_log *log);

/* The record of a target that was not run; what a run adds is left out. Borrows all it is given. */
struct target_record outcome_of(const struct target *t, enum orgrun_outcome outcome,
                                const char *reason, const char *hint);

/* Hands the target's record to the writer; a record that cannot be written stops the run. */
void outcome_record(struct run *r, const struct target *t, const struct attempt_log *log);

#endif
