// SPDX-License-Identifier: MIT
// A growing, NULL-terminated vector of owned strings.
#ifndef ORGRUN_BASE_STRV_H
#define ORGRUN_BASE_STRV_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct strv {
    char **items; /* NULL-terminated whenever non-NULL */
    size_t len;
    size_t cap;
};

/* Zero-initialise: `struct strv v = {0}`. */
void strv_clear(struct strv *v);

/* Copies s. 0 or ORGRUN_ENOMEM. */
int strv_push(struct strv *v, const char *s);

/* Takes s over, freeing it on failure (NULL s counts as out of memory). 0 or ORGRUN_ENOMEM. */
int strv_take(struct strv *v, char *s);

int strv_printf(struct strv *v, const char *fmt, ...) ORGRUN_PRINTF(2, 3);

/* Appends copies of all of src. On failure dst may hold some of them. */
int strv_extend(struct strv *dst, const struct strv *src);

bool strv_contains(const struct strv *v, const char *s);

/* A NULL-terminated array that can go to execve, never NULL; borrowed. */
char *const *strv_array(const struct strv *v);

#endif
