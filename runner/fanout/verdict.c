// SPDX-License-Identifier: MIT
// The verdict: from how a child ended to the outcome of its target.
#include "fanout/verdict.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define BACKOFF_MAX_MS 60000

static void judge_exit(const struct job_task *task, int code, struct verdict *out)
{
    out->outcome = (enum orgrun_outcome)task->exit.of[code & 0xff];
    if (out->outcome != ORGRUN_PASSED)
        (void)snprintf(out->reason, sizeof out->reason, "exit code %d", code);
}

void verdict_of(const struct job_task *task, const struct exec_result *result,
                const char *not_started, const char *stop_reason, struct verdict *out)
{
    *out = (struct verdict){.outcome = ORGRUN_ERROR};
    char limit[DURATION_SIZE];
    switch (result->end) {
    case EXEC_EXITED:
        judge_exit(task, result->exit_code, out);
        return;
    case EXEC_SIGNALLED: {
        const char *name = sigabbrev_np(result->signal);
        (void)snprintf(out->reason, sizeof out->reason, "ended by signal %d (SIG%s)",
                       result->signal, name ? name : "?");
        return;
    }
    case EXEC_TIMED_OUT:
        duration_format(task->timeout_ms, limit);
        (void)snprintf(out->reason, sizeof out->reason, "timed out after %s", limit);
        out->timed_out = true;
        return;
    case EXEC_CANCELLED:
        out->outcome = ORGRUN_CANCELLED;
        (void)snprintf(out->reason, sizeof out->reason, "ended: %s", stop_reason);
        return;
    case EXEC_NOT_STARTED:
        (void)snprintf(out->reason, sizeof out->reason, "%s", not_started);
        return;
    }
}

bool verdict_retry(const struct job_retry *retry, const struct verdict *v, int attempts)
{
    if (attempts >= retry->attempts)
        return false;
    if (v->outcome == ORGRUN_FAILED)
        return retry->on & JOB_RETRY_FAILED;
    if (v->outcome != ORGRUN_ERROR)
        return false;
    return (retry->on & JOB_RETRY_ERROR) || (v->timed_out && (retry->on & JOB_RETRY_TIMEOUT));
}

int64_t verdict_backoff_ms(const struct job_retry *retry, int attempts)
{
    int64_t wait = retry->backoff_ms;
    for (int i = 1; i < attempts && wait < BACKOFF_MAX_MS; i++)
        wait *= 2;
    return wait < BACKOFF_MAX_MS ? wait : BACKOFF_MAX_MS;
}
