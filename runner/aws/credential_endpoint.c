// SPDX-License-Identifier: MIT
// The credential endpoint: libmicrohttpd's callbacks, from a request to its answer.
//
// Each connection has a thread of its own, because a request waits for the broker when a session
// must be assumed, and carries one request.
#include "aws/credential_endpoint.h"

#include "aws/credential_crowd.h"
#include "aws/credential_document.h"
#include "aws/credential_grant.h"
#include "base/cleanup.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define STRANGERS_MAX 64u
#define CONNECTIONS_SPARE 64u
#define REQUEST_MAX ((size_t)16 << 10) /* its line and headers; more is refused */
#define STACK_SIZE ((size_t)512 << 10)
#define REFUSALS_TOLD 100u
#define FOREVER_MS (3600 * INT64_C(1000)) /* what keys without an end are said to last */

struct credential_endpoint {
    struct broker *broker;
    const struct log *log;
    unsigned connections;
    struct grant_set grants;
    struct crowd crowd;
    atomic_uint refusals;
    pthread_mutex_t lock;      /* of starting */
    struct MHD_Daemon *daemon; /* NULL before the first grant */
    unsigned port;
};

struct answer {
    unsigned status;
    struct credential_document *document; /* NULL: no memory for one */
};

struct refusal {
    unsigned status;
    const char *code, *message;
};

static const struct refusal not_get = {405, "MethodNotAllowed", "only GET is answered here"};
static const struct refusal no_grant = {404, "NotFound", "no task that runs has this path"};
static const struct refusal no_token = {401, "MissingAuthorization",
                                        "the Authorization header is missing"};
static const struct refusal wrong_token = {403, "InvalidAuthorization",
                                           "the token is not the one of this path"};
static const struct refusal too_many = {429, "TooManyRequests",
                                        "this task has too many requests waiting"};

/* Tells the log too, but not without end: a child may go on asking. */
static struct answer refuse(struct credential_endpoint *e, const struct refusal *why,
                            const char *account)
{
    unsigned told = atomic_fetch_add(&e->refusals, 1);
    if (told < REFUSALS_TOLD)
        log_warn(e->log, "credential endpoint: refused a request%s%s with %u: %s%s",
                 account ? " for account " : "", account ? account : "", why->status, why->message,
                 told + 1 == REFUSALS_TOLD ? " (further ones are not told)" : "");
    return (struct answer){why->status, credential_document_error(why->code, why->message)};
}

/* 0, or the status to answer. */
static unsigned fetch(struct credential_endpoint *e, struct credential_grant *g,
                      struct credentials **out, struct orgrun_error *err)
{
    if (g->current)
        return 0; /* when they are handed out */
    int rc = broker_get_lasting(e->broker, g->account, out, err);
    return rc == 0 ? 0 : rc == ORGRUN_ECANCELLED ? 503 : rc == ORGRUN_ENOMEM ? 500 : 502;
}

static struct answer give(struct credential_endpoint *e, struct credential_grant *g)
{
    struct credentials *c = NULL;
    struct orgrun_error err = {0};
    struct answer a = {.status = fetch(e, g, &c, &err)};
    if (a.status) {
        log_warn(e->log, "credential endpoint: no session for account %s: %s", g->account,
                 err.message);
        a.document = credential_document_error("CredentialsUnavailable", err.message);
    } else if (!grant_hand_out(g, &c, &err)) {
        a = err.code ? (struct answer){500, credential_document_error("CredentialsUnavailable",
                                                                      err.message)}
                     : refuse(e, &no_grant, g->account);
    } else {
        a = (struct answer){200,
                            credential_document_new(c, clock_wall_ms(clock_system) + FOREVER_MS)};
    }
    credentials_unref(c);
    return a;
}

static struct answer judge(struct credential_endpoint *e, struct MHD_Connection *connection,
                           const char *path, const char *method)
{
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
        return refuse(e, &not_get, NULL);
    struct credential_grant *g = grant_set_find(&e->grants, path);
    if (!g)
        return refuse(e, &no_grant, NULL);
    const char *token =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
    struct answer a;
    if (!token) {
        a = refuse(e, &no_token, g->account);
    } else if (!grant_matches(g, token)) {
        a = refuse(e, &wrong_token, g->account);
    } else {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        if (info && info->socket_context)
            crowd_admit(&e->crowd, info->socket_context);
        if (grant_begin(&e->grants, g)) {
            a = give(e, g);
            grant_end(&e->grants, g);
        } else {
            a = refuse(e, &too_many, g->account);
        }
    }
    grant_set_unref(&e->grants, g);
    return a;
}

static void document_free(void *document)
{
    credential_document_free(document);
}

/* Answers at the first call, with the headers, so that no body is ever read. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **user)
{
    (void)version;
    (void)upload;
    (void)upload_len;
    (void)user;
    struct answer a = judge(cls, connection, url, method);
    if (!a.document)
        return MHD_NO;
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        a.document->len, a.document->text, document_free, a.document);
    if (!response) {
        credential_document_free(a.document);
        return MHD_NO;
    }
    static const struct {
        const char *name, *value;
    } headers[] = {{MHD_HTTP_HEADER_CONTENT_TYPE, "application/json"},
                   {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
                   {MHD_HTTP_HEADER_CONNECTION, "close"}};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        (void)MHD_add_response_header(response, headers[i].name, headers[i].value);
    if (a.status == not_get.status)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, MHD_HTTP_METHOD_GET);
    enum MHD_Result result = MHD_queue_response(connection, a.status, response);
    MHD_destroy_response(response);
    return result;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct credential_endpoint *e = cls;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        crowd_leave(&e->crowd, *socket_context);
        *socket_context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *socket_context = info ? crowd_enter(&e->crowd, info->connect_fd) : NULL;
}

/* libmicrohttpd would print what it has to say. */
static void ignore_log(void *cls, const char *format, va_list arguments)
{
    (void)cls;
    (void)format;
    (void)arguments;
}

/* Under the lock. */
static int start(struct credential_endpoint *e, struct orgrun_error *err)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    errno = 0;
    e->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, handle, e, MHD_OPTION_EXTERNAL_LOGGER, ignore_log, NULL,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_CONNECTION, on_connection, e,
        MHD_OPTION_CONNECTION_LIMIT, e->connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)CREDENTIAL_ENDPOINT_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, REQUEST_MAX,
        MHD_OPTION_THREAD_STACK_SIZE, STACK_SIZE, MHD_OPTION_END);
    if (!e->daemon)
        return error_set_errno(err, ORGRUN_EIO, errno ? errno : ENOMEM,
                               "cannot start the credential endpoint on 127.0.0.1");
    e->port = MHD_get_daemon_info(e->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return 0;
}

int credential_endpoint_new(struct credential_endpoint **out,
                            const struct credential_endpoint_opts *opts, struct orgrun_error *err)
{
    struct credential_endpoint *e = calloc(1, sizeof *e);
    if (!e)
        return error_nomem(err);
    e->broker = opts->broker;
    e->log = opts->log;
    e->connections = STRANGERS_MAX + opts->grants * CREDENTIAL_GRANT_REQUESTS + CONNECTIONS_SPARE;
    grant_set_init(&e->grants);
    crowd_init(&e->crowd, STRANGERS_MAX);
    pthread_mutex_init(&e->lock, NULL);
    *out = e;
    return 0;
}

void credential_endpoint_free(struct credential_endpoint *e)
{
    if (!e)
        return;
    if (e->daemon)
        MHD_stop_daemon(e->daemon);
    crowd_clear(&e->crowd);
    grant_set_clear(&e->grants);
    pthread_mutex_destroy(&e->lock);
    free(e);
}

int credential_endpoint_grant(struct credential_endpoint *e,
                              const struct credential_grant_opts *opts,
                              struct credential_grant **out, struct orgrun_error *err)
{
    pthread_mutex_lock(&e->lock);
    int rc = e->daemon ? 0 : start(e, err);
    unsigned port = e->port;
    pthread_mutex_unlock(&e->lock);
    return rc ? rc : grant_set_add(&e->grants, opts, port, out, err);
}

const char *credential_grant_url(const struct credential_grant *g)
{
    return g->url;
}

const struct secret *credential_grant_token(const struct credential_grant *g)
{
    return &g->token;
}

void credential_endpoint_revoke(struct credential_endpoint *e, struct credential_grant *g)
{
    if (g)
        grant_set_remove(&e->grants, g);
}
