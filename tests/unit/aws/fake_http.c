// SPDX-License-Identifier: MIT
// An HTTP client that keeps what is submitted until the test answers it, on a clock of its own.
#include "unit/aws/fake_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define START_MS 1795500000000 /* 2026-11-24T06:00:00Z */

void fake_http_init(struct fake_http *f)
{
    memset(f, 0, sizeof *f);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->submitted, NULL);
    f->wall_ms = START_MS;
}

void fake_http_clear(struct fake_http *f)
{
    for (int i = 0; i < f->len; i++) {
        free(f->requests[i].method);
        free(f->requests[i].url);
        free(f->requests[i].body);
        strv_clear(&f->requests[i].headers);
    }
    pthread_cond_destroy(&f->submitted);
    pthread_mutex_destroy(&f->lock);
}

static int submit(void *self, const struct http_request *request, http_done_fn *done, void *user,
                  struct orgrun_error *err)
{
    struct fake_http *f = self;
    pthread_mutex_lock(&f->lock);
    if (f->refuse || f->len == FAKE_HTTP_MAX) {
        pthread_mutex_unlock(&f->lock);
        return error_set(err, ORGRUN_ECANCELLED, "the HTTP client is closing");
    }
    struct fake_request *r = &f->requests[f->len++];
    r->method = strdup(request->method);
    r->url = strdup(request->url);
    r->body = strndup(request->body, request->body_len);
    for (const char *const *h = request->headers; h && *h; h++)
        (void)strv_push(&r->headers, *h);
    r->done = done;
    r->user = user;
    pthread_cond_broadcast(&f->submitted);
    pthread_mutex_unlock(&f->lock);
    return 0;
}

static int after(void *self, int64_t delay_ms, http_timer_fn *fire, void *user,
                 struct orgrun_error *err)
{
    struct fake_http *f = self;
    pthread_mutex_lock(&f->lock);
    bool refused = f->refuse || f->timers_len == FAKE_HTTP_MAX;
    if (!refused)
        f->timers[f->timers_len++] = (struct fake_timer){delay_ms, fire, user};
    pthread_mutex_unlock(&f->lock);
    return refused ? error_set(err, ORGRUN_ECANCELLED, "the HTTP client is closing") : 0;
}

static const struct http_ops ops = {.submit = submit, .after = after};

struct http_client fake_http_client(struct fake_http *f)
{
    return (struct http_client){.ops = &ops, .self = f};
}

static int64_t read_clock(struct fake_http *f, const int64_t *which)
{
    pthread_mutex_lock(&f->lock);
    int64_t ms = *which;
    pthread_mutex_unlock(&f->lock);
    return ms;
}

static int64_t wall_ms(void *self)
{
    struct fake_http *f = self;
    return read_clock(f, &f->wall_ms);
}

static int64_t mono_ms(void *self)
{
    struct fake_http *f = self;
    return read_clock(f, &f->mono_ms);
}

static const struct clock_ops clock_ops = {.wall_ms = wall_ms, .mono_ms = mono_ms};

struct clock fake_http_clock(struct fake_http *f)
{
    return (struct clock){.ops = &clock_ops, .self = f};
}

void fake_http_wait(struct fake_http *f, int n)
{
    pthread_mutex_lock(&f->lock);
    while (f->len < n)
        pthread_cond_wait(&f->submitted, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

int fake_http_len(struct fake_http *f)
{
    pthread_mutex_lock(&f->lock);
    int len = f->len;
    pthread_mutex_unlock(&f->lock);
    return len;
}

static void finish(struct fake_http *f, int i, struct http_response *response)
{
    pthread_mutex_lock(&f->lock);
    struct fake_request r = f->requests[i];
    pthread_mutex_unlock(&f->lock);
    r.done(r.user, response);
}

void fake_http_answer(struct fake_http *f, int i, int status, const char *const *headers,
                      const char *body)
{
    struct http_response response = {.status = status};
    buf_init_secret(&response.body, 1 << 20);
    (void)buf_puts(&response.body, body);
    for (const char *const *h = headers; h && *h; h++)
        (void)strv_push(&response.headers, *h);
    finish(f, i, &response);
}

void fake_http_fault(struct fake_http *f, int i, enum http_fault fault, const char *text)
{
    struct http_response response = {.fault = fault};
    (void)snprintf(response.text, sizeof response.text, "%s", text);
    finish(f, i, &response);
}

int64_t fake_http_fire(struct fake_http *f, bool cancelled)
{
    pthread_mutex_lock(&f->lock);
    bool any = f->timers_fired < f->timers_len;
    struct fake_timer t = {0};
    if (any) {
        t = f->timers[f->timers_fired++];
        f->mono_ms += t.delay_ms;
        f->wall_ms += t.delay_ms;
    }
    pthread_mutex_unlock(&f->lock);
    if (!any)
        return -1;
    t.fire(t.user, cancelled);
    return t.delay_ms;
}

const char *fake_http_header(const struct fake_http *f, int i, const char *name)
{
    size_t len = strlen(name);
    for (size_t h = 0; h < f->requests[i].headers.len; h++) {
        const char *line = f->requests[i].headers.items[h];
        if (strncasecmp(line, name, len) == 0 && line[len] == ':')
            return line + len + 1 + strspn(line + len + 1, " ");
    }
    return NULL;
}
