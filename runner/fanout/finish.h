// SPDX-License-Identifier: MIT
// The end of a run: its exit code made durable, its reports written.
#ifndef ORGRUN_FANOUT_FINISH_H
#define ORGRUN_FANOUT_FINISH_H

#include "fanout/run.h"

/* Before anything runs: every report has a known format and a place of its own that can be
 * written.
 * ORGRUN_EUSAGE, ORGRUN_ENOTFOUND, ORGRUN_EIO. */
int finish_check_reports(struct run *r, struct orgrun_error *err);

/* Stops the writer with the exit code, renders the reports, fills result. 0; or negative when the
 * end could not be recorded or a report not written (result says exit 3). */
int finish_run(struct run *r, struct orgrun_run_result *result, struct orgrun_error *err);

#endif
