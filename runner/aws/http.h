// SPDX-License-Identifier: MIT
// HTTPS behind a function table: one libcurl multi handle driven by one network thread.
#ifndef ORGRUN_AWS_HTTP_H
#define ORGRUN_AWS_HTTP_H

#include "base/buf.h"
#include "base/log.h"
#include "base/strv.h"

#include <stdint.h>

enum http_fault {
    HTTP_OK = 0,    /* an HTTP answer, whatever its status */
    HTTP_RESOLVE,   /* the name does not resolve */
    HTTP_CONNECT,   /* refused, unreachable, connect time-out */
    HTTP_TLS,       /* handshake, or the certificate does not verify */
    HTTP_TIMEOUT,   /* connected, but no whole answer in time */
    HTTP_BROKEN,    /* reset, or the body was cut short */
    HTTP_TOO_LARGE, /* the answer passed max_body */
    HTTP_CANCELLED, /* the client is closing, or whoever takes the body in wants no more */
    HTTP_OTHER
};

/* What becomes of a piece of a body that is passed on as it comes. */
enum http_piece {
    HTTP_PIECE_TAKEN,
    HTTP_PIECE_LATER, /* none of it was: it is offered again after `resume` */
    HTTP_PIECE_STOP   /* nothing more is wanted: ends with HTTP_CANCELLED */
};
/* Network thread; must not block. len > 0. */
typedef enum http_piece http_piece_fn(void *user, const void *data, size_t len);

#define HTTP_REFUSAL_MAX ((size_t)64 * 1024)

/* Borrowed until the submit call returns (the client copies what it needs into secret memory). */
struct http_request {
    const char *method;
    const char *url;
    const char *const *headers; /* NULL-terminated "Name: value" */
    const void *body;
    size_t body_len;
    size_t max_body; /* of the answer; one that is no 2xx may have HTTP_REFUSAL_MAX */
    /* On a connection of its own: libcurl sends a request again in silence when a connection that
     * was kept for it turns out to be closed, and whether the first was read nobody knows. */
    bool fresh;
    http_piece_fn *on_piece; /* takes the body of a 2xx, which then is not kept; NULL: none */
    void *piece_user;
    int64_t timeout_ms;         /* the whole exchange; 0 = 30 s */
    int64_t connect_timeout_ms; /* 0 = 5 s */
};

struct http_response {
    enum http_fault fault;
    char text[256]; /* what libcurl said of a fault; "" for HTTP_OK */
    int status;
    struct strv headers; /* "Name: value" */
    struct buf body;     /* a secret buffer; empty when on_piece took it */
    int64_t total_us;    /* how long it took */
};
void http_response_clear(struct http_response *r);

/* Called exactly once per submit, on the network thread; must not block. Takes the response over
 * (http_response_clear). */
typedef void http_done_fn(void *user, struct http_response *response);

/* Called once on the network thread after its delay, or early with cancelled = true. */
typedef void http_timer_fn(void *user, bool cancelled);

struct http_ops {
    /* 0, and `done` will be called; or a negative code, and it will not. Any thread. */
    int (*submit)(void *self, const struct http_request *request, http_done_fn *done, void *user,
                  struct orgrun_error *err);
    /* Has pieces that were put off offered again; any of them may be put off anew. Any thread. */
    void (*resume)(void *self);
    /* Calls fire on the network thread after delay_ms (0 = as soon as possible). Any thread. */
    int (*after)(void *self, int64_t delay_ms, http_timer_fn *fire, void *user,
                 struct orgrun_error *err);
};

/* A client: table and self, copied by value. */
struct http_client {
    const struct http_ops *ops;
    void *self;
};

struct http_opts {
    const char *ca_bundle; /* AWS_CA_BUNDLE, or NULL for the system's own (http_tls.h) */
    const char *user_agent;
    int max_connections; /* exchanges under way at once, others wait their turn; 0 = 64 */
    const struct log *log;
    /* http_proxy, HTTPS_PROXY and NO_PROXY are libcurl's own, never for loopback */
};

struct http; /* the production client */

/* Starts the network thread. The CA store is loaded once and shared by all connections. TLS >= 1.2,
 * verification always, no redirects, http and https only. ORGRUN_EIO (CA bundle unreadable),
 * ORGRUN_ENOMEM, ORGRUN_ENETWORK. */
int http_new(struct http **out, const struct http_opts *opts, struct orgrun_error *err);
/* Has everything in flight end with HTTP_CANCELLED and every timer fire with cancelled = true, soon
 * and on the network thread; lets nothing begin any more (submit and after return
 * ORGRUN_ECANCELLED). Any thread, any number of times. */
void http_stop(struct http *h);
/* As http_stop, then waits for the callbacks to have run. Not on the network thread. NULL is fine.
 */
void http_free(struct http *h);
struct http_client http_client_of(struct http *h);

#endif
