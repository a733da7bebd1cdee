// SPDX-License-Identifier: MIT
// libmicrohttpd's callbacks: a request is gathered, answered, held back for the latency, and sent.
#include "sandbox/server.h"

#include "sandbox/delay.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BODY_MAX (256 * 1024)
#define HEADERS_MAX 64
#define CONNECTIONS_MAX 4096

struct server {
    struct MHD_Daemon *daemon;
    struct sandbox *sb;
    struct delay delay;
    int port;
};

struct exchange {
    char *path, *query; /* one allocation: path */
    struct buf body;
    struct auth_header headers[HEADERS_MAX];
    size_t headers_len;
    struct answer answer;
    struct delay_entry delay;
    bool begun, answered;
};

/* Called with the URL as it came, before anything is decoded; what it returns is the exchange. */
static void *exchange_new(void *cls, const char *uri, struct MHD_Connection *connection)
{
    (void)cls;
    (void)connection;
    struct exchange *x = calloc(1, sizeof(*x));
    if (!x || !(x->path = strdup(uri))) {
        free(x);
        return NULL;
    }
    x->query = x->path + strcspn(x->path, "?");
    if (*x->query)
        *x->query++ = '\0';
    buf_init(&x->body, BODY_MAX);
    answer_init(&x->answer);
    return x;
}

static void exchange_end(void *cls, struct MHD_Connection *connection, void **user,
                         enum MHD_RequestTerminationCode why)
{
    struct server *s = cls;
    struct exchange *x = *user;
    (void)connection;
    (void)why;
    if (!x)
        return;
    if (x->begun)
        stats_end(&s->sb->stats);
    buf_clear(&x->body);
    answer_clear(&x->answer);
    free(x->path);
    free(x);
    *user = NULL;
}

static enum MHD_Result header_add(void *user, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct exchange *x = user;
    (void)kind;
    if (x->headers_len == HEADERS_MAX)
        return MHD_NO;
    x->headers[x->headers_len++] = (struct auth_header){name, value ? value : ""};
    return MHD_YES;
}

/* Gives the first half of a body, then breaks the connection. */
static ssize_t half_body(void *user, uint64_t at, char *out, size_t max)
{
    const struct exchange *x = user;
    size_t half = x->answer.body.len / 2;
    if (at >= half)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t len = half - (size_t)at < max ? half - (size_t)at : max;
    memcpy(out, x->answer.body.data + at, len);
    return (ssize_t)len;
}

static enum MHD_Result reset(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const struct linger now = {.l_onoff = 1};
    if (info)
        setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    return MHD_NO;
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, struct exchange *x)
{
    struct answer *a = &x->answer;
    if (a->reset)
        return reset(connection);
    struct MHD_Response *response =
        a->truncate
            ? MHD_create_response_from_callback(a->body.len, 4096, half_body, x, NULL)
            : MHD_create_response_from_buffer(a->body.len, a->body.data, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", a->content_type);
    MHD_add_response_header(response, "x-amzn-RequestId", a->request_id);
    if (a->retry_after >= 0) {
        char text[24];
        snprintf(text, sizeof(text), "%lld", (long long)a->retry_after);
        MHD_add_response_header(response, "x-amz-retry-after", text);
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)a->status, response);
    MHD_destroy_response(response);
    return result;
}

static void judge(struct server *s, struct MHD_Connection *connection, struct exchange *x,
                  const char *method)
{
    MHD_get_connection_values(connection, MHD_HEADER_KIND, header_add, x);
    const struct auth_request request = {.method = method,
                                         .path = x->path,
                                         .query = x->query,
                                         .headers = x->headers,
                                         .headers_len = x->headers_len,
                                         .body = buf_str(&x->body),
                                         .body_len = x->body.len};
    if (x->body.failed)
        answer_xml_error(&x->answer, ANSWER_STS_XMLNS, 413, "RequestEntityTooLarge",
                         "Request size exceeded the limit of %d bytes", BODY_MAX);
    else
        sandbox_answer(s->sb, &request, &x->answer);
    x->answered = true;
}

/* libmicrohttpd calls this once with the headers, once per piece of body, once at its end, and once
 * more after a suspension. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **user)
{
    struct server *s = cls;
    struct exchange *x = *user;
    (void)url;
    (void)version;
    if (!x)
        return MHD_NO;
    if (!x->begun) {
        x->begun = true;
        stats_begin(&s->sb->stats);
        return MHD_YES;
    }
    if (*upload_len > 0) {
        buf_append(&x->body, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    if (!x->answered) {
        judge(s, connection, x, method);
        int64_t latency = s->sb->faults.latency;
        if (latency > 0 && strncmp(x->path, "/sandbox/", 9) != 0) {
            delay_suspend(&s->delay, &x->delay, connection, latency);
            return MHD_YES;
        }
    }
    return send_answer(connection, x);
}

static void connected(void *cls, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode what)
{
    struct server *s = cls;
    (void)connection;
    (void)socket_context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        s->sb->stats.connections++;
}

static int listen_at(struct server *s, int port, const struct server_tls *tls)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct MHD_OptionItem tls_items[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? tls->certificate : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? tls->key : NULL},
        {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    s->daemon = MHD_start_daemon(
        flags | (tls ? MHD_USE_TLS : 0u), 0, NULL, NULL, handle, s, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_new, s, MHD_OPTION_NOTIFY_COMPLETED, exchange_end, s,
        MHD_OPTION_NOTIFY_CONNECTION, connected, s, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u, MHD_OPTION_ARRAY,
        tls ? tls_items : none, MHD_OPTION_END);
    if (!s->daemon)
        return -1;
    s->port = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return 0;
}

int server_start(struct server **out, struct sandbox *sb, int port, const struct server_tls *tls,
                 struct orgrun_error *err)
{
    struct server *s = calloc(1, sizeof(*s));
    if (!s)
        return error_nomem(err);
    s->sb = sb;
    if (delay_init(&s->delay) != 0) {
        free(s);
        return error_set(err, ORGRUN_EIO, "cannot start a thread");
    }
    if (listen_at(s, port, tls) != 0) {
        delay_clear(&s->delay);
        free(s);
        return error_set(err, ORGRUN_EIO, "cannot listen on 127.0.0.1 port %d", port);
    }
    *out = s;
    return 0;
}

int server_port(const struct server *s)
{
    return s->port;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    MHD_socket listening = MHD_quiesce_daemon(s->daemon);
    delay_clear(&s->delay);
    MHD_stop_daemon(s->daemon);
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
    free(s);
}
