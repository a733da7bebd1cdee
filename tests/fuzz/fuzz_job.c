// SPDX-License-Identifier: MIT
// Fuzzes the reader of job files: never a crash; a job's text gives the same job again, also when a
// setting had it written anew; every refusal names the file and can be shown to people.
#include "base/cleanup.h"
#include "fuzz/fuzz_text.h"
#include "job/job.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DEFINE_CLEANUP(drop_job, struct job, job_free)

static void require_same_texts(const struct strv *a, const struct strv *b)
{
    require(a->len == b->len);
    for (size_t i = 0; i < a->len; i++)
        require(same_text(a->items[i], b->items[i]));
}

static void require_same_rules(const struct job_organization *a, const struct job_organization *b)
{
    require(a->ous_len == b->ous_len && a->direct == b->direct && a->tags_len == b->tags_len);
    for (size_t i = 0; i < a->ous_len; i++) /* places differ once a setting rewrote the text */
        require(same_text(a->ous[i].name, b->ous[i].name) && a->ous[i].place && b->ous[i].place);
    for (size_t i = 0; i < a->tags_len; i++) {
        require(same_text(a->tags[i].key, b->tags[i].key) && a->tags[i].values.len > 0);
        require_same_texts(&a->tags[i].values, &b->tags[i].values);
    }
    require_same_texts(&a->states, &b->states);
    require(same_text(a->joined_after, b->joined_after));
    require(a->joined_after_ms == b->joined_after_ms);
}

static void require_same_accounts(const struct job *x, const struct job *y)
{
    const struct job_accounts *a = &x->accounts, *b = &y->accounts;
    require(a->organization == b->organization && a->list_len == b->list_len);
    for (size_t i = 0; i < a->list_len; i++) {
        const struct job_entry *e = &a->list[i], *f = &b->list[i];
        require(text_is_account_id(e->account.id) && same_text(e->account.id, f->account.id));
        require(same_text(e->account.name, f->account.name));
        require(same_text(e->account.email, f->account.email));
        require(same_text(e->account.ou_path, f->account.ou_path));
        require(same_text(e->account.state, f->account.state) && same_text(e->role, f->role));
        require_same_texts(&e->regions, &f->regions);
        require(job_entry_find(x, e->account.id) == e);
    }
    require_same_rules(&a->rules, &b->rules);
    require(a->cover == b->cover);
    require_same_texts(&a->include, &b->include);
    require(a->exclude_len == b->exclude_len);
    for (size_t i = 0; i < a->exclude_len; i++)
        require(same_text(a->exclude[i].match, b->exclude[i].match) &&
                same_text(a->exclude[i].reason, b->exclude[i].reason));
    require(a->has_expect == b->has_expect && a->expect_min == b->expect_min);
    require(a->expect_max == b->expect_max && a->management == b->management);
}

static void require_same_task(const struct job_task *a, const struct job_task *b)
{
    require(a->name && same_text(a->name, b->name) && a->kind == b->kind);
    require((a->kind == JOB_SCRIPT) == (a->script != NULL));
    require((a->kind == JOB_COMMAND) == (a->command.len > 0));
    require(same_text(a->script, b->script) && same_text(a->shell, b->shell));
    require(same_text(a->cwd, b->cwd) && a->per_account == b->per_account);
    require_same_texts(&a->command, &b->command);
    require_same_texts(&a->regions, &b->regions);
    require_same_texts(&a->env, &b->env);
    require_same_texts(&a->pass_env, &b->pass_env);
    require(memcmp(a->exit.of, b->exit.of, sizeof a->exit.of) == 0);
    require(a->timeout_ms == b->timeout_ms && a->kill_after_ms == b->kill_after_ms);
    require(a->retry.attempts == b->retry.attempts && a->retry.on == b->retry.on);
    require(a->retry.backoff_ms == b->retry.backoff_ms);
    require(a->inject != JOB_INJECT_UNSET && a->inject == b->inject);
}

static void require_same_limits(const struct job_limits *a, const struct job_limits *b)
{
    require(a->concurrency == b->concurrency && a->deadline_ms == b->deadline_ms);
    require(a->stop_after_failures == b->stop_after_failures);
    require(a->stop_after_percent == b->stop_after_percent && a->output == b->output);
    require(a->assume_attempts == b->assume_attempts && a->assume_total_ms == b->assume_total_ms);
}

static void require_same(const struct job *a, const struct job *b)
{
    require(same_text(a->description, b->description));
    require_same_accounts(a, b);
    require(same_text(a->role.name, b->role.name));
    require(same_text(a->role.session_name, b->role.session_name));
    require(same_text(a->role.external_id, b->role.external_id));
    require(a->role.duration_s == b->role.duration_s);
    require(a->regions.len > 0);
    require_same_texts(&a->regions, &b->regions);
    require(a->tasks_len > 0 && a->tasks_len == b->tasks_len);
    for (size_t i = 0; i < a->tasks_len; i++)
        require_same_task(&a->tasks[i], &b->tasks[i]);
    require_same_limits(&a->limits, &b->limits);
    require(a->reports_len == b->reports_len);
    for (size_t i = 0; i < a->reports_len; i++)
        require(same_text(a->reports[i].format, b->reports[i].format) &&
                same_text(a->reports[i].path, b->reports[i].path));
}

/* Reads the text with a setting, then the text which that leaves. */
static void check_written_text(const struct job *job, const uint8_t *data, size_t size)
{
    static const char *const settings[] = {"name=fuzzed", NULL};
    const struct job_load_opts opts = {.settings = settings, .offline_files = true};
    const struct job_load_opts plain = {.offline_files = true};
    AUTO(drop_job) struct job *set = NULL, *again = NULL;
    struct orgrun_error err = {0};
    require(job_parse(&set, (const char *)data, size, "job.yaml", &opts, &err) == 0);
    require(job_parse(&again, set->text, strlen(set->text), "job.yaml", &plain, &err) == 0);
    require(same_text(set->name, "fuzzed") && same_text(again->name, "fuzzed"));
    require_same(job, set);
    require_same(job, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct job_load_opts opts = {.offline_files = true};
    AUTO(drop_job) struct job *job = NULL, *again = NULL;
    struct orgrun_error err = {0};
    int rc = job_parse(&job, (const char *)data, size, "job.yaml", &opts, &err);
    if (rc) {
        require(!job);
        require_error(rc, &err, "job.yaml");
        return 0;
    }
    require(strlen(job->text) == size && job->name && job->name[0]);
    require(job_parse(&again, job->text, size, "job.yaml", &opts, &err) == 0);
    require(same_text(job->name, again->name));
    require_same(job, again);
    check_written_text(job, data, size);
    return 0;
}
