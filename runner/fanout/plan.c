// SPDX-License-Identifier: MIT
// The plan: role ARN, session name and argv of each target. Values in, values out.
#include "fanout/plan.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "fanout/access.h"
#include "job/template.h"

#include <stdio.h>
#include <string.h>

#define SESSION_NAME_MAX 64
#define EXPANSION_MAX (256 * 1024)

/* "arn:aws:iam::*:role/x" and "arn:aws:iam::{account.id}:role/x" mean each target's account. */
char *plan_role_arn(const char *role, const char *account_id, const char *partition)
{
    char *arn = NULL;
    if (!text_starts(role, "arn:"))
        return asprintf(&arn, "arn:%s:iam::%s:role/%s", partition, account_id, role) < 0 ? NULL
                                                                                         : arn;
    const char *owner = strstr(role, ":iam::");
    owner = owner ? owner + strlen(":iam::") : role + strlen(role);
    size_t wild = text_starts(owner, "*:")              ? 1
                  : text_starts(owner, "{account.id}:") ? strlen("{account.id}")
                                                        : 0;
    if (!wild)
        return strdup(role);
    return asprintf(&arn, "%.*s%s%s", (int)(owner - role), role, account_id, owner + wild) < 0
               ? NULL
               : arn;
}

static char *expand(const char *text, const struct template_vars *vars)
{
    struct buf b;
    buf_init(&b, EXPANSION_MAX);
    (void)template_expand(&b, text, vars);
    char *out = buf_take(&b, NULL);
    buf_clear(&b);
    return out;
}

/* What an account's name brings into a session name may not be allowed there: RoleSessionName is
 * [\w+=,.@-]{2,64} (STS API Reference, AssumeRole). */
static char *session_name(const char *text, const struct account *a, const char *run_id)
{
    struct template_vars vars = {
        .account_id = a->id, .account_name = account_label(a), .run_id = run_id};
    char *name = expand(text, &vars);
    if (!name)
        return NULL;
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
                                  "+=,.@-";
    if (strlen(name) > SESSION_NAME_MAX)
        name[SESSION_NAME_MAX] = '\0';
    for (char *p = name + strspn(name, allowed); *p; p += strspn(p, allowed))
        *p = '-';
    return name;
}

static const char *const *array_of(const struct strv *v)
{
    return v->len ? (const char *const *)strv_array(v) : NULL;
}

struct sts_terms plan_terms(const struct job_terms *t)
{
    return (struct sts_terms){.policy = t->policy,
                              .policy_arns = array_of(&t->policy_arns),
                              .tags = array_of(&t->tags),
                              .transitive_tag_keys = array_of(&t->transitive_tag_keys),
                              .source_identity = t->source_identity};
}

int plan_account_new(struct plan_account **out, const struct job *job,
                     const struct account *account, const struct job_entry *entry,
                     const char *partition, const char *run_id, struct orgrun_error *err)
{
    struct plan_account *a = calloc(1, sizeof *a);
    if (!a)
        return error_nomem(err);
    atomic_init(&a->refs, 1);
    a->entry = entry;
    a->with_source = account->management && job->accounts.management == JOB_MANAGEMENT_SOURCE;
    const char *role = entry && entry->role ? entry->role : job->role.name;
    a->external_id = entry && entry->external_id ? entry->external_id : job->role.external_id;
    int rc = account_copy(&a->account, account);
    if (rc == 0) {
        a->role_arn = job->access.sso_session
                          ? access_name(job->access.sso_session, job->access.sso_role)
                          : plan_role_arn(role, account->id, partition);
        a->session_name = session_name(job->role.session_name, account, run_id);
    }
    if (!a->role_arn || !a->session_name) {
        plan_account_unref(a);
        return error_nomem(err);
    }
    *out = a;
    return 0;
}

void plan_account_unref(struct plan_account *a)
{
    if (!a || atomic_fetch_sub(&a->refs, 1) != 1)
        return;
    account_clear(&a->account);
    free(a->role_arn);
    free(a->session_name);
    strv_clear(&a->enabled);
    for (size_t i = 0; i < a->regions_len; i++)
        strv_clear(&a->regions[i]);
    free(a->regions);
    free(a);
}

/* Adds what one item of `regions` comes to. */
static int add_regions(struct strv *out, const char *item, const struct strv *enabled)
{
    if (!job_region_is_pattern(item))
        return strv_contains(out, item) ? 0 : strv_push(out, item);
    for (size_t i = 0; i < enabled->len; i++) {
        const char *region = enabled->items[i];
        if (job_region_matches(item, region) && !strv_contains(out, region) &&
            strv_push(out, region))
            return ORGRUN_ENOMEM;
    }
    return 0;
}

static bool has_pattern(const struct strv *items)
{
    for (size_t i = 0; i < items->len; i++)
        if (job_region_is_pattern(items->items[i]))
            return true;
    return false;
}

int plan_account_resolve(struct plan_account *a, const struct job *job, struct strv *enabled,
                         struct orgrun_error *err)
{
    if (enabled) {
        a->enabled = *enabled;
        a->enabled_known = true;
        *enabled = (struct strv){0};
    }
    a->regions = calloc(job->tasks_len, sizeof *a->regions);
    if (!a->regions)
        return error_nomem(err);
    a->regions_len = job->tasks_len;
    for (size_t i = 0; i < job->tasks_len; i++) {
        const struct strv *items = job_regions(job, &job->tasks[i], a->entry);
        for (size_t k = 0; k < items->len && (enabled || !has_pattern(items)); k++)
            if (add_regions(&a->regions[i], items->items[k], &a->enabled))
                return error_nomem(err);
    }
    return 0;
}

const struct strv *plan_regions(const struct plan_account *a, const struct job *job, size_t task)
{
    return a->regions ? &a->regions[task] : job_regions(job, &job->tasks[task], a->entry);
}

bool target_is_disabled(const struct target *t)
{
    return t->account->enabled_known && t->region[0] &&
           !strv_contains(&t->account->enabled, t->region);
}

void target_free(struct target *t)
{
    if (!t)
        return;
    plan_account_unref(t->account);
    free(t);
}

size_t plan_count(const struct job *job, const struct job_entry *entry)
{
    size_t n = 0;
    for (size_t i = 0; i < job->tasks_len; i++)
        n += job_regions(job, &job->tasks[i], entry)->len;
    return n;
}

int plan_target(struct target **out, const struct job *job, struct plan_account *account, size_t i,
                struct orgrun_error *err)
{
    size_t task = 0;
    const struct strv *regions = plan_regions(account, job, 0);
    while (i >= regions->len) {
        i -= regions->len;
        regions = plan_regions(account, job, ++task);
    }
    struct target *t = malloc(sizeof *t);
    if (!t)
        return error_nomem(err);
    atomic_fetch_add(&account->refs, 1);
    *t = (struct target){account, &job->tasks[task], regions->items[i]};
    *out = t;
    return 0;
}

char *plan_expand(const struct target *t, const char *run_id, const char *text)
{
    const struct account *a = &t->account->account;
    struct template_vars vars = {
        .account_id = a->id,
        .account_name = account_label(a),
        .region = t->region,
        .run_id = run_id,
        .task_name = t->task->name,
    };
    return expand(text, &vars);
}

int plan_argv(const struct target *t, const char *run_id, const char *script_path, struct strv *out,
              struct orgrun_error *err)
{
    const struct job_task *task = t->task;
    int rc = 0;
    if (task->kind == JOB_SCRIPT) {
        rc = strv_push(out, task->shell);
        if (rc == 0 && strcmp(task->shell, "bash") == 0)
            rc = strv_push(out, "-eu");
        if (rc == 0)
            rc = strv_push(out, script_path);
    }
    for (size_t i = 0; rc == 0 && task->kind == JOB_COMMAND && i < task->command.len; i++)
        rc = strv_take(out, plan_expand(t, run_id, task->command.items[i]));
    return rc ? error_nomem(err) : 0;
}
