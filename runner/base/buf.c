// SPDX-License-Identifier: MIT
// A growing byte buffer with a stated maximum.
#include "base/buf.h"

#include "base/secret.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_init_secret(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max, .secret = true};
}

static void release(struct buf *b)
{
    if (b->secret)
        secret_wipe(b->data, b->cap);
    free(b->data);
}

void buf_clear(struct buf *b)
{
    release(b);
    *b = (struct buf){.max = b->max, .secret = b->secret};
}

/* Makes room for len bytes more and a NUL. realloc would leave a secret behind, so it copies. */
static int reserve(struct buf *b, size_t len)
{
    if (b->failed)
        return -1;
    if (len > b->max - b->len) {
        b->failed = true;
        return -1;
    }
    size_t need = b->len + len + 1;
    if (need <= b->cap)
        return 0;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need)
        cap *= 2;
    char *data = malloc(cap);
    if (!data) {
        b->failed = b->nomem = true;
        return -1;
    }
    if (b->data && b->len)
        memcpy(data, b->data, b->len);
    data[b->len] = '\0';
    release(b);
    b->data = data;
    b->cap = cap;
    return 0;
}

int buf_append(struct buf *b, const void *data, size_t len)
{
    if (reserve(b, len))
        return -1;
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

int buf_puts(struct buf *b, const char *s)
{
    return buf_append(b, s, strlen(s));
}

int buf_putc(struct buf *b, char c)
{
    return buf_append(b, &c, 1);
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || reserve(b, (size_t)n))
        return -1;
    va_start(ap, fmt);
    (void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
    return 0;
}

const char *buf_str(const struct buf *b)
{
    return b->data ? b->data : "";
}

int buf_check(const struct buf *b, const char *what, struct orgrun_error *err)
{
    if (!b->failed)
        return 0;
    if (b->nomem)
        return error_nomem(err);
    return error_set(err, ORGRUN_ELIMIT, "%s is larger than %zu bytes", what, b->max);
}

char *buf_take(struct buf *b, struct orgrun_error *err)
{
    if (buf_check(b, "text", err))
        return NULL;
    if (!b->data && reserve(b, 0)) {
        error_nomem(err);
        return NULL;
    }
    assert(b->data);
    b->data[b->len] = '\0';
    char *text = b->data;
    *b = (struct buf){.max = b->max, .secret = b->secret};
    return text;
}
