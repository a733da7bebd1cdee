// SPDX-License-Identifier: MIT
// The run, in the order in which things happen: open, connect, identify, enumerate, work, finish.
#include "fanout/run.h"

#include "base/cleanup.h"
#include "fanout/finish.h"
#include "fanout/job_handle.h"
#include "fanout/outcome.h"
#include "fanout/worker.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

/* "20261124T034500Z-3f9c2a": sorts by time, is allowed in a RoleSessionName and in a path. */
static int choose_id(struct run *r, struct orgrun_error *err)
{
    unsigned char noise[3];
    char when[CLOCK_AMZ_SIZE];
    if (RAND_bytes(noise, sizeof noise) != 1)
        return error_set(err, ORGRUN_EIO, "the system gives no random numbers");
    clock_format_amz(r->started_ms, when);
    (void)snprintf(r->id, sizeof r->id, "%s-%02x%02x%02x", when, noise[0], noise[1], noise[2]);
    return 0;
}

static unsigned choose_workers(const struct run *r)
{
    int64_t n = r->opts->concurrency > 0         ? r->opts->concurrency
                : r->job->limits.concurrency > 0 ? r->job->limits.concurrency
                                                 : RUN_WORKERS_DEFAULT;
    return n > JOB_CONCURRENCY_MAX ? JOB_CONCURRENCY_MAX : (unsigned)n;
}

static int init(struct run *r, struct orgrun_ctx *ctx, const struct job *job,
                const struct orgrun_run_opts *opts, struct orgrun_error *err)
{
    *r = (struct run){.ctx = ctx, .job = job, .opts = opts};
    r->started_ms = clock_wall_ms(ctx->clock);
    r->started_mono_ms = clock_mono_ms(ctx->clock);
    events_init(&r->events, opts->on_event, opts->user);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    r->workers_max = choose_workers(r);
    r->workers = calloc(r->workers_max, sizeof *r->workers);
    r->worker_args = calloc(r->workers_max, sizeof *r->worker_args);
    if (!r->workers || !r->worker_args || queue_init(&r->queue, RUN_QUEUE))
        return error_nomem(err);
    return choose_id(r, err);
}

static void on_retry(void *self, const char *operation, const struct awserror *why, int attempt,
                     int64_t delay_ms)
{
    struct run *r = self;
    char wait[DURATION_SIZE], text[512];
    duration_format(delay_ms, wait);
    (void)snprintf(text, sizeof text, "%s: %s, attempt %d again in %s", operation,
                   why->code[0] ? why->code : "no answer", attempt, wait);
    events_send(&r->events, &(struct orgrun_event){.kind = ORGRUN_EVENT_RETRY, .message = text});
}

static void on_lost(void *user, const char *why)
{
    run_stop(user, STOP_SOURCE, "%s", why);
}

/* An account list that is cut short is named as that; sessions go on. */
static void on_listing_lost(void *user, const char *why)
{
    struct run *r = user;
    log_warn(&r->ctx->log, "%s", why);
}

static int init_renewal(struct run *r, struct orgrun_error *err)
{
    struct source *s = &r->source;
    r->renewal = (struct renewal){r->portal ? access_renewable(r->portal, s) : renewal_of_source(s),
                                  r->broker, on_lost, r};
    r->of_listing = (struct renewal){renewal_of_source(s), NULL, on_listing_lost, r};
    int rc = renewal_init(&r->renewal, err);
    return rc ? rc : renewal_init(&r->of_listing, err);
}

static int start_renewal(struct run *r, struct orgrun_error *err)
{
    int rc = renewal_start(&r->renewal, err);
    return rc || !r->portal || r->source.keyless ? rc : renewal_start(&r->of_listing, err);
}

/* Credentials, then the warden (before any thread), then the network, the broker, stop requests. */
static int connect_run(struct run *r, struct orgrun_error *err)
{
    int rc = source_open(&r->source, r->ctx, r->job, err);
    if (rc == 0)
        rc = exec_new(&r->exec, r->workers_max, r->ctx->clock, &r->ctx->log, err);
    if (rc == 0)
        rc = source_connect(&r->source, r->job, err);
    const struct job_access *access = &r->job->access;
    if (rc == 0 && access->sso_session)
        rc = access_open(&r->portal, &r->source, access->sso_session, access->sso_role, err);
    if (rc)
        return rc;
    r->source.client.on_retry = on_retry;
    r->source.client.on_retry_self = r;
    r->terms = plan_terms(&r->job->role.terms);
    struct broker_opts opts = access_broker_opts(&r->source, r->portal, &r->terms);
    opts.ahead = (int)r->workers_max * 2;
    opts.renew = renewal_ask;
    opts.renew_user = &r->renewal;
    rc = broker_new(&r->broker, &opts, err);
    if (rc == 0)
        rc = init_renewal(r, err);
    const struct credential_endpoint_opts endpoint = {
        .broker = r->broker, .log = &r->ctx->log, .grants = r->workers_max};
    if (rc == 0)
        rc = credential_endpoint_new(&r->endpoint, &endpoint, err);
    return rc ? rc : control_start(r, err);
}

/* The run's row; from here on there is something to report on. */
static int record_run(struct run *r, struct orgrun_error *err)
{
    char hash[65];
    job_content_hash(r->job, hash);
    struct run_record rec = {
        .id = r->id,
        .job_name = r->job->name,
        .job_text = r->job->text,
        .job_file = r->job->file,
        .job_hash = hash,
        .caller_arn = r->source.identity.arn,
        .version = ORGRUN_VERSION,
        .started_ms = r->started_ms,
        .exit_code = -1,
    };
    return store_writer_start(&r->writer, r->store, &rec, RUN_QUEUE, run_on_durable, r, err);
}

/* Tells the broker of an account with n targets to come. */
static int announce(struct run *r, const struct plan_account *pa, size_t n,
                    struct orgrun_error *err)
{
    struct broker_request want = {
        .account_id = pa->account.id,
        .role_arn = pa->role_arn,
        .session_name = pa->session_name,
        .duration_s = r->job->role.duration_s,
        .external_id = pa->external_id,
    };
    return pa->with_source ? 0 : broker_expect(r->broker, &want, (int)n, err);
}

/* How many will ask for an account's session at first: its targets, or whoever finds out where they
 * are to run. */
static size_t first_users(const struct run *r, const struct job_entry *entry)
{
    return job_wants_enabled_regions(r->job, entry) ? 1 : plan_count(r->job, entry);
}

/* A page of accounts says that AWS knows the caller: their sessions can be asked for while the
 * caller's name and the store's disk are still waited for. Nothing is started by this. */
static int announce_first_page(struct run *r, struct orgrun_error *err)
{
    struct enumerated e;
    int rc = 0;
    for (size_t i = 0; rc == 0 && enumerator_peek(&r->enumerator, i, &e); i++) {
        if (e.verdict != SELECTION_RUN)
            continue;
        struct plan_account *pa = NULL;
        rc = plan_account_new(&pa, r->job, e.account, e.entry, r->source.partition->name, r->id,
                              err);
        if (rc == 0)
            rc = announce(r, pa, first_users(r, e.entry), err);
        plan_account_unref(pa);
    }
    return rc;
}

/* Everything that can go wrong for the run as a whole goes wrong here, before anything runs. */
static int prepare(struct run *r, struct orgrun_error *err)
{
    int rc = connect_run(r, err);
    if (rc == 0)
        rc = enumerator_open(&r->enumerator, &r->source, r->job, err);
    if (rc == 0)
        rc = source_ask_identity(&r->source, err);
    if (rc == 0) /* while the network is waited for */
        rc = store_open(&r->store, r->ctx->state_dir, STORE_WRITE, err);
    if (rc)
        return rc;
    rc = enumerator_begin(&r->enumerator, err);
    if (rc == 0)
        rc = announce_first_page(r, err);
    struct orgrun_error why = {0};
    int identity_rc = source_identity(&r->source, &why);
    if (identity_rc) { /* what is wrong with the caller explains why the page was refused too */
        *err = why;
        return identity_rc;
    }
    char text[256];
    if (rc == 0 && run_stopping(r, text, sizeof text) != STOP_NONE)
        rc = error_set(err, ORGRUN_ECANCELLED, "%s", text);
    if (rc == 0)
        rc = session_cause_check_duration(r->source.identity.arn, r->job->role.duration_s, err);
    if (rc == 0 && r->source.identity.arn)
        broker_set_caller(r->broker, r->source.identity.arn);
    if (rc == 0) /* now that it is known as whom the run goes on */
        rc = start_renewal(r, err);
    if (rc == 0)
        rc = finish_check_reports(r, err);
    if (rc == 0)
        rc = record_run(r, err);
    return rc ? rc : scripts_write(r, err);
}

static void tell_planned(struct run *r)
{
    pthread_mutex_lock(&r->lock);
    struct orgrun_event e = {
        .kind = ORGRUN_EVENT_PLANNED, .targets = r->targets, .enumerated = r->enumerated};
    pthread_mutex_unlock(&r->lock);
    events_send(&r->events, &e);
}

int run_put_unstarted(struct run *r, const struct target *t, enum orgrun_outcome outcome,
                      const char *reason, const char *hint, struct orgrun_error *err)
{
    struct target_record rec = outcome_of(t, outcome, reason, hint);
    pthread_mutex_lock(&r->lock);
    r->targets++;
    pthread_mutex_unlock(&r->lock);
    return store_put_target(r->writer, &rec, err);
}

/* The targets of an account that cannot run (SUSPENDED, ...), or that the job does not account for:
 * outcomes without a start. */
static int skip_targets(struct run *r, const struct enumerated *e, struct orgrun_error *err)
{
    size_t n = plan_count(r->job, e->entry);
    struct plan_account *pa = NULL;
    int rc =
        plan_account_new(&pa, r->job, e->account, e->entry, r->source.partition->name, r->id, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct target *t = NULL;
        rc = plan_target(&t, r->job, pa, i, err);
        if (rc)
            break;
        rc =
            run_put_unstarted(r, t, e->verdict == SELECTION_SKIPPED ? ORGRUN_SKIPPED : ORGRUN_ERROR,
                              e->reason, NULL, err);
        target_free(t);
    }
    plan_account_unref(pa);
    return rc;
}

/* Queues a target, or records it as skipped where its Region is not enabled. Takes it over. */
static int start_target(struct run *r, struct target *t, struct orgrun_error *err)
{
    int rc = 0;
    if (target_is_disabled(t)) {
        rc = run_put_unstarted(r, t, ORGRUN_SKIPPED, "the Region is not enabled in the account",
                               NULL, err);
        target_free(t);
    } else if (queue_push(&r->queue, t)) {
        target_free(t);
        rc = error_set(err, ORGRUN_ECANCELLED, "the run is over");
    }
    return rc;
}

/* Queues the account's n targets, `skipped` of which only are recorded. */
static int queue_targets(struct run *r, struct plan_account *pa, size_t n, size_t skipped,
                         struct orgrun_error *err)
{
    pthread_mutex_lock(&r->lock);
    r->targets += n - skipped;
    pthread_mutex_unlock(&r->lock);
    tell_planned(r);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct target *t = NULL;
        rc = workers_grow(r, err);
        if (rc == 0)
            rc = plan_target(&t, r->job, pa, i, err);
        if (rc == 0)
            rc = start_target(r, t, err);
    }
    return rc;
}

int run_start_targets(struct run *r, struct plan_account *pa, struct orgrun_error *err)
{
    size_t n = 0, skipped = 0;
    for (size_t task = 0; task < r->job->tasks_len; task++) {
        const struct strv *regions = plan_regions(pa, r->job, task);
        for (size_t i = 0; i < regions->len; i++) {
            const struct target t = {pa, &r->job->tasks[task], regions->items[i]};
            skipped += target_is_disabled(&t);
            n++;
        }
    }
    int rc = n > skipped ? announce(r, pa, n - skipped, err) : 0;
    return rc ? rc : queue_targets(r, pa, n, skipped, err);
}

static int run_targets(struct run *r, const struct enumerated *e, struct orgrun_error *err)
{
    struct plan_account *pa = NULL;
    int rc =
        plan_account_new(&pa, r->job, e->account, e->entry, r->source.partition->name, r->id, err);
    if (rc)
        return rc;
    if (!e->peeked)
        rc = announce(r, pa, first_users(r, e->entry), err);
    if (rc == 0)
        rc = job_wants_enabled_regions(r->job, e->entry)
                 ? regional_add(r, pa, err)
                 : queue_targets(r, pa, plan_count(r->job, e->entry), 0, err);
    plan_account_unref(pa);
    return rc;
}

static int take_account(struct run *r, const struct enumerated *e, struct orgrun_error *err)
{
    static const char *const dispositions[] = {[SELECTION_RUN] = "run",
                                               [SELECTION_EXCLUDED] = "excluded",
                                               [SELECTION_SKIPPED] = "skipped",
                                               [SELECTION_UNCOVERED] = "skipped"};
    const char *why = e->verdict == SELECTION_RUN ? NULL : e->reason;
    const struct account *a = e->account;
    struct account_record rec = {
        a->id, a->name, a->email, a->ou_path, a->state, dispositions[e->verdict], why};
    int rc = store_put_account(r->writer, &rec, err);
    if (rc)
        return rc;
    struct orgrun_account view = account_view(a, why);
    events_send(&r->events, &(struct orgrun_event){.kind = ORGRUN_EVENT_ACCOUNT, .account = &view});
    return e->verdict == SELECTION_RUN        ? run_targets(r, e, err)
           : e->verdict == SELECTION_EXCLUDED ? 0
                                              : skip_targets(r, e, err);
}

/* Streams accounts into the pipeline. A brake or the deadline leaves enumeration going, so that
 * every account is named; an interrupt, or a store that fails, ends it. */
static void work(struct run *r)
{
    struct enumerated e;
    struct orgrun_error err = {0};
    int rc;
    while ((rc = enumerator_next(&r->enumerator, &e, &err)) > 0) {
        rc = take_account(r, &e, &err);
        char why[256];
        enum stop_cause stop = run_stopping(r, why, sizeof why);
        if (rc || stop == STOP_SIGNAL || stop == STOP_RECORD)
            break;
    }
    struct orgrun_error late = {0};
    if (regional_finish(r, rc < 0 ? &late : &err) && rc >= 0)
        rc = err.code;
    char why[256];
    enum stop_cause stop = run_stopping(r, why, sizeof why);
    if (rc < 0 && stop != STOP_SIGNAL && stop != STOP_RECORD)
        (void)snprintf(r->enumeration_error, sizeof r->enumeration_error, "%s", err.message);
    pthread_mutex_lock(&r->lock);
    r->enumerated = true;
    pthread_mutex_unlock(&r->lock);
    tell_planned(r);
    run_brake(r); /* a percentage can be judged from here on */
    queue_close(&r->queue);
    workers_join(r);
    struct target *left; /* only when no worker could be started */
    while ((left = queue_try_pop(&r->queue)) != NULL)
        target_free(left);
}

static void release(struct run *r)
{
    control_end(r);
    source_stop(&r->source);
    regional_clear(r);
    renewal_end(&r->renewal);
    renewal_end(&r->of_listing);
    enumerator_close(&r->enumerator);
    if (r->broker)
        broker_cancel(r->broker); /* the endpoint's requests wait for it */
    credential_endpoint_free(r->endpoint);
    broker_free(r->broker);
    renewal_clear(&r->renewal);
    renewal_clear(&r->of_listing);
    portal_free(r->portal);
    source_close(&r->source);
    if (r->exec)
        exec_free(r->exec);
    store_close(r->store);
    scripts_free(r);
    queue_clear(&r->queue);
    free(r->workers);
    free(r->worker_args);
    events_clear(&r->events);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
}

static int run_whole(struct run *r, struct orgrun_run_result *result, struct orgrun_error *err)
{
    int rc = prepare(r, err);
    if (rc == 0) {
        events_send(&r->events,
                    &(struct orgrun_event){.kind = ORGRUN_EVENT_RUN_STARTED, .run_id = r->id});
        work(r);
        return finish_run(r, result, err);
    }
    if (r->writer) { /* the row exists: close it, so that it does not look like a run that died */
        struct run_record rec = {.id = r->id,
                                 .finished_ms = clock_wall_ms(r->ctx->clock),
                                 .exit_code = ORGRUN_EXIT_USAGE,
                                 .exit_reason = err->message};
        (void)store_writer_stop(r->writer, &rec, NULL);
        r->writer = NULL;
    }
    int signum = atomic_load(&r->ctx->stop_signal);
    result->exit_code = signum ? 128 + signum : ORGRUN_EXIT_USAGE;
    (void)snprintf(result->reason, sizeof result->reason, "nothing was run");
    return rc;
}

int orgrun_run(struct orgrun_ctx *ctx, const struct orgrun_job *handle,
               const struct orgrun_run_opts *opts, struct orgrun_run_result *result,
               struct orgrun_error *err)
{
    static const struct orgrun_run_opts none;
    struct orgrun_error spare = {0};
    err = err ? err : &spare;
    *result = (struct orgrun_run_result){.exit_code = ORGRUN_EXIT_USAGE};
    if (pthread_mutex_trylock(&ctx->run_lock) != 0)
        return error_set(err, ORGRUN_EUSAGE, "this context already runs a job");
    struct run r;
    int rc = init(&r, ctx, job_of(handle), opts ? opts : &none, err);
    if (rc == 0)
        rc = run_whole(&r, result, err);
    release(&r);
    context_stop_reset(ctx);
    pthread_mutex_unlock(&ctx->run_lock);
    return rc;
}
