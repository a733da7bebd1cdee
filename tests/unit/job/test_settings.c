// SPDX-License-Identifier: MIT
// Settings (--set KEY=VALUE): put into the job, checked as it is, and named where they are wrong.
#include "base/cleanup.h"
#include "base/text.h"
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <string.h>

static const char base[] =
    "accounts: {list: ['111122223333'], expect: 1}\nrole: r\n"
    "tasks:\n- {name: one, command: [a]}\n- {name: two, command: [b], env: {X: y}}\n"
    "limits: {concurrency: 4}\n";

static int load(struct job **out, const char *const *settings, struct orgrun_error *err)
{
    const struct job_load_opts opts = {.settings = settings};
    return job_parse(out, base, strlen(base), "job.yaml", &opts, err);
}

static void sets_and_adds(void **state)
{
    (void)state;
    struct job *job = NULL;
    struct orgrun_error err = {0};
    static const char *const settings[] = {"limits.concurrency=8",
                                           "limits.deadline=1h",
                                           "name=sweep=2",
                                           "tasks.two.env.X='new: yes'",
                                           "tasks.0.timeout=5m",
                                           "tasks.one.cwd=/w",
                                           "role={name: p/r, duration: 2h}",
                                           "role.duration=3h",
                                           "regions=[us-east-1, eu-west-1]",
                                           "accounts.list.0='000000000009'",
                                           "accounts.exclude=[{match: 'x*', reason: y}]",
                                           "tasks.two.env.Y=\"\"",
                                           "reports.json=a.json",
                                           NULL};
    assert_int_equal(load(&job, settings, &err), 0);
    assert_int_equal(job->limits.concurrency, 8);
    assert_int_equal(job->limits.deadline_ms, 3600000);
    assert_string_equal(job->name, "sweep=2");
    assert_string_equal(job->tasks[1].env.items[0], "X=new: yes");
    assert_string_equal(job->tasks[1].env.items[1], "Y=");
    assert_int_equal(job->tasks[0].timeout_ms, 300000);
    assert_string_equal(job->tasks[0].cwd, "/w");
    assert_string_equal(job->role.name, "p/r");
    assert_int_equal(job->role.duration_s, 10800);
    assert_int_equal(job->regions.len, 2);
    assert_string_equal(job->accounts.list[0].account.id, "000000000009");
    assert_int_equal(job->accounts.exclude_len, 1);
    assert_string_equal(job->reports[0].path, "a.json");
    job_free(job);
}

/* A run that is taken up again has the job's text, and nothing else, to go by. */
static void leaves_a_text_that_gives_the_job_again(void **state)
{
    (void)state;
    static const char *const settings[] = {"tasks.one.command=[sh, -c, \"a\\n\\tb \xc3\xa4 \"]",
                                           "name=x", NULL};
    struct job *job = NULL, *again = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(load(&job, settings, &err), 0);
    assert_true(text_ends(job->text,
                          "# set: tasks.one.command=[sh, -c, \"a\\n\\tb ?? \"]\n# set: name=x\n"));
    if (job_parse(&again, job->text, strlen(job->text), "job.yaml", NULL, &err))
        fail_msg("%s\n%s", err.message, job->text);
    assert_string_equal(again->name, "x");
    assert_string_equal(again->tasks[0].command.items[2], "a\n\tb \xc3\xa4 ");
    assert_string_equal(again->tasks[1].env.items[0], "X=y");
    assert_int_equal(again->limits.concurrency, 4);
    assert_string_equal(again->accounts.list[0].account.id, "111122223333");
    job_free(job);
    job_free(again);
    static const char *const none[] = {NULL};
    assert_int_equal(load(&job, none, &err), 0);
    assert_string_equal(job->text, base);
    job_free(job);
}

/* Written out anew, a text near its limit grows past what a file may have. */
static void leaves_a_text_that_may_be_longer_than_a_file(void **state)
{
    (void)state;
    AUTO(buf_clear) struct buf text;
    buf_init(&text, JOB_FILE_MAX);
    (void)buf_puts(&text, "{role: r,tasks: [{name: t,command: [a]}],accounts: {list: [");
    for (int i = 0; i < 65000; i++)
        (void)buf_printf(&text, "%012d,", i);
    (void)buf_puts(&text, "]}}");
    assert_false(text.failed);
    static const char *const settings[] = {"name=x", NULL};
    const struct job_load_opts opts = {.settings = settings};
    struct job *job = NULL, *again = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(job_parse(&job, buf_str(&text), text.len, "job.yaml", &opts, &err), 0);
    assert_true(strlen(job->text) > JOB_FILE_MAX);
    assert_int_equal(job_parse(&again, job->text, strlen(job->text), "job.yaml", NULL, &err), 0);
    assert_int_equal(again->accounts.list_len, 65000);
    job_free(job);
    job_free(again);
}

static void refuses_settings(void **state)
{
    (void)state;
    static const struct {
        const char *setting, *message;
    } rows[] = {
        {"limits.concurrency", "--set limits.concurrency: a setting is KEY=VALUE, such as "
                               "limits.concurrency=4"},
        {"=4", "--set =4: a setting is KEY=VALUE, such as limits.concurrency=4"},
        {"", "--set : a setting is KEY=VALUE, such as limits.concurrency=4"},
        {"a b=4", "--set a b=4: a setting is KEY=VALUE, such as limits.concurrency=4"},
        {"limits..x=4", "--set limits..x=4: a part of the key is empty"},
        {".x=4", "--set .x=4: a part of the key is empty"},
        {"limits.=4", "--set limits.=4: a part of the key is empty"},
        {"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1",
         "--set a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1: the key has more than 16 parts"},
        {"limit.concurrency=4",
         "--set limit.concurrency=4: unknown key \"limit\" in the job; did you mean \"limits\"? "
         "(allowed: name, description, accounts, role, access, regions, tasks, limits, inject, "
         "reports)"},
        {"limits.concurrency=many",
         "--set limits.concurrency=many: \"concurrency\" in limits must be a whole number from 1 "
         "to 1024, not \"many\""},
        {"limits.concurrency=", "--set limits.concurrency=: \"concurrency\" in limits must be a "
                                "whole number from 1 to 1024, not nothing"},
        {"tasks.two.env.X=new: not", "--set tasks.two.env.X=new: not: \"X\" in env of task \"two\" "
                                     "must be text, not a mapping"},
        {"limits.concurrency.x=4",
         "--set limits.concurrency.x=4: \"concurrency\" is text at job.yaml:6:23, with no keys; "
         "set it whole, as concurrency={x: ...}"},
        {"tasks.three.timeout=5m",
         "--set tasks.three.timeout=5m: the list at job.yaml:4:1 has no item \"three\": use a "
         "name, or an index from 0"},
        {"tasks.2.timeout=5m", "--set tasks.2.timeout=5m: the list at job.yaml:4:1 has no item "
                               "\"2\": use a name, or an index from 0"},
        {"name=[a", "--set name=[a: did not find expected ',' or ']' (while parsing a flow "
                    "sequence)"},
        {"name=&a b", "--set name=&a b: anchor \"&a\" is not allowed: write each value out where "
                      "it is used"},
        {"name=*a", "--set name=*a: alias \"*a\" is not allowed: write each value out where it is "
                    "used"},
        {"name=a\x1b[31m", "--set name=a: control characters are not allowed here (U+001B)"},
        {"name=\xff", "--set name=\xef\xbf\xbd: not valid UTF-8: invalid leading UTF-8 octet"},
        {"accounts.list.0=12345678901",
         "--set accounts.list.0=12345678901: \"12345678901\" has 11 digits; account ids have 12 "
         "and leading zeros count: quote it as \"012345678901\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const settings[] = {rows[i].setting, NULL};
        struct job *job = NULL;
        struct orgrun_error err = {0};
        int rc = load(&job, settings, &err);
        assert_error(rc, err, ORGRUN_EJOB, rows[i].message);
        assert_null(job);
    }
}

static void cuts_long_settings(void **state)
{
    (void)state;
    char setting[300] = "name=[", wanted[200] = "--set name=[";
    memset(setting + 6, 'a', 200);
    memset(wanted + 12, 'a', 114);
    strcat(wanted, "...: did not find expected ',' or ']' (while parsing a flow sequence)");
    const char *const settings[] = {setting, NULL};
    struct job *job = NULL;
    struct orgrun_error err = {0};
    int rc = load(&job, settings, &err);
    assert_error(rc, err, ORGRUN_EJOB, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_and_adds),
        cmocka_unit_test(leaves_a_text_that_gives_the_job_again),
        cmocka_unit_test(leaves_a_text_that_may_be_longer_than_a_file),
        cmocka_unit_test(refuses_settings),
        cmocka_unit_test(cuts_long_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
