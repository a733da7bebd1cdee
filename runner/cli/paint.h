// SPDX-License-Identifier: MIT
// The state of a run as text: a live block for a terminal, lines for a log.
#ifndef ORGRUN_CLI_PAINT_H
#define ORGRUN_CLI_PAINT_H

#include "cli/progress.h"
#include "cli/terminal.h"

#include <stdio.h>

/* The colour of an outcome, for terminal_paint. */
const char *paint_colour(enum orgrun_outcome outcome);

/* The live block: bar, counts, what runs now (longest first, as many as a third of the height
 * holds) and, for a while, the last retry. Each line ends in a newline and is narrower than t. */
void paint_live(FILE *out, const struct progress *p, const struct terminal *t, int64_t now_ms);

/* Rows that a painted block takes on a terminal of that many columns, colours not counted. */
int paint_rows(const char *block, int columns);

/* One line for a target that is done, without its newline: outcome, account, Region, task, reason,
 * first line of standard error. `columns` cuts it; 0 leaves it whole. */
void paint_done(FILE *out, const struct orgrun_event *event, const struct terminal *t, int columns);

/* "run 2026...: job nightly, state /var/lib/orgrun". */
void paint_start(FILE *out, const struct progress *p, const char *state_dir);

/* "18/26 done, 17 passed, 1 error, 8 running". */
void paint_status(FILE *out, const struct progress *p, int64_t now_ms);

/* "run 2026...: 24 passed, 2 failed in 12.3s: <why>". */
void paint_end(FILE *out, const struct progress *p, const struct orgrun_run_result *result,
               const struct terminal *t, int64_t now_ms);

#endif
