// SPDX-License-Identifier: MIT
// Brakes and exit codes as tables.
#include "fanout/brake.h"
#include "unit/unit.h"

#define COUNTS(p, f, e, s, c)                                                                      \
    {                                                                                              \
        .of = { p, f, e, s, c }                                                                    \
    }

static void pulls_the_brake(void **state)
{
    (void)state;
    static const struct {
        int64_t after, percent;
        struct orgrun_counts counts;
        size_t total;
        bool enumerated, pulled;
    } rows[] = {
        {0, 0, COUNTS(0, 99, 99, 0, 0), 198, true, false},
        {3, 0, COUNTS(5, 1, 1, 0, 0), 10, false, false},
        {3, 0, COUNTS(5, 1, 2, 0, 0), 10, false, true},
        {3, 0, COUNTS(0, 0, 0, 9, 9), 10, true, false},
        {0, 10, COUNTS(0, 2, 0, 0, 0), 20, false, false}, /* the whole is not known yet */
        {0, 10, COUNTS(0, 2, 0, 0, 0), 20, true, true},
        {0, 10, COUNTS(0, 1, 0, 0, 0), 20, true, false},
        {0, 10, COUNTS(0, 2, 0, 0, 0), 26, true, false},
        {0, 10, COUNTS(0, 2, 1, 0, 0), 26, true, true},
        {0, 100, COUNTS(0, 0, 0, 0, 0), 0, true, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job_limits limits = {.stop_after_failures = rows[i].after,
                                    .stop_after_percent = rows[i].percent};
        bool got = brake_pulled(&limits, &rows[i].counts, rows[i].total, rows[i].enumerated);
        if (got != rows[i].pulled)
            fail_msg("row %zu: %d", i, got);
    }
}

static void decides_the_exit_code(void **state)
{
    (void)state;
    static const struct {
        struct run_facts facts;
        int code;
        const char *reason;
    } rows[] = {
        {{.counts = COUNTS(2, 0, 0, 0, 0), .targets = 2, .selected = 2, .coverage_met = true},
         0,
         "every target passed"},
        {{.counts = COUNTS(2, 0, 0, 1, 0), .targets = 3, .selected = 2, .coverage_met = true},
         0,
         "every target that was run passed"}, /* a suspended account is listed as skipped */
        {{.counts = COUNTS(1, 1, 0, 0, 0), .targets = 2, .selected = 2, .coverage_met = true},
         1,
         "1 target failed"},
        {{.counts = COUNTS(1, 2, 0, 0, 0), .targets = 3, .selected = 2, .coverage_met = true},
         1,
         "2 targets failed"},
        {{.counts = COUNTS(1, 0, 1, 0, 0), .targets = 2, .selected = 2, .coverage_met = true},
         3,
         "1 target gave no answer (error)"},
        {{.counts = COUNTS(0, 3, 2, 0, 0), .targets = 5, .selected = 2, .coverage_met = true},
         3,
         "2 targets gave no answer (error), 3 failed"},
        {{.counts = COUNTS(2, 0, 0, 0, 0),
          .targets = 2,
          .selected = 2,
          .coverage_reason = "25 of 26"},
         3,
         "coverage not met: 25 of 26"},
        {{.targets = 0, .selected = 0, .coverage_met = true},
         3,
         "no account was selected, so nothing was run"},
        {{.counts = COUNTS(0, 0, 0, 7, 0), .targets = 7, .selected = 7, .coverage_met = true},
         3,
         "nothing was run: 7 targets were skipped"},
        {{.counts = COUNTS(3, 0, 0, 0, 0),
          .targets = 3,
          .selected = 3,
          .coverage_met = true,
          .stop = STOP_SOURCE,
          .stop_reason = "lost"},
         0,
         "every target passed"}, /* they ended when nothing needed them any more */
        {{.counts = COUNTS(2, 0, 0, 1, 0),
          .targets = 3,
          .selected = 3,
          .coverage_met = true,
          .stop = STOP_SOURCE,
          .left_undone = true,
          .stop_reason = "lost"},
         3,
         "lost"},
        {{.targets = 0, .selected = 0, .coverage_met = true, .empty_is_fine = true},
         0,
         "every target passed"},
        {{.counts = COUNTS(20, 0, 0, 0, 0),
          .targets = 20,
          .selected = 20,
          .coverage_met = true,
          .enumeration_error = "Throttling"},
         3,
         "not all accounts are known: Throttling"},
        {{.counts = COUNTS(1, 0, 0, 0, 0), .targets = 2, .selected = 2, .coverage_met = true},
         3,
         "1 of 2 targets have no outcome"}, /* never 0 when something was not done */
        {{.counts = COUNTS(1, 1, 0, 3, 0),
          .targets = 5,
          .selected = 5,
          .coverage_met = true,
          .stop = STOP_BRAKE,
          .left_undone = true,
          .stop_reason = "stopped after 1"},
         4,
         "stopped after 1"},
        {{.counts = COUNTS(1, 0, 0, 3, 1),
          .targets = 5,
          .selected = 5,
          .coverage_met = true,
          .stop = STOP_DEADLINE,
          .left_undone = true,
          .stop_reason = "late"},
         4,
         "late"},
        {{.counts = COUNTS(1, 4, 0, 0, 0), /* the last ones pulled the brake: nothing was stopped */
          .targets = 5,
          .selected = 5,
          .coverage_met = true,
          .stop = STOP_BRAKE,
          .stop_reason = "stopped after 4"},
         1,
         "4 targets failed"},
        {{.counts = COUNTS(1, 0, 0, 0, 4),
          .targets = 5,
          .selected = 5,
          .stop = STOP_SIGNAL,
          .stop_signal = 2,
          .stop_reason = "interrupted by SIGINT"},
         130,
         "interrupted by SIGINT"},
        {{.stop = STOP_SIGNAL, .stop_signal = 15, .stop_reason = "interrupted by SIGTERM"},
         143,
         "interrupted by SIGTERM"},
        {{.counts = COUNTS(1, 0, 0, 0, 0),
          .targets = 1,
          .selected = 1,
          .coverage_met = true,
          .stop = STOP_RECORD,
          .stop_reason = "disk full"},
         3,
         "disk full"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char reason[256];
        int code = run_exit_code(&rows[i].facts, reason, sizeof reason);
        if (code != rows[i].code)
            fail_msg("row %zu: exit %d, %s", i, code, reason);
        assert_string_equal(reason, rows[i].reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pulls_the_brake),
        cmocka_unit_test(decides_the_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
