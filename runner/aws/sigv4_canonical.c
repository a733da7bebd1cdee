// SPDX-License-Identifier: MIT
// Stage 1 of Signature Version 4: the canonical request.
#include "aws/sigv4_hash.h"
#include "aws/uri.h"
#include "base/cleanup.h"

#include <string.h>

/* Headers that proxies and servers change or drop on the way. */
static const char *const unsigned_headers[] = {
    "connection", "expect",  "keep-alive",        "proxy-authenticate", "proxy-authorization", "te",
    "trailer",    "upgrade", "transfer-encoding", "user-agent",         "x-amzn-trace-id"};
static const char unsigned_prefix[] = "sec-websocket-";

static const char *const signer_headers[] = {"authorization", "x-amz-content-sha256", "x-amz-date",
                                             "x-amz-security-token"};

/* Not strcasecmp: the locale must have no say in a signature. */
static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int compare_names(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) - lower(*b);
}

static bool name_in(const char *name, const char *const *names, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (compare_names(name, names[i]) == 0)
            return true;
    return false;
}

#define NAME_IN(name, table) name_in(name, table, sizeof(table) / sizeof *(table))

bool sigv4_adds_header(const char *name)
{
    return NAME_IN(name, signer_headers);
}

static bool has_unsigned_prefix(const char *name)
{
    for (const char *p = unsigned_prefix; *p; p++, name++)
        if (lower(*name) != (unsigned char)*p)
            return false;
    return true;
}

static bool is_signed(const char *name)
{
    return !NAME_IN(name, unsigned_headers) && !has_unsigned_prefix(name);
}

/* RFC 9110, "Tokens". */
static bool is_token(const char *s)
{
    static const char extra[] = "!#$%&'*+-.^_`|~";
    if (!*s)
        return false;
    for (; *s; s++) {
        unsigned char c = lower(*s);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !strchr(extra, c))
            return false;
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int check_header(const struct sigv4_header *h, struct orgrun_error *err)
{
    if (!is_token(h->name))
        return error_set(err, ORGRUN_EUSAGE, "\"%s\" is not the name of a header", h->name);
    for (const char *p = h->value; *p; p++)
        if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
            return error_set(err, ORGRUN_EUSAGE, "the value of header %s holds a %s", h->name,
                             *p == '\n' || *p == '\r' ? "line break" : "control character");
    if (sigv4_adds_header(h->name))
        return error_set(err, ORGRUN_EUSAGE, "header %s is the signer's to add", h->name);
    return 0;
}

/* The headers that will be signed: the request's and the signer's. */
struct signed_list {
    const struct sigv4_header *items[SIGV4_MAX_HEADERS + 3];
    size_t len;
};

static int add_request_headers(const struct sigv4_request *req, struct signed_list *list,
                               struct orgrun_error *err)
{
    if (req->headers_len > SIGV4_MAX_HEADERS)
        return error_set(err, ORGRUN_ELIMIT, "a request of %zu headers; at most %d can be signed",
                         req->headers_len, SIGV4_MAX_HEADERS);
    bool has_host = false;
    for (size_t i = 0; i < req->headers_len; i++) {
        const struct sigv4_header *h = &req->headers[i];
        int rc = check_header(h, err);
        if (rc)
            return rc;
        has_host |= compare_names(h->name, "host") == 0;
        if (is_signed(h->name))
            list->items[list->len++] = h;
    }
    if (!has_host)
        return error_set(err, ORGRUN_EUSAGE, "a request cannot be signed without a host header");
    return 0;
}

/* Insertion sort: stable, as duplicates keep their order, and quick for the few headers there are.
 */
static void sort_headers(struct signed_list *list)
{
    for (size_t i = 1; i < list->len; i++) {
        const struct sigv4_header *h = list->items[i];
        size_t at = i;
        for (; at > 0 && compare_names(list->items[at - 1]->name, h->name) > 0; at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = h;
    }
}

static void append_lower(struct buf *out, const char *s)
{
    for (; *s; s++)
        (void)buf_putc(out, (char)lower(*s));
}

/* Without blanks at both ends, and with one space for each run of them inside. */
static void append_folded(struct buf *out, const char *s)
{
    while (is_blank(*s))
        s++;
    while (*s) {
        size_t word = strcspn(s, " \t");
        (void)buf_append(out, s, word);
        for (s += word; is_blank(*s); s++)
            ;
        if (word && *s)
            (void)buf_putc(out, ' ');
    }
}

static void append_headers(const struct signed_list *list, struct buf *out, struct buf *names)
{
    for (size_t i = 0; i < list->len; i++) {
        const struct sigv4_header *h = list->items[i];
        if (i && compare_names(list->items[i - 1]->name, h->name) == 0) {
            (void)buf_putc(out, ',');
        } else {
            if (i) {
                (void)buf_putc(out, '\n');
                (void)buf_putc(names, ';');
            }
            append_lower(out, h->name);
            append_lower(names, h->name);
            (void)buf_putc(out, ':');
        }
        append_folded(out, h->value);
    }
    (void)buf_puts(out, "\n\n");
}

static int append_path(const struct sigv4_request *req, const struct sigv4_opts *opts,
                       struct buf *out, struct orgrun_error *err)
{
    /* What may stand in a path as it is sent: RFC 3986's pchar, "/", and "%" of what is encoded. */
    static const char sent[] = "!$&'()*+,;=:@/%";
    const char *path = req->path && *req->path ? req->path : "/";
    if (*path != '/')
        return error_set(err, ORGRUN_EUSAGE, "the path \"%s\" does not begin with /", path);
    AUTO(buf_clear) struct buf normal;
    buf_init(&normal, out->max);
    size_t len = strlen(path);
    if (opts->normalize_path) {
        if (uri_normalize_path(&normal, path))
            return buf_check(&normal, "the path", err);
        path = buf_str(&normal);
        len = normal.len;
    }
    (void)uri_encode(out, path, len, opts->double_encode_path ? "/" : sent);
    return 0;
}

static int payload_hash(const struct sigv4_request *req, const struct sigv4_opts *opts,
                        char out[SIGV4_HEX_SIZE], struct orgrun_error *err)
{
    static const char unsigned_payload[] = "UNSIGNED-PAYLOAD";
    if (opts->unsigned_payload) {
        memcpy(out, unsigned_payload, sizeof unsigned_payload);
        return 0;
    }
    return sigv4_sha256_hex(req->body_len ? req->body : "", req->body_len, out, err);
}

int sigv4_canonical_request(const struct sigv4_request *req, const struct sigv4_opts *opts,
                            struct buf *out, struct buf *signed_headers, struct orgrun_error *err)
{
    char date[CLOCK_AMZ_SIZE], hash[SIGV4_HEX_SIZE];
    const struct secret *token = credentials_session_token(opts->credentials);
    const struct sigv4_header own_date = {"x-amz-date", date};
    const struct sigv4_header own_hash = {"x-amz-content-sha256", hash};
    const struct sigv4_header own_token = {"x-amz-security-token", secret_reveal(token)};
    struct signed_list list = {.len = 0};
    if (!is_token(req->method))
        return error_set(err, ORGRUN_EUSAGE, "\"%s\" is not an HTTP method", req->method);
    int rc = sigv4_date(opts, date, err);
    if (!rc)
        rc = payload_hash(req, opts, hash, err);
    if (!rc)
        rc = add_request_headers(req, &list, err);
    if (rc)
        return rc;
    list.items[list.len++] = &own_date;
    if (opts->sign_body)
        list.items[list.len++] = &own_hash;
    if (!secret_empty(token) && !opts->omit_session_token)
        list.items[list.len++] = &own_token;
    sort_headers(&list);

    (void)buf_printf(out, "%s\n", req->method);
    rc = append_path(req, opts, out, err);
    if (rc)
        return rc;
    (void)buf_putc(out, '\n');
    (void)uri_canonical_query(out, req->query ? req->query : "");
    (void)buf_putc(out, '\n');
    append_headers(&list, out, signed_headers);
    (void)buf_printf(out, "%s\n%s", buf_str(signed_headers), hash);
    rc = buf_check(signed_headers, "the list of signed headers", err);
    return rc ? rc : buf_check(out, "the canonical request", err);
}
