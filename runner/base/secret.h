// SPDX-License-Identifier: MIT
// Secret text: wiped on every path, with no way to format it into a log.
#ifndef ORGRUN_BASE_SECRET_H
#define ORGRUN_BASE_SECRET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The fields are for secret.c alone; others call secret_reveal at the point of use, and nowhere
 * else. The bytes lie in a mapping of their own that is left out of core dumps where the kernel
 * allows. */
struct secret {
    char *data_;
    size_t len_;
    size_t cap_;
};

/* Copies len bytes (text may hold no NUL) and NUL-terminates. Replaces and wipes what was held.
 * 0 or ORGRUN_ENOMEM. */
int secret_set(struct secret *s, const char *text, size_t len);
int secret_copy(struct secret *dst, const struct secret *src);

/* Wipes and releases; safe on a zeroed or cleared secret, and as AUTO(secret_clear). */
void secret_clear(struct secret *s);

/* The bytes, NUL-terminated, never NULL; borrowed until the secret changes. */
const char *secret_reveal(const struct secret *s);
size_t secret_len(const struct secret *s);
bool secret_empty(const struct secret *s);

/* Wipes any memory in a way the compiler keeps (OPENSSL_cleanse). NULL is fine. */
void secret_wipe(void *p, size_t len);

/* Wipes and frees a heap string that held a secret. NULL is fine. */
void secret_free_str(char *s);

#endif
