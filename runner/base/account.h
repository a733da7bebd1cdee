// SPDX-License-Identifier: MIT
// One account as every room knows it, owning its text.
#ifndef ORGRUN_BASE_ACCOUNT_H
#define ORGRUN_BASE_ACCOUNT_H

#include "base/error.h"
#include "orgrun/types.h"

#include <stdbool.h>
#include <stdint.h>

#define ACCOUNT_ID_SIZE 13

/* Strings are heap, valid UTF-8, NULL where not known. */
struct account {
    char id[ACCOUNT_ID_SIZE];
    char *name;
    char *email;
    char *ou_path;
    char *state;       /* Organizations' State, or its older Status; NULL for a listed account */
    int64_t joined_ms; /* Unix milliseconds, 0 when not known */
    bool management;
};

void account_clear(struct account *a);
/* Deep copy into a zeroed dst. 0 or ORGRUN_ENOMEM (dst cleared). */
int account_copy(struct account *dst, const struct account *src);
/* Name if there is one, else the id; borrowed. */
const char *account_label(const struct account *a);
/* The public view, borrowing a's strings. excluded_because may be NULL. */
struct orgrun_account account_view(const struct account *a, const char *excluded_because);

#endif
