// SPDX-License-Identifier: MIT
// Inside the reports: what every format says of a run before it goes into the targets.
#ifndef ORGRUN_REPORT_OVERVIEW_H
#define ORGRUN_REPORT_OVERVIEW_H

#include "base/clock.h"
#include "store/store_read.h"

#include <stdbool.h>
#include <stdint.h>

struct overview {
    char *id;
    char *job;
    char *caller_arn;  /* or NULL */
    char *version;     /* or NULL */
    char *exit_reason; /* or NULL */
    int64_t started_ms;
    int64_t finished_ms; /* 0 while running, or when orgrun died */
    int exit_code;       /* -1 likewise */
    struct orgrun_counts counts;
    uint32_t targets;
    uint32_t accounts_seen;
    uint32_t accounts_run;
    uint32_t accounts_excluded;
    uint32_t accounts_skipped;
};

/* Fills a zeroed o; overview_clear releases it, also after failure. ORGRUN_ENOTFOUND. */
int overview_load(struct overview *o, struct store *s, const char *run_id,
                  struct orgrun_error *err);
void overview_clear(struct overview *o);

static inline bool overview_finished(const struct overview *o)
{
    return o->finished_ms != 0;
}

/* The account's name if it has one, else its id. */
const char *overview_label(const char *name, const char *id);

#endif
