// SPDX-License-Identifier: MIT
// Inside the store: the tables, and the ordered migrations that lead to them.
#ifndef ORGRUN_STORE_SCHEMA_H
#define ORGRUN_STORE_SCHEMA_H

#include "store/store.h"

#include <stddef.h>

/* Marks a database as ours (PRAGMA application_id): "orgr". */
#define SCHEMA_APPLICATION_ID 0x6f726772

/* An ordered list of SQL texts; number n (from 1) leads from user_version n-1 to n. */
struct schema {
    const char *const *migrations;
    size_t len;
};

extern const struct schema schema_current;

/* Brings the database to the last version of `schema`, each migration and its user_version in one
 * transaction; safe beside other processes that do the same. ORGRUN_ESTATE for a database of
 * another program, or of a later schema. */
int schema_migrate(struct store *s, const struct schema *schema, struct orgrun_error *err);

/* Its user_version, checked as above; 0 for an empty database. */
int schema_version(struct store *s, const struct schema *schema, size_t *version,
                   struct orgrun_error *err);

#endif
