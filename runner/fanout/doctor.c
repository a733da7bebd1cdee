// SPDX-License-Identifier: MIT
// The doctor: asks for a session of every account, as a run would, and runs nothing.
//
// Threads: the caller's enumerates and announces; the asker waits for sessions in that order while
// the broker assumes them ahead; the watcher waits for stop requests.
#include "orgrun/doctor.h"

#include "aws/broker.h"
#include "base/cleanup.h"
#include "base/queue.h"
#include "base/thread.h"
#include "fanout/access.h"
#include "fanout/enumerate.h"
#include "fanout/job_handle.h"
#include "fanout/plan.h"
#include "fanout/source.h"
#include "orgrun/run.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define QUEUE 256        /* accounts announced and not yet asked for */
#define RUN_ID "doctor"  /* in session names, for CloudTrail */
#define REFRESH_BEFORE 1 /* ms: nobody uses these sessions, so none is renewed */

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

struct doctor {
    struct orgrun_ctx *ctx;
    const struct job *job;
    struct source source;
    struct enumerator enumerator;
    struct portal *portal; /* in place of AssumeRole, or NULL */
    struct broker *broker;
    struct sts_terms terms; /* of the broker's sessions; borrowed from the job */
    struct queue queue;     /* of struct plan_account */
    pthread_t asker, watcher;
    bool asking, watching;
    atomic_bool over; /* the watcher may end */
    orgrun_doctor_fn *visit;
    void *user;
    struct orgrun_error enumeration; /* why not all accounts are known */

    pthread_mutex_t lock; /* guards what follows */
    struct orgrun_doctor_result *result;
    int ended_with; /* what a visit returned, unless 0 */
};

const char *orgrun_doctor_verdict_name(enum orgrun_doctor_verdict verdict)
{
    static const char *const names[ORGRUN_DOCTOR_VERDICTS] = {
        [ORGRUN_DOCTOR_TRYING] = "trying",     [ORGRUN_DOCTOR_ENTERED] = "entered",
        [ORGRUN_DOCTOR_REFUSED] = "refused",   [ORGRUN_DOCTOR_UNTRIED] = "untried",
        [ORGRUN_DOCTOR_SKIPPED] = "skipped",   [ORGRUN_DOCTOR_UNCOVERED] = "uncovered",
        [ORGRUN_DOCTOR_EXCLUDED] = "excluded",
    };
    return (unsigned)verdict < ORGRUN_DOCTOR_VERDICTS ? names[verdict] : "unknown";
}

/* Ends every wait: what is asked for has no answer any more, and no further page comes. */
static void cut_short(struct doctor *d)
{
    source_stop(&d->source);
    broker_cancel(d->broker);
}

/* Counts, and tells the embedder. Any thread. */
static void tell(struct doctor *d, struct orgrun_diagnosis *diagnosis)
{
    struct orgrun_doctor_result *r = d->result;
    size_t *const counts[ORGRUN_DOCTOR_VERDICTS] = {
        [ORGRUN_DOCTOR_ENTERED] = &r->entered,     [ORGRUN_DOCTOR_REFUSED] = &r->refused,
        [ORGRUN_DOCTOR_UNTRIED] = &r->untried,     [ORGRUN_DOCTOR_SKIPPED] = &r->skipped,
        [ORGRUN_DOCTOR_UNCOVERED] = &r->uncovered, [ORGRUN_DOCTOR_EXCLUDED] = &r->excluded,
    };
    const char **texts[] = {&diagnosis->role_arn, &diagnosis->session_arn, &diagnosis->cause,
                            &diagnosis->summary,  &diagnosis->message,     &diagnosis->hint};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!*texts[i])
            *texts[i] = "";
    pthread_mutex_lock(&d->lock);
    if (counts[diagnosis->verdict])
        ++*counts[diagnosis->verdict];
    bool ends = d->ended_with == 0 && d->visit;
    if (ends)
        d->ended_with = d->visit(d->user, diagnosis);
    ends = ends && d->ended_with;
    pthread_mutex_unlock(&d->lock);
    if (ends)
        cut_short(d);
}

static struct orgrun_diagnosis diagnosis_of(const struct plan_account *pa,
                                            enum orgrun_doctor_verdict verdict)
{
    return (struct orgrun_diagnosis){.verdict = verdict,
                                     .account = account_view(&pa->account, NULL),
                                     .role_arn = pa->with_source ? "" : pa->role_arn};
}

/* The session of an account: the broker's, or for `management: source` the source's own. */
static int try_account(struct doctor *d, const struct plan_account *pa, struct credentials **out,
                       struct session_failure *why)
{
    if (!pa->with_source) {
        int rc = broker_try(d->broker, pa->account.id, false, out, why);
        broker_release(d->broker, pa->account.id);
        return rc;
    }
    int rc = source_own_session(&d->source, pa->account.id, out, &why->err);
    if (rc)
        why->cause = SESSION_CAUSE_SOURCE_ACCOUNT;
    return rc;
}

static void examine(struct doctor *d, const struct plan_account *pa)
{
    AUTO(credentials_unrefp) struct credentials *session = NULL;
    struct session_failure why = {0};
    struct orgrun_diagnosis found = diagnosis_of(pa, ORGRUN_DOCTOR_ENTERED);
    if (try_account(d, pa, &session, &why)) {
        found.verdict =
            why.cause == SESSION_CAUSE_CANCELLED ? ORGRUN_DOCTOR_UNTRIED : ORGRUN_DOCTOR_REFUSED;
        found.cause = session_cause_name(why.cause);
        found.summary = session_cause_summary(why.cause);
        found.message = why.err.message;
        found.hint = why.err.hint;
    } else {
        found.session_arn = credentials_arn(session);
    }
    tell(d, &found);
}

static void *asker_main(void *arg)
{
    struct doctor *d = arg;
    struct plan_account *pa;
    while ((pa = queue_pop(&d->queue)) != NULL) {
        examine(d, pa);
        plan_account_unref(pa);
    }
    return NULL;
}

static void *watcher_main(void *arg)
{
    struct doctor *d = arg;
    while (!atomic_load(&d->over)) {
        struct pollfd p = {.fd = d->ctx->stop_fd, .events = POLLIN};
        uint64_t count;
        if (poll(&p, 1, -1) > 0)
            while (read(d->ctx->stop_fd, &count, sizeof count) > 0)
                ;
        if (atomic_load(&d->ctx->stop_count))
            cut_short(d);
    }
    return NULL;
}

static int start_thread(pthread_t *thread, bool *started, void *(*body)(void *), struct doctor *d,
                        struct orgrun_error *err)
{
    int errnum = thread_create(thread, body, d);
    *started = errnum == 0;
    return errnum ? error_set_errno(err, ORGRUN_ENOMEM, errnum, "cannot start a thread") : 0;
}

static int connect_doctor(struct doctor *d, struct orgrun_error *err)
{
    int rc = source_open(&d->source, d->ctx, d->job, err);
    if (rc == 0)
        rc = source_connect(&d->source, d->job, err);
    const struct job_access *access = &d->job->access;
    if (rc == 0 && access->sso_session)
        rc = access_open(&d->portal, &d->source, access->sso_session, access->sso_role, err);
    if (rc)
        return rc;
    d->terms = plan_terms(&d->job->role.terms);
    struct broker_opts opts = access_broker_opts(&d->source, d->portal, &d->terms);
    opts.refresh_before_ms = REFRESH_BEFORE;
    rc = broker_new(&d->broker, &opts, err);
    return rc ? rc : start_thread(&d->watcher, &d->watching, watcher_main, d, err);
}

static bool is_stopped(const struct doctor *d)
{
    return atomic_load(&d->ctx->stop_count) != 0;
}

/* What makes any account pointless shows here, before the first is tried. */
static int prepare(struct doctor *d, struct orgrun_error *err)
{
    int rc = connect_doctor(d, err);
    if (rc == 0)
        rc = enumerator_open(&d->enumerator, &d->source, d->job, err);
    if (rc == 0)
        rc = source_ask_identity(&d->source, err);
    if (rc)
        return rc;
    rc = enumerator_begin(&d->enumerator, err);
    struct orgrun_error why = {0};
    int identity_rc = source_identity(&d->source, &why);
    if (identity_rc) { /* what is wrong with the caller explains why the page was refused too */
        *err = why;
        return identity_rc;
    }
    const char *arn = d->source.identity.arn;
    if (rc == 0)
        rc = session_cause_check_duration(arn, d->job->role.duration_s, err);
    if (rc)
        return rc;
    if (arn) {
        broker_set_caller(d->broker, arn);
        (void)snprintf(d->result->caller_arn, sizeof d->result->caller_arn, "%s", arn);
    }
    return start_thread(&d->asker, &d->asking, asker_main, d, err);
}

/* Announces an account and hands it to the asker. */
static int admit(struct doctor *d, const struct enumerated *e, struct orgrun_error *err)
{
    struct plan_account *pa = NULL;
    int rc =
        plan_account_new(&pa, d->job, e->account, e->entry, d->source.partition->name, RUN_ID, err);
    if (rc)
        return rc;
    const struct broker_request want = {
        .account_id = pa->account.id,
        .role_arn = pa->role_arn,
        .session_name = pa->session_name,
        .duration_s = d->job->role.duration_s,
        .external_id = pa->external_id,
    };
    struct orgrun_diagnosis trying = diagnosis_of(pa, ORGRUN_DOCTOR_TRYING);
    tell(d, &trying);
    if (!pa->with_source)
        rc = broker_expect(d->broker, &want, 1, err);
    if (rc == 0 && queue_push(&d->queue, pa) == 0)
        return 0;
    plan_account_unref(pa);
    return rc ? rc : error_set(err, ORGRUN_ECANCELLED, "the doctor is over");
}

/* An account that is not tried. */
static void pass_over(struct doctor *d, const struct enumerated *e)
{
    static const enum orgrun_doctor_verdict verdicts[] = {
        [SELECTION_RUN] = ORGRUN_DOCTOR_TRYING,
        [SELECTION_EXCLUDED] = ORGRUN_DOCTOR_EXCLUDED,
        [SELECTION_SKIPPED] = ORGRUN_DOCTOR_SKIPPED,
        [SELECTION_UNCOVERED] = ORGRUN_DOCTOR_UNCOVERED,
    };
    bool skipped = e->verdict == SELECTION_SKIPPED;
    enum session_cause cause = skipped ? SESSION_CAUSE_NOT_ACTIVE : SESSION_CAUSE_NONE;
    struct orgrun_diagnosis found = {
        .verdict = verdicts[e->verdict],
        .account = account_view(e->account, e->reason),
        .cause = session_cause_name(cause),
        .summary = session_cause_summary(cause),
        .message = e->reason,
    };
    tell(d, &found);
}

static void examine_all(struct doctor *d)
{
    struct enumerated e;
    struct orgrun_error err = {0};
    int rc = 0;
    while (rc == 0 && !is_stopped(d) && (rc = enumerator_next(&d->enumerator, &e, &err)) > 0) {
        rc = e.verdict == SELECTION_RUN ? admit(d, &e, &err) : 0;
        if (e.verdict != SELECTION_RUN)
            pass_over(d, &e);
        pthread_mutex_lock(&d->lock);
        bool ended = d->ended_with != 0;
        pthread_mutex_unlock(&d->lock);
        if (ended)
            break;
    }
    if (rc < 0)
        d->enumeration = err;
    queue_close(&d->queue);
    pthread_join(d->asker, NULL);
    d->asking = false;
}

static int exit_code(const struct doctor *d, char *reason, size_t size)
{
    const struct job_accounts *a = &d->job->accounts;
    const struct orgrun_doctor_result *r = d->result;
    char coverage[SELECTION_REASON_SIZE];
    int signum = atomic_load(&d->ctx->stop_signal);
    if (is_stopped(d)) {
        const char *name = sigabbrev_np(signum);
        (void)snprintf(reason, size, "interrupted by SIG%s", name ? name : "?");
        return 128 + signum;
    }
    if (d->enumeration.code)
        (void)snprintf(reason, size, "not all accounts are known: %.450s", d->enumeration.message);
    else if (!selection_coverage(d->job, d->enumerator.selected, coverage))
        (void)snprintf(reason, size, "coverage not met: %s", coverage);
    else if (d->enumerator.selected == 0 && !(a->has_expect && a->expect_min == 0))
        (void)snprintf(reason, size, "no account was selected");
    else if (r->refused)
        (void)snprintf(reason, size, "%zu of %zu accounts cannot be entered", r->refused,
                       r->refused + r->entered);
    else if (r->uncovered)
        (void)snprintf(reason, size, "accounts neither run nor excluded: %zu", r->uncovered);
    else {
        (void)snprintf(reason, size, "every account can be entered");
        return ORGRUN_EXIT_PASSED;
    }
    return ORGRUN_EXIT_ERROR;
}

static void release(struct doctor *d)
{
    if (d->watching) {
        uint64_t one = 1;
        atomic_store(&d->over, true);
        ssize_t n = write(d->ctx->stop_fd, &one, sizeof one);
        (void)n; /* readable already if it cannot be written */
        pthread_join(d->watcher, NULL);
    }
    source_stop(&d->source);
    enumerator_close(&d->enumerator);
    broker_free(d->broker);
    portal_free(d->portal);
    source_close(&d->source);
    queue_clear(&d->queue);
    pthread_mutex_destroy(&d->lock);
}

static int run_doctor(struct doctor *d, struct orgrun_error *err)
{
    struct orgrun_doctor_result *r = d->result;
    int rc = prepare(d, err);
    if (rc) {
        r->exit_code = is_stopped(d) ? 128 + atomic_load(&d->ctx->stop_signal) : ORGRUN_EXIT_USAGE;
        (void)snprintf(r->reason, sizeof r->reason, "nothing was tried");
        return rc;
    }
    examine_all(d);
    r->exit_code = exit_code(d, r->reason, sizeof r->reason);
    return d->ended_with;
}

int orgrun_doctor(struct orgrun_ctx *ctx, const struct orgrun_job *handle, orgrun_doctor_fn *visit,
                  void *user, struct orgrun_doctor_result *result, struct orgrun_error *err)
{
    struct orgrun_error spare = {0};
    err = err ? err : &spare;
    *result = (struct orgrun_doctor_result){.exit_code = ORGRUN_EXIT_USAGE};
    if (pthread_mutex_trylock(&ctx->run_lock) != 0)
        return error_set(err, ORGRUN_EUSAGE, "this context already runs a job");
    struct doctor d = {
        .ctx = ctx, .job = job_of(handle), .visit = visit, .user = user, .result = result};
    pthread_mutex_init(&d.lock, NULL);
    int rc = queue_init(&d.queue, QUEUE) ? error_nomem(err) : run_doctor(&d, err);
    release(&d);
    context_stop_reset(ctx);
    pthread_mutex_unlock(&ctx->run_lock);
    return rc;
}
