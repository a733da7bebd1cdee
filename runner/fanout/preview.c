// SPDX-License-Identifier: MIT
// What would run where: the plan and the accounts of a job, without running anything.
#include "base/cleanup.h"
#include "fanout/enumerate.h"
#include "fanout/job_handle.h"
#include "fanout/plan.h"
#include "orgrun/run.h"

#include <string.h>

/* A job of a plain list needs neither credentials nor network. */
static int open_preview(struct source *s, struct enumerator *e, struct orgrun_ctx *ctx,
                        const struct job *job, struct orgrun_error *err)
{
    bool online = job->accounts.organization || job->accounts.cover;
    int rc = source_open(s, ctx, job, err);
    if (rc == 0 && online)
        rc = source_connect(s, job, err);
    if (rc == 0)
        rc = enumerator_open(e, s, job, err);
    return rc ? rc : enumerator_begin(e, err);
}

int orgrun_accounts(struct orgrun_ctx *ctx, const struct orgrun_job *handle,
                    orgrun_account_fn *visit, void *user, struct orgrun_error *err)
{
    struct source s;
    struct enumerator e = {0};
    struct enumerated one;
    int rc = open_preview(&s, &e, ctx, job_of(handle), err);
    while (rc == 0 && (rc = enumerator_next(&e, &one, err)) > 0) {
        const char *why = one.verdict == SELECTION_RUN ? NULL : one.reason;
        struct orgrun_account view = account_view(one.account, why);
        rc = visit(user, &view);
    }
    source_stop(&s);
    enumerator_close(&e);
    source_close(&s);
    return rc;
}

/* argv as a person would type it: words with anything special in single quotes. */
static char *display_argv(const struct strv *argv, struct orgrun_error *err)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "_+=,.@:/%-";
    struct buf b;
    buf_init(&b, 1024 * 1024);
    for (size_t i = 0; i < argv->len; i++) {
        const char *word = argv->items[i];
        bool bare = word[0] && word[strspn(word, plain)] == '\0';
        (void)buf_puts(&b, i ? " " : "");
        (void)buf_puts(&b, bare ? "" : "'");
        for (const char *p = word; *p; p++)
            (void)(*p == '\'' ? buf_puts(&b, "'\\''") : buf_putc(&b, *p));
        (void)buf_puts(&b, bare ? "" : "'");
    }
    char *text = buf_take(&b, err);
    buf_clear(&b);
    return text;
}

static int visit_target(const struct target *t, orgrun_plan_fn *visit, void *user,
                        struct orgrun_error *err)
{
    AUTO(strv_clear) struct strv argv = {0};
    int rc = plan_argv(t, "RUN", t->task->name, &argv, err);
    AUTO(free_ptr) char *command = rc == 0 ? display_argv(&argv, err) : NULL;
    if (!command)
        return rc ? rc : ORGRUN_ENOMEM;
    struct orgrun_plan_item item = {
        .account = account_view(&t->account->account, NULL),
        .region = t->region,
        .task = t->task->name,
        .role_arn = t->account->with_source ? "" : t->account->role_arn,
        .command = command,
    };
    return visit(user, &item);
}

static int visit_account(const struct source *s, const struct job *job,
                         const struct enumerated *one, orgrun_plan_fn *visit, void *user,
                         struct orgrun_error *err)
{
    if (one->verdict != SELECTION_RUN) {
        struct orgrun_plan_item item = {.account = account_view(one->account, one->reason),
                                        .region = "",
                                        .task = "",
                                        .role_arn = "",
                                        .command = ""};
        return visit(user, &item);
    }
    struct plan_account *pa = NULL;
    int rc = plan_account_new(&pa, job, one->account, one->entry, s->partition->name, "RUN", err);
    size_t n = plan_count(job, one->entry);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct target *t = NULL;
        rc = plan_target(&t, job, pa, i, err);
        if (rc == 0)
            rc = visit_target(t, visit, user, err);
        target_free(t);
    }
    plan_account_unref(pa);
    return rc;
}

int orgrun_plan(struct orgrun_ctx *ctx, const struct orgrun_job *handle, orgrun_plan_fn *visit,
                void *user, struct orgrun_error *err)
{
    const struct job *job = job_of(handle);
    struct source s;
    struct enumerator e = {0};
    struct enumerated one;
    int rc = open_preview(&s, &e, ctx, job, err);
    while (rc == 0 && (rc = enumerator_next(&e, &one, err)) > 0)
        rc = visit_account(&s, job, &one, visit, user, err);
    source_stop(&s);
    enumerator_close(&e);
    source_close(&s);
    return rc;
}
