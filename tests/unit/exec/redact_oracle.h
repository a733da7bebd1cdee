// SPDX-License-Identifier: MIT
// A slow, plain redactor to compare with: every byte that any pattern covers is covered; a run of
// covered bytes becomes one mark. Its patterns come from OpenSSL's base64 and from sprintf.
#ifndef TESTS_REDACT_ORACLE_H
#define TESTS_REDACT_ORACLE_H

#include "base/buf.h"
#include "exec/redact.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORACLE_PATTERNS 128
#define ORACLE_PATTERN_MAX 1024

struct redact_oracle {
    char patterns[ORACLE_PATTERNS][ORACLE_PATTERN_MAX];
    size_t lens[ORACLE_PATTERNS];
    size_t len;
};

static inline void oracle_add(struct redact_oracle *o, const char *text, size_t len)
{
    memcpy(o->patterns[o->len], text, len);
    o->lens[o->len++] = len;
}

/* What two encodings with different neighbours have in common is what does not depend on them. */
static inline void oracle_add_base64(struct redact_oracle *o, const char *secret, size_t len,
                                     size_t before)
{
    unsigned char plain[2][512], coded[2][ORACLE_PATTERN_MAX];
    for (int side = 0; side < 2; side++) {
        memset(plain[side], side ? 0xff : 0x00, sizeof plain[side]);
        memcpy(plain[side] + before, secret, len);
        EVP_EncodeBlock(coded[side], plain[side], (int)(before + len + 3));
    }
    size_t from = 0;
    while (coded[0][from] != coded[1][from])
        from++;
    size_t to = from;
    while (coded[0][to] == coded[1][to])
        to++;
    char *text = (char *)coded[0];
    oracle_add(o, text + from, to - from);
    for (size_t i = from; i < to; i++)
        text[i] = (char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    oracle_add(o, text + from, to - from);
}

static inline void oracle_add_url(struct redact_oracle *o, const char *secret, size_t len,
                                  const char *digits, const char *safe)
{
    char text[ORACLE_PATTERN_MAX];
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)secret[i];
        if (c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", c))
            text[n++] = (char)c;
        else if (c && strchr(safe, c))
            text[n++] = (char)c;
        else {
            text[n++] = '%';
            text[n++] = digits[c >> 4];
            text[n++] = digits[c & 15];
        }
    }
    oracle_add(o, text, n);
}

/* len at most 200. */
static inline void oracle_add_secret(struct redact_oracle *o, const char *secret, size_t len)
{
    oracle_add(o, secret, len);
    for (size_t before = 0; before < 3; before++)
        oracle_add_base64(o, secret, len, before);
    oracle_add_url(o, secret, len, "0123456789ABCDEF", "");
    oracle_add_url(o, secret, len, "0123456789abcdef", "");
    oracle_add_url(o, secret, len, "0123456789ABCDEF", "/");
    oracle_add_url(o, secret, len, "0123456789abcdef", "/");
}

static inline void oracle_redact(const struct redact_oracle *o, const char *text, size_t len,
                                 struct buf *out)
{
    char *covered = calloc(1, len + 1);
    for (size_t at = 0; at < len; at++)
        for (size_t p = 0; p < o->len; p++)
            if (o->lens[p] <= len - at && memcmp(text + at, o->patterns[p], o->lens[p]) == 0)
                memset(covered + at, 1, o->lens[p]);
    for (size_t at = 0; at < len; at++) {
        if (!covered[at])
            buf_putc(out, text[at]);
        else if (at == 0 || !covered[at - 1])
            buf_puts(out, REDACT_MARK);
    }
    free(covered);
}

#endif
