// SPDX-License-Identifier: MIT
// The code of an MFA device: from the command line, or asked on the terminal.
#ifndef ORGRUN_CLI_MFA_H
#define ORGRUN_CLI_MFA_H

#include "orgrun/orgrun.h"

struct cli;

/* Takes --mfa-code off the command line, which everybody may read. */
void mfa_hide(struct cli *cli);

/* An orgrun_mfa_fn whose user is the struct cli. --mfa-code is good for one device, since AWS takes
 * a code once; without it a person at a terminal is asked. Never waits where there is none. */
int mfa_ask(void *user, const char *serial, char *code, size_t size, struct orgrun_error *err);

#endif
