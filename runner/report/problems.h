// SPDX-License-Identifier: MIT
// Inside the reports: targets that did not pass, gathered into groups with the same cause.
#ifndef ORGRUN_REPORT_PROBLEMS_H
#define ORGRUN_REPORT_PROBLEMS_H

#include "store/store_read.h"

#include <stdbool.h>
#include <stdint.h>

#define PROBLEM_ROWS_MAX 8     /* of one group, unless all are wanted */
#define PROBLEM_GROUPS_MAX 500 /* what is past them is counted only */

struct problem_row {
    char *account; /* name, or "" */
    char *id;
    char *region;
    char *task;
    bool started;
    int64_t duration_ms;
};

/* Same outcome, reason, hint and first line, but for account ids and request ids in them. The
 * texts are those of its first target. */
struct problem_group {
    enum orgrun_outcome outcome;
    char *reason;
    char *hint;
    char *first_line;
    uint64_t key;
    uint64_t hint_key; /* 0 without a hint */
    uint32_t count;
    struct problem_row *rows;
    size_t rows_len;
};

struct problems {
    bool all; /* keep every row */
    struct problem_group *groups;
    size_t len, cap;
    uint32_t beyond; /* targets that found no group */
};

/* Adds a target that did not pass (others are ignored). ORGRUN_ENOMEM. */
int problems_add(struct problems *p, const struct target_record *t, struct orgrun_error *err);
void problems_clear(struct problems *p);

#endif
