// SPDX-License-Identifier: MIT
// A growing byte buffer with a stated maximum.
#ifndef ORGRUN_BASE_BUF_H
#define ORGRUN_BASE_BUF_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Once an append fails (past max, or out of memory) the buffer is `failed`: it keeps what it holds
 * and every later append fails too, so that a caller may append many times and check once. */
struct buf {
    char *data; /* NUL-terminated whenever non-NULL; not counted in len */
    size_t len;
    size_t cap;
    size_t max;  /* the most bytes it will hold */
    bool secret; /* every block it gives up is wiped first */
    bool failed;
    bool nomem; /* failed for want of memory rather than past max */
};

void buf_init(struct buf *b, size_t max);
void buf_init_secret(struct buf *b, size_t max);
void buf_clear(struct buf *b); /* frees (and wipes, if secret); ready for use again */

/* Each returns 0, or -1 when the buffer is or becomes failed. */
int buf_append(struct buf *b, const void *data, size_t len);
int buf_puts(struct buf *b, const char *s);
int buf_putc(struct buf *b, char c);
int buf_printf(struct buf *b, const char *fmt, ...) ORGRUN_PRINTF(2, 3);

/* The text, never NULL. Valid until the next append. */
const char *buf_str(const struct buf *b);

/* Hands the text out (caller frees), leaving b empty. NULL, with err set, when b failed. */
char *buf_take(struct buf *b, struct orgrun_error *err);

/* 0, or sets err: ORGRUN_ENOMEM, or ORGRUN_ELIMIT "<what> is larger than <max> bytes". */
int buf_check(const struct buf *b, const char *what, struct orgrun_error *err);

#endif
