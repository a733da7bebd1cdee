// SPDX-License-Identifier: MIT
// A small server on raw sockets that answers by a table, well or badly.
#ifndef ORGRUN_TESTS_HTTP_SERVER_H
#define ORGRUN_TESTS_HTTP_SERVER_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define HTTP_SERVER_CONNECTIONS 64
#define HTTP_SERVER_REQUEST_MAX 8192

enum http_server_ending {
    HTTP_SERVER_KEEP = 0, /* waits for the next request */
    HTTP_SERVER_CLOSE,
    HTTP_SERVER_RESET,
    HTTP_SERVER_HANG /* says nothing more until the other end or the test gives up */
};

/* What is said to a request whose target begins with `target`; the first that does counts. */
struct http_server_answer {
    const char *target; /* NULL ends the table */
    const char *bytes;
    enum http_server_ending ending;
};

struct http_server_connection {
    struct http_server *server;
    pthread_t thread;
    int fd;
    SSL *ssl; /* NULL = plain */
};

struct http_server {
    const struct http_server_answer *answers;
    SSL_CTX *ssl_ctx; /* NULL = plain */
    int fd, port;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t requested;
    /* Under the lock. */
    struct http_server_connection connections[HTTP_SERVER_CONNECTIONS];
    int connections_len; /* accepted so far */
    int requests;        /* read so far */
    bool stopping;
    char last[HTTP_SERVER_REQUEST_MAX]; /* the request read last */
};

/* Listens on a free port of a loopback address. The PEM texts make it a TLS server; NULL = plain.
 * 0, or -1. */
int http_server_start(struct http_server *s, const char *address,
                      const struct http_server_answer *answers, const char *certificate_pem,
                      const char *key_pem);
void http_server_stop(struct http_server *s);

/* Waits until n requests have been read in all. */
void http_server_wait(struct http_server *s, int n);
int http_server_connections(struct http_server *s);
int http_server_requests(struct http_server *s);

#endif
