// SPDX-License-Identifier: MIT
// The HTTP client: one libcurl multi handle, one network thread, a locked list of what comes next.
#include "aws/http.h"

#include "aws/http_timer.h"
#include "aws/http_tls.h"
#include "aws/http_transfer.h"
#include "base/clock.h"
#include "base/thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CONNECTIONS 64
#define IDLE_MS 60000

/* In the order of submission. */
struct transfers {
    struct http_transfer *first, *last;
};

struct http {
    pthread_t thread;
    bool started; /* the thread */
    pthread_mutex_t lock;
    /* Under the lock. */
    struct transfers queued;
    struct http_timers timers;
    bool woken;    /* a wake-up is on its way */
    bool resuming; /* pieces that were put off are to be offered again */
    bool stopping;
    /* The network thread's own. */
    CURLM *multi;
    struct http_wiring wiring;
    struct transfers active;
    int active_len, max_active;
    CURL **idle; /* easy handles kept for reuse, at most max_active */
    int idle_len;
    char *user_agent;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_init_once(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void transfers_push(struct transfers *list, struct http_transfer *t)
{
    t->next = NULL;
    t->prev = list->last;
    if (list->last)
        list->last->next = t;
    else
        list->first = t;
    list->last = t;
}

static void transfers_remove(struct transfers *list, struct http_transfer *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        list->first = t->next;
    if (t->next)
        t->next->prev = t->prev;
    else
        list->last = t->prev;
    t->next = t->prev = NULL;
}

/* Gives the easy handle of an ended transfer back. */
static void easy_put(struct http *h, CURL *easy)
{
    if (h->idle_len < h->max_active)
        h->idle[h->idle_len++] = easy;
    else
        curl_easy_cleanup(easy);
}

static CURL *easy_get(struct http *h)
{
    return h->idle_len ? h->idle[--h->idle_len] : curl_easy_init();
}

/* Takes an active transfer out of the multi handle; its easy handle stays with it. */
static void detach(struct http *h, struct http_transfer *t)
{
    curl_multi_remove_handle(h->multi, t->easy);
    transfers_remove(&h->active, t);
    h->active_len--;
}

/* Begins a transfer on its easy handle; one that cannot begin is ended. */
static void attach(struct http *h, struct http_transfer *t, CURL *easy)
{
    CURLcode code = CURLE_OUT_OF_MEMORY;
    t->easy = easy;
    if (easy && !http_transfer_arm(t, easy, &h->wiring)) {
        if (curl_multi_add_handle(h->multi, easy) == CURLM_OK) {
            transfers_push(&h->active, t);
            h->active_len++;
            return;
        }
        code = CURLE_FAILED_INIT;
    }
    http_transfer_finish(t, code);
    if (easy)
        easy_put(h, easy);
}

static void end(struct http *h, struct http_transfer *t, CURLcode code)
{
    CURL *easy = t->easy;
    detach(h, t);
    if (code == CURLE_PEER_FAILED_VERIFICATION && !t->whole_store &&
        http_tls_widen(h->wiring.tls)) {
        attach(h, t, easy);
        return;
    }
    http_transfer_finish(t, code);
    easy_put(h, easy);
}

static void end_finished(struct http *h)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(h->multi, &left));) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result;
        struct http_transfer *t = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
        end(h, t, code);
    }
}

static struct http_transfer *take_queued(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->woken = false;
    struct http_transfer *t = h->queued.first;
    if (t)
        transfers_remove(&h->queued, t);
    pthread_mutex_unlock(&h->lock);
    return t;
}

/* Begins what waits, as far as there is room; says whether anything was begun. */
static bool begin_queued(struct http *h)
{
    bool begun = false;
    while (h->active_len < h->max_active) {
        struct http_transfer *t = take_queued(h);
        if (!t)
            break;
        attach(h, t, easy_get(h));
        begun = true;
    }
    return begun;
}

static void fire(struct http_timer *list, bool cancelled)
{
    while (list) {
        struct http_timer *t = list;
        list = t->next;
        t->fire(t->user, cancelled);
        free(t);
    }
}

static void fire_due(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    struct http_timer *due = http_timers_due(&h->timers, clock_mono_ms(clock_system));
    pthread_mutex_unlock(&h->lock);
    fire(due, false);
}

static bool take_resuming(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    bool resuming = h->resuming;
    h->resuming = false;
    pthread_mutex_unlock(&h->lock);
    return resuming;
}

/* Offers again what was put off. */
static void resume_paused(struct http *h)
{
    if (!take_resuming(h))
        return;
    for (struct http_transfer *t = h->active.first, *next; t; t = next) {
        next = t->next;
        CURLcode code = t->paused ? http_transfer_resume(t) : CURLE_OK;
        if (code)
            end(h, t, code);
    }
}

/* Sleeps until a socket, a timer or another thread has something. */
static void wait_for_work(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->woken = false;
    int64_t wait = http_timers_wait(&h->timers, clock_mono_ms(clock_system), IDLE_MS);
    if (h->stopping || h->resuming || (h->queued.first && h->active_len < h->max_active))
        wait = 0;
    pthread_mutex_unlock(&h->lock);
    curl_multi_poll(h->multi, NULL, 0, (int)wait, NULL);
}

static bool is_stopping(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    bool stopping = h->stopping;
    pthread_mutex_unlock(&h->lock);
    return stopping;
}

/* Ends everything; what a callback submits from now on is refused. */
static void cancel_all(struct http *h)
{
    while (h->active.first) {
        struct http_transfer *t = h->active.first;
        CURL *easy = t->easy;
        detach(h, t);
        http_transfer_cancel(t);
        easy_put(h, easy);
    }
    for (struct http_transfer *t; (t = take_queued(h));)
        http_transfer_cancel(t);
    pthread_mutex_lock(&h->lock);
    struct http_timer *all = http_timers_due(&h->timers, INT64_MAX);
    pthread_mutex_unlock(&h->lock);
    fire(all, true);
}

static void *network_thread(void *arg)
{
    struct http *h = arg;
    (void)pthread_setname_np(pthread_self(), "orgrun-net");
    while (!is_stopping(h)) {
        int running;
        curl_multi_perform(h->multi, &running);
        end_finished(h);
        fire_due(h);
        resume_paused(h);
        if (!begin_queued(h))
            wait_for_work(h);
    }
    cancel_all(h);
    return NULL;
}

/* Under the lock: whether the network thread must be told. Its own callbacks need not tell it. */
static bool must_wake(struct http *h)
{
    if (h->woken || pthread_equal(pthread_self(), h->thread))
        return false;
    return h->woken = true;
}

static int submit(void *self, const struct http_request *request, http_done_fn *done, void *user,
                  struct orgrun_error *err)
{
    struct http *h = self;
    struct http_transfer *t = http_transfer_new(request, done, user, err);
    if (!t)
        return err ? err->code : ORGRUN_ENOMEM;
    pthread_mutex_lock(&h->lock);
    bool refused = h->stopping;
    bool wake = false;
    if (!refused) {
        if (t->https)
            http_tls_begin(h->wiring.tls);
        transfers_push(&h->queued, t);
        wake = must_wake(h);
    }
    pthread_mutex_unlock(&h->lock);
    if (refused) {
        http_transfer_free(t);
        return error_set(err, ORGRUN_ECANCELLED, "the HTTP client is closing");
    }
    if (wake)
        curl_multi_wakeup(h->multi);
    return 0;
}

static void resume(void *self)
{
    struct http *h = self;
    pthread_mutex_lock(&h->lock);
    h->resuming = true;
    bool wake = must_wake(h);
    pthread_mutex_unlock(&h->lock);
    if (wake)
        curl_multi_wakeup(h->multi);
}

static int after(void *self, int64_t delay_ms, http_timer_fn *fire_fn, void *user,
                 struct orgrun_error *err)
{
    struct http *h = self;
    struct http_timer *t = malloc(sizeof *t);
    if (!t)
        return error_nomem(err);
    *t = (struct http_timer){
        .due_ms = clock_mono_ms(clock_system) + delay_ms, .fire = fire_fn, .user = user};
    pthread_mutex_lock(&h->lock);
    bool refused = h->stopping;
    bool wake = !refused && http_timers_add(&h->timers, t) && must_wake(h);
    pthread_mutex_unlock(&h->lock);
    if (refused) {
        free(t);
        return error_set(err, ORGRUN_ECANCELLED, "the HTTP client is closing");
    }
    if (wake)
        curl_multi_wakeup(h->multi);
    return 0;
}

static const struct http_ops http_curl_ops = {.submit = submit, .resume = resume, .after = after};

struct http_client http_client_of(struct http *h)
{
    return (struct http_client){.ops = &http_curl_ops, .self = h};
}

static int start_thread(struct http *h, struct orgrun_error *err)
{
    int rc = thread_create(&h->thread, network_thread, h);
    h->started = rc == 0;
    return rc ? error_set_errno(err, ORGRUN_ENETWORK, rc, "cannot start the network thread") : 0;
}

static int set_up(struct http *h, const struct http_opts *opts, struct orgrun_error *err)
{
    h->max_active = opts->max_connections > 0 ? opts->max_connections : MAX_CONNECTIONS;
    h->user_agent = strdup(opts->user_agent ? opts->user_agent : "orgrun");
    h->idle = calloc((size_t)h->max_active, sizeof *h->idle);
    h->multi = curl_multi_init();
    h->wiring.share = curl_share_init();
    if (!h->user_agent || !h->idle || !h->multi || !h->wiring.share)
        return error_nomem(err);
    h->wiring.user_agent = h->user_agent;
    curl_share_setopt(h->wiring.share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)h->max_active);
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 2L * h->max_active);
    int rc = http_tls_new(&h->wiring.tls, opts->ca_bundle, err);
    return rc ? rc : start_thread(h, err);
}

int http_new(struct http **out, const struct http_opts *opts, struct orgrun_error *err)
{
    pthread_once(&curl_once, curl_init_once);
    struct http *h = calloc(1, sizeof *h);
    if (!h)
        return error_nomem(err);
    pthread_mutex_init(&h->lock, NULL);
    int rc = set_up(h, opts, err);
    if (rc) {
        http_free(h);
        return rc;
    }
    *out = h;
    return 0;
}

void http_stop(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_mutex_unlock(&h->lock);
    curl_multi_wakeup(h->multi);
}

void http_free(struct http *h)
{
    if (!h)
        return;
    if (h->started) {
        http_stop(h);
        pthread_join(h->thread, NULL);
    }
    for (int i = 0; i < h->idle_len; i++)
        curl_easy_cleanup(h->idle[i]);
    if (h->multi)
        curl_multi_cleanup(h->multi);
    if (h->wiring.share)
        curl_share_cleanup(h->wiring.share);
    http_tls_free(h->wiring.tls);
    free(h->idle);
    free(h->user_agent);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
