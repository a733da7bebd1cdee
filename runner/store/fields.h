// SPDX-License-Identifier: MIT
// Inside the store: how the fields of each record map to columns, for writing, reading and copying
// alike.
#ifndef ORGRUN_STORE_FIELDS_H
#define ORGRUN_STORE_FIELDS_H

#include "base/buf.h"
#include "store/record.h"

#include <sqlite3.h>
#include <stddef.h>

enum field_type {
    FIELD_TEXT,    /* const char *; NULL <-> NULL */
    FIELD_INT,     /* int */
    FIELD_INT64,   /* int64_t */
    FIELD_CODE,    /* int; -1 <-> NULL */
    FIELD_TIME,    /* int64_t; 0 <-> NULL */
    FIELD_OUTCOME, /* enum orgrun_outcome <-> its word */
};

struct field {
    const char *column;
    enum field_type type;
    size_t offset;
};

struct fields {
    const char *table;
    const struct field *list;
    size_t len;
    size_t keys; /* how many of the first are, with run_id, the primary key */
    size_t size; /* of the record */
};

extern const struct fields run_fields;
extern const struct fields account_fields;
extern const struct fields target_fields;
/* Not of the target's table, but of its account's. */
extern const struct fields target_joined_fields;

/* Appends "<prefix>column, ..." in the order of fields_read. */
int fields_columns(const struct fields *f, const char *prefix, struct buf *sql);

/* Appends the statement that inserts a record of a run, or replaces the one of the same key:
 * parameter 1 is the run's id, the rest are as fields_bind wants them. */
int fields_upsert(const struct fields *f, struct buf *sql);

/* Binds the record to parameters first, first+1, ...; texts are borrowed until the statement is
 * reset. SQLITE_OK or SQLite's error. */
int fields_bind(const struct fields *f, sqlite3_stmt *stmt, int first, const void *record);

/* Fills record from columns 0, 1, ...; texts are borrowed from the row. Values that the schema
 * rules out become 0. */
void fields_read(const struct fields *f, sqlite3_stmt *stmt, void *record);

/* How many bytes the record's texts take, NULs included; and their copying to `text`, with the
 * record's pointers turned there. */
size_t fields_text_size(const struct fields *f, const void *record);
void fields_copy_text(const struct fields *f, void *record, char *text);

/* The outcome of that name, or ORGRUN_OUTCOMES. */
enum orgrun_outcome outcome_parse(const char *name);

#endif
