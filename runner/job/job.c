// SPDX-License-Identifier: MIT
// A finished job: what is looked up in it, and its end.
#include "job/job.h"

#include "job/organization.h"

#include <stdlib.h>
#include <string.h>

static int compare_id(const void *id, const void *entry)
{
    return strcmp(id, (*(const struct job_entry *const *)entry)->account.id);
}

const struct job_entry *job_entry_find(const struct job *job, const char *account_id)
{
    const struct job_accounts *a = &job->accounts;
    if (!a->by_id)
        return NULL;
    const struct job_entry **found =
        bsearch(account_id, a->by_id, a->list_len, sizeof(*a->by_id), compare_id);
    return found ? *found : NULL;
}

const struct strv *job_regions(const struct job *job, const struct job_task *task,
                               const struct job_entry *entry)
{
    if (task->per_account)
        return &job->once;
    if (entry && entry->regions.len)
        return &entry->regions;
    return task->regions.len ? &task->regions : &job->regions;
}

bool job_wants_enabled_regions(const struct job *job, const struct job_entry *entry)
{
    for (size_t i = 0; i < job->tasks_len; i++) {
        const struct strv *regions = job_regions(job, &job->tasks[i], entry);
        for (size_t k = 0; k < regions->len; k++)
            if (job_region_is_pattern(regions->items[k]))
                return true;
    }
    return false;
}

static void accounts_clear(struct job_accounts *a)
{
    for (size_t i = 0; i < a->list_len; i++) {
        account_clear(&a->list[i].account);
        free(a->list[i].role);
        free(a->list[i].external_id);
        strv_clear(&a->list[i].regions);
    }
    free(a->list);
    free(a->by_id);
    organization_clear(&a->rules);
    strv_clear(&a->include);
    for (size_t i = 0; i < a->exclude_len; i++) {
        free(a->exclude[i].match);
        free(a->exclude[i].reason);
    }
    free(a->exclude);
}

static void task_clear(struct job_task *t)
{
    free(t->name);
    strv_clear(&t->command);
    free(t->script);
    free(t->shell);
    strv_clear(&t->regions);
    strv_clear(&t->env);
    strv_clear(&t->pass_env);
    free(t->cwd);
}

void job_free(struct job *job)
{
    if (!job)
        return;
    free(job->name);
    free(job->description);
    free(job->file);
    accounts_clear(&job->accounts);
    free(job->role.name);
    free(job->role.session_name);
    free(job->role.external_id);
    job_terms_clear(&job->role.terms);
    job_access_clear(&job->access);
    strv_clear(&job->regions);
    for (size_t i = 0; i < job->tasks_len; i++)
        task_clear(&job->tasks[i]);
    free(job->tasks);
    for (size_t i = 0; i < job->reports_len; i++) {
        free(job->reports[i].format);
        free(job->reports[i].path);
    }
    free(job->reports);
    strv_clear(&job->once);
    free(job->text);
    free(job);
}
