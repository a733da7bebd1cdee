// SPDX-License-Identifier: MIT
// A small server on raw sockets that answers by a table, well or badly.
#include "unit/aws/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- one connection, on a thread of its own ---- */

static ssize_t receive(struct http_server_connection *c, char *data, size_t len)
{
    return c->ssl ? SSL_read(c->ssl, data, (int)len) : recv(c->fd, data, len, 0);
}

static bool send_all(struct http_server_connection *c, const char *bytes)
{
    for (size_t len = strlen(bytes); len > 0;) {
        ssize_t n =
            c->ssl ? SSL_write(c->ssl, bytes, (int)len) : send(c->fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* Is it all there: the headers, and a body of the length they name? */
static bool is_whole(const char *request, size_t len)
{
    const char *end = strstr(request, "\r\n\r\n");
    if (!end)
        return false;
    const char *length = strstr(request, "Content-Length: ");
    size_t body = length && length < end ? strtoul(length + 16, NULL, 10) : 0;
    return len >= (size_t)(end + 4 - request) + body;
}

static bool read_request(struct http_server_connection *c, char *request)
{
    for (size_t len = 0; len + 1 < HTTP_SERVER_REQUEST_MAX;) {
        ssize_t n = receive(c, request + len, HTTP_SERVER_REQUEST_MAX - 1 - len);
        if (n <= 0)
            return false;
        len += (size_t)n;
        request[len] = '\0';
        if (is_whole(request, len))
            return true;
    }
    return false;
}

static void note_request(struct http_server *s, const char *request)
{
    pthread_mutex_lock(&s->lock);
    s->requests++;
    memcpy(s->last, request, strlen(request) + 1);
    pthread_cond_broadcast(&s->requested);
    pthread_mutex_unlock(&s->lock);
}

static const struct http_server_answer *find_answer(const struct http_server *s,
                                                    const char *request)
{
    const char *target = strchr(request, ' ');
    const struct http_server_answer *a = s->answers;
    while (a->target && (!target || strncmp(target + 1, a->target, strlen(a->target)) != 0))
        a++;
    return a->target ? a : NULL;
}

/* Until the other end, or the test, gives up. */
static void hang(struct http_server_connection *c)
{
    char byte;
    while (recv(c->fd, &byte, 1, 0) > 0)
        ;
}

/* Leaves what the other end sent unread: the kernel makes a reset of it. */
static void reset(const struct http_server_connection *c)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void serve(struct http_server_connection *c)
{
    char request[HTTP_SERVER_REQUEST_MAX];
    if (c->ssl && SSL_accept(c->ssl) != 1)
        return;
    enum http_server_ending ending = HTTP_SERVER_KEEP;
    while (ending == HTTP_SERVER_KEEP && read_request(c, request)) {
        const struct http_server_answer *a = find_answer(c->server, request);
        note_request(c->server, request);
        ending = a && send_all(c, a->bytes) ? a->ending : HTTP_SERVER_CLOSE;
    }
    if (ending == HTTP_SERVER_HANG)
        hang(c);
    else if (ending == HTTP_SERVER_RESET)
        reset(c);
    else if (c->ssl)
        SSL_shutdown(c->ssl);
}

static void *connection_thread(void *arg)
{
    struct http_server_connection *c = arg;
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE); /* OpenSSL writes to whoever has gone */
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    serve(c);
    SSL_free(c->ssl);
    pthread_mutex_lock(&c->server->lock);
    close(c->fd);
    c->fd = -1;
    pthread_mutex_unlock(&c->server->lock);
    return NULL;
}

/* ---- the server ---- */

static bool add(struct http_server *s, int fd)
{
    pthread_mutex_lock(&s->lock);
    struct http_server_connection *c = &s->connections[s->connections_len];
    bool added = !s->stopping && s->connections_len < HTTP_SERVER_CONNECTIONS;
    if (added) {
        *c = (struct http_server_connection){.server = s, .fd = fd};
        if (s->ssl_ctx && (c->ssl = SSL_new(s->ssl_ctx)))
            SSL_set_fd(c->ssl, fd);
        added = pthread_create(&c->thread, NULL, connection_thread, c) == 0;
        if (!added)
            SSL_free(c->ssl);
    }
    s->connections_len += added;
    pthread_mutex_unlock(&s->lock);
    return added;
}

static void *accept_thread(void *arg)
{
    struct http_server *s = arg;
    for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0;)
        if (!add(s, fd))
            close(fd);
    return NULL;
}

static SSL_CTX *tls_context(const char *certificate_pem, const char *key_pem)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    BIO *cert_bio = BIO_new_mem_buf(certificate_pem, -1), *key_bio = BIO_new_mem_buf(key_pem, -1);
    X509 *cert = PEM_read_bio_X509(cert_bio, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
    bool ok = ctx && cert && key && SSL_CTX_use_certificate(ctx, cert) == 1 &&
              SSL_CTX_use_PrivateKey(ctx, key) == 1;
    X509_free(cert);
    EVP_PKEY_free(key);
    BIO_free(cert_bio);
    BIO_free(key_bio);
    if (ok)
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

static int listen_on(struct http_server *s, const char *address)
{
    struct sockaddr_in addr = {.sin_family = AF_INET};
    socklen_t len = sizeof addr;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || inet_pton(AF_INET, address, &addr.sin_addr) != 1 ||
        bind(s->fd, (struct sockaddr *)&addr, sizeof addr) != 0 || listen(s->fd, 64) != 0 ||
        getsockname(s->fd, (struct sockaddr *)&addr, &len) != 0)
        return -1;
    s->port = ntohs(addr.sin_port);
    return 0;
}

int http_server_start(struct http_server *s, const char *address,
                      const struct http_server_answer *answers, const char *certificate_pem,
                      const char *key_pem)
{
    *s = (struct http_server){.answers = answers, .fd = -1};
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->requested, NULL);
    if (certificate_pem && !(s->ssl_ctx = tls_context(certificate_pem, key_pem)))
        return -1;
    return listen_on(s, address) || pthread_create(&s->thread, NULL, accept_thread, s) ? -1 : 0;
}

void http_server_stop(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    for (int i = 0; i < s->connections_len; i++)
        if (s->connections[i].fd >= 0)
            shutdown(s->connections[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    for (int i = 0; i < s->connections_len; i++)
        pthread_join(s->connections[i].thread, NULL);
    close(s->fd);
    SSL_CTX_free(s->ssl_ctx);
    pthread_cond_destroy(&s->requested);
    pthread_mutex_destroy(&s->lock);
}

void http_server_wait(struct http_server *s, int n)
{
    pthread_mutex_lock(&s->lock);
    while (s->requests < n)
        pthread_cond_wait(&s->requested, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static int read_count(struct http_server *s, const int *count)
{
    pthread_mutex_lock(&s->lock);
    int n = *count;
    pthread_mutex_unlock(&s->lock);
    return n;
}

int http_server_connections(struct http_server *s)
{
    return read_count(s, &s->connections_len);
}

int http_server_requests(struct http_server *s)
{
    return read_count(s, &s->requests);
}
