// SPDX-License-Identifier: MIT
// Renewal: the thread that gets new source credentials before the old ones end.
#include "fanout/renewal.h"

#include "base/cleanup.h"
#include "base/thread.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define BEFORE_MS (5 * 60 * 1000)
#define AGAIN_MIN_MS 1000
#define AGAIN_MAX_MS 30000

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

int64_t renewal_due(int64_t expires_ms, int64_t now_ms)
{
    if (expires_ms == CREDENTIALS_NEVER)
        return INT64_MAX;
    int64_t left = expires_ms > now_ms ? expires_ms - now_ms : 0;
    int64_t before = left / 4 < BEFORE_MS ? left / 4 : BEFORE_MS;
    return expires_ms - before;
}

/* The next try after one in vain: half of what is left, within reason. */
static int64_t due_again(int64_t expires_ms, int64_t now_ms)
{
    int64_t wait = (expires_ms - now_ms) / 2;
    wait = wait < AGAIN_MIN_MS ? AGAIN_MIN_MS : wait > AGAIN_MAX_MS ? AGAIN_MAX_MS : wait;
    return now_ms + wait;
}

/* Waits until `due`, or until somebody asks. False when it is over. */
static bool await(struct renewal *n, int64_t due, bool *asked)
{
    int64_t wall = clock_wall_ms(n->of.ctx->clock); /* what a timed wait goes by */
    int64_t at_ms = due == INT64_MAX ? 0 : due - aws_client_now_ms(n->of.client) + wall;
    struct timespec at = {.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000};
    pthread_mutex_lock(&n->lock);
    int rc = 0;
    while (!n->over && !n->asked && rc == 0)
        rc = due == INT64_MAX ? pthread_cond_wait(&n->changed, &n->lock)
                              : pthread_cond_timedwait(&n->changed, &n->lock, &at);
    *asked = n->asked;
    n->asked = false;
    bool over = n->over;
    pthread_mutex_unlock(&n->lock);
    return !over;
}

static bool is_over(struct renewal *n)
{
    pthread_mutex_lock(&n->lock);
    bool over = n->over;
    pthread_mutex_unlock(&n->lock);
    return over;
}

static int64_t source_expires_ms(void *self)
{
    AUTO(credentials_unrefp) struct credentials *now = source_credentials(self);
    return credentials_expires_ms(now);
}

static int source_renew(void *self, int stop_fd, struct broker *broker, struct orgrun_error *err)
{
    struct source *s = self;
    AUTO(credentials_unrefp) struct credentials *renewed = NULL;
    int rc = source_renew_keys(s, stop_fd, &renewed, err);
    if (rc)
        return rc;
    log_info(&s->ctx->log, "source credentials were renewed from %s",
             credentials_provider(renewed));
    if (broker)
        broker_set_source(broker, renewed);
    return 0;
}

static void source_describe_loss(void *self, const struct orgrun_error *why,
                                 struct orgrun_error *out)
{
    AUTO(credentials_unrefp) struct credentials *now = source_credentials(self);
    (void)error_set(out, ORGRUN_ECREDENTIALS,
                    "the source credentials (%s) expired and could not be renewed: %s",
                    credentials_provider(now), why->message);
    if (why->hint[0])
        (void)error_hint(out, "%s", why->hint);
}

struct renewable renewal_of_source(struct source *source)
{
    return (struct renewable){.self = source,
                              .ctx = source->ctx,
                              .client = &source->client,
                              .expires_ms = source_expires_ms,
                              .renew = source_renew,
                              .describe_loss = source_describe_loss};
}

static void lose(struct renewal *n, const struct orgrun_error *why)
{
    struct orgrun_error err = {0};
    n->of.describe_loss(n->of.self, why, &err);
    n->on_lost(n->user, err.message); /* first, for what the broker then wakes to know why */
    if (n->broker)
        broker_lose_source(n->broker, &err);
}

static void *renewal_main(void *arg)
{
    struct renewal *n = arg;
    const struct orgrun_ctx *ctx = n->of.ctx;
    (void)pthread_setname_np(pthread_self(), "orgrun-renew");
    bool asked;
    int64_t due = -1;
    for (;;) {
        int64_t expires = n->of.expires_ms(n->of.self);
        if (due < 0)
            due = renewal_due(expires, aws_client_now_ms(n->of.client));
        if (!await(n, due, &asked))
            return NULL;
        if (asked && n->broker && !broker_awaits_source(n->broker))
            continue; /* what AWS said was of what has been renewed since */
        struct orgrun_error err = {0};
        int rc = n->of.renew(n->of.self, n->over_fd, n->broker, &err);
        int64_t now = aws_client_now_ms(n->of.client);
        if (rc == 0) {
            due = -1;
        } else if (is_over(n)) {
            return NULL; /* it was cut short */
        } else if (asked || (now >= expires && !n->of.until_refused)) {
            lose(n, &err);
            return NULL;
        } else if (now >= expires) {
            due = INT64_MAX;
        } else {
            log_debug(&ctx->log, "not renewed yet: %s", err.message);
            due = due_again(expires, now);
            due = due < expires ? due : expires;
        }
    }
}

int renewal_init(struct renewal *n, struct orgrun_error *err)
{
    n->over_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (n->over_fd < 0)
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot create an eventfd");
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->changed, NULL);
    n->ready = true;
    return 0;
}

int renewal_start(struct renewal *n, struct orgrun_error *err)
{
    int errnum = thread_create(&n->thread, renewal_main, n);
    n->running = errnum == 0;
    return errnum ? error_set_errno(err, ORGRUN_ENOMEM, errnum, "cannot start a thread") : 0;
}

void renewal_ask(void *renewal)
{
    struct renewal *n = renewal;
    pthread_mutex_lock(&n->lock);
    n->asked = true;
    pthread_cond_broadcast(&n->changed);
    pthread_mutex_unlock(&n->lock);
}

void renewal_end(struct renewal *n)
{
    if (!n->running)
        return;
    pthread_mutex_lock(&n->lock);
    n->over = true;
    pthread_cond_broadcast(&n->changed);
    pthread_mutex_unlock(&n->lock);
    uint64_t one = 1;
    ssize_t written = write(n->over_fd, &one, sizeof one);
    (void)written; /* the counter is at zero */
    pthread_join(n->thread, NULL);
    n->running = false;
}

void renewal_clear(struct renewal *n)
{
    renewal_end(n);
    if (!n->ready)
        return;
    n->ready = false;
    (void)close(n->over_fd);
    pthread_cond_destroy(&n->changed);
    pthread_mutex_destroy(&n->lock);
}
