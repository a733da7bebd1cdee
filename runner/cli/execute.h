// SPDX-License-Identifier: MIT
// Carrying out a job for `run` and `exec`: reports asked for, progress, signals, the table.
#ifndef ORGRUN_CLI_EXECUTE_H
#define ORGRUN_CLI_EXECUTE_H

#include "cli/command.h"
#include "orgrun/orgrun.h"

/* Checks what --report says, before anything else is done. 0, or the exit code. */
int execute_check_reports(const struct cli *cli);

/* Runs the job and returns the exit code. */
int execute_job(struct cli *cli, const struct orgrun_job *job);

#endif
