// SPDX-License-Identifier: MIT
// Diagnostics on standard error: errors with their hints, wrong usage, messages of the library.
#ifndef ORGRUN_CLI_COMPLAIN_H
#define ORGRUN_CLI_COMPLAIN_H

#include "cli/command.h"
#include "orgrun/orgrun.h"

/* Prints "orgrun: <message>" and the hint's lines, indented; or a JSON line. Returns
 * ORGRUN_EXIT_USAGE: nothing was run. */
int complain_error(const struct cli *cli, const struct orgrun_error *err);

/* Prints "orgrun: <text>" and where to look. Returns ORGRUN_EXIT_USAGE. */
int complain_usage(const struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints "orgrun: <text>". */
void complain_note(const struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* An orgrun_log_fn whose user is the struct cli. */
void complain_log(void *user, enum orgrun_log_level level, const char *message);

/* Makes the context that the options ask for, its diagnostics going to log. */
int complain_context(struct cli *cli, orgrun_log_fn *log, void *user, struct orgrun_ctx **out,
                     struct orgrun_error *err);

#endif
