// SPDX-License-Identifier: MIT
// Becoming another program, with a session's variables and without the source's.
#ifndef ORGRUN_CLI_BECOME_H
#define ORGRUN_CLI_BECOME_H

#include "cli/command.h"

#include <stdbool.h>

struct become_variable {
    const char *name, *value;
};

/* Does a variable of orgrun's environment stay out of a command's? Everything of AWS does, but
 * where its endpoints, Region and certificates are. */
bool become_drops(const char *variable);

/* Becomes the command, argv NULL-terminated. Returns, with the exit code, only when it cannot. */
int become_command(struct cli *cli, char *const *argv, const struct become_variable *variables,
                   size_t n);

/* Becomes $SHELL, or /bin/sh, whose prompt names the account. */
int become_shell(struct cli *cli, const char *account, const struct become_variable *variables,
                 size_t n);

#endif
