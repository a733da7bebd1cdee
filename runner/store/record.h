// SPDX-License-Identifier: MIT
// The rows of the run store as structs.
#ifndef ORGRUN_STORE_RECORD_H
#define ORGRUN_STORE_RECORD_H

#include "orgrun/types.h"

#include <stdint.h>

/* All strings: borrowed when handed to a writer call, and for the duration of a visitor call when
 * read. NULL where the column is NULL. Times are Unix milliseconds; 0 = not set. */

struct run_record {
    const char *id;
    const char *job_name;
    const char *job_text; /* the job file's text */
    const char *job_file;
    const char *job_hash; /* sha256 of the job's content, hex */
    const char *caller_arn;
    const char *version; /* of orgrun */
    int64_t started_ms;
    int64_t finished_ms;     /* 0 while running, or when orgrun died */
    int exit_code;           /* -1 while running */
    const char *exit_reason; /* one sentence: why that exit code */
};

/* Every account the run saw, whatever became of it. */
struct account_record {
    const char *id;
    const char *name;
    const char *email;
    const char *ou_path;
    const char *state;
    const char *disposition; /* "run", "excluded", "skipped" */
    const char *reason;      /* for the last two */
};

/* What happened in one target; key = (account_id, region, task). region "" = once per account. */
struct target_record {
    const char *account_id;
    const char *account_name; /* of its account when read; kept for on_durable when written */
    const char *ou_path;      /* likewise */
    const char *region;
    const char *task;
    enum orgrun_outcome outcome;
    const char *reason;     /* one line; "" for passed */
    const char *hint;       /* what to do next, several lines; or NULL */
    const char *first_line; /* of stderr; or NULL */
    int exit_code;          /* -1 when there is none */
    int signal;             /* 0 when none */
    int attempts;
    int64_t started_ms; /* 0 = never started */
    int64_t duration_ms;
    const char *stdout_path; /* relative to the state directory; NULL when there is none */
    int64_t stdout_bytes, stdout_cut;
    const char *stdout_sha256;
    const char *stderr_path;
    int64_t stderr_bytes, stderr_cut;
    const char *stderr_sha256;
    const char *session_arn; /* the assumed-role ARN it ran as; or NULL */
};

/* What one task came to over all its targets. Read side. */
struct task_record {
    const char *name;
    struct orgrun_counts counts;
    int64_t started_ms;  /* the earliest of its targets; 0 = none was started */
    int64_t duration_ms; /* the sum over its targets */
};

#endif
