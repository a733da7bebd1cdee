// SPDX-License-Identifier: MIT
// Enabled Regions: sessions are assumed ahead, questions asked ahead, answers taken in order.
#include "fanout/regional.h"

#include "aws/regions.h"
#include "base/cleanup.h"
#include "fanout/run.h"

#include <string.h>

#define ASKED_AHEAD 16 /* of the window: their sessions are waited for, their questions sent */

struct regional_account {
    struct plan_account *pa; /* a reference */
    struct regions_ask ask;
    struct aws_pending *pending;
    bool begun; /* the session was waited for; err says how that went */
    struct orgrun_error err;
};

static void account_free(struct regional_account *a)
{
    struct strv enabled = {0};
    if (a->pending)
        (void)regions_end(a->pending, &a->ask, &enabled, NULL);
    strv_clear(&enabled);
    credentials_unref(a->ask.session);
    plan_account_unref(a->pa);
    free(a);
}

static int find_endpoints(struct run *r, struct orgrun_error *err)
{
    struct regional *g = &r->regional;
    if (g->resolved)
        return 0;
    const struct source *s = &r->source;
    int rc = provider_endpoint(&s->env, "account", s->region, &g->account, err);
    if (rc == 0)
        rc = provider_endpoint(&s->env, "ec2", s->region, &g->ec2, err);
    g->resolved = rc == 0;
    return rc;
}

/* Waits for the account's session and asks with it. What goes wrong is kept in a->err. */
static void begin(struct run *r, struct regional_account *a)
{
    a->begun = true;
    int rc = find_endpoints(r, &a->err);
    if (rc == 0)
        rc = run_session(r, a->pa, &a->ask.session, &a->err);
    if (rc)
        return;
    a->ask.client = &r->source.client;
    a->ask.account = &r->regional.account;
    a->ask.ec2 = &r->regional.ec2;
    (void)regions_begin(&a->pending, &a->ask, &a->err);
}

/* The enabled Regions, or why they are not known. */
static int learn(struct regional_account *a, struct strv *enabled, struct orgrun_error *err)
{
    if (!a->pending) {
        *err = a->err;
        return a->err.code;
    }
    int rc = regions_end(TAKE_PTR(a->pending), &a->ask, enabled, err);
    if (rc && rc != ORGRUN_ECANCELLED)
        (void)error_context(err, "cannot tell which Regions are enabled");
    return rc;
}

/* A task of the account that is not started, under the Region as the job says it. */
static int record_task(struct run *r, struct plan_account *pa, size_t task,
                       enum orgrun_outcome outcome, const struct orgrun_error *why,
                       struct orgrun_error *err)
{
    const struct strv *items = job_regions(r->job, &r->job->tasks[task], pa->entry);
    struct target t = {.account = pa, .task = &r->job->tasks[task], .region = items->items[0]};
    return run_put_unstarted(r, &t, outcome, why->message, why->hint, err);
}

/* Tasks whose Regions came to nothing: no Region that is enabled matches. */
static int record_unmatched(struct run *r, struct plan_account *pa, struct orgrun_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->job->tasks_len; i++) {
        if (plan_regions(pa, r->job, i)->len > 0)
            continue;
        struct orgrun_error why = {0};
        (void)error_set(&why, ORGRUN_ENOTFOUND, "no Region that is enabled in the account matches");
        rc = record_task(r, pa, i, ORGRUN_SKIPPED, &why, err);
    }
    return rc;
}

/* Every task of an account of which nothing could be learnt. */
static int record_unknown(struct run *r, struct plan_account *pa, const struct orgrun_error *why,
                          struct orgrun_error *err)
{
    struct orgrun_error said = *why;
    enum orgrun_outcome outcome = ORGRUN_ERROR;
    char text[256];
    enum stop_cause stop = run_stopping(r, text, sizeof text);
    if (stop != STOP_NONE && why->code == ORGRUN_ECANCELLED) {
        outcome = stop == STOP_SIGNAL ? ORGRUN_CANCELLED : ORGRUN_SKIPPED;
        (void)error_set(&said, ORGRUN_ECANCELLED, "not started: %s", text);
        pthread_mutex_lock(&r->lock);
        r->left_undone = true;
        pthread_mutex_unlock(&r->lock);
    }
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->job->tasks_len; i++)
        rc = record_task(r, pa, i, outcome, &said, err);
    return rc;
}

/* Takes the oldest account out of the window and plans it. */
static int finish_oldest(struct run *r, struct orgrun_error *err)
{
    struct regional *g = &r->regional;
    struct regional_account *a = g->waiting[0];
    struct strv enabled = {0};
    struct orgrun_error why = {0};
    for (size_t i = 0; i < g->len && i < ASKED_AHEAD; i++)
        if (!g->waiting[i]->begun)
            begin(r, g->waiting[i]);
    g->len--;
    memmove(g->waiting, g->waiting + 1, g->len * sizeof(*g->waiting));
    int rc = learn(a, &enabled, &why);
    if (rc)
        rc = record_unknown(r, a->pa, &why, err);
    else {
        rc = plan_account_resolve(a->pa, r->job, &enabled, err);
        if (rc == 0)
            rc = record_unmatched(r, a->pa, err);
        if (rc == 0)
            rc = run_start_targets(r, a->pa, err);
    }
    if (!a->pa->with_source)
        broker_release(r->broker, a->pa->account.id); /* our own use of it */
    account_free(a);
    return rc;
}

int regional_add(struct run *r, struct plan_account *pa, struct orgrun_error *err)
{
    struct regional *g = &r->regional;
    struct regional_account *a = calloc(1, sizeof *a);
    if (!a)
        return error_nomem(err);
    int rc = g->len == REGIONAL_WINDOW ? finish_oldest(r, err) : 0;
    atomic_fetch_add(&pa->refs, 1);
    a->pa = pa;
    g->waiting[g->len++] = a;
    return rc;
}

int regional_finish(struct run *r, struct orgrun_error *err)
{
    int rc = 0;
    while (rc == 0 && r->regional.len)
        rc = finish_oldest(r, err);
    return rc;
}

void regional_clear(struct run *r)
{
    while (r->regional.len)
        account_free(r->regional.waiting[--r->regional.len]);
}
