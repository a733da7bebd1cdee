// SPDX-License-Identifier: MIT
// What a wait status means.
#include "exec/wait_status.h"

#include <signal.h>

void wait_status_map(int code, int status, enum wait_cause cause, struct exec_result *result)
{
    bool signalled = code == CLD_KILLED || code == CLD_DUMPED;
    result->exit_code = -1;
    result->signal = signalled ? status : 0;
    if (cause == WAIT_TIMEOUT) {
        result->end = EXEC_TIMED_OUT;
    } else if (cause == WAIT_STOP) {
        result->end = EXEC_CANCELLED;
    } else if (signalled) {
        result->end = EXEC_SIGNALLED;
    } else {
        result->end = EXEC_EXITED;
        result->exit_code = status;
    }
}
