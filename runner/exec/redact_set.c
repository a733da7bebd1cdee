// SPDX-License-Identifier: MIT
// The forms in which a secret is looked for: as it is, in base64 and URL-encoded.
#include "exec/redact_set.h"

#include "base/cleanup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (8u << 20)
#define FORM_MAX (1u << 20)

int redact_set_new(struct redact_set **out, struct orgrun_error *err)
{
    struct redact_set *s = calloc(1, sizeof *s);
    if (!s)
        return error_nomem(err);
    buf_init_secret(&s->text, TEXT_MAX);
    pthread_mutex_init(&s->lock, NULL);
    memset(s->shift, REDACT_WINDOW - 1, sizeof s->shift);
    *out = s;
    return 0;
}

void redact_set_free(struct redact_set *s)
{
    if (!s)
        return;
    buf_clear(&s->text);
    free(s->patterns);
    secret_wipe(s->shift, sizeof s->shift);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static bool is_known(const struct redact_set *s, const char *pattern, size_t len)
{
    for (size_t i = 0; i < s->len; i++)
        if (s->patterns[i].len == len &&
            memcmp(s->text.data + s->patterns[i].at, pattern, len) == 0)
            return true;
    return false;
}

static int add_pattern(struct redact_set *s, const char *pattern, size_t len,
                       struct orgrun_error *err)
{
    if (is_known(s, pattern, len))
        return 0;
    if (s->len == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 16;
        struct redact_pattern *patterns = realloc(s->patterns, cap * sizeof *patterns);
        if (!patterns)
            return error_nomem(err);
        s->patterns = patterns;
        s->cap = cap;
    }
    size_t at = s->text.len;
    if (buf_append(&s->text, pattern, len))
        return buf_check(&s->text, "the set of secrets to redact", err);
    s->patterns[s->len++] = (struct redact_pattern){.at = at, .len = len};
    if (len > s->longest)
        s->longest = len;
    for (size_t i = 0; i + 1 < REDACT_WINDOW; i++) {
        unsigned char *shift = &s->shift[redact_pair(pattern + i)];
        unsigned char least = (unsigned char)(REDACT_WINDOW - 2 - i);
        if (least < *shift)
            *shift = least;
    }
    return 0;
}

/* Adds what was built in b, unless building failed. */
static int add_built(struct redact_set *s, const struct buf *b, struct orgrun_error *err)
{
    int rc = buf_check(b, "a secret to redact", err);
    return rc ? rc : add_pattern(s, b->data, b->len, err);
}

static int add_raw(struct redact_set *s, const char *secret, size_t len, struct orgrun_error *err)
{
    return add_pattern(s, secret, len, err);
}

/* The six bits of the secret that start at the given bit. */
static unsigned sextet(const char *secret, size_t len, size_t bit)
{
    size_t byte = bit / 8;
    unsigned pair = (unsigned)(unsigned char)secret[byte] << 8;
    if (byte + 1 < len)
        pair |= (unsigned char)secret[byte + 1];
    return pair >> (10 - bit % 8) & 63;
}

/* Encoded inside a longer text, a secret starts 0, 1 or 2 bytes into a group of three. Of each case
 * the characters that do not depend on its neighbours are looked for. */
static int add_base64(struct redact_set *s, const char *secret, size_t len,
                      struct orgrun_error *err)
{
    static const char *const alphabets[] = {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    };
    for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++) {
        for (size_t before = 0; before < 3; before++) {
            AUTO(buf_clear) struct buf b;
            buf_init_secret(&b, FORM_MAX);
            size_t first = (before * 8 + 5) / 6, end = (before + len) * 8 / 6;
            for (size_t i = first; i < end; i++)
                buf_putc(&b, alphabets[a][sextet(secret, len, i * 6 - before * 8)]);
            int rc = add_built(s, &b, err);
            if (rc)
                return rc;
        }
    }
    return 0;
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/* Encoders differ in the case of their digits and in what they do to a slash. */
static int add_url(struct redact_set *s, const char *secret, size_t len, struct orgrun_error *err)
{
    static const struct {
        const char *digits;
        bool keep_slash;
    } forms[] = {
        {"0123456789ABCDEF", false},
        {"0123456789abcdef", false},
        {"0123456789ABCDEF", true},
        {"0123456789abcdef", true},
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        AUTO(buf_clear) struct buf b;
        buf_init_secret(&b, FORM_MAX);
        for (size_t i = 0; i < len; i++) {
            unsigned char c = (unsigned char)secret[i];
            if (is_unreserved(c) || (c == '/' && forms[f].keep_slash)) {
                buf_putc(&b, (char)c);
                continue;
            }
            buf_putc(&b, '%');
            buf_putc(&b, forms[f].digits[c >> 4]);
            buf_putc(&b, forms[f].digits[c & 15]);
        }
        int rc = add_built(s, &b, err);
        if (rc)
            return rc;
    }
    return 0;
}

int redact_set_add(struct redact_set *s, const char *secret, size_t len, struct orgrun_error *err)
{
    typedef int add_fn(struct redact_set *, const char *, size_t, struct orgrun_error *);
    static add_fn *const forms[] = {add_raw, add_base64, add_url};

    if (len < REDACT_WINDOW)
        return error_set(err, ORGRUN_EUSAGE, "a secret of fewer than %d bytes cannot be redacted",
                         REDACT_WINDOW);
    int rc = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < sizeof forms / sizeof *forms && rc == 0; i++)
        rc = forms[i](s, secret, len, err);
    pthread_mutex_unlock(&s->lock);
    return rc;
}
