// SPDX-License-Identifier: MIT
// From how a child ended to an outcome, as tables.
#include "fanout/verdict.h"
#include "unit/unit.h"

#include <string.h>

static struct job_task task_with_map(void)
{
    struct job_task t = {.timeout_ms = 300000};
    memset(t.exit.of, ORGRUN_ERROR, sizeof t.exit.of);
    t.exit.of[0] = ORGRUN_PASSED;
    t.exit.of[1] = ORGRUN_FAILED;
    return t;
}

static void maps_every_end(void **state)
{
    (void)state;
    static const struct {
        struct exec_result result;
        enum orgrun_outcome outcome;
        const char *reason;
        bool timed_out;
    } rows[] = {
        {{.end = EXEC_EXITED, .exit_code = 0}, ORGRUN_PASSED, "", false},
        {{.end = EXEC_EXITED, .exit_code = 1}, ORGRUN_FAILED, "exit code 1", false},
        {{.end = EXEC_EXITED, .exit_code = 254}, ORGRUN_ERROR, "exit code 254", false},
        {{.end = EXEC_SIGNALLED, .signal = 11},
         ORGRUN_ERROR,
         "ended by signal 11 (SIGSEGV)",
         false},
        {{.end = EXEC_SIGNALLED, .signal = 99}, ORGRUN_ERROR, "ended by signal 99 (SIG?)", false},
        {{.end = EXEC_TIMED_OUT, .signal = 15}, ORGRUN_ERROR, "timed out after 5m00s", true},
        {{.end = EXEC_CANCELLED}, ORGRUN_CANCELLED, "ended: interrupted by SIGINT", false},
        {{.end = EXEC_NOT_STARTED}, ORGRUN_ERROR, "cannot run x: not found", false},
    };
    struct job_task task = task_with_map();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct verdict v;
        verdict_of(&task, &rows[i].result, "cannot run x: not found", "interrupted by SIGINT", &v);
        assert_int_equal(v.outcome, rows[i].outcome);
        assert_string_equal(v.reason, rows[i].reason);
        assert_int_equal(v.timed_out, rows[i].timed_out);
    }
}

static void decides_on_another_attempt(void **state)
{
    (void)state;
    static const struct {
        unsigned on;
        struct verdict verdict;
        int attempts;
        bool again;
    } rows[] = {
        {JOB_RETRY_ERROR, {.outcome = ORGRUN_ERROR}, 1, true},
        {JOB_RETRY_ERROR, {.outcome = ORGRUN_ERROR}, 2, true},
        {JOB_RETRY_ERROR, {.outcome = ORGRUN_ERROR}, 3, false},
        {JOB_RETRY_ERROR, {.outcome = ORGRUN_ERROR, .timed_out = true}, 1, true},
        {JOB_RETRY_ERROR, {.outcome = ORGRUN_FAILED}, 1, false},
        {JOB_RETRY_FAILED, {.outcome = ORGRUN_FAILED}, 1, true},
        {JOB_RETRY_FAILED, {.outcome = ORGRUN_ERROR}, 1, false},
        {JOB_RETRY_TIMEOUT, {.outcome = ORGRUN_ERROR}, 1, false},
        {JOB_RETRY_TIMEOUT, {.outcome = ORGRUN_ERROR, .timed_out = true}, 1, true},
        {JOB_RETRY_ERROR | JOB_RETRY_FAILED, {.outcome = ORGRUN_PASSED}, 1, false},
        {JOB_RETRY_ERROR | JOB_RETRY_FAILED, {.outcome = ORGRUN_CANCELLED}, 1, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job_retry retry = {.attempts = 3, .on = rows[i].on};
        assert_int_equal(verdict_retry(&retry, &rows[i].verdict, rows[i].attempts), rows[i].again);
    }
}

static void backs_off_up_to_a_minute(void **state)
{
    (void)state;
    struct job_retry retry = {.attempts = 10, .backoff_ms = 1000};
    assert_int_equal(verdict_backoff_ms(&retry, 1), 1000);
    assert_int_equal(verdict_backoff_ms(&retry, 2), 2000);
    assert_int_equal(verdict_backoff_ms(&retry, 6), 32000);
    assert_int_equal(verdict_backoff_ms(&retry, 7), 60000);
    assert_int_equal(verdict_backoff_ms(&retry, 1000), 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_every_end),
        cmocka_unit_test(decides_on_another_attempt),
        cmocka_unit_test(backs_off_up_to_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
