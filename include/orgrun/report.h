// SPDX-License-Identifier: MIT
// Reports and the list of runs, from the run store.
#ifndef ORGRUN_REPORT_H
#define ORGRUN_REPORT_H

#include "orgrun/api.h"
#include "orgrun/context.h"
#include "orgrun/types.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Zero-initialise. */
struct orgrun_report_opts {
    const char *run;    /**< id or unique prefix; NULL: the newest */
    const char *format; /**< NULL: "table" */
    const char *path;   /**< NULL or "-": standard output */
    bool colour;        /**< table: ANSI colours */
    bool unicode;       /**< table: signs beyond ASCII */
    int width;          /**< table: columns; 0: 100 */
    bool verbose;       /**< table: passed targets one by one too */
};

/** Renders a run. ORGRUN_ENOTFOUND for an unknown run or format (the text suggests the near one).
 */
ORGRUN_API int orgrun_report(struct orgrun_ctx *ctx, const struct orgrun_report_opts *opts,
                             struct orgrun_error *err);

/** Name and one-line description of the i-th format; false past the last. */
ORGRUN_API bool orgrun_report_format(unsigned i, const char **name, const char **what);

/** One run of the store. Strings are borrowed for the call. */
struct orgrun_run_info {
    const char *id;
    const char *job;
    int64_t started_ms;  /**< Unix milliseconds */
    int64_t finished_ms; /**< 0: still running, or orgrun died */
    int exit_code;       /**< -1: not finished */
    const char *exit_reason;
    struct orgrun_counts counts;
};
/** Return 0 to go on. */
typedef int orgrun_run_info_fn(void *user, const struct orgrun_run_info *run);

/** Visits the runs, newest first, at most limit (0: all). No store yet means no runs. */
ORGRUN_API int orgrun_runs(struct orgrun_ctx *ctx, unsigned limit, orgrun_run_info_fn *visit,
                           void *user, struct orgrun_error *err);

#ifdef __cplusplus
}
#endif
#endif
