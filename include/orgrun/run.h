// SPDX-License-Identifier: MIT
// Runs: a job carried out in every account of its selection, and what it would do.
#ifndef ORGRUN_RUN_H
#define ORGRUN_RUN_H

#include "orgrun/api.h"
#include "orgrun/context.h"
#include "orgrun/job.h"
#include "orgrun/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Exit codes of a run, as the program returns them. */
enum orgrun_exit {
    ORGRUN_EXIT_PASSED = 0,
    ORGRUN_EXIT_FAILED = 1,  /**< every target answered, at least one said no */
    ORGRUN_EXIT_USAGE = 2,   /**< nothing was run */
    ORGRUN_EXIT_ERROR = 3,   /**< at least one error, or coverage not met */
    ORGRUN_EXIT_STOPPED = 4, /**< brake or deadline */
    ORGRUN_EXIT_INTERRUPTED = 130,
    ORGRUN_EXIT_TERMINATED = 143
};

enum orgrun_event_kind {
    ORGRUN_EVENT_RUN_STARTED,    /**< run_id */
    ORGRUN_EVENT_ACCOUNT,        /**< account: enumerated, with its exclusion if any */
    ORGRUN_EVENT_PLANNED,        /**< targets: how many are known; final once `enumerated` */
    ORGRUN_EVENT_TARGET_STARTED, /**< account, region, task */
    ORGRUN_EVENT_TARGET_DONE, /**< the same, outcome, reason, hint, duration_ms: durable by now */
    ORGRUN_EVENT_RETRY,       /**< message: an AWS call is throttled or repeated */
    ORGRUN_EVENT_REPORT,      /**< message: path of a report that was written */
    ORGRUN_EVENT_RUN_FINISHED /**< exit_code, message: why */
};

/** One event. Only the fields named above are set; strings are borrowed for the call, never NULL.
 */
struct orgrun_event {
    enum orgrun_event_kind kind;
    const char *run_id;
    const struct orgrun_account *account;
    const char *region; /**< "" for once per account */
    const char *task;
    enum orgrun_outcome outcome;
    const char *reason;
    const char *hint;
    const char *first_line; /**< of standard error */
    int64_t duration_ms;
    size_t targets;
    bool enumerated;
    int exit_code;
    const char *message;
};

/** Called from several threads, one at a time; must not call back into the run but orgrun_run_stop.
 */
typedef void orgrun_event_fn(void *user, const struct orgrun_event *event);

/** A report to be written at the end: a format and a path ("-": standard output). */
struct orgrun_report_to {
    const char *format;
    const char *path;
};

/** Zero-initialise; borrowed during orgrun_run. */
struct orgrun_run_opts {
    int concurrency;                        /**< 0: the job's, else min(targets, 32) */
    const struct orgrun_report_to *reports; /**< besides the job's own */
    size_t reports_len;
    orgrun_event_fn *on_event; /**< or NULL */
    void *user;
};

#define ORGRUN_RUN_ID_SIZE 40
struct orgrun_run_result {
    char run_id[ORGRUN_RUN_ID_SIZE]; /**< "" when nothing was run */
    int exit_code;                   /**< enum orgrun_exit; true whatever orgrun_run returned */
    struct orgrun_counts counts;
    char reason[512]; /**< one sentence: why that exit code */
};

/**
 * Runs a job. Returns 0 when the run took place (result->exit_code says how it went; its reports
 * are written), or a negative code when nothing was run (result->exit_code is ORGRUN_EXIT_USAGE) or
 * the run could not be recorded to its end (ORGRUN_EXIT_ERROR). One run at a time per context.
 */
ORGRUN_API int orgrun_run(struct orgrun_ctx *ctx, const struct orgrun_job *job,
                          const struct orgrun_run_opts *opts, struct orgrun_run_result *result,
                          struct orgrun_error *err);

/**
 * Stops the run (or doctor) of ctx: the first call starts nothing more and ends children with TERM,
 * the second with KILL. signum (SIGINT, SIGTERM, ...) decides the exit code. Async-signal-safe.
 */
ORGRUN_API void orgrun_run_stop(struct orgrun_ctx *ctx, int signum);

/** One target of a plan; excluded accounts come once, with region and task "". Borrowed for the
 * call. */
struct orgrun_plan_item {
    struct orgrun_account account;
    const char *region;
    const char *task;
    const char *role_arn; /**< or "sso:SESSION/ROLE" where Identity Center is the way in */
    const char *command;  /**< what would run, templates expanded, for display */
};
/** Return 0 to go on. */
typedef int orgrun_plan_fn(void *user, const struct orgrun_plan_item *item);

/** Says what would run where, in the order of running; nothing is run, no role is assumed. */
ORGRUN_API int orgrun_plan(struct orgrun_ctx *ctx, const struct orgrun_job *job,
                           orgrun_plan_fn *visit, void *user, struct orgrun_error *err);

/** Return 0 to go on. */
typedef int orgrun_account_fn(void *user, const struct orgrun_account *account);

/** The accounts of a job and what selection says of each. */
ORGRUN_API int orgrun_accounts(struct orgrun_ctx *ctx, const struct orgrun_job *job,
                               orgrun_account_fn *visit, void *user, struct orgrun_error *err);

#ifdef __cplusplus
}
#endif
#endif
