// SPDX-License-Identifier: MIT
// The whole of a job file: its sample, its keys, what is missing, unknown or of the wrong kind.
#include "base/cleanup.h"
#include "base/fs.h"
#include "orgrun/types.h"
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <string.h>

static const char sample[] =
    "name: nightly-compliance\n"
    "accounts:\n"
    "  organization: true            # ListAccounts\n"
    "  list: [\"111122223333\", {id: \"444455556666\", name: data, role: other-role, "
    "regions: [eu-west-1]}]\n"
    "  include: [\"prod-*\"]           # globs on id, name, email or OU path\n"
    "  exclude: [{match: \"sandbox-*\", reason: \"no workloads\"}]\n"
    "  expect: 26                    # coverage contract: also {min:, max:}\n"
    "role: {name: rol_sts_cross_account, session_name: \"orgrun-{run.id}\", duration: 1h}\n"
    "regions: [us-east-1, eu-west-1]\n"
    "tasks:\n"
    "  - name: root-mfa\n"
    "    regions: none\n"
    "    command: [aws, iam, get-account-summary, --query, SummaryMap.AccountMFAEnabled]\n"
    "    exit: {passed: [0], failed: [1]}   # every other code is `error`\n"
    "    timeout: 5m\n"
    "    retry: {attempts: 3, on: [error]}\n"
    "limits: {concurrency: 32, deadline: 2h, stop_after_failures: 10%}\n"
    "reports: {junit: out/junit.xml, html: out/report.html, json: out/report.json}\n";

static void loads_the_sample(void **state)
{
    (void)state;
    struct job *job = job_of(sample);
    assert_string_equal(job->name, "nightly-compliance");
    assert_null(job->description);
    assert_string_equal(job->file, "job.yaml");
    assert_string_equal(job->text, sample);
    assert_true(job->accounts.organization);
    assert_int_equal(job->accounts.list_len, 2);
    assert_string_equal(job_entry_find(job, "444455556666")->role, "other-role");
    assert_null(job_entry_find(job, "444455556667"));
    assert_int_equal(job->accounts.expect_min, 26);
    assert_int_equal(job->accounts.expect_max, 26);
    assert_string_equal(job->role.name, "rol_sts_cross_account");
    assert_int_equal(job->role.duration_s, 3600);
    assert_int_equal(job->tasks_len, 1);
    const struct job_task *task = &job->tasks[0];
    assert_int_equal(task->kind, JOB_COMMAND);
    assert_int_equal(task->command.len, 5);
    assert_int_equal(task->timeout_ms, 300000);
    assert_int_equal(task->exit.of[0], ORGRUN_PASSED);
    assert_int_equal(task->exit.of[1], ORGRUN_FAILED);
    assert_int_equal(task->exit.of[2], ORGRUN_ERROR);
    assert_int_equal(task->retry.attempts, 3);
    assert_int_equal(job->limits.concurrency, 32);
    assert_int_equal(job->limits.deadline_ms, 7200000);
    assert_int_equal(job->limits.stop_after_percent, 10);
    assert_int_equal(job->reports_len, 3);
    assert_string_equal(job->reports[1].format, "html");
    assert_string_equal(job->reports[1].path, "out/report.html");
    job_free(job);
}

static void chooses_regions(void **state)
{
    (void)state;
    struct job *job = job_of("accounts: {list: ['111122223333', {id: '444455556666', regions: "
                             "eu-west-1}]}\nrole: r\nregions: [us-east-1, us-west-2]\ntasks:\n"
                             "- {name: a, command: [a]}\n"
                             "- {name: b, command: [b], regions: [eu-north-1]}\n"
                             "- {name: c, command: [c], regions: none}\n"
                             "- {name: d, command: [d], regions: [none]}\n");
    static const char *const plain[] = {"us-east-1", "eu-north-1", "", ""};
    static const char *const own[] = {"eu-west-1", "eu-west-1", "", ""};
    for (size_t i = 0; i < COUNT(plain); i++) {
        const struct job_entry *entry = job_entry_find(job, "444455556666");
        assert_string_equal(job_regions(job, &job->tasks[i], NULL)->items[0], plain[i]);
        assert_string_equal(job_regions(job, &job->tasks[i], entry)->items[0], own[i]);
        assert_int_equal(job_regions(job, &job->tasks[i], NULL)->len, i == 0 ? 2 : 1);
    }
    job_free(job);
}

static void fills_defaults(void **state)
{
    (void)state;
    static const struct {
        const char *file, *name;
    } rows[] = {{"jobs/nightly.sweep.yaml", "nightly.sweep"},
                {"nightly", "nightly"},
                {"-", "job"},
                {NULL, "job"},
                {"a/.yaml", "job"},
                {"a\x1b[31m.yaml", "a"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job *job = NULL;
        struct orgrun_error err = {0};
        assert_int_equal(job_parse(&job, JOB_SOUND, strlen(JOB_SOUND), rows[i].file, NULL, &err),
                         0);
        assert_string_equal(job->name, rows[i].name);
        assert_string_equal(job->role.session_name, "orgrun-{run.id}");
        assert_int_equal(job->role.duration_s, 3600);
        assert_int_equal(job->regions.len, 1);
        assert_string_equal(job->regions.items[0], "");
        assert_int_equal(job->limits.output, 8 * 1024 * 1024);
        assert_int_equal(job->limits.assume_attempts, 8);
        assert_int_equal(job->limits.assume_total_ms, 120000);
        assert_false(job->accounts.has_expect);
        job_free(job);
    }
}

/* A file's name may be 255 bytes of anything, each of which becomes three. */
static void names_a_job_after_any_file(void **state)
{
    (void)state;
    char file[256];
    memset(file, 0xff, 255);
    file[255] = '\0';
    struct job *job = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(job_parse(&job, JOB_SOUND, strlen(JOB_SOUND), file, NULL, &err), 0);
    assert_int_equal(strlen(job->name), 3 * 255);
    job_free(job);
}

static void takes_prose(void **state)
{
    (void)state;
    struct job *job = job_of(JOB_SOUND "description: |\n  Two lines,\n\n  \tand a tab.\n");
    assert_string_equal(job->description, "Two lines,\n\n\tand a tab.\n");
    job_free(job);
}

static void refuses_what_is_no_job(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"", "job.yaml:1:1: there is no job here; it is a mapping with the keys accounts, role and "
             "tasks"},
        {"# nothing\n", "job.yaml:1:1: there is no job here; it is a mapping with the keys "
                        "accounts, role and tasks"},
        {"- a\n", "job.yaml:1:1: a job is a mapping with the keys accounts, role and tasks, not a "
                  "list"},
        {"text\n", "job.yaml:1:1: a job is a mapping with the keys accounts, role and tasks, not "
                   "\"text\""},
        {"~\n", "job.yaml:1:1: a job is a mapping with the keys accounts, role and tasks, not "
                "nothing"},
        {"name: x\n", "job.yaml:1:1: \"accounts\" is missing in the job"},
        {"accounts: {list: ['111122223333']}\nrole: r\n",
         "job.yaml:1:1: \"tasks\" is missing in the job"},
        {"accounts: {list: ['111122223333']}\ntasks: [{name: t, command: [a]}]\n",
         "job.yaml:1:1: \"role\" is missing in the job",
         "Name the role that orgrun assumes in each account, such as \"role: "
         "rol_sts_cross_account\"."},
        {"accounts:\n", "job.yaml:1:10: accounts must be a mapping, not nothing"},
    };
    assert_refused(rows, COUNT(rows));
}

#define ALLOWED                                                                                    \
    "(allowed: name, description, accounts, role, access, regions, tasks, limits, inject, "        \
    "reports)"

static void refuses_wrong_keys(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"task: x\n",
         "job.yaml:4:1: unknown key \"task\" in the job; did you mean \"tasks\"? " ALLOWED},
        {"region: us-east-1\n",
         "job.yaml:4:1: unknown key \"region\" in the job; did you mean \"regions\"? " ALLOWED},
        {"Name: x\n",
         "job.yaml:4:1: unknown key \"Name\" in the job; did you mean \"name\"? " ALLOWED},
        {"concurrency: 4\n", "job.yaml:4:1: unknown key \"concurrency\" in the job " ALLOWED},
        {"schedule: daily\n", "job.yaml:4:1: unknown key \"schedule\" in the job " ALLOWED},
        {"role: s\n", "job.yaml:4:1: duplicate key \"role\" (first at job.yaml:2:1)"},
        {"name: [a]\n", "job.yaml:4:7: \"name\" in the job must be text, not a list"},
        {"name:\n", "job.yaml:4:6: \"name\" in the job must be text, not nothing"},
        {"name: ''\n", "job.yaml:4:7: \"name\" in the job must have 1 to 128 bytes, not 0"},
        {"name: \"a\\nb\"\n",
         "job.yaml:4:7: \"name\" in the job must not hold control characters or new lines"},
        {"inject: file\n",
         "job.yaml:4:9: \"inject\" in the job must be env or endpoint, not \"file\""},
        {"description: {a: b}\n",
         "job.yaml:4:14: \"description\" in the job must be text, not a mapping"},
        {"description: \"\\e[31m\"\n",
         "job.yaml:4:14: \"description\" in the job must not hold control characters"},
        {"regions: []\n",
         "job.yaml:4:10: \"regions\" in the job is empty; \"none\" runs a task once per account"},
        {"regions: {a: b}\n", "job.yaml:4:10: \"regions\" in the job must be a Region, a list of "
                              "Regions, or none, not a mapping"},
        {"regions:\n", "job.yaml:4:9: \"regions\" in the job must be a Region, a list of Regions, "
                       "or none, not nothing"},
        {"regions: [eu-west1]\n",
         "job.yaml:4:11: \"eu-west1\" is not the name of a Region; did you mean \"eu-west-1\"?"},
        {"regions: eu-weast-*\n", "job.yaml:4:10: no Region matches \"eu-weast-*\""},
        {"regions: [none, us-east-1]\n", "job.yaml:4:11: \"none\" cannot stand beside Regions"},
        {"regions: [us-east-1, us-east-1]\n",
         "job.yaml:4:22: Region \"us-east-1\" is listed twice"},
        {"regions: [[us-east-1]]\n",
         "job.yaml:4:11: each item of \"regions\" in the job must be a Region, not a list"},
    };
    assert_refused_in(JOB_SOUND "%s", rows, COUNT(rows));
    /* A Region that is not known but looks like one may be new. */
    job_free(job_of(JOB_SOUND "regions: us-esat-1\n"));
}

static void loads_files(void **state)
{
    (void)state;
    char *dir = scratch_new();
    AUTO(free_ptr) char *path = scratch_write(dir, "nightly.yaml", sample, strlen(sample));
    struct job *job = NULL;
    struct orgrun_error err = {0};
    static const char *const formats[] = {"json", "junit", NULL};
    struct job_load_opts opts = {.report_formats = formats};
    char wanted[512];
    int rc = job_load(&job, path, &opts, &err);
    (void)snprintf(wanted, sizeof wanted,
                   "%s:18:33: unknown report format \"html\" (allowed: json, junit)", path);
    assert_error(rc, err, ORGRUN_EJOB, wanted);
    assert_null(job);
    assert_int_equal(job_load(&job, path, NULL, &err), 0);
    assert_string_equal(job->file, path);
    job_free(job);
    AUTO(free_ptr) char *missing = fs_join(dir, "none.yaml");
    rc = job_load(&job, missing, NULL, &err);
    (void)snprintf(wanted, sizeof wanted, "cannot open %s: No such file or directory", missing);
    assert_error(rc, err, ORGRUN_EIO, wanted);
    rc = job_load(&job, dir, NULL, &err);
    (void)snprintf(wanted, sizeof wanted, "cannot read %s: it is a directory", dir);
    assert_error(rc, err, ORGRUN_EIO, wanted);
    AUTO(free_ptr) char *huge = malloc(JOB_FILE_MAX + 1);
    assert_non_null(huge);
    memset(huge, '#', JOB_FILE_MAX + 1);
    AUTO(free_ptr) char *large = scratch_write(dir, "large.yaml", huge, JOB_FILE_MAX + 1);
    rc = job_load(&job, large, NULL, &err);
    (void)snprintf(wanted, sizeof wanted, "%s is larger than 1048576 bytes", large);
    assert_error(rc, err, ORGRUN_ELIMIT, wanted);
    scratch_free(dir);
}

/* What is said names standard input as people know it. */
static void names_its_source(void **state)
{
    (void)state;
    struct job *job = NULL;
    struct orgrun_error err = {0};
    int rc = job_parse(&job, "a: 1", 4, "-", NULL, &err);
    assert_error(rc, err, ORGRUN_EJOB, "<stdin>:1:1: unknown key \"a\" in the job " ALLOWED);
    rc = job_parse(&job, "a: 1", 4, NULL, NULL, &err);
    assert_error(rc, err, ORGRUN_EJOB, "job:1:1: unknown key \"a\" in the job " ALLOWED);
    rc = job_parse(&job, "", (size_t)JOB_TEXT_MAX + 1, "j", NULL, &err);
    assert_error(rc, err, ORGRUN_ELIMIT, "j: the job is larger than 67108864 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_the_sample),   cmocka_unit_test(chooses_regions),
        cmocka_unit_test(fills_defaults),     cmocka_unit_test(names_a_job_after_any_file),
        cmocka_unit_test(takes_prose),        cmocka_unit_test(refuses_what_is_no_job),
        cmocka_unit_test(refuses_wrong_keys), cmocka_unit_test(loads_files),
        cmocka_unit_test(names_its_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
