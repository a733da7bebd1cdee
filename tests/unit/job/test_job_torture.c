// SPDX-License-Identifier: MIT
// Makes each allocation fail in turn while jobs are made: never a crash, a leak or a half job.
// The linker's --wrap brings our own allocations here, libyaml's come through its preemptible
// functions, jansson's through its hook.
#include "base/cleanup.h"
#include "unit/job/job_fixture.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Which allocation fails: the next, when 1. 0 = none. */
static size_t countdown;
static bool sticky; /* ... and all after it */
static bool fired;
static bool in_jansson; /* ... was its allocation that failed first */

static bool fails(void)
{
    if (sticky && fired)
        return true;
    if (countdown == 0 || --countdown > 0)
        return false;
    fired = true;
    return true;
}

#define PREEMPT __attribute__((visibility("default")))

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t len, size_t size);
void *__wrap_calloc(size_t len, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t len, size_t size);
void *__wrap_reallocarray(void *p, size_t len, size_t size);
char *__real_strdup(const char *s);
char *__wrap_strdup(const char *s);
char *__real_strndup(const char *s, size_t len);
char *__wrap_strndup(const char *s, size_t len);
int __real_vasprintf(char **out, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
int __wrap_vasprintf(char **out, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
int __wrap_asprintf(char **out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
PREEMPT void *yaml_malloc(size_t size);
PREEMPT void *yaml_realloc(void *p, size_t size);
PREEMPT void yaml_free(void *p);
PREEMPT unsigned char *yaml_strdup(const unsigned char *s);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t len, size_t size)
{
    return fails() ? NULL : __real_calloc(len, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}

void *__wrap_reallocarray(void *p, size_t len, size_t size)
{
    return fails() ? NULL : __real_reallocarray(p, len, size);
}

char *__wrap_strdup(const char *s)
{
    return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t len)
{
    return fails() ? NULL : __real_strndup(s, len);
}

int __wrap_vasprintf(char **out, const char *fmt, va_list ap)
{
    return fails() ? -1 : __real_vasprintf(out, fmt, ap);
}

int __wrap_asprintf(char **out, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = fails() ? -1 : __real_vasprintf(out, fmt, ap);
    va_end(ap);
    return n;
}

void *yaml_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size ? size : 1);
}

void *yaml_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size ? size : 1);
}

void yaml_free(void *p)
{
    free(p);
}

unsigned char *yaml_strdup(const unsigned char *s)
{
    return s && !fails() ? (unsigned char *)__real_strdup((const char *)s) : NULL;
}

static void *jansson_malloc(size_t size)
{
    bool before = fired;
    void *p = __wrap_malloc(size);
    in_jansson |= !before && fired;
    return p;
}

typedef int make_fn(struct job **out, const char *dir, struct orgrun_error *err);

/* Makes the job again and again, each time with another allocation failing, until none is left.
 * Returns how many there were. */
static size_t torture(make_fn *make, const char *dir, bool all_after)
{
    struct job *whole = NULL;
    struct orgrun_error err = {0};
    if (make(&whole, dir, &err))
        fail_msg("%s", err.message);
    size_t n = 0;
    sticky = all_after;
    do {
        struct job *job = NULL;
        err = (struct orgrun_error){0};
        fired = in_jansson = false;
        countdown = ++n;
        int rc = make(&job, dir, &err);
        countdown = 0;
        bool was_fired = fired;
        fired = false;
        if (rc) {
            assert_null(job);
            assert_true(was_fired);
            /* jansson takes a word it has no memory for to be misspelt, and cannot be asked. */
            if (!in_jansson || rc != ORGRUN_EJOB)
                assert_error(rc, err, ORGRUN_ENOMEM, "out of memory");
        } else {
            assert_string_equal(job->text, whole->text);
            assert_int_equal(job->accounts.list_len, whole->accounts.list_len);
            assert_int_equal(job->tasks_len, whole->tasks_len);
        }
        job_free(job);
        fired = was_fired;
    } while (fired);
    fired = false;
    job_free(whole);
    return n - 1;
}

static const char text[] =
    "name: whole\ndescription: |\n  Every key\n  there is.\n"
    "accounts:\n  organization: true\n"
    "  list: ['111122223333', {id: '444455556666', name: n, email: e, ou_path: o, state: ACTIVE, "
    "role: p/r, regions: [eu-west-1]}, '000000000001', '000000000002', '000000000003']\n"
    "  include: [a, b]\n  exclude: [{match: x, reason: y}, z]\n  expect: {min: 1, max: 9}\n"
    "  management: skip\n"
    "role: {name: r, session_name: 'o-{run.id}', duration: 1h, external_id: ext}\n"
    "regions: [us-east-1, eu-west-1]\n"
    "tasks:\n"
    "- name: one\n  command: [aws, '{account.id}', \"a\\tb\"]\n"
    "  exit: {passed: [0], failed: [1]}\n  env: {A: '{region}', B: ''}\n  pass_env: [HOME]\n"
    "  timeout: 5m\n  kill_after: 1s\n  cwd: '/w/{run.id}'\n"
    "  retry: {attempts: 2, on: [error, failed], backoff: 1s}\n"
    "- {name: two, script: \"a\\nb\\n\", shell: sh, regions: none}\n"
    "limits: {concurrency: 4, deadline: 1h, stop_after_failures: 5%, output: 1MiB}\n"
    "reports: {json: [a, b], junit: c}\n";

static int parse(struct job **out, const char *dir, struct orgrun_error *err)
{
    (void)dir;
    static const char *const formats[] = {"json", "junit", NULL};
    const struct job_load_opts opts = {.report_formats = formats};
    return job_parse(out, text, strlen(text), "jobs/job.yaml", &opts, err);
}

static int parse_changed(struct job **out, const char *dir, struct orgrun_error *err)
{
    (void)dir;
    static const char plain[] = JOB_SOUND "description: d\nlimits: {}\n";
    static const char *const settings[] = {"limits.output=1MiB", "tasks.t.env={A: b}", NULL};
    const struct job_load_opts opts = {.settings = settings};
    return job_parse(out, plain, strlen(plain), NULL, &opts, err);
}

static int load_with_file(struct job **out, const char *dir, const char *name,
                          struct orgrun_error *err)
{
    char path[128], job[256];
    (void)snprintf(path, sizeof path, "%s/job.yaml", dir);
    (void)snprintf(job, sizeof job, "role: r\ntasks: [{command: ['a']}]\naccounts: {file: %s}\n",
                   name);
    return job_parse(out, job, strlen(job), path, NULL, err);
}

static int load_csv(struct job **out, const char *dir, struct orgrun_error *err)
{
    return load_with_file(out, dir, "a.csv", err);
}

static int load_yaml(struct job **out, const char *dir, struct orgrun_error *err)
{
    return load_with_file(out, dir, "a.yaml", err);
}

static int load_json(struct job **out, const char *dir, struct orgrun_error *err)
{
    return load_with_file(out, dir, "a.json", err);
}

static int from_command(struct job **out, const char *dir, struct orgrun_error *err)
{
    (void)dir;
    static const char *const ids[] = {"111122223333", "444455556666", NULL};
    static const char *const globs[] = {"a*", NULL}, *const regions[] = {"eu-west-1", NULL};
    static const char *const argv[] = {"sh", "-c", "echo {region}\n", NULL};
    static const char *const env[] = {"A=b", "C={region}", NULL};
    return job_from_command(out,
                            &(struct job_command){.accounts = ids,
                                                  .include = globs,
                                                  .exclude = globs,
                                                  .role = "p/r",
                                                  .external_id = "ext",
                                                  .regions = regions,
                                                  .argv = argv,
                                                  .env = env,
                                                  .timeout_ms = 1000},
                            err);
}

static void survives(void **state)
{
    static const struct {
        const char *name;
        make_fn *make;
        size_t least; /* allocations, or it is not our allocator that was asked */
    } rows[] = {
        {"parse", parse, 500},        {"parse_changed", parse_changed, 100},
        {"load_csv", load_csv, 50},   {"load_yaml", load_yaml, 100},
        {"load_json", load_json, 50}, {"from_command", from_command, 100},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int all_after = 0; all_after < 2; all_after++) {
            size_t n = torture(rows[i].make, *state, all_after);
            print_message("%s: %zu allocations\n", rows[i].name, n);
            assert_true(n >= rows[i].least);
        }
}

static int set_up(void **state)
{
    static const char csv[] = "id,name,regions\n111122223333,\"a \"\"b\"\"\",eu-west-1;us-east-1\n"
                              "444455556666,,\n";
    static const char yaml[] = "accounts:\n- '111122223333'\n- {id: 444455556666, role: r}\n";
    static const char json[] = "{\"Accounts\": [{\"Id\": \"111122223333\", \"Name\": \"\\u00e4\", "
                               "\"Status\": \"ACTIVE\", \"X\": [1, 2.5, true, null, {}]}]}";
    json_set_alloc_funcs(jansson_malloc, free);
    *state = scratch_new();
    free(scratch_write(*state, "a.csv", csv, strlen(csv)));
    free(scratch_write(*state, "a.yaml", yaml, strlen(yaml)));
    free(scratch_write(*state, "a.json", json, strlen(json)));
    return 0;
}

static int tear_down(void **state)
{
    scratch_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(survives)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
