// SPDX-License-Identifier: MIT
// The session broker: opens sessions ahead of the workers, once per account and run.
#include "aws/broker.h"

#include "aws/broker_session.h"
#include "aws/broker_state.h"
#include "base/cleanup.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define AHEAD 64
#define REFRESH_BEFORE_MS (5 * 60 * 1000)
#define RENEWALS_MAX 2 /* of the source, for one account */

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

static void tell_if_idle(struct broker *b)
{
    if (b->cancelled && b->in_flight == 0 && b->inside == 0)
        pthread_cond_broadcast(&b->idle);
}

/* Under the lock: marks a call as begun; the caller begins it once the lock is released. */
static void mark_begun(struct broker *b, struct session *s)
{
    if (s->state == SESSION_WAITING)
        session_queue_remove(&b->queue, s);
    s->state = SESSION_ASSUMING;
    s->source_no = b->source_no;
    b->in_flight++;
    b->stats.calls++;
}

/* Under the lock: those to be begun now, as far as the window reaches, linked by `next`. */
static struct session *next_batch(struct broker *b)
{
    struct session *first = NULL, **end = &first;
    while (!b->cancelled && !b->source_expired && !b->renewing && b->queue.first &&
           b->ahead_len < b->ahead) {
        struct session *s = b->queue.first;
        mark_begun(b, s);
        b->ahead_len +=
            session_is_ahead(s); /* one that waited for new source credentials may be asked for */
        *end = s;
        end = &s->next;
    }
    return first;
}

/* Under the lock: frees a session that nobody needs any more. */
static void free_if_orphan(struct session *s)
{
    if (s->orphan && s->waiters == 0 && s->state != SESSION_ASSUMING)
        session_free(s);
}

/* Under the lock: counts, and keeps what concerns every account. */
static void note_end(struct broker *b, enum awserror_class class_,
                     const struct session_failure *failure)
{
    if (!failure->err.code)
        b->stats.assumed++;
    else if (class_ == AWSERROR_DENIED)
        b->stats.denied++;
    else
        b->stats.failed++;
    if (class_ == AWSERROR_EXPIRED && !b->source_expired) {
        b->source_expired = true;
        b->expired = *failure;
    }
}

/* Under the lock: the session could not be assumed, or not anew: what it has is good to its end. */
static void fail(struct broker *b, struct session *s, const struct session_failure *failure)
{
    if (!s->refused && session_left_ms(s, aws_client_now_ms(b->client)) > 0) {
        s->last = true;
        s->state = SESSION_READY;
        return;
    }
    session_set_failed(s, failure);
}

/* Under the lock: AWS says that the source credentials expired. Does the account wait for others,
 * which are on their way or there already? */
static bool waits_for_source(struct broker *b, struct session *s, enum awserror_class class_)
{
    if (class_ != AWSERROR_EXPIRED || !b->renew || b->source_expired || b->cancelled || s->orphan ||
        s->renewals == RENEWALS_MAX)
        return false;
    s->renewals++;
    b->renewing = b->renewing || s->source_no == b->source_no;
    s->state = SESSION_WAITING;
    session_queue_push(&b->queue, s);
    return true;
}

/* Ends a call: with credentials, which are taken over, or in failure. Returns what to begin next.
 */
static struct session *settle(struct session *s, struct credentials *credentials,
                              enum awserror_class class_, const struct session_failure *failure)
{
    struct broker *b = s->broker;
    pthread_mutex_lock(&b->lock);
    bool was_ahead = !s->orphan && session_is_ahead(s), was_renewing = b->renewing;
    if (!waits_for_source(b, s, class_)) {
        note_end(b, class_, failure);
        s->ended_ms = aws_client_now_ms(b->client);
        if (credentials)
            session_set_ready(s, credentials);
        else
            fail(b, s, failure);
    }
    bool renew = b->renewing && !was_renewing;
    if (was_ahead && !session_is_ahead(s))
        b->ahead_len--;
    pthread_cond_broadcast(&s->cond);
    free_if_orphan(s);
    if (renew) { /* while the call still counts: broker_free waits for it */
        pthread_mutex_unlock(&b->lock);
        b->renew(b->renew_user);
        pthread_mutex_lock(&b->lock);
    }
    struct session *batch = next_batch(b);
    b->in_flight--;
    tell_if_idle(b);
    pthread_mutex_unlock(&b->lock);
    return batch;
}

static void begin_all(struct broker *b, struct session *batch);

static void on_opened(struct opening *o, struct credentials *credentials,
                      enum awserror_class class_, const struct session_failure *failure)
{
    struct session *s = o->user;
    struct broker *b = s->broker;
    struct session_failure wrong;
    if (credentials && session_check_account(s, &credentials, &wrong))
        failure = &wrong;
    begin_all(b, settle(s, credentials, class_, failure));
}

static struct credentials *source_ref(struct broker *b)
{
    pthread_mutex_lock(&b->lock);
    struct credentials *source = credentials_ref(b->source);
    pthread_mutex_unlock(&b->lock);
    return source;
}

/* Begins each of the batch, and what its immediate failures make room for. The lock is not held. */
static void begin_all(struct broker *b, struct session *batch)
{
    AUTO(credentials_unrefp) struct credentials *source = batch ? source_ref(b) : NULL;
    while (batch) {
        struct session *s = batch;
        batch = TAKE_PTR(s->next);
        struct session_failure failure = {0};
        struct orgrun_error *err = &failure.err;
        s->opening = (struct opening){.request = session_request(s), .done = on_opened, .user = s};
        if (!b->opener.start(b->opener.self, source, &s->opening, err))
            continue;
        failure.cause =
            err->code == ORGRUN_ECANCELLED ? SESSION_CAUSE_CANCELLED : SESSION_CAUSE_OTHER;
        struct session **end = &batch;
        while (*end)
            end = &(*end)->next;
        *end = settle(s, NULL, AWSERROR_CLIENT, &failure);
    }
}

/* Under the lock, which is released meanwhile. */
static void begin_unlocked(struct broker *b, struct session *batch)
{
    if (!batch)
        return;
    pthread_mutex_unlock(&b->lock);
    begin_all(b, batch);
    pthread_mutex_lock(&b->lock);
}

/* Under the lock: the first to ask takes the session out of the window, which lets others in. */
static void mark_asked(struct broker *b, struct session *s)
{
    if (session_is_ahead(s))
        b->ahead_len--;
    s->asked = true;
}

/* Under the lock: is it to be assumed before an asker can have it? */
static bool is_wanted(const struct broker *b, const struct session *s, bool lasting)
{
    if ((s->state == SESSION_READY && s->refused) ||
        (s->state == SESSION_FAILED && b->ask_again && s->told && !lasting))
        return true;
    int64_t now = aws_client_now_ms(b->client);
    return lasting ? session_is_due_lasting(s, now) : session_is_due(s, now, b->refresh_before_ms);
}

/* Under the lock: begins the asked-for session ahead of the queue, unless the source has expired.
 */
static void assume_now(struct broker *b, struct session *s)
{
    if (b->source_expired) {
        if (s->state == SESSION_WAITING)
            session_queue_remove(&b->queue, s);
        fail(b, s, &b->expired);
        return;
    }
    mark_begun(b, s);
    begin_unlocked(b, s);
}

/* Under the lock: waits until the session has come to something. A session is assumed at most once
 * for each asker, so that a lifetime shorter than refresh_before_ms is no endless loop. */
static int wait_for(struct broker *b, struct session *s, bool lasting, struct session_failure *out)
{
    bool fresh = false;
    for (;;) {
        if (b->cancelled)
            return session_cancelled(out);
        if (s->state == SESSION_ASSUMING) {
            fresh = true;
            pthread_cond_wait(&s->cond, &b->lock);
        } else if (s->state == SESSION_WAITING || (!fresh && is_wanted(b, s, lasting))) {
            if (b->renewing) {
                pthread_cond_wait(&s->cond, &b->lock);
                continue;
            }
            fresh = true;
            assume_now(b, s);
        } else {
            break;
        }
    }
    if (s->state == SESSION_READY)
        return 0;
    s->told = true;
    if (!s->failure)
        return error_nomem(&out->err);
    *out = *s->failure;
    return out->err.code;
}

int broker_try(struct broker *b, const char *account_id, bool lasting, struct credentials **out,
               struct session_failure *why)
{
    pthread_mutex_lock(&b->lock);
    struct session *s = session_set_find(&b->set, account_id);
    int rc;
    *why = (struct session_failure){.cause = SESSION_CAUSE_OTHER};
    if (!s) {
        rc = b->cancelled
                 ? session_cancelled(why)
                 : error_set(&why->err, ORGRUN_EUSAGE, "account %s was not announced", account_id);
    } else {
        b->inside++;
        s->waiters++;
        mark_asked(b, s);
        if (s->state == SESSION_WAITING && !b->cancelled && !b->renewing)
            assume_now(b, s);
        begin_unlocked(b, next_batch(b));
        rc = wait_for(b, s, lasting, why);
        if (!rc)
            *out = credentials_ref(s->credentials);
        s->waiters--;
        free_if_orphan(s);
        b->inside--;
        tell_if_idle(b);
    }
    pthread_mutex_unlock(&b->lock);
    return rc;
}

void broker_renew(struct broker *b, const char *account_id, const struct credentials *refused)
{
    pthread_mutex_lock(&b->lock);
    struct session *s = session_set_find(&b->set, account_id);
    if (s && s->credentials == refused)
        s->refused = true;
    pthread_mutex_unlock(&b->lock);
}

void broker_release(struct broker *b, const char *account_id)
{
    pthread_mutex_lock(&b->lock);
    struct session *s = session_set_find(&b->set, account_id);
    struct session *batch = NULL;
    if (s && --s->users == 0) {
        session_set_remove(&b->set, s);
        if (s->state == SESSION_WAITING)
            session_queue_remove(&b->queue, s);
        if (session_is_ahead(s))
            b->ahead_len--;
        s->orphan = true;
        free_if_orphan(s);
        batch = next_batch(b);
    }
    pthread_mutex_unlock(&b->lock);
    begin_all(b, batch);
}

/* Under the lock. */
static int announce(struct broker *b, const struct broker_request *request, int users,
                    struct orgrun_error *err)
{
    struct session *s = session_set_find(&b->set, request->account_id);
    if (!s) {
        s = session_new(b, request);
        if (!s || session_set_add(&b->set, s)) {
            session_free(s);
            return error_nomem(err);
        }
        session_queue_push(&b->queue, s);
    }
    s->users += users;
    return 0;
}

int broker_expect(struct broker *b, const struct broker_request *request, int users,
                  struct orgrun_error *err)
{
    if (users < 1 || !text_is_account_id(request->account_id))
        return error_set(err, ORGRUN_EUSAGE, "cannot announce account \"%s\" for %d users",
                         request->account_id, users);
    pthread_mutex_lock(&b->lock);
    int rc = announce(b, request, users, err);
    struct session *batch = next_batch(b);
    pthread_mutex_unlock(&b->lock);
    begin_all(b, batch);
    return rc;
}

void broker_set_caller(struct broker *b, const char *arn)
{
    broker_assume_set_caller(&b->assume, arn);
}

void broker_set_source(struct broker *b, struct credentials *source)
{
    pthread_mutex_lock(&b->lock);
    credentials_unref(b->source);
    b->source = credentials_ref(source);
    b->source_no++;
    b->renewing = false;
    session_set_wake(&b->set);
    struct session *batch = next_batch(b);
    pthread_mutex_unlock(&b->lock);
    begin_all(b, batch);
}

bool broker_awaits_source(struct broker *b)
{
    pthread_mutex_lock(&b->lock);
    bool awaits = b->renewing;
    pthread_mutex_unlock(&b->lock);
    return awaits;
}

void broker_lose_source(struct broker *b, const struct orgrun_error *err)
{
    pthread_mutex_lock(&b->lock);
    b->renewing = false;
    b->source_expired = true;
    b->expired = (struct session_failure){SESSION_CAUSE_SOURCE_EXPIRED, *err};
    session_set_wake(&b->set);
    pthread_mutex_unlock(&b->lock);
}

void broker_cancel(struct broker *b)
{
    pthread_mutex_lock(&b->lock);
    b->cancelled = true;
    session_set_wake(&b->set);
    pthread_mutex_unlock(&b->lock);
}

bool broker_source_expired(struct broker *b)
{
    pthread_mutex_lock(&b->lock);
    bool expired = b->source_expired;
    pthread_mutex_unlock(&b->lock);
    return expired;
}

struct broker_stats broker_stats(struct broker *b)
{
    pthread_mutex_lock(&b->lock);
    struct broker_stats stats = b->stats;
    pthread_mutex_unlock(&b->lock);
    return stats;
}

int broker_new(struct broker **out, const struct broker_opts *opts, struct orgrun_error *err)
{
    struct broker *b = calloc(1, sizeof *b);
    if (!b)
        return error_nomem(err);
    if (broker_assume_init(&b->assume, opts, err)) {
        free(b);
        return ORGRUN_ENOMEM;
    }
    b->opener = opts->opener.start ? opts->opener : broker_assume_opener(&b->assume);
    b->client = opts->client;
    b->renew = opts->renew;
    b->renew_user = opts->renew_user;
    b->source = credentials_ref(opts->source);
    b->ahead = opts->ahead > 0 ? opts->ahead : AHEAD;
    b->ask_again = opts->ask_again;
    b->refresh_before_ms =
        opts->refresh_before_ms > 0 ? opts->refresh_before_ms : REFRESH_BEFORE_MS;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->idle, NULL);
    *out = b;
    return 0;
}

void broker_free(struct broker *b)
{
    if (!b)
        return;
    broker_cancel(b);
    pthread_mutex_lock(&b->lock);
    while (b->in_flight || b->inside)
        pthread_cond_wait(&b->idle, &b->lock);
    pthread_mutex_unlock(&b->lock);
    session_set_clear(&b->set);
    credentials_unref(b->source);
    broker_assume_clear(&b->assume);
    pthread_cond_destroy(&b->idle);
    pthread_mutex_destroy(&b->lock);
    free(b);
}
