// SPDX-License-Identifier: MIT
// Canonical request, string to sign and signature, as a receiver computes them.
#include "sandbox/canonical.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CANONICAL_MAX (1024 * 1024)
#define QUERY_PAIRS_MAX 256

static void hex(const unsigned char *bytes, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void sha256_hex(const void *data, size_t len, char out[65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(data, len, digest);
    hex(digest, sizeof(digest), out);
}

static void encode(struct buf *out, const char *text, size_t len, bool keep_slash)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (isalnum(c) || (c != 0 && strchr("-._~", c)) || (c == '/' && keep_slash))
            buf_putc(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* Appends one name or value of the query, decoded and encoded again in the canonical way. */
static void recode(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        unsigned value;
        if (c == '%' && i + 2 < len && sscanf(text + i + 1, "%2x", &value) == 1) {
            c = (char)value;
            i += 2;
        }
        encode(out, &c, 1, false);
    }
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "a=1&b=2", each part encoded, sorted by name and then by value. "\001" stands for "=" while
 * sorting, since it comes before every character that a name may hold. */
static int canonical_query(struct buf *out, const char *query)
{
    char *pairs[QUERY_PAIRS_MAX];
    size_t len = 0;
    int rc = 0;
    for (const char *at = query; *at && rc == 0;) {
        size_t pair_len = strcspn(at, "&");
        size_t name_len = strcspn(at, "=&");
        struct buf pair;
        buf_init(&pair, CANONICAL_MAX);
        recode(&pair, at, name_len);
        buf_putc(&pair, '\001');
        if (name_len < pair_len)
            recode(&pair, at + name_len + 1, pair_len - name_len - 1);
        char *text = len < QUERY_PAIRS_MAX ? buf_take(&pair, NULL) : NULL;
        buf_clear(&pair);
        if (text)
            pairs[len++] = text;
        else
            rc = -1;
        at += pair_len + (at[pair_len] == '&');
    }
    qsort(pairs, len, sizeof(pairs[0]), compare_text);
    for (size_t i = 0; i < len; i++) {
        *strchr(pairs[i], '\001') = '=';
        buf_printf(out, "%s%s", i ? "&" : "", pairs[i]);
        free(pairs[i]);
    }
    return rc;
}

/* Appends a header's value without outer spaces and with inner runs of them made one. */
static void trimmed(struct buf *out, const char *value)
{
    bool gap = false;
    value += strspn(value, " \t");
    for (; *value; value++) {
        if (*value == ' ' || *value == '\t') {
            gap = true;
            continue;
        }
        if (gap)
            buf_putc(out, ' ');
        gap = false;
        buf_putc(out, *value);
    }
}

/* Appends "name:value[,value...]\n". -1 when the request has no such header. */
static int canonical_header(struct buf *out, const struct auth_request *request, const char *name)
{
    bool found = false;
    buf_printf(out, "%s:", name);
    for (size_t i = 0; i < request->headers_len; i++) {
        if (strcasecmp(request->headers[i].name, name) != 0)
            continue;
        if (found)
            buf_putc(out, ',');
        found = true;
        trimmed(out, request->headers[i].value);
    }
    buf_putc(out, '\n');
    return found ? 0 : -1;
}

static int canonical_headers(struct buf *out, const struct auth_request *request, const char *list)
{
    char previous[256] = "", name[256];
    while (*list) {
        size_t len = strcspn(list, ";");
        if (len == 0 || len >= sizeof(name))
            return -1;
        snprintf(name, sizeof(name), "%.*s", (int)len, list);
        for (const char *c = name; *c; c++)
            if (isupper((unsigned char)*c))
                return -1;
        if (strcmp(previous, name) >= 0 || canonical_header(out, request, name) != 0)
            return -1;
        memcpy(previous, name, sizeof(previous));
        list += len + (list[len] == ';');
    }
    return 0;
}

static int canonical_request(struct buf *out, const struct auth_request *request,
                             const char *signed_headers)
{
    char body_hash[65];
    sha256_hex(request->body ? request->body : "", request->body_len, body_hash);
    const char *declared = auth_header_get(request, "x-amz-content-sha256");
    if (declared && strcmp(declared, body_hash) != 0)
        return -1;
    buf_printf(out, "%s\n", request->method);
    encode(out, request->path, strlen(request->path), true);
    buf_putc(out, '\n');
    int rc = canonical_query(out, request->query);
    buf_putc(out, '\n');
    if (rc != 0 || canonical_headers(out, request, signed_headers) != 0)
        return -1;
    buf_printf(out, "\n%s\n%s", signed_headers, body_hash);
    return out->failed ? -1 : 0;
}

static void hmac(unsigned char key[32], int key_len, const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    HMAC(EVP_sha256(), key, key_len, (const unsigned char *)text, strlen(text), digest, &len);
    memcpy(key, digest, 32);
}

int canonical_signature(const struct auth_request *request, const struct canonical_opts *opts,
                        char out[65])
{
    AUTO(buf_clear) struct buf canonical;
    buf_init(&canonical, CANONICAL_MAX);
    if (canonical_request(&canonical, request, opts->signed_headers) != 0)
        return -1;
    char hash[65], to_sign[512];
    sha256_hex(canonical.data, canonical.len, hash);
    int len = snprintf(to_sign, sizeof(to_sign), "AWS4-HMAC-SHA256\n%s\n%s\n%s", opts->amz_date,
                       opts->scope, hash);
    if (len < 0 || (size_t)len >= sizeof(to_sign))
        return -1;
    unsigned char key[64];
    int key_len = snprintf((char *)key, sizeof(key), "AWS4%s", opts->secret);
    const char *const steps[] = {opts->date, opts->region, opts->service, "aws4_request", to_sign};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        hmac(key, key_len, steps[i]);
        key_len = 32;
    }
    hex(key, 32, out);
    return 0;
}
