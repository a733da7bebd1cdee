// SPDX-License-Identifier: MIT
// From an account to its targets: order, roles, session names, argv.
#include "fanout/plan.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct job *load(const char *text)
{
    struct job *job = NULL;
    struct orgrun_error err = {0};
    struct job_load_opts opts = {0};
    if (job_parse(&job, text, strlen(text), "job.yaml", &opts, &err))
        fail_msg("%s", err.message);
    return job;
}

static struct plan_account *plan_one(const struct job *job, size_t entry, const char *partition)
{
    struct plan_account *pa = NULL;
    struct orgrun_error err = {0};
    const struct job_entry *e = &job->accounts.list[entry];
    assert_int_equal(plan_account_new(&pa, job, &e->account, e, partition, "R1", &err), 0);
    return pa;
}

static void orders_tasks_then_regions(void **state)
{
    (void)state;
    struct job *job =
        load("name: n\nrole: r\nregions: [us-east-1, eu-west-1]\n"
             "accounts: {list: ['111122223333', {id: '000000000001', regions: [eu-west-1]}]}\n"
             "tasks:\n"
             "- {name: once, regions: none, command: [a]}\n"
             "- {name: each, command: [b, '{account.id}-{region}-{task.name}-{run.id}']}\n");
    static const char *const wanted[] = {"once/", "each/us-east-1", "each/eu-west-1"};
    struct plan_account *pa = plan_one(job, 0, "aws");
    assert_int_equal(plan_count(job, pa->entry), 3);
    for (size_t i = 0; i < 3; i++) {
        struct target *t = NULL;
        struct orgrun_error err = {0};
        char name[64];
        assert_int_equal(plan_target(&t, job, pa, i, &err), 0);
        (void)snprintf(name, sizeof name, "%s/%s", t->task->name, t->region);
        assert_string_equal(name, wanted[i]);
        struct strv argv = {0};
        assert_int_equal(plan_argv(t, "R1", NULL, &argv, &err), 0);
        assert_string_equal(argv.items[0], i ? "b" : "a");
        if (i == 2)
            assert_string_equal(argv.items[1], "111122223333-eu-west-1-each-R1");
        strv_clear(&argv);
        target_free(t);
    }
    assert_int_equal(plan_count(job, &job->accounts.list[1]), 2); /* its own Regions */
    plan_account_unref(pa);
    job_free(job);
}

static void names_roles_and_sessions(void **state)
{
    (void)state;
    static const struct {
        const char *role, *partition, *session, *arn, *name;
    } rows[] = {
        {"r", "aws", "orgrun-{run.id}", "arn:aws:iam::000000000001:role/r", "orgrun-R1"},
        {"path/r", "aws-cn", "x-{account.id}", "arn:aws-cn:iam::000000000001:role/path/r",
         "x-000000000001"},
        {"arn:aws:iam::*:role/p/r", "aws-cn", "{account.name}",
         "arn:aws:iam::000000000001:role/p/r", "data-----prod"},
        {"arn:aws-us-gov:iam::{account.id}:role/r", "aws",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-{account.id}",
         "arn:aws-us-gov:iam::000000000001:role/r",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-000000"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job *job =
            load("name: n\nrole: r\ntasks: [{name: t, command: [a]}]\n"
                 "accounts: {list: [{id: '000000000001', name: \"data (\xc3\xa4) prod\"}]}\n");
        free(job->role.name);
        free(job->role.session_name);
        job->role.name = strdup(rows[i].role);
        job->role.session_name = strdup(rows[i].session);
        struct plan_account *pa = plan_one(job, 0, rows[i].partition);
        assert_string_equal(pa->role_arn, rows[i].arn);
        if (i != 2)
            assert_string_equal(pa->session_name, rows[i].name);
        else /* whatever the name holds, STS must accept the session name */
            assert_int_equal(strspn(pa->session_name, "datapro-"), strlen(pa->session_name));
        plan_account_unref(pa);
        job_free(job);
    }
}

/* Names each target as task/Region, "!" before one whose Region is not enabled. */
static void assert_targets(const struct job *job, struct plan_account *pa, const char *wanted)
{
    char text[400] = "";
    size_t n = 0;
    for (size_t i = 0; i < job->tasks_len; i++)
        n += plan_regions(pa, job, i)->len;
    for (size_t i = 0; i < n; i++) {
        struct target *t = NULL;
        assert_int_equal(plan_target(&t, job, pa, i, NULL), 0);
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s/%s ",
                       target_is_disabled(t) ? "!" : "", t->task->name, t->region);
        target_free(t);
    }
    assert_string_equal(text, wanted);
}

static void resolves_patterns(void **state)
{
    (void)state;
    struct job *job = load("role: r\nregions: [eu-*, us-east-1, eu-west-1, eu-south-1]\n"
                           "accounts: {list: ['111122223333', {id: '000000000001', regions: "
                           "[us-west-2]}]}\n"
                           "tasks:\n"
                           "- {name: a, command: [x]}\n"
                           "- {name: once, regions: none, command: [x]}\n"
                           "- {name: all, regions: enabled, command: [x]}\n"
                           "- {name: fixed, regions: [us-east-2], command: [x]}\n"
                           "- {name: nil, regions: 'me-*', command: [x]}\n");
    static const char *const enabled[] = {"eu-central-1", "eu-west-1", "us-east-1"};
    assert_true(job_wants_enabled_regions(job, NULL));
    assert_false(job_wants_enabled_regions(job, &job->accounts.list[1]));
    struct plan_account *pa = plan_one(job, 0, "aws");
    assert_targets(job, pa,
                   "a/eu-* a/us-east-1 a/eu-west-1 a/eu-south-1 once/ all/enabled "
                   "fixed/us-east-2 nil/me-* ");
    struct strv regions = {0};
    for (size_t i = 0; i < COUNT(enabled); i++)
        assert_int_equal(strv_push(&regions, enabled[i]), 0);
    assert_int_equal(plan_account_resolve(pa, job, &regions, NULL), 0);
    assert_targets(job, pa,
                   "a/eu-central-1 a/eu-west-1 a/us-east-1 !a/eu-south-1 once/ "
                   "all/eu-central-1 all/eu-west-1 all/us-east-1 !fixed/us-east-2 ");
    plan_account_unref(pa);
    pa = plan_one(job, 0, "aws"); /* nothing could be learnt */
    assert_int_equal(plan_account_resolve(pa, job, NULL, NULL), 0);
    assert_targets(job, pa, "once/ fixed/us-east-2 ");
    plan_account_unref(pa);
    job_free(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_tasks_then_regions),
        cmocka_unit_test(resolves_patterns),
        cmocka_unit_test(names_roles_and_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
