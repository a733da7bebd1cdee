// SPDX-License-Identifier: MIT
// The tasks of a job: every key, its limits, and what a task must not be.
#include "orgrun/types.h"
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <string.h>

#define FRAME "accounts: {list: ['111122223333']}\nrole: r\ntasks: %s\n"
#define TASK "accounts: {list: ['111122223333']}\nrole: r\ntasks: [{name: t, command: [a], %s}]\n"
#define KEYS                                                                                       \
    "(allowed: name, command, script, shell, regions, exit, env, pass_env, timeout, kill_after, "  \
    "cwd, retry, inject)"

static void reads_a_command(void **state)
{
    (void)state;
    struct job *job = job_format(
        TASK, "regions: [us-east-1], env: {A: '{region}', B_2: '', N: 5, AWS_PAGER: less}, "
              "pass_env: [HTTPS_PROXY, no_proxy], timeout: 90s, kill_after: 250ms, cwd: "
              "'/w/{account.id}', retry: {attempts: 5, on: [error, failed, timeout], backoff: 2s}");
    const struct job_task *t = &job->tasks[0];
    assert_string_equal(t->name, "t");
    assert_int_equal(t->kind, JOB_COMMAND);
    assert_int_equal(t->command.len, 1);
    assert_null(t->script);
    assert_false(t->per_account);
    assert_string_equal(t->regions.items[0], "us-east-1");
    static const char *const env[] = {"A={region}", "B_2=", "N=5", "AWS_PAGER=less"};
    assert_int_equal(t->env.len, COUNT(env));
    for (size_t i = 0; i < COUNT(env); i++)
        assert_string_equal(t->env.items[i], env[i]);
    assert_int_equal(t->pass_env.len, 2);
    assert_string_equal(t->pass_env.items[1], "no_proxy");
    assert_int_equal(t->timeout_ms, 90000);
    assert_int_equal(t->kill_after_ms, 250);
    assert_string_equal(t->cwd, "/w/{account.id}");
    assert_int_equal(t->retry.attempts, 5);
    assert_int_equal(t->retry.on, JOB_RETRY_ERROR | JOB_RETRY_FAILED | JOB_RETRY_TIMEOUT);
    assert_int_equal(t->retry.backoff_ms, 2000);
    job_free(job);
}

static void reads_a_script_with_defaults(void **state)
{
    (void)state;
    struct job *job = job_format(FRAME, "\n- script: |\n    echo '{account.id}' ${X} {nothing}\n");
    const struct job_task *t = &job->tasks[0];
    assert_string_equal(t->name, "script");
    assert_int_equal(t->kind, JOB_SCRIPT);
    assert_string_equal(t->script, "echo '{account.id}' ${X} {nothing}\n");
    assert_string_equal(t->shell, "bash");
    assert_int_equal(t->command.len, 0);
    assert_int_equal(t->timeout_ms, 0);
    assert_int_equal(t->kill_after_ms, 10000);
    assert_null(t->cwd);
    assert_int_equal(t->retry.attempts, 1);
    assert_int_equal(t->retry.on, JOB_RETRY_ERROR);
    assert_int_equal(t->retry.backoff_ms, 1000);
    job_free(job);
    job = job_format(FRAME, "[{name: t, script: 'exit 0', shell: python3, retry: {on: timeout}}]");
    assert_string_equal(job->tasks[0].shell, "python3");
    assert_int_equal(job->tasks[0].retry.on, JOB_RETRY_TIMEOUT);
    job_free(job);
}

static void names_a_lone_task(void **state)
{
    (void)state;
    static const struct {
        const char *program, *name;
    } rows[] = {
        {"aws", "aws"},
        {"/usr/bin/aws", "aws"},
        {"./my check", "my-check"},
        {"..", "command"},
        {"/", "command"},
        {"'{account.id}'", "account.id-"},
        {"\xc3\xa4x", "x"},
        {"x\xc3\xa4", "x--"},
        {"-_a", "a"},
        {"'a\nb'", "a-b"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "[{command: [%s]}]", rows[i].program);
        struct job *job = job_format(FRAME, text);
        if (i == 9) /* YAML folds a line break into a blank */
            assert_string_equal(job->tasks[0].command.items[0], "a b");
        assert_string_equal(job->tasks[0].name, rows[i].name);
        job_free(job);
    }
}

/* Codes by letter: p, f, e for 0, 1, 2, 255. */
static void maps_exit_codes(void **state)
{
    (void)state;
    static const struct {
        const char *exit, *of;
    } rows[] = {
        {"{}", "pfff"},
        {"{passed: [0, 2]}", "pfpf"},
        {"{passed: [2]}", "ffpf"},
        {"{failed: [1]}", "pfee"},
        {"{failed: [0]}", "feee"},
        {"{passed: [0], failed: [1]}", "pfee"},
        {"{passed: [], failed: [1]}", "efee"},
        {"{error: [2, 255]}", "pfee"},
        {"{error: [0]}", "efff"},
        {"{passed: [1], failed: [2], error: [0]}", "epfe"},
    };
    static const int codes[] = {0, 1, 2, 255};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[100], of[5] = "";
        (void)snprintf(text, sizeof text, "exit: %s", rows[i].exit);
        struct job *job = job_format(TASK, text);
        for (size_t c = 0; c < COUNT(codes); c++) {
            uint8_t outcome = job->tasks[0].exit.of[codes[c]];
            of[c] = outcome == ORGRUN_PASSED ? 'p' : outcome == ORGRUN_FAILED ? 'f' : 'e';
        }
        assert_string_equal(of, rows[i].of);
        job_free(job);
    }
    struct job *job = job_format(FRAME, "[{name: t, command: [a]}]");
    assert_int_equal(job->tasks[0].exit.of[0], ORGRUN_PASSED);
    assert_int_equal(job->tasks[0].exit.of[255], ORGRUN_FAILED);
    job_free(job);
}

/* A task's own word holds, else the job's, wherever that stands, else env. */
static void reads_how_sessions_get_in(void **state)
{
    (void)state;
    static const struct {
        const char *tasks;
        enum job_inject first, second;
    } cases[] = {
        {"[{name: a, command: [x]}, {name: b, command: [x]}]", JOB_INJECT_ENV, JOB_INJECT_ENV},
        {"[{name: a, command: [x], inject: endpoint}, {name: b, command: [x]}]",
         JOB_INJECT_ENDPOINT, JOB_INJECT_ENV},
        {"[{name: a, command: [x], inject: env}, {name: b, command: [x]}]\ninject: endpoint",
         JOB_INJECT_ENV, JOB_INJECT_ENDPOINT},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct job *job = job_format(FRAME, cases[i].tasks);
        assert_int_equal(job->tasks[0].inject, cases[i].first);
        assert_int_equal(job->tasks[1].inject, cases[i].second);
        job_free(job);
    }
}

static void refuses_tasks(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"{name: t, command: [a]}",
         "job.yaml:3:8: \"tasks\" in the job must be a list of tasks, not a mapping"},
        {"[]", "job.yaml:3:8: \"tasks\" in the job is empty"},
        {"[a]", "job.yaml:3:9: task 1 must be a mapping, not \"a\""},
        {"[{}]", "job.yaml:3:9: task 1 has neither \"command\" nor \"script\""},
        {"[{name: t}]", "job.yaml:3:9: task \"t\" has neither \"command\" nor \"script\""},
        {"[{name: t, command: [a], script: b}]",
         "job.yaml:3:33: task \"t\" has both \"command\" and \"script\""},
        {"[{name: t, command: [a], shell: sh}]",
         "job.yaml:3:33: \"shell\" in task \"t\" goes with \"script\" only"},
        {"[{command: [a]}, {name: u, command: [b]}]",
         "job.yaml:3:9: \"name\" is missing in task 1"},
        {"[{name: t, command: [a]}, {name: u, command: [a]}, {name: t, command: [b]}]",
         "job.yaml:3:66: tasks 1 and 3 are both named \"t\""},
        {"[{name: t, api: {service: s3}}]",
         "job.yaml:3:19: unknown key \"api\" in task \"t\" " KEYS},
        {"[{name: t, comand: [a]}]",
         "job.yaml:3:19: unknown key \"comand\" in task \"t\"; did you mean \"command\"? " KEYS},
        {"[{name: t, concurrency: 2, command: [a]}]",
         "job.yaml:3:19: unknown key \"concurrency\" in task \"t\" " KEYS},
        {"[{name: a/b, command: [a]}]",
         "job.yaml:3:16: \"name\" in task \"a/b\" must be 1 to 64 letters, digits and ._- that "
         "begin with a letter or digit, not \"a/b\""},
        {"[{name: .., command: [a]}]",
         "job.yaml:3:16: \"name\" in task \"..\" must be 1 to 64 letters, digits and ._- that "
         "begin with a letter or digit, not \"..\""},
        {"[{name: [t], command: [a]}]",
         "job.yaml:3:16: \"name\" in task 1 must be 1 to 64 letters, digits and ._- that begin "
         "with a letter or digit, not a list"},
        {"[{name: t, command: aws s3 ls}]",
         "job.yaml:3:28: \"command\" in task \"t\" must be a list of text, not \"aws s3 ls\"",
         "Write the command as a list, such as [aws, sts, get-caller-identity], or use \"script\" "
         "for shell text."},
        {"[{name: t, command: []}]", "job.yaml:3:28: \"command\" in task \"t\" is empty"},
        {"[{name: t, command: ['']}]",
         "job.yaml:3:29: the program of \"command\" in task \"t\" is empty"},
        {"[{name: t, command: [a, ~]}]",
         "job.yaml:3:32: each item of \"command\" in task \"t\" must be text (quote it if it is "
         "meant), not nothing"},
        {"[{name: t, command: [a, [b]]}]",
         "job.yaml:3:32: each item of \"command\" in task \"t\" must be text, not a list"},
        {"[{name: t, command: [a, '{acount.id}']}]",
         "job.yaml:3:32: unknown template \"{acount.id}\"; did you mean \"{account.id}\"? "
         "(allowed: {account.id}, {account.name}, {region}, {run.id}, {task.name})",
         "For the text \"{acount.id}\" itself write \"{{acount.id}}\"."},
        {"[{name: t, script: ''}]", "job.yaml:3:27: \"script\" in task \"t\" is empty"},
        {"[{name: t, script: \" \\n\\t\"}]", "job.yaml:3:27: \"script\" in task \"t\" is empty"},
        {"[{name: t, script: [a]}]",
         "job.yaml:3:27: \"script\" in task \"t\" must be shell text, not a list"},
        {"[{name: t, script: a, shell: bash -x}]",
         "job.yaml:3:37: \"shell\" in task \"t\" must be one program without arguments, not "
         "\"bash -x\""},
    };
    assert_refused_in(FRAME, rows, COUNT(rows));
}

static void refuses_task_keys(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"regions: []", "job.yaml:3:42: \"regions\" in task \"t\" is empty; \"none\" runs a task "
                        "once per account"},
        {"exit: [0]", "job.yaml:3:39: exit of task \"t\" must be a mapping, not a list"},
        {"exit: {pass: [0]}", "job.yaml:3:40: unknown key \"pass\" in exit of task \"t\"; did you "
                              "mean \"passed\"? (allowed: passed, failed, error)"},
        {"exit: {passed: 0}", "job.yaml:3:48: \"passed\" in exit of task \"t\" must be a list of "
                              "exit codes, not \"0\""},
        {"exit: {passed: [256]}", "job.yaml:3:49: each item of \"passed\" in exit of task \"t\" "
                                  "must be an exit code from 0 to 255, not \"256\""},
        {"exit: {passed: ['0']}", "job.yaml:3:49: each item of \"passed\" in exit of task \"t\" "
                                  "must be an exit code from 0 to 255, not \"0\""},
        {"exit: {passed: [0, 0]}", "job.yaml:3:52: exit code 0 is listed twice in \"passed\""},
        {"exit: {passed: [0], failed: [0]}",
         "job.yaml:3:62: exit code 0 is both \"passed\" and \"failed\""},
        {"env: [A=1]", "job.yaml:3:38: \"env\" in task \"t\" must be a mapping of names to text, "
                       "not a list"},
        {"env: {1A: x}", "job.yaml:3:39: \"1A\" is not the name of an environment variable "
                         "(letters, digits and _)"},
        {"env: {A-B: x}", "job.yaml:3:39: \"A-B\" is not the name of an environment variable "
                          "(letters, digits and _)"},
        {"env: {A: }",
         "job.yaml:3:42: \"A\" in env of task \"t\" has no value; \"\" is empty text"},
        {"env: {A: [x]}", "job.yaml:3:42: \"A\" in env of task \"t\" must be text, not a list"},
        {"env: {A: '{x}'}",
         "job.yaml:3:42: unknown template \"{x}\" (allowed: {account.id}, {account.name}, "
         "{region}, {run.id}, {task.name})"},
        {"env: {AWS_PROFILE: x}",
         "job.yaml:3:39: \"AWS_PROFILE\" cannot be set in task \"t\": orgrun sets the variables "
         "that name the account's session itself",
         "Settings without credentials, such as AWS_PAGER, AWS_RETRY_MODE or AWS_ENDPOINT_URL, "
         "may be set."},
        {"env: {AWS_ACCESS_KEY_ID: x}",
         "job.yaml:3:39: \"AWS_ACCESS_KEY_ID\" cannot be set in task \"t\": orgrun sets the "
         "variables that name the account's session itself"},
        {"env: {AWS_REGION: x}",
         "job.yaml:3:39: \"AWS_REGION\" cannot be set in task \"t\": orgrun sets the variables "
         "that name the account's session itself"},
        {"env: {ORGRUN_TASK: x}",
         "job.yaml:3:39: \"ORGRUN_TASK\" cannot be set in task \"t\": orgrun sets the variables "
         "that describe the target itself",
         ""},
        {"pass_env: HOME", "job.yaml:3:43: \"pass_env\" in task \"t\" must be a list of names of "
                           "environment variables, not \"HOME\""},
        {"pass_env: [A=b]", "job.yaml:3:44: \"A=b\" is not the name of an environment variable "
                            "(letters, digits and _)"},
        {"pass_env: [AWS_PAGER]",
         "job.yaml:3:44: \"AWS_PAGER\" cannot be passed to task \"t\": orgrun's own credentials "
         "and settings never reach a task"},
        {"pass_env: [LD_PRELOAD]",
         "job.yaml:3:44: \"LD_PRELOAD\" cannot be passed to task \"t\": it would change what the "
         "dynamic linker loads"},
        {"pass_env: [ORGRUN_RUN_ID]",
         "job.yaml:3:44: \"ORGRUN_RUN_ID\" cannot be passed to task \"t\": orgrun sets the "
         "variables that describe the target itself"},
        {"timeout: 5",
         "job.yaml:3:42: \"timeout\" in task \"t\" must be a duration from 0s to "
         "30d, such as 90s, 5m or 2h, not \"5\"",
         "A duration has a unit: 5s, 5m or 5h."},
        {"timeout: 31d", "job.yaml:3:42: \"timeout\" in task \"t\" must be a duration from 0s to "
                         "30d, such as 90s, 5m or 2h, not \"31d\""},
        {"timeout: 1h30m", "job.yaml:3:42: \"timeout\" in task \"t\" must be a duration from 0s to "
                           "30d, such as 90s, 5m or 2h, not \"1h30m\""},
        {"timeout: [5m]", "job.yaml:3:42: \"timeout\" in task \"t\" must be a duration from 0s to "
                          "30d, such as 90s, 5m or 2h, not a list"},
        {"kill_after: 2h", "job.yaml:3:45: \"kill_after\" in task \"t\" must be a duration from 0s "
                           "to 1h, such as 90s, 5m or 2h, not \"2h\""},
        {"cwd: ''", "job.yaml:3:38: \"cwd\" in task \"t\" must have 1 to 4096 bytes, not 0"},
        {"cwd: '{account.name}'",
         "job.yaml:3:38: template \"{account.name}\" cannot be used here (allowed: {account.id}, "
         "{region}, {run.id}, {task.name})"},
        {"retry: 3", "job.yaml:3:40: retry of task \"t\" must be a mapping, not \"3\""},
        {"retry: {attempts: 11}", "job.yaml:3:51: \"attempts\" in retry of task \"t\" must be a "
                                  "whole number from 1 to 10, not \"11\""},
        {"retry: {on: errors}",
         "job.yaml:3:45: \"on\" in retry of task \"t\" must be error, "
         "failed or timeout, not \"errors\"",
         "Did you mean \"error\"?"},
        {"inject: endpoints",
         "job.yaml:3:41: \"inject\" in task \"t\" must be env or endpoint, not \"endpoints\"",
         "Did you mean \"endpoint\"?"},
        {"retry: {on: []}", "job.yaml:3:45: \"on\" in retry of task \"t\" is empty"},
        {"retry: {backoff: 2m}",
         "job.yaml:3:50: \"backoff\" in retry of task \"t\" must be a duration from 0s to 1m, such "
         "as 90s, 5m or 2h, not \"2m\""},
    };
    assert_refused_in(TASK, rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_command),
        cmocka_unit_test(reads_a_script_with_defaults),
        cmocka_unit_test(names_a_lone_task),
        cmocka_unit_test(maps_exit_codes),
        cmocka_unit_test(refuses_tasks),
        cmocka_unit_test(refuses_task_keys),
        cmocka_unit_test(reads_how_sessions_get_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
