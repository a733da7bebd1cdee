// SPDX-License-Identifier: MIT
// Percent-encoding, path normalisation and canonical query strings.
#include "aws/uri.h"

#include "base/cleanup.h"

#include <string.h>

/* Not isalnum: the locale must have no say in a signature. */
static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static int encode_byte(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789ABCDEF";
    const char text[3] = {'%', hex[c >> 4], hex[c & 15]};
    return buf_append(out, text, sizeof text);
}

int uri_encode(struct buf *out, const char *text, size_t len, const char *keep)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool plain = is_unreserved(c) || (c != '\0' && strchr(keep, c));
        if (plain ? buf_putc(out, text[i]) : encode_byte(out, c))
            return -1;
    }
    return 0;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* The byte that text[*i] stands for; *i moves to the last byte it took. */
static unsigned char decode_at(const char *text, size_t len, size_t *i)
{
    if (text[*i] == '%' && len - *i > 2) {
        int high = hex_value(text[*i + 1]), low = hex_value(text[*i + 2]);
        if (high >= 0 && low >= 0) {
            *i += 2;
            return (unsigned char)(high << 4 | low);
        }
    }
    return (unsigned char)text[*i];
}

int uri_recode(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = decode_at(text, len, &i);
        if (is_unreserved(c) ? buf_putc(out, (char)c) : encode_byte(out, c))
            return -1;
    }
    return 0;
}

/* Drops the last segment of what was appended from `start` on. */
static void drop_segment(struct buf *out, size_t start)
{
    while (out->len > start && out->data[--out->len] != '/')
        ;
    if (out->data)
        out->data[out->len] = '\0';
}

int uri_normalize_path(struct buf *out, const char *path)
{
    size_t start = out->len, len = 0;
    for (const char *p = path; *p; p += len) {
        p += strspn(p, "/");
        len = strcspn(p, "/");
        if (len == 0 || (len == 1 && *p == '.'))
            continue;
        if (len == 2 && p[0] == '.' && p[1] == '.')
            drop_segment(out, start);
        else if (buf_putc(out, '/') || buf_append(out, p, len))
            return -1;
    }
    size_t path_len = strlen(path);
    bool slash_ends = path_len > 0 && path[path_len - 1] == '/';
    return slash_ends || out->len == start ? buf_putc(out, '/') : 0;
}

/* One parameter; offsets into the buffer of encoded text, which moves while it grows. */
struct param {
    size_t name, name_len;
    size_t value, value_len;
};

static int compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_params(const void *left, const void *right, void *text)
{
    const struct param *a = left, *b = right;
    const char *base = text;
    int order = compare_bytes(base + a->name, a->name_len, base + b->name, b->name_len);
    return order ? order
                 : compare_bytes(base + a->value, a->value_len, base + b->value, b->value_len);
}

static int recode_param(struct buf *text, struct param *p, const char *s, size_t len)
{
    const char *equals = memchr(s, '=', len);
    size_t name_len = equals ? (size_t)(equals - s) : len;
    p->name = text->len;
    int rc = uri_recode(text, s, name_len);
    p->name_len = text->len - p->name;
    p->value = text->len;
    if (!rc && equals)
        rc = uri_recode(text, equals + 1, len - name_len - 1);
    p->value_len = text->len - p->value;
    return rc;
}

static int append_params(struct buf *out, const struct buf *text, const struct param *params,
                         size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const struct param *p = &params[i];
        if ((i && buf_putc(out, '&')) || buf_append(out, text->data + p->name, p->name_len) ||
            buf_putc(out, '=') || buf_append(out, text->data + p->value, p->value_len))
            return -1;
    }
    return 0;
}

static int fail(struct buf *out, bool nomem)
{
    out->failed = true;
    out->nomem = nomem;
    return -1;
}

int uri_canonical_query(struct buf *out, const char *query)
{
    size_t most = 1, len = 0;
    for (const char *p = query; (p = strchr(p, '&')); p++)
        most++;
    AUTO(free_ptr) struct param *params = calloc(most, sizeof *params);
    if (!params)
        return fail(out, true);
    AUTO(buf_clear) struct buf text;
    buf_init(&text, out->max);
    /* Makes text.data real even when every name and value is empty ("=&="). */
    if (buf_append(&text, "", 0))
        return fail(out, text.nomem);
    size_t n = 0;
    for (const char *p = query; *p; p += len) {
        p += strspn(p, "&");
        len = strcspn(p, "&");
        if (len && recode_param(&text, &params[n++], p, len))
            return fail(out, text.nomem);
    }
    if (n > 1)
        qsort_r(params, n, sizeof *params, compare_params, text.data);
    return append_params(out, &text, params, n);
}
