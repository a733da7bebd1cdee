// SPDX-License-Identifier: MIT
// Targets that did not pass fall into groups with the same cause.
#include "unit/unit.h"

#include "report/problems.h"

#include <stdio.h>

static void add(struct problems *p, const char *id, enum orgrun_outcome outcome, const char *reason,
                const char *line)
{
    struct orgrun_error err = {0};
    const struct target_record t = {.account_id = id,
                                    .region = "",
                                    .task = "t",
                                    .outcome = outcome,
                                    .reason = reason,
                                    .first_line = line};
    assert_int_equal(problems_add(p, &t, &err), 0);
}

static void groups(void **state)
{
    (void)state;
    struct problems p = {0};
    add(&p, "111122223333", ORGRUN_PASSED, "", NULL);
    add(&p, "111122223333", ORGRUN_FAILED, "exit code 1", "no MFA in 111122223333");
    add(&p, "222233334444", ORGRUN_FAILED, "exit code 1", "no MFA in 222233334444");
    add(&p, "333344445555", ORGRUN_FAILED, "exit code 1", "no trail");
    add(&p, "444455556666", ORGRUN_ERROR, "exit code 1", "no trail");
    assert_int_equal(p.len, 3);
    assert_int_equal(p.groups[0].count, 2);
    assert_string_equal(p.groups[0].first_line, "no MFA in 111122223333");
    assert_string_equal(p.groups[0].rows[1].id, "222233334444");
    assert_int_equal(p.groups[1].count, 1);
    assert_int_equal(p.groups[2].outcome, ORGRUN_ERROR);
    problems_clear(&p);
}

static void request_ids_are_alike(void **state)
{
    (void)state;
    struct problems p = {0};
    add(&p, "111122223333", ORGRUN_ERROR, "denied (7a1bd4c0-6414-40c2-93f5-2dbfeeda0a0b)", NULL);
    add(&p, "222233334444", ORGRUN_ERROR, "denied (11111111-2222-4333-8444-555555555555)", NULL);
    add(&p, "222233334444", ORGRUN_ERROR, "denied (11111111-2222-4333-8444-55555555555)", NULL);
    assert_int_equal(p.len, 2);
    problems_clear(&p);
}

static void bounds(void **state)
{
    (void)state;
    struct problems p = {0}, all = {.all = true};
    char reason[32];
    for (int i = 0; i < 20; i++)
        add(&p, "111122223333", ORGRUN_FAILED, "same", NULL);
    assert_int_equal(p.groups[0].count, 20);
    assert_int_equal(p.groups[0].rows_len, PROBLEM_ROWS_MAX);
    for (int i = 0; i < PROBLEM_GROUPS_MAX + 7; i++) {
        snprintf(reason, sizeof reason, "reason %d", i);
        add(&p, "111122223333", ORGRUN_FAILED, reason, NULL);
        add(&all, "111122223333", ORGRUN_FAILED, reason, NULL);
    }
    assert_int_equal(p.len, PROBLEM_GROUPS_MAX);
    assert_int_equal(p.beyond, 8);
    assert_int_equal(all.len, PROBLEM_GROUPS_MAX + 7);
    assert_int_equal(all.beyond, 0);
    problems_clear(&p);
    problems_clear(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups),
        cmocka_unit_test(request_ids_are_alike),
        cmocka_unit_test(bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
