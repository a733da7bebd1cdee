// SPDX-License-Identifier: MIT
// Options that choose among the organization's accounts, as a setting of a job file.
#ifndef ORGRUN_CLI_NARROW_H
#define ORGRUN_CLI_NARROW_H

#include "cli/option.h"
#include "orgrun/job.h"

/* Did the command line say --ou, --tag or --joined-after? */
bool narrow_given(const struct settings *s);

/* The accounts, and the way into them, of a command line without a job file. Borrows from s. */
struct orgrun_command narrow_command(const struct settings *s);

/* Adds "accounts.organization={...}" to s->set when it did. NULL, or what is wrong with an option.
 */
const char *narrow_set(struct settings *s);

#endif
