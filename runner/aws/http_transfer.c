// SPDX-License-Identifier: MIT
// One HTTP exchange: its copied request, its options on an easy handle, its answer.
#include "aws/http_transfer.h"

#include "aws/endpoint.h"
#include "base/cleanup.h"
#include "base/secret.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define TIMEOUT_MS 30000
#define CONNECT_TIMEOUT_MS 5000

/* Options that are the same for every exchange. */
static const struct {
    CURLoption option;
    long value;
} fixed_options[] = {
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_PATH_AS_IS, 1}, /* what is signed is what is sent */
    {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS},
    {CURLOPT_TCP_KEEPALIVE, 1},
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
    /* An answer that only drips is given up before its time is out. */
    {CURLOPT_LOW_SPEED_LIMIT, 8},
    {CURLOPT_LOW_SPEED_TIME, 20},
    /* The smallest there is: requests are short, and each connection under way has one. */
    {CURLOPT_UPLOAD_BUFFERSIZE, 16 * 1024},
    /* A resolver thread that hangs must not hang the network thread with it. */
    {CURLOPT_QUICK_EXIT, 1},
};

/* What libcurl says, in our words; anything else is HTTP_OTHER. */
static const struct {
    CURLcode code;
    enum http_fault fault;
} faults[] = {
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_RESOLVE},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_RESOLVE},
    {CURLE_COULDNT_CONNECT, HTTP_CONNECT},
    {CURLE_PROXY, HTTP_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT},
    {CURLE_SSL_CONNECT_ERROR, HTTP_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS},
    {CURLE_SSL_CACERT_BADFILE, HTTP_TLS},
    {CURLE_SSL_CERTPROBLEM, HTTP_TLS},
    {CURLE_SSL_CIPHER, HTTP_TLS},
    {CURLE_SSL_ISSUER_ERROR, HTTP_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, HTTP_TLS},
    {CURLE_GOT_NOTHING, HTTP_BROKEN},
    {CURLE_RECV_ERROR, HTTP_BROKEN},
    {CURLE_SEND_ERROR, HTTP_BROKEN},
    {CURLE_PARTIAL_FILE, HTTP_BROKEN},
    {CURLE_HTTP2, HTTP_BROKEN},
    {CURLE_HTTP2_STREAM, HTTP_BROKEN},
    {CURLE_WEIRD_SERVER_REPLY, HTTP_BROKEN},
};

/* A connection that ended during the handshake is no verdict on a certificate. */
static const char *const broken_handshakes[] = {"SSL_ERROR_SYSCALL", "Connection reset",
                                                "unexpected eof", "Broken pipe"};

void http_response_clear(struct http_response *r)
{
    strv_clear(&r->headers);
    buf_clear(&r->body);
    *r = (struct http_response){0};
}

static void response_reset(struct http_transfer *t)
{
    http_response_clear(&t->response);
    buf_init_secret(&t->response.body,
                    t->max_body > HTTP_REFUSAL_MAX ? t->max_body : HTTP_REFUSAL_MAX);
    t->header_bytes = t->body_len = 0;
    t->paused = t->unwanted = false;
    t->error[0] = '\0';
}

static void slist_wipe(struct curl_slist *list)
{
    for (struct curl_slist *item = list; item; item = item->next)
        secret_wipe(item->data, strlen(item->data));
    curl_slist_free_all(list);
}

void http_transfer_free(struct http_transfer *t)
{
    if (!t)
        return;
    http_response_clear(&t->response);
    slist_wipe(t->headers);
    buf_clear(&t->body);
    free(t->url);
    free(t->method);
    free(t);
}

static int copy_header(struct http_transfer *t, const char *header, struct orgrun_error *err)
{
    if (strpbrk(header, "\r\n"))
        return error_set(err, ORGRUN_EUSAGE, "a header of the request holds a line break");
    /* libcurl takes "Name:" as "without Name"; what sends it empty is "Name;". */
    size_t name_len = strcspn(header, ":");
    bool is_empty = header[name_len] && !header[name_len + 1 + strspn(header + name_len + 1, " ")];
    AUTO(free_ptr) char *empty = is_empty ? strndup(header, name_len + 1) : NULL;
    if (empty)
        empty[name_len] = ';';
    struct curl_slist *list =
        is_empty && !empty ? NULL : curl_slist_append(t->headers, empty ? empty : header);
    if (!list)
        return error_nomem(err);
    t->headers = list;
    return 0;
}

/* What libcurl would add of its own: a form's Content-Type, which a signed object must not get, and
 * a wait for "100 Continue". */
static int leave_out(struct http_transfer *t, const struct http_request *request,
                     struct orgrun_error *err)
{
    static const char *const names[] = {"Content-Type:", "Expect:"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool given = false;
        for (const char *const *h = request->headers; h && *h; h++)
            given = given || strncasecmp(*h, names[i], strlen(names[i])) == 0;
        struct curl_slist *list = given ? t->headers : curl_slist_append(t->headers, names[i]);
        if (!list)
            return error_nomem(err);
        t->headers = list;
    }
    return 0;
}

static int copy_request(struct http_transfer *t, const struct http_request *request,
                        struct orgrun_error *err)
{
    t->url = strdup(request->url);
    t->method = strdup(request->method);
    buf_init_secret(&t->body, request->body_len);
    if (!t->url || !t->method || buf_append(&t->body, request->body, request->body_len))
        return error_nomem(err);
    for (const char *const *h = request->headers; h && *h; h++) {
        int rc = copy_header(t, *h, err);
        if (rc)
            return rc;
    }
    return leave_out(t, request, err);
}

struct http_transfer *http_transfer_new(const struct http_request *request, http_done_fn *done,
                                        void *user, struct orgrun_error *err)
{
    struct http_transfer *t = calloc(1, sizeof *t);
    if (!t) {
        error_nomem(err);
        return NULL;
    }
    t->max_body = request->max_body;
    t->fresh = request->fresh;
    t->on_piece = request->on_piece;
    t->piece_user = request->piece_user;
    t->timeout_ms = request->timeout_ms ? (long)request->timeout_ms : TIMEOUT_MS;
    t->connect_timeout_ms =
        request->connect_timeout_ms ? (long)request->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    t->done = done;
    t->user = user;
    t->https = strncasecmp(request->url, "https:", 6) == 0;
    if (copy_request(t, request, err)) {
        http_transfer_free(t);
        return NULL;
    }
    response_reset(t);
    return t;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct http_transfer *t = user;
    size_t len = size * count;
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    bool refusal = status < 200 || status > 299;
    if (!refusal && len > t->max_body - t->body_len)
        return CURL_WRITEFUNC_ERROR;
    enum http_piece piece = HTTP_PIECE_TAKEN;
    if (!refusal && t->on_piece)
        piece = len ? t->on_piece(t->piece_user, data, len) : HTTP_PIECE_TAKEN;
    else if (buf_append(&t->response.body, data, len))
        return CURL_WRITEFUNC_ERROR;
    t->paused = piece == HTTP_PIECE_LATER;
    t->unwanted = piece == HTTP_PIECE_STOP;
    if (t->paused)
        return CURL_WRITEFUNC_PAUSE;
    if (t->unwanted)
        return CURL_WRITEFUNC_ERROR;
    t->body_len += refusal ? 0 : len;
    return len;
}

CURLcode http_transfer_resume(struct http_transfer *t)
{
    t->paused = false;
    return curl_easy_pause(t->easy, CURLPAUSE_CONT);
}

static size_t on_header(char *data, size_t size, size_t count, void *user)
{
    struct http_transfer *t = user;
    size_t len = size * count;
    t->header_bytes += len;
    if (t->header_bytes > HTTP_HEADERS_MAX)
        return CURL_WRITEFUNC_ERROR;
    size_t text = len;
    while (text && (data[text - 1] == '\r' || data[text - 1] == '\n'))
        text--;
    if (text >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        strv_clear(&t->response.headers); /* what came with "100 Continue" is not the answer's */
        return len;
    }
    if (text && strv_take(&t->response.headers, strndup(data, text))) {
        t->nomem = true;
        return CURL_WRITEFUNC_ERROR;
    }
    return len;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *user)
{
    (void)easy;
    struct http_transfer *t = user;
    X509_STORE *store = http_tls_store(t->wiring->tls);
    if (!store)
        return CURLE_SSL_CACERT_BADFILE;
    X509_STORE_up_ref(store);
    SSL_CTX_set_cert_store(ssl_ctx, store);
    return CURLE_OK;
}

/* libcurl's own sockets would survive an exec. */
static curl_socket_t on_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *addr)
{
    (void)user;
    (void)purpose;
    int fd = socket(addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static CURLcode set_method(struct http_transfer *t)
{
    CURL *easy = t->easy;
    if (strcmp(t->method, "GET") == 0 && t->body.len == 0)
        return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (strcmp(t->method, "HEAD") == 0)
        return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (!rc)
        rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body.len);
    if (!rc)
        rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buf_str(&t->body));
    if (!rc && strcmp(t->method, "POST") != 0)
        rc = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, t->method);
    return rc;
}

static CURLcode set_tls(struct http_transfer *t)
{
    /* Each would have libcurl load its default bundle anew for every connection. */
    static const CURLoption unset[] = {CURLOPT_CAINFO, CURLOPT_CAPATH, CURLOPT_PROXY_CAINFO,
                                       CURLOPT_PROXY_CAPATH};
    CURLcode rc = CURLE_OK;
    for (size_t i = 0; i < sizeof unset / sizeof unset[0] && !rc; i++)
        rc = curl_easy_setopt(t->easy, unset[i], NULL);
    if (!rc)
        rc = curl_easy_setopt(t->easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
    if (!rc)
        rc = curl_easy_setopt(t->easy, CURLOPT_SSL_CTX_DATA, t);
    return rc;
}

static void set_callbacks(struct http_transfer *t)
{
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
}

int http_transfer_arm(struct http_transfer *t, CURL *easy, const struct http_wiring *wiring)
{
    t->easy = easy;
    t->wiring = wiring;
    t->whole_store = !t->https || http_tls_whole(wiring->tls);
    response_reset(t);
    CURLcode rc = CURLE_OK;
    for (size_t i = 0; i < sizeof fixed_options / sizeof fixed_options[0] && !rc; i++)
        rc = curl_easy_setopt(easy, fixed_options[i].option, fixed_options[i].value);
    set_callbacks(t);
    curl_easy_setopt(easy, CURLOPT_SHARE, wiring->share);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, t->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, t->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)t->fresh);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    if (!rc)
        rc = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (!rc)
        rc = curl_easy_setopt(easy, CURLOPT_URL, t->url);
    if (!rc && wiring->user_agent)
        rc = curl_easy_setopt(easy, CURLOPT_USERAGENT, wiring->user_agent);
    if (!rc && (endpoint_is_loopback(t->url) || endpoint_is_link_local(t->url)))
        rc = curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (!rc && t->https)
        rc = set_tls(t);
    if (!rc)
        rc = set_method(t);
    return rc ? -1 : 0;
}

/* A time-out is called after what had not come about by then. */
static enum http_fault timeout_fault(CURL *easy)
{
    curl_off_t resolved = 0, sent = 0;
    curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sent);
    if (sent)
        return HTTP_TIMEOUT;
    return resolved ? HTTP_CONNECT : HTTP_RESOLVE;
}

static enum http_fault fault_of(const struct http_transfer *t, CURLcode code)
{
    if (code == CURLE_OK)
        return HTTP_OK;
    if (code == CURLE_WRITE_ERROR) {
        if (t->unwanted)
            return HTTP_CANCELLED;
        bool nomem = t->nomem || t->response.body.nomem;
        return nomem ? HTTP_OTHER : HTTP_TOO_LARGE;
    }
    if (code == CURLE_OPERATION_TIMEDOUT)
        return timeout_fault(t->easy);
    for (size_t i = 0; i < sizeof broken_handshakes / sizeof broken_handshakes[0]; i++) {
        if (code == CURLE_SSL_CONNECT_ERROR && strstr(t->error, broken_handshakes[i]))
            return HTTP_BROKEN;
    }
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (faults[i].code == code)
            return faults[i].fault;
    }
    return HTTP_OTHER;
}

/* Says in r->text what went wrong, on one line. */
static void fault_text(struct http_transfer *t, CURLcode code)
{
    struct http_response *r = &t->response;
    const char *why = t->error[0] ? t->error : curl_easy_strerror(code);
    if (code == CURLE_SSL_CACERT_BADFILE && http_tls_why(t->wiring->tls)[0])
        why = http_tls_why(t->wiring->tls);
    if (r->fault == HTTP_CANCELLED)
        why = "whoever took the answer in wanted no more of it";
    if (r->fault == HTTP_TOO_LARGE && t->header_bytes > HTTP_HEADERS_MAX)
        (void)snprintf(r->text, sizeof r->text, "the headers are larger than %d bytes",
                       HTTP_HEADERS_MAX);
    else if (r->fault == HTTP_TOO_LARGE)
        (void)snprintf(r->text, sizeof r->text, "the answer is larger than %zu bytes", t->max_body);
    else
        (void)snprintf(r->text, sizeof r->text, "%s", why);
    size_t len = strlen(r->text);
    while (len && strchr(" \r\n", r->text[len - 1]))
        r->text[--len] = '\0';
}

static void hand_over(struct http_transfer *t)
{
    struct http_response response = t->response;
    t->response = (struct http_response){0};
    http_done_fn *done = t->done;
    void *user = t->user;
    if (t->easy)
        curl_easy_reset(t->easy); /* it points into t */
    http_transfer_free(t);
    done(user, &response);
}

void http_transfer_finish(struct http_transfer *t, CURLcode code)
{
    struct http_response *r = &t->response;
    curl_off_t total = 0;
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &total);
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    r->total_us = total;
    r->fault = fault_of(t, code);
    r->status = r->fault == HTTP_OK ? (int)status : 0;
    if (r->fault != HTTP_OK) {
        fault_text(t, code);
        strv_clear(&r->headers);
        buf_clear(&r->body);
    }
    hand_over(t);
}

void http_transfer_cancel(struct http_transfer *t)
{
    response_reset(t);
    t->response.fault = HTTP_CANCELLED;
    (void)snprintf(t->response.text, sizeof t->response.text, "the HTTP client is closing");
    hand_over(t);
}
