// SPDX-License-Identifier: MIT
// A worker: takes targets, and for each reads straight down: session, child, outcome.
#include "fanout/worker.h"

#include "base/cleanup.h"
#include "base/thread.h"
#include "fanout/outcome.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

/* Never started, because the run is stopping. */
static void give_up(struct run *r, struct attempt_log *log, enum stop_cause stop, const char *why)
{
    pthread_mutex_lock(&r->lock);
    r->left_undone = true;
    pthread_mutex_unlock(&r->lock);
    log->verdict.outcome = stop == STOP_SIGNAL ? ORGRUN_CANCELLED : ORGRUN_SKIPPED;
    (void)snprintf(log->verdict.reason, sizeof log->verdict.reason, "not started: %s", why);
}

int run_session(struct run *r, const struct plan_account *a, struct credentials **out,
                struct orgrun_error *err)
{
    if (!a->with_source)
        return broker_get(r->broker, a->account.id, out, err);
    return source_own_session(&r->source, a->account.id, out, err);
}

/* One attempt with the session as it is now: the broker renews one that ends. */
static void attempt(struct run *r, struct worker *w, const struct target *t,
                    struct attempt_log *log)
{
    AUTO(credentials_unrefp) struct credentials *session = NULL;
    struct orgrun_error err = {0};
    char why[256];
    int rc = run_session(r, t->account, &session, &err);
    enum stop_cause stop = run_stopping(r, why, sizeof why);
    if (stop != STOP_NONE && log->attempts > 0)
        return; /* what the last attempt said stands */
    bool lost = stop == STOP_SOURCE && err.code == ORGRUN_ECREDENTIALS && !t->account->with_source;
    if (stop != STOP_NONE && (rc == 0 || err.code == ORGRUN_ECANCELLED || lost)) {
        give_up(r, log, stop, why);
        return;
    }
    if (rc) {
        log->verdict = (struct verdict){.outcome = ORGRUN_ERROR};
        (void)snprintf(log->verdict.reason, sizeof log->verdict.reason, "%s", err.message);
        (void)snprintf(log->hint, sizeof log->hint, "%s", err.hint);
        return;
    }
    log->attempts++;
    outcome_attempt(r, w->slot, t, session, log);
}

static void run_attempts(struct run *r, struct worker *w, const struct target *t,
                         struct attempt_log *log)
{
    for (;;) {
        int before = log->attempts;
        attempt(r, w, t, log);
        if (log->attempts == before ||
            !verdict_retry(&t->task->retry, &log->verdict, log->attempts))
            return;
        run_sleep(r, verdict_backoff_ms(&t->task->retry, log->attempts));
        char why[256];
        if (run_stopping(r, why, sizeof why) != STOP_NONE)
            return; /* what the last attempt said stands */
    }
}

static void run_target(struct run *r, struct worker *w, const struct target *t)
{
    struct attempt_log log = {0};
    char why[256];
    enum stop_cause stop = run_stopping(r, why, sizeof why);
    if (stop != STOP_NONE) {
        give_up(r, &log, stop, why);
    } else {
        struct orgrun_account view = account_view(&t->account->account, NULL);
        events_send(&r->events, &(struct orgrun_event){.kind = ORGRUN_EVENT_TARGET_STARTED,
                                                       .account = &view,
                                                       .region = t->region,
                                                       .task = t->task->name});
        run_attempts(r, w, t, &log);
    }
    if (!t->account->with_source)
        broker_release(r->broker, t->account->account.id);
    outcome_record(r, t, &log);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct target *t;
    while ((t = queue_pop(&w->run->queue)) != NULL) {
        run_target(w->run, w, t);
        target_free(t);
    }
    return NULL;
}

int workers_grow(struct run *r, struct orgrun_error *err)
{
    if (r->workers_len == r->workers_max)
        return 0;
    struct worker *w = &r->worker_args[r->workers_len];
    *w = (struct worker){r, r->workers_len};
    int errnum = thread_create(&r->workers[r->workers_len], worker_main, w);
    if (errnum == 0)
        r->workers_len++;
    else if (r->workers_len == 0)
        return error_set_errno(err, ORGRUN_ENOMEM, errnum, "cannot start a worker thread");
    else
        r->workers_max = r->workers_len; /* as many as the system lets us have */
    return 0;
}

void workers_join(struct run *r)
{
    for (unsigned i = 0; i < r->workers_len; i++)
        pthread_join(r->workers[i], NULL);
    r->workers_len = 0;
}
