// SPDX-License-Identifier: MIT
// How the fields of each record map to columns.
#include "store/fields.h"

#include <string.h>

#define RUN(column, type)                                                                          \
    {                                                                                              \
#column, FIELD_##type, offsetof(struct run_record, column)                                 \
    }
#define ACCOUNT(column, type)                                                                      \
    {                                                                                              \
#column, FIELD_##type, offsetof(struct account_record, column)                             \
    }
#define TARGET(column, type)                                                                       \
    {                                                                                              \
#column, FIELD_##type, offsetof(struct target_record, column)                              \
    }
#define FIELDS(table, keys, list, record)                                                          \
    {                                                                                              \
        table, list, sizeof(list) / sizeof *(list), keys, sizeof(struct record)                    \
    }

static const struct field run_list[] = {
    RUN(id, TEXT),          RUN(job_name, TEXT),   RUN(job_text, TEXT),    RUN(job_file, TEXT),
    RUN(job_hash, TEXT),    RUN(caller_arn, TEXT), RUN(version, TEXT),     RUN(started_ms, INT64),
    RUN(finished_ms, TIME), RUN(exit_code, CODE),  RUN(exit_reason, TEXT),
};

static const struct field account_list[] = {
    ACCOUNT(id, TEXT),    ACCOUNT(name, TEXT),        ACCOUNT(email, TEXT),  ACCOUNT(ou_path, TEXT),
    ACCOUNT(state, TEXT), ACCOUNT(disposition, TEXT), ACCOUNT(reason, TEXT),
};

static const struct field target_list[] = {
    TARGET(account_id, TEXT),    TARGET(region, TEXT),        TARGET(task, TEXT),
    TARGET(outcome, OUTCOME),    TARGET(reason, TEXT),        TARGET(hint, TEXT),
    TARGET(first_line, TEXT),    TARGET(exit_code, CODE),     TARGET(signal, INT),
    TARGET(attempts, INT),       TARGET(started_ms, TIME),    TARGET(duration_ms, INT64),
    TARGET(stdout_path, TEXT),   TARGET(stdout_bytes, INT64), TARGET(stdout_cut, INT64),
    TARGET(stdout_sha256, TEXT), TARGET(stderr_path, TEXT),   TARGET(stderr_bytes, INT64),
    TARGET(stderr_cut, INT64),   TARGET(stderr_sha256, TEXT), TARGET(session_arn, TEXT),
};

static const struct field target_joined_list[] = {
    TARGET(account_name, TEXT),
    TARGET(ou_path, TEXT),
};

const struct fields run_fields = FIELDS("run", 1, run_list, run_record);
const struct fields account_fields = FIELDS("account", 1, account_list, account_record);
const struct fields target_fields = FIELDS("target", 3, target_list, target_record);
const struct fields target_joined_fields = FIELDS("account", 0, target_joined_list, target_record);

int fields_columns(const struct fields *f, const char *prefix, struct buf *sql)
{
    for (size_t i = 0; i < f->len; i++)
        buf_printf(sql, "%s%s%s", i ? ", " : "", prefix, f->list[i].column);
    return sql->failed ? -1 : 0;
}

int fields_upsert(const struct fields *f, struct buf *sql)
{
    buf_printf(sql, "INSERT INTO %s (run_id, ", f->table);
    fields_columns(f, "", sql);
    buf_puts(sql, ") VALUES (?");
    for (size_t i = 0; i < f->len; i++)
        buf_puts(sql, ", ?");
    buf_puts(sql, ") ON CONFLICT DO UPDATE SET ");
    for (size_t i = f->keys; i < f->len; i++)
        buf_printf(sql, "%s%s = excluded.%s", i > f->keys ? ", " : "", f->list[i].column,
                   f->list[i].column);
    return sql->failed ? -1 : 0;
}

static const void *at(const void *record, const struct field *field)
{
    return (const char *)record + field->offset;
}

static const char *text_of(const void *record, const struct field *field)
{
    return *(const char *const *)at(record, field);
}

static int bind_text(sqlite3_stmt *stmt, int n, const char *text)
{
    return text ? sqlite3_bind_text(stmt, n, text, -1, SQLITE_STATIC) : sqlite3_bind_null(stmt, n);
}

static int bind_unless(sqlite3_stmt *stmt, int n, int64_t value, int64_t null)
{
    return value == null ? sqlite3_bind_null(stmt, n) : sqlite3_bind_int64(stmt, n, value);
}

static int bind_field(const struct field *field, sqlite3_stmt *stmt, int n, const void *record)
{
    const void *value = at(record, field);
    switch (field->type) {
    case FIELD_TEXT:
        return bind_text(stmt, n, text_of(record, field));
    case FIELD_INT:
        return sqlite3_bind_int(stmt, n, *(const int *)value);
    case FIELD_INT64:
        return sqlite3_bind_int64(stmt, n, *(const int64_t *)value);
    case FIELD_CODE:
        return bind_unless(stmt, n, *(const int *)value, -1);
    case FIELD_TIME:
        return bind_unless(stmt, n, *(const int64_t *)value, 0);
    case FIELD_OUTCOME:
        return bind_text(stmt, n, orgrun_outcome_name(*(const enum orgrun_outcome *)value));
    }
    return SQLITE_MISUSE;
}

int fields_bind(const struct fields *f, sqlite3_stmt *stmt, int first, const void *record)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; i < f->len && rc == SQLITE_OK; i++)
        rc = bind_field(&f->list[i], stmt, first + (int)i, record);
    return rc;
}

static void read_field(const struct field *field, sqlite3_stmt *stmt, int n, void *record)
{
    void *value = (char *)record + field->offset;
    bool null = sqlite3_column_type(stmt, n) == SQLITE_NULL;
    switch (field->type) {
    case FIELD_TEXT:
        *(const char **)value = (const char *)sqlite3_column_text(stmt, n);
        break;
    case FIELD_INT:
        *(int *)value = sqlite3_column_int(stmt, n);
        break;
    case FIELD_CODE:
        *(int *)value = null ? -1 : sqlite3_column_int(stmt, n);
        break;
    case FIELD_INT64:
    case FIELD_TIME:
        *(int64_t *)value = sqlite3_column_int64(stmt, n);
        break;
    case FIELD_OUTCOME:
        *(enum orgrun_outcome *)value = outcome_parse((const char *)sqlite3_column_text(stmt, n));
        break;
    }
}

void fields_read(const struct fields *f, sqlite3_stmt *stmt, void *record)
{
    for (size_t i = 0; i < f->len; i++)
        read_field(&f->list[i], stmt, (int)i, record);
}

size_t fields_text_size(const struct fields *f, const void *record)
{
    size_t size = 0;
    for (size_t i = 0; i < f->len; i++) {
        const char *text = f->list[i].type == FIELD_TEXT ? text_of(record, &f->list[i]) : NULL;
        size += text ? strlen(text) + 1 : 0;
    }
    return size;
}

void fields_copy_text(const struct fields *f, void *record, char *text)
{
    for (size_t i = 0; i < f->len; i++) {
        if (f->list[i].type != FIELD_TEXT)
            continue;
        const char **slot = (const char **)((char *)record + f->list[i].offset);
        if (!*slot)
            continue;
        size_t size = strlen(*slot) + 1;
        *slot = memcpy(text, *slot, size);
        text += size;
    }
}

enum orgrun_outcome outcome_parse(const char *name)
{
    for (int i = 0; name && i < ORGRUN_OUTCOMES; i++)
        if (strcmp(name, orgrun_outcome_name((enum orgrun_outcome)i)) == 0)
            return (enum orgrun_outcome)i;
    return ORGRUN_OUTCOMES;
}
