// SPDX-License-Identifier: MIT
// Help: the overview, and a page per command, from the tables.
#ifndef ORGRUN_CLI_HELP_H
#define ORGRUN_CLI_HELP_H

#include "cli/command.h"

#include <stdio.h>

/* Everything there is to know before the first command. */
void help_overview(FILE *out, const struct terminal *t);

/* The commands alone, for one who gave none. */
void help_commands(FILE *out, const struct terminal *t);

/* The page of one command. */
void help_command(FILE *out, const struct terminal *t, const struct command *command);

#endif
