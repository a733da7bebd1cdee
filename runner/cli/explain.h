// SPDX-License-Identifier: MIT
// orgrun session --explain: where the source credentials come from.
#ifndef ORGRUN_CLI_EXPLAIN_H
#define ORGRUN_CLI_EXPLAIN_H

#include "cli/command.h"

/* Prints each provider and what becomes of it, then whose the credentials are. Returns the exit
 * code. */
int explain_sources(struct cli *cli);

#endif
