// SPDX-License-Identifier: MIT
// A server on the loopback that finds the exchange for a request, and the client that leads to it.
#include "helpers/probe/probe_replay.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "helpers/probe/probe_field.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODY_MAX (1024 * 1024)
/* The URL that was meant, which the loopback's stands in for. */
#define URL_HEADER "X-Probe-Url"

struct replay {
    struct MHD_Daemon *daemon;
    int port;
    const json_t *exchanges;
    struct http_client real;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Under the lock. */
    bool *used; /* of each exchange */
    bool over;
    json_t *asked;
};

/* ---- finding ---- */

struct asked {
    struct MHD_Connection *connection;
    const char *method, *url;
    struct buf body;
};

/* Past "https://host"; the whole of what is a path already. */
static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : url;
    return path ? path : "/";
}

/* Is it the URL that is wanted, whose query may be left out? */
static bool is_url(const char *wanted, const char *url)
{
    bool whole = strchr(wanted, '?') != NULL;
    const char *path = path_of(url), *wanted_path = path_of(wanted);
    size_t len = strlen(path), wanted_len = strlen(wanted_path);
    if (!whole)
        len = strcspn(path, "?");
    if (len != wanted_len || strncmp(path, wanted_path, len) != 0)
        return false;
    const char *host = strstr(wanted, "://");
    size_t host_len = host ? 3 + strcspn(host + 3, "/?") + (size_t)(host - wanted) : 0;
    return strncmp(url, wanted, host_len) == 0 && (!host || strchr("/?", url[host_len]));
}

static bool has_headers(struct MHD_Connection *connection, const json_t *headers)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)headers, name, value)
    {
        const char *given = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
        if (!given || !json_is_string(value) || strcmp(given, json_string_value(value)) != 0)
            return false;
    }
    return true;
}

static bool fits(const json_t *exchange, const struct asked *a)
{
    const json_t *request = json_object_get(exchange, "request");
    const char *method = json_string_value(json_object_get(request, "method"));
    const char *url = probe_field_text(request, "", "url|path|uri");
    const char *body = json_string_value(json_object_get(request, "body"));
    return (!method || strcasecmp(method, a->method) == 0) && (!url || is_url(url, a->url)) &&
           has_headers(a->connection, json_object_get(request, "headers")) &&
           (!body || strstr(buf_str(&a->body), body));
}

/* Under the lock: the index, or -1. */
static int find(struct replay *r, const struct asked *a)
{
    int last = -1;
    size_t i;
    const json_t *exchange;
    json_array_foreach(r->exchanges, i, exchange)
    {
        if (!fits(exchange, a))
            continue;
        last = (int)i;
        if (!r->used[i])
            break;
    }
    if (last >= 0)
        r->used[last] = true;
    return last;
}

/* ---- answering ---- */

/* Holds an answer back; false when it is not wanted any more. */
static bool hold(struct replay *r, int64_t ms)
{
    struct timespec until = clock_deadline(clock_mono_ms(clock_system) + ms);
    pthread_mutex_lock(&r->lock);
    while (!r->over && pthread_cond_clockwait(&r->changed, &r->lock, CLOCK_MONOTONIC, &until) == 0)
        ;
    bool over = r->over;
    pthread_mutex_unlock(&r->lock);
    return !over;
}

static enum MHD_Result send_response(struct MHD_Connection *connection, const json_t *answer)
{
    const json_t *body = json_object_get(answer, "body");
    AUTO(free_ptr) char *dumped = body && !json_is_string(body) ? json_dumps(body, 0) : NULL;
    const char *text = json_is_string(body) ? json_string_value(body) : dumped ? dumped : "";
    size_t len = json_is_string(body) ? json_string_length(body) : strlen(text);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    char **headers = probe_headers(json_object_get(answer, "headers"));
    for (size_t i = 0; response && headers && headers[i]; i++) {
        char *colon = strchr(headers[i], ':');
        *colon = '\0';
        if (strcasecmp(headers[i], "Content-Length") != 0 &&
            strcasecmp(headers[i], "Connection") != 0 &&
            strcasecmp(headers[i], "Transfer-Encoding") != 0)
            (void)MHD_add_response_header(response, headers[i], colon + 1 + strspn(colon + 1, " "));
    }
    probe_headers_free(headers);
    unsigned status = (unsigned)probe_field_number(answer, "", "status|status_code", 200);
    enum MHD_Result result = response ? MHD_queue_response(connection, status, response) : MHD_NO;
    if (response)
        MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer(struct replay *r, const struct asked *a)
{
    pthread_mutex_lock(&r->lock);
    int i = find(r, a);
    (void)json_array_append_new(r->asked,
                                json_pack("{s:s, s:s, s:o}", "method", a->method, "url", a->url,
                                          "exchange", i < 0 ? json_null() : json_integer(i)));
    pthread_mutex_unlock(&r->lock);
    const json_t *response =
        i < 0 ? NULL : json_object_get(json_array_get(r->exchanges, (size_t)i), "response");
    if (!json_is_object(response))
        return MHD_NO;
    int64_t delay = (int64_t)probe_field_number(response, "", "delay_ms", 0);
    return delay > 0 && !hold(r, delay) ? MHD_NO : send_response(a->connection, response);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **user)
{
    struct asked *a = *user;
    (void)version;
    if (!a) {
        if (!(*user = a = calloc(1, sizeof *a)))
            return MHD_NO;
        buf_init_secret(&a->body, BODY_MAX);
        return MHD_YES;
    }
    if (*upload_len) {
        (void)buf_append(&a->body, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    const char *meant = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, URL_HEADER);
    a->connection = connection;
    a->method = method;
    a->url = meant ? meant : url;
    return answer(cls, a);
}

static void forget(void *cls, struct MHD_Connection *connection, void **user,
                   enum MHD_RequestTerminationCode why)
{
    struct asked *a = *user;
    (void)cls;
    (void)connection;
    (void)why;
    if (a)
        buf_clear(&a->body);
    free(a);
    *user = NULL;
}

/* ---- the client ---- */

static int submit(void *self, const struct http_request *request, http_done_fn *done, void *user,
                  struct orgrun_error *err)
{
    struct replay *r = self;
    AUTO(strv_clear) struct strv headers = {0};
    AUTO(free_ptr) char *url = NULL;
    int rc = 0;
    for (size_t i = 0; rc == 0 && request->headers && request->headers[i]; i++)
        rc = strv_push(&headers, request->headers[i]);
    if (rc || strv_printf(&headers, URL_HEADER ": %s", request->url) ||
        asprintf(&url, "http://127.0.0.1:%d%s", r->port, path_of(request->url)) < 0) {
        url = NULL;
        return error_nomem(err);
    }
    struct http_request led = *request;
    led.url = url;
    led.headers = (const char *const *)strv_array(&headers);
    return r->real.ops->submit(r->real.self, &led, done, user, err);
}

static void resume(void *self)
{
    struct replay *r = self;
    r->real.ops->resume(r->real.self);
}

static int after(void *self, int64_t delay_ms, http_timer_fn *fire, void *user,
                 struct orgrun_error *err)
{
    struct replay *r = self;
    return r->real.ops->after(r->real.self, delay_ms, fire, user, err);
}

struct http_client replay_client(struct replay *r, struct http_client real)
{
    static const struct http_ops ops = {.submit = submit, .resume = resume, .after = after};
    r->real = real;
    return (struct http_client){&ops, r};
}

/* ---- start and end ---- */

static int check(const json_t *exchanges, struct orgrun_error *err)
{
    size_t i;
    const json_t *exchange;
    if (!json_is_array(exchanges))
        return error_set(err, ORGRUN_EUSAGE, "\"http\" must be an array of exchanges");
    json_array_foreach(exchanges, i, exchange)
    {
        if (!json_is_object(json_object_get(exchange, "request")))
            return error_set(err, ORGRUN_EUSAGE, "exchange %zu of \"http\" has no request", i);
    }
    return 0;
}

int replay_start(struct replay **out, const json_t *exchanges, struct orgrun_error *err)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int rc = check(exchanges, err);
    if (rc)
        return rc;
    struct replay *r = calloc(1, sizeof *r);
    bool *used = calloc(json_array_size(exchanges) + 1, sizeof *used);
    if (!r || !used) {
        free(r);
        free(used);
        return error_nomem(err);
    }
    *r = (struct replay){.exchanges = exchanges, .used = used, .asked = json_array()};
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    r->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
                                     MHD_USE_POLL,
                                 0, NULL, NULL, handle, r, MHD_OPTION_SOCK_ADDR, &address,
                                 MHD_OPTION_NOTIFY_COMPLETED, forget, r, MHD_OPTION_END);
    if (!r->daemon) {
        replay_free(r);
        return error_set(err, ORGRUN_EIO, "cannot listen on the loopback");
    }
    r->port = MHD_get_daemon_info(r->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    *out = r;
    return 0;
}

json_t *replay_asked(const struct replay *r)
{
    return json_incref(r->asked);
}

void replay_stop(struct replay *r)
{
    pthread_mutex_lock(&r->lock);
    r->over = true;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    if (r->daemon)
        MHD_stop_daemon(r->daemon);
    r->daemon = NULL;
}

void replay_free(struct replay *r)
{
    if (!r)
        return;
    replay_stop(r);
    json_decref(r->asked);
    free(r->used);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
