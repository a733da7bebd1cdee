// SPDX-License-Identifier: MIT
// The verdict: from how a child ended to the outcome of its target. Pure.
#ifndef ORGRUN_FANOUT_VERDICT_H
#define ORGRUN_FANOUT_VERDICT_H

#include "exec/exec.h"
#include "job/job.h"

#define VERDICT_REASON_SIZE 1024

struct verdict {
    enum orgrun_outcome outcome;
    char reason[VERDICT_REASON_SIZE]; /* "" for passed */
    bool timed_out;
};

/* The verdict on one attempt. not_started says why for EXEC_NOT_STARTED; stop_reason why for
 * EXEC_CANCELLED. */
void verdict_of(const struct job_task *task, const struct exec_result *result,
                const char *not_started, const char *stop_reason, struct verdict *out);

/* Does the task want another attempt after this one (the attempts-th)? */
bool verdict_retry(const struct job_retry *retry, const struct verdict *v, int attempts);

/* How long to wait before the attempt that follows the attempts-th: doubled each time, at most a
 * minute. */
int64_t verdict_backoff_ms(const struct job_retry *retry, int attempts);

#endif
