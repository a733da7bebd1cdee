// SPDX-License-Identifier: MIT
// Jobs of one command: what they hold, what is refused, and the text they leave.
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const ids[] = {"111122223333", "000000000001", NULL};
static const char *const argv_plain[] = {"aws", "sts", "get-caller-identity", NULL};

static struct job *command_job(const struct job_command *cmd)
{
    struct job *job = NULL;
    struct orgrun_error err = {0};
    if (job_from_command(&job, cmd, &err))
        fail_msg("%s", err.message);
    return job;
}

static void makes_a_job(void **state)
{
    (void)state;
    struct job *job = command_job(&(struct job_command){.accounts = ids, .argv = argv_plain});
    assert_string_equal(job->name, "exec");
    assert_null(job->file);
    assert_int_equal(job->accounts.list_len, 2);
    assert_string_equal(job->accounts.list[1].account.id, "000000000001");
    assert_string_equal(job->role.name, "rol_sts_cross_account");
    assert_string_equal(job->regions.items[0], "");
    assert_int_equal(job->tasks_len, 1);
    assert_string_equal(job->tasks[0].name, "aws");
    assert_int_equal(job->tasks[0].command.len, 3);
    assert_int_equal(job->tasks[0].timeout_ms, 0);
    assert_int_equal(job->tasks[0].env.len, 0);
    job_free(job);
}

static void takes_everything(void **state)
{
    (void)state;
    static const char *const include[] = {"prod-*", NULL}, *const exclude[] = {"prod-x", NULL};
    static const char *const regions[] = {"us-east-1", "eu-west-1", NULL};
    static const char *const env[] = {"A={region}", "B=x=y", "C=", "AWS_PAGER=", NULL};
    static const char *const argv[] = {
        "/bin/sh", "-c", "echo \"$1\"\n\techo '# \x01'", "", "{account.id}", "- ~", NULL};
    struct job *job = command_job(&(struct job_command){.organization = true,
                                                        .include = include,
                                                        .exclude = exclude,
                                                        .role = "arn:aws:iam::*:role/r",
                                                        .external_id = "ext",
                                                        .regions = regions,
                                                        .argv = argv,
                                                        .env = env,
                                                        .timeout_ms = 90500,
                                                        .inject = JOB_INJECT_ENDPOINT});
    struct job *again = job_of(job->text);
    for (int i = 0; i < 2; i++) {
        const struct job *j = i ? again : job;
        assert_true(j->accounts.organization);
        assert_string_equal(j->accounts.include.items[0], "prod-*");
        assert_string_equal(j->accounts.exclude[0].match, "prod-x");
        assert_string_equal(j->role.name, "arn:aws:iam::*:role/r");
        assert_string_equal(j->role.external_id, "ext");
        assert_string_equal(j->regions.items[1], "eu-west-1");
        const struct job_task *t = &j->tasks[0];
        assert_string_equal(t->name, "sh");
        assert_int_equal(t->timeout_ms, 90500);
        assert_int_equal(t->inject, JOB_INJECT_ENDPOINT);
        assert_int_equal(t->command.len, COUNT(argv) - 1);
        for (size_t a = 0; argv[a]; a++)
            assert_string_equal(t->command.items[a], argv[a]);
        assert_int_equal(t->env.len, COUNT(env) - 1);
        for (size_t e = 0; env[e]; e++)
            assert_string_equal(t->env.items[e], env[e]);
    }
    job_free(job);
    job_free(again);
}

static void reads_a_file(void **state)
{
    (void)state;
    char *dir = scratch_new(), *path = scratch_write(dir, "a.csv", "id\n000000000001\n1\n", 18);
    struct job *job = NULL;
    struct orgrun_error err = {0};
    char wanted[256];
    int rc = job_from_command(
        &job, &(struct job_command){.accounts_file = path, .argv = argv_plain}, &err);
    (void)snprintf(wanted, sizeof wanted,
                   "%s:3: \"1\" has 1 digit; account ids have 12 and leading zeros count: write it "
                   "as \"000000000001\"",
                   path);
    assert_error(rc, err, ORGRUN_EJOB, wanted);
    free(path);
    path = scratch_write(dir, "a.csv", "id\n000000000001\n", 16);
    job = command_job(&(struct job_command){.accounts_file = path, .argv = argv_plain});
    assert_int_equal(job->accounts.list_len, 1);
    job_free(job);
    free(path);
    scratch_free(dir);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SOURCES                                                                                    \
    "Give exactly one of: a list of account ids, an accounts file, or the whole organization."

static void refuses(void **state)
{
    (void)state;
    static const char *const empty[] = {NULL};
    const struct {
        struct job_command cmd;
        const char *message, *hint;
    } rows[] = {
        {{.argv = argv_plain}, "no accounts are named", SOURCES},
        {{.argv = argv_plain, .accounts = ids, .organization = true},
         "more than one source of accounts is named",
         SOURCES},
        {{.argv = argv_plain, .accounts = ids, .accounts_file = "a.csv"},
         "more than one source of accounts is named",
         SOURCES},
        {{.accounts = ids}, "no command is given", NULL},
        {{.accounts = ids, .argv = empty}, "no command is given", NULL},
        {{.accounts = empty, .argv = argv_plain}, "\"list\" in accounts is empty", NULL},
        {{.accounts = LIST("12345678901"), .argv = argv_plain},
         "\"12345678901\" has 11 digits; account ids have 12 and leading zeros count: write it as "
         "\"012345678901\"",
         NULL},
        {{.accounts = LIST("111122223333", "111122223333"), .argv = argv_plain},
         "account 111122223333 is listed twice",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .role = "a b"},
         "\"a b\" is not a role: a name holds only letters, digits and _+=,.@-",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .external_id = "x"},
         "\"external_id\" in role must have 2 to 1224 bytes, not 1",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .regions = LIST("eu-west1")},
         "\"eu-west1\" is not the name of a Region; did you mean \"eu-west-1\"?",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .timeout_ms = -1},
         "\"timeout\" in task 1 must be a duration from 0s to 30d, such as 90s, 5m or 2h, not "
         "\"-1ms\"",
         NULL},
        {{.accounts = ids, .argv = LIST("a", "{acount.id}")},
         "unknown template \"{acount.id}\"; did you mean \"{account.id}\"? (allowed: {account.id}, "
         "{account.name}, {region}, {run.id}, {task.name})",
         "For the text \"{acount.id}\" itself write \"{{acount.id}}\"."},
        {{.accounts = ids, .argv = LIST("a", "\xff")},
         "the job holds text that is not valid UTF-8",
         NULL},
        {{.accounts = ids, .argv = LIST("")},
         "the program of \"command\" in task 1 is empty",
         NULL},
        {{.accounts_file = "a.txt", .argv = argv_plain},
         "\"file\" in accounts must be a file whose name ends in .csv, .json, .yaml or .yml, not "
         "\"a.txt\"",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .env = LIST("A")}, "\"A\" is not NAME=VALUE", NULL},
        {{.accounts = ids, .argv = argv_plain, .env = LIST("A=1", "B=2", "A=3")},
         "\"A\" is set twice",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .env = LIST("=1")},
         "\"\" is not the name of an environment variable (letters, digits and _)",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .env = LIST("A-B=1")},
         "\"A-B\" is not the name of an environment variable (letters, digits and _)",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .env = LIST("A={x}")},
         "unknown template \"{x}\" (allowed: {account.id}, {account.name}, {region}, {run.id}, "
         "{task.name})",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .env = LIST("AWS_PROFILE=x")},
         "\"AWS_PROFILE\" cannot be set in task 1: orgrun sets the variables that name the "
         "account's session itself",
         NULL},
        {{.accounts = ids, .argv = argv_plain, .env = LIST("\xff=x")},
         "the job holds text that is not valid UTF-8",
         NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job *job = NULL;
        struct orgrun_error err = {0};
        int rc = job_from_command(&job, &rows[i].cmd, &err);
        assert_error(rc, err, ORGRUN_EUSAGE, rows[i].message);
        if (rows[i].hint)
            assert_string_equal(err.hint, rows[i].hint);
        assert_null(job);
    }
}

static void refuses_too_many_variables(void **state)
{
    (void)state;
    static char names[514][16];
    const char *env[515] = {NULL};
    for (int i = 0; i < 513; i++) {
        (void)snprintf(names[i], sizeof names[i], "A%d=", i);
        env[i] = names[i];
    }
    struct job *job = NULL;
    struct orgrun_error err = {0};
    struct job_command cmd = {.accounts = ids, .argv = argv_plain, .env = env};
    int rc = job_from_command(&job, &cmd, &err);
    assert_error(rc, err, ORGRUN_EUSAGE, "more than 512 variables are set");
    env[512] = NULL;
    job = command_job(&cmd);
    assert_int_equal(job->tasks[0].env.len, 512);
    job_free(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_a_job),
        cmocka_unit_test(takes_everything),
        cmocka_unit_test(reads_a_file),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_too_many_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
