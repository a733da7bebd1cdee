// SPDX-License-Identifier: MIT
// Accounts from standard input, put into a job's tree as if they had been listed there.
#ifndef ORGRUN_JOB_ACCOUNTS_STDIN_H
#define ORGRUN_JOB_ACCOUNTS_STDIN_H

#include "job/node.h"

#include <stdbool.h>

/* Where a job's tree says `accounts: "-"` or `accounts: {file: "-"}`, reads standard input into
 * accounts.list and sets *changed. job_file is "-" when the job was read from there. ORGRUN_EJOB,
 * ORGRUN_EUSAGE for a command's, ORGRUN_EIO, ORGRUN_ELIMIT, ORGRUN_ENOMEM. */
int accounts_stdin_take(struct node *root, const char *job_file, bool *changed,
                        struct orgrun_error *err);

#endif
