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
    char why[256];
    if (run_stopping(r, why, sizeof why) != STOP_NONE) {
        (void)error_set(&a->err, ORGRUN_ECANCELLED, "%s", why);
        return;
    }
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

/* Tasks of an account, planned or not, that came to no Region. */
static int record_nowhere(struct run *r, struct plan_account *pa, enum orgrun_outcome outcome,
                          const struct orgrun_error *why, struct orgrun_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->job->tasks_len; i++)
        if (!pa->regions || plan_regions(pa, r->job, i)->len == 0)
            rc = record_task(r, pa, i, outcome, why, err);
    return rc;
}

/* What `why` makes of an account's tasks that were never started: a stop of the run has its own
 * words, and so has the end of the source credentials. */
static enum orgrun_outcome judge(struct run *r, const struct plan_account *pa,
                                 struct orgrun_error *why)
{
    char text[256];
    enum stop_cause stop = run_stopping(r, text, sizeof text);
    bool lost = stop == STOP_SOURCE && why->code == ORGRUN_ECREDENTIALS && !pa->with_source;
    if (stop == STOP_NONE || (why->code != ORGRUN_ECANCELLED && !lost))
        return ORGRUN_ERROR;
    (void)error_set(why, ORGRUN_ECANCELLED, "not started: %s", text);
    pthread_mutex_lock(&r->lock);
    r->left_undone = true;
    pthread_mutex_unlock(&r->lock);
    return stop == STOP_SIGNAL ? ORGRUN_CANCELLED : ORGRUN_SKIPPED;
}

/* Nothing could be learnt. Without a session no task can run; with one, those can that need not
 * know. */
static int plan_unknown(struct run *r, const struct regional_account *a, struct orgrun_error *why,
                        struct orgrun_error *err)
{
    enum orgrun_outcome outcome = judge(r, a->pa, why);
    int rc = 0;
    if (a->ask.session && outcome == ORGRUN_ERROR)
        rc = plan_account_resolve(a->pa, r->job, NULL, err);
    if (rc == 0)
        rc = record_nowhere(r, a->pa, outcome, why, err);
    return rc || !a->pa->regions ? rc : run_start_targets(r, a->pa, err);
}

static int plan_known(struct run *r, const struct regional_account *a, struct strv *enabled,
                      struct orgrun_error *err)
{
    struct orgrun_error why = {0};
    (void)error_set(&why, ORGRUN_ENOTFOUND, "no Region that is enabled in the account matches");
    int rc = plan_account_resolve(a->pa, r->job, enabled, err);
    if (rc == 0)
        rc = record_nowhere(r, a->pa, ORGRUN_SKIPPED, &why, err);
    return rc ? rc : run_start_targets(r, a->pa, err);
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
    rc = rc ? plan_unknown(r, a, &why, err) : plan_known(r, a, &enabled, err);
    strv_clear(&enabled);
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
