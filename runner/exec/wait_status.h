// SPDX-License-Identifier: MIT
// What a wait status means: a pure mapping from how a child ended, and on whose account, to a
// result.
#ifndef ORGRUN_EXEC_WAIT_STATUS_H
#define ORGRUN_EXEC_WAIT_STATUS_H

#include "exec/exec.h"

/* Why the child's group was signalled while the child lived. */
enum wait_cause { WAIT_NONE, WAIT_TIMEOUT, WAIT_STOP };

/* code and status are si_code and si_status of waitid. Sets end, exit_code and signal of result. */
void wait_status_map(int code, int status, enum wait_cause cause, struct exec_result *result);

#endif
