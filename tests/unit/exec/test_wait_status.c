// SPDX-License-Identifier: MIT
// Tests of what a wait status means.
#include "exec/wait_status.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void table(void **state)
{
    (void)state;
    static const struct {
        int code, status;
        enum wait_cause cause;
        enum exec_end end;
        int exit_code, signal;
    } cases[] = {
        {CLD_EXITED, 0, WAIT_NONE, EXEC_EXITED, 0, 0},
        {CLD_EXITED, 127, WAIT_NONE, EXEC_EXITED, 127, 0},
        {CLD_EXITED, 255, WAIT_NONE, EXEC_EXITED, 255, 0},
        {CLD_KILLED, SIGKILL, WAIT_NONE, EXEC_SIGNALLED, -1, SIGKILL},
        {CLD_DUMPED, SIGSEGV, WAIT_NONE, EXEC_SIGNALLED, -1, SIGSEGV},
        {CLD_KILLED, SIGTERM, WAIT_TIMEOUT, EXEC_TIMED_OUT, -1, SIGTERM},
        {CLD_EXITED, 0, WAIT_TIMEOUT, EXEC_TIMED_OUT, -1, 0},
        {CLD_KILLED, SIGKILL, WAIT_STOP, EXEC_CANCELLED, -1, SIGKILL},
        {CLD_EXITED, 3, WAIT_STOP, EXEC_CANCELLED, -1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct exec_result result = {.exit_code = 77, .signal = 77};
        wait_status_map(cases[i].code, cases[i].status, cases[i].cause, &result);
        assert_int_equal(result.end, cases[i].end);
        assert_int_equal(result.exit_code, cases[i].exit_code);
        assert_int_equal(result.signal, cases[i].signal);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
