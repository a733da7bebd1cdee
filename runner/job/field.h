// SPDX-License-Identifier: MIT
// Tables of the keys a mapping may hold, and the readers of their plain values.
#ifndef ORGRUN_JOB_FIELD_H
#define ORGRUN_JOB_FIELD_H

#include "job/node.h"

#include <stdint.h>

struct loading;
struct field;

/* What a reader knows of the value it reads. `noun` names the mapping in messages: "limits",
 * "task \"root-mfa\"". */
struct field_at {
    struct loading *loading;
    const char *noun;
    const struct field *field;
};

/* Reads one value into dst. ORGRUN_EJOB (see node_error) or ORGRUN_ENOMEM. What dst holds after a
 * failure its owner frees. */
typedef int field_fn(const struct field_at *at, const struct node *value, void *dst,
                     struct orgrun_error *err);

struct field {
    const char *key;
    field_fn *read;
    size_t offset;       /* of dst in the struct that the mapping is read into */
    int64_t least, most; /* what the reader takes them for */
    bool required;
};
#define FIELDS_MAX 20
#define FIELD_NOUN_SIZE 128

/* Reads a mapping into the struct at base by its table. Unknown and missing keys are errors. */
int field_read_map(struct loading *loading, const struct node *map, const char *noun,
                   const struct field *fields, size_t len, void *base, struct orgrun_error *err);

/* "<key>" in <noun> must be <what>, not <found>. */
int field_wrong(const struct field_at *at, const struct node *value, struct orgrun_error *err,
                const char *what);

/* The same of one item of a list: each item of "<key>" in <noun> must be ... */
int field_wrong_item(const struct field_at *at, const struct node *item, struct orgrun_error *err,
                     const char *what);

/* Refuses a value that is not a list of `least` to `most` items. */
int field_check_list(const struct field_at *at, const struct node *value, const char *items,
                     struct orgrun_error *err);

/* Readers. Numbers and durations are refused outside least..most. */
field_fn field_text;     /* char *: text of least..most bytes without control characters */
field_fn field_prose;    /* the same, of any number of lines */
field_fn field_whole;    /* int64_t */
field_fn field_duration; /* int64_t, milliseconds, as are least and most */
field_fn field_bytes;    /* size_t: a count, or with KiB, MiB or GiB */

/* The whole number a text says in decimal digits; false when it is none or past INT64_MAX. */
bool field_number(const char *text, int64_t *out);

/* One of the words of a NULL-terminated list: its index into *out. */
int field_word(const struct field_at *at, const struct node *value, const char *const *words,
               size_t *out, struct orgrun_error *err);

#endif
