// SPDX-License-Identifier: MIT
// The probe's `request`: signed requests with one account's session, through the public library.
#include "helpers/probe/probe.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/strv.h"
#include "base/text.h"
#include "helpers/probe/probe_field.h"
#include "orgrun/orgrun.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 32

/* What takes a streamed body in. */
struct taker {
    struct buf all;
    unsigned pieces;
    size_t stop_after; /* 0: never */
    useconds_t slow_us;
};

static int take(void *user, const void *data, size_t len)
{
    struct taker *t = user;
    t->pieces++;
    if (t->slow_us)
        usleep(t->slow_us);
    (void)buf_append(&t->all, data, len);
    return t->stop_after && t->all.len >= t->stop_after;
}

static const char *text(const json_t *request, const char *name)
{
    return probe_field_text(request, "", name);
}

static size_t number(const json_t *request, const char *name)
{
    return (size_t)probe_field_number(request, "", name, 0);
}

/* A list of texts, NULL when there is none. */
static const char *const *texts(const json_t *list, struct strv *keep)
{
    size_t i;
    json_t *value;
    json_array_foreach(list, i, value)(void) strv_push(keep, json_string_value(value));
    return list ? (const char *const *)strv_array(keep) : NULL;
}

static enum orgrun_protocol protocol_of(const char *name)
{
    static const char *const names[] = {[ORGRUN_PROTOCOL_REST] = "rest",
                                        [ORGRUN_PROTOCOL_QUERY] = "query",
                                        [ORGRUN_PROTOCOL_JSON_1_0] = "json1.0",
                                        [ORGRUN_PROTOCOL_JSON_1_1] = "json1.1"};
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum orgrun_protocol)i;
    return name ? (enum orgrun_protocol)99 : ORGRUN_PROTOCOL_REST;
}

/* Text as JSON, replaced where it is not UTF-8; of a large body its beginning. */
static json_t *body_text(const char *body, size_t len)
{
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, SIZE_MAX);
    (void)text_clean(&clean, body, len < 65536 ? len : 65536, false);
    return json_stringn(buf_str(&clean), clean.len);
}

static json_t *answer_of(const json_t *request, int rc, const struct orgrun_response *r,
                         const struct taker *t, const struct orgrun_error *err)
{
    json_t *headers = json_object();
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(request, "show_headers"), i, name)
    {
        const char *value = orgrun_response_header(r, json_string_value(name));
        json_object_set_new(headers, json_string_value(name),
                            value ? probe_text(value) : json_null());
    }
    bool streamed = t->pieces > 0;
    return json_pack(
        "{s:i, s:i, s:o, s:I, s:o, s:o, s:o, s:i, s:i, s:o, s:o, s:o}", "rc", rc, "status",
        r->status, "body",
        streamed ? body_text(buf_str(&t->all), t->all.len) : body_text(r->body, r->body_len),
        "body_len", (json_int_t)(streamed ? t->all.len : r->body_len), "request_id",
        probe_text(r->request_id), "error_code", probe_text(r->error_code), "error_message",
        probe_text(r->error_message), "attempts", r->attempts, "pieces", (int)t->pieces, "message",
        probe_text(err->message), "hint", probe_text(err->hint), "headers", headers);
}

static json_t *run_one(struct orgrun_session *session, const json_t *request)
{
    AUTO(strv_clear) struct strv params = {0}, headers = {0};
    AUTO(buf_clear) struct buf body;
    buf_init(&body, SIZE_MAX);
    (void)buf_puts(&body, text(request, "body") ? text(request, "body") : "");
    for (size_t i = number(request, "body_size"); i > 0; i--)
        (void)buf_putc(&body, (char)('a' + i % 26));
    struct taker taker = {.stop_after = number(request, "stop_after"),
                          .slow_us = (useconds_t)number(request, "slow_ms") * 1000};
    buf_init(&taker.all, SIZE_MAX);
    const struct orgrun_request r = {
        .service = text(request, "service"),
        .region = text(request, "region"),
        .endpoint = text(request, "endpoint"),
        .protocol = protocol_of(text(request, "protocol")),
        .action = text(request, "action"),
        .version = text(request, "version"),
        .params = texts(json_object_get(request, "params"), &params),
        .method = text(request, "method"),
        .path = text(request, "path"),
        .path_encoded = probe_field_bool(request, "", "path_encoded"),
        .query = text(request, "query"),
        .headers = texts(json_object_get(request, "headers"), &headers),
        .content_type = text(request, "content_type"),
        .body = body.data,
        .body_len = body.len,
        .not_idempotent = probe_field_bool(request, "", "not_idempotent"),
        .timeout_ms = (int64_t)probe_field_number(request, "", "timeout_ms", 0),
        .total_ms = (int64_t)probe_field_number(request, "", "total_ms", 0),
        .body_max = number(request, "body_max"),
        .on_body = probe_field_bool(request, "", "stream") ? take : NULL,
        .user = &taker,
    };
    struct orgrun_response response = {0};
    struct orgrun_error err = {0};
    int rc = orgrun_session_request(session, &r, &response, &err);
    json_t *answer = answer_of(request, rc, &response, &taker, &err);
    orgrun_response_clear(&response);
    buf_clear(&taker.all);
    return answer;
}

/* One of the threads that do all of the requests. */
struct worker {
    pthread_t thread;
    struct orgrun_session *session;
    const json_t *requests;
    json_t *answers;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    size_t i;
    json_t *request;
    w->answers = json_array();
    json_array_foreach(w->requests, i, request)
    {
        json_array_append_new(w->answers, run_one(w->session, request));
    }
    return NULL;
}

/* Each thread reads a copy of its own: jansson's objects are not for several. */
static json_t *work_all(struct orgrun_session *session, const json_t *requests, size_t threads)
{
    struct worker workers[THREADS_MAX];
    json_t *all = json_array();
    for (size_t i = 0; i < threads; i++) {
        workers[i] = (struct worker){.session = session, .requests = json_deep_copy(requests)};
        (void)pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (size_t i = 0; i < threads; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        json_array_append_new(all, workers[i].answers);
        json_decref((json_t *)(uintptr_t)workers[i].requests);
    }
    return all;
}

static json_t *run_all(struct orgrun_session *session, const json_t *request)
{
    struct worker alone = {.session = session, .requests = json_object_get(request, "requests")};
    size_t threads = number(request, "threads");
    if (threads > 0)
        return work_all(session, alone.requests, threads < THREADS_MAX ? threads : THREADS_MAX);
    (void)work(&alone);
    return alone.answers;
}

json_t *probe_session(const json_t *request, char *error, size_t error_size)
{
    AUTO(strv_clear) struct strv env = {0};
    struct orgrun_error err = {0};
    struct orgrun_ctx *ctx = NULL;
    struct orgrun_session *session = NULL;
    if (probe_environment(request, &env)) {
        (void)snprintf(error, error_size, "out of memory");
        return NULL;
    }
    const struct orgrun_ctx_opts ctx_opts = {.environment = (const char *const *)strv_array(&env),
                                             .state_dir = "/nonexistent",
                                             .region = text(request, "region")};
    const struct orgrun_session_opts opts = {.role = text(request, "role"),
                                             .duration_s = (int64_t)number(request, "duration")};
    int rc = orgrun_ctx_new(&ctx, &ctx_opts, &err);
    if (!rc)
        rc = orgrun_session_open(&session, ctx, text(request, "account"), NULL, &opts, &err);
    json_t *answer =
        rc ? json_pack("{s:o, s:o}", "error", probe_text(err.message), "hint", probe_text(err.hint))
           : run_all(session, request);
    orgrun_session_close(session);
    orgrun_ctx_free(ctx);
    return answer;
}
