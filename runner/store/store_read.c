// SPDX-License-Identifier: MIT
// Reading runs back, row by row.
#include "store/store_read.h"

#include "store/db.h"
#include "store/fields.h"

#include <stdlib.h>
#include <string.h>

#define SQL_MAX 4096
#define NEAR_MAX 5

/* Prepares "SELECT <fields of f>, <more> <from>" with the run's id as parameter 1. */
static int select_fields(struct store *s, const struct fields *f, const char *prefix,
                         const char *more, const char *from, const char *run_id,
                         sqlite3_stmt **stmt, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf sql;
    buf_init(&sql, SQL_MAX);
    buf_puts(&sql, "SELECT ");
    fields_columns(f, prefix, &sql);
    if (buf_printf(&sql, "%s %s", more, from))
        return buf_check(&sql, "statement", err);
    int rc = db_prepare(s, buf_str(&sql), stmt, err);
    if (rc == 0 && run_id)
        sqlite3_bind_text(*stmt, 1, run_id, -1, SQLITE_TRANSIENT);
    return rc;
}

static int count_outcomes(struct store *s, const char *run_id, struct orgrun_counts *counts,
                          struct orgrun_error *err)
{
    *counts = (struct orgrun_counts){0};
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, "SELECT outcome, count(*) FROM target WHERE run_id = ?1 GROUP BY 1",
                        &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, run_id, -1, SQLITE_TRANSIENT);
    int step;
    while ((step = db_step(stmt)) == SQLITE_ROW) {
        enum orgrun_outcome o = outcome_parse((const char *)sqlite3_column_text(stmt, 0));
        if (o == ORGRUN_OUTCOMES)
            return db_damaged(s, "an unknown outcome", err);
        counts->of[o] = (uint32_t)sqlite3_column_int64(stmt, 1);
    }
    return step == SQLITE_DONE ? 0 : db_fail(s, step, "read", err);
}

/* Visits the runs of a prepared statement; *visited counts them. */
static int visit_runs(struct store *s, sqlite3_stmt *stmt, store_run_fn *visit, void *user,
                      unsigned *visited, struct orgrun_error *err)
{
    int step;
    while ((step = db_step(stmt)) == SQLITE_ROW) {
        struct run_record run = {0};
        struct orgrun_counts counts;
        fields_read(&run_fields, stmt, &run);
        int rc = count_outcomes(s, run.id, &counts, err);
        if (rc == 0)
            rc = visit(user, &run, &counts);
        if (rc)
            return rc;
        ++*visited;
    }
    return step == SQLITE_DONE ? 0 : db_fail(s, step, "read", err);
}

int store_each_run(struct store *s, unsigned limit, store_run_fn *visit, void *user,
                   struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    unsigned visited = 0;
    int rc = select_fields(s, &run_fields, "", "",
                           "FROM run ORDER BY started_ms DESC, id DESC LIMIT ?1", NULL, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, limit ? (int64_t)limit : -1);
    return visit_runs(s, stmt, visit, user, &visited, err);
}

int store_visit_run(struct store *s, const char *run_id, store_run_fn *visit, void *user,
                    struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    unsigned visited = 0;
    int rc = select_fields(s, &run_fields, "", "", "FROM run WHERE id = ?1", run_id, &stmt, err);
    if (rc == 0)
        rc = visit_runs(s, stmt, visit, user, &visited, err);
    if (rc == 0 && visited == 0)
        rc = error_set(err, ORGRUN_ENOTFOUND, "no run \"%s\" in %s", run_id, s->dir);
    return rc;
}

/* Appends up to NEAR_MAX ids of the statement's rows to names, separated by ", ", and keeps the
 * first; *n is how many rows there were, at most NEAR_MAX + 1. */
static int list_ids(struct store *s, sqlite3_stmt *stmt, struct buf *names, char **first,
                    unsigned *n, struct orgrun_error *err)
{
    int step;
    for (*n = 0; (step = db_step(stmt)) == SQLITE_ROW; ++*n) {
        const char *id = (const char *)sqlite3_column_text(stmt, 0);
        if (!id)
            return error_nomem(err);
        if (*n == 0 && !(*first = strdup(id)))
            return error_nomem(err);
        if (*n < NEAR_MAX)
            buf_printf(names, "%s%s", *n ? ", " : "", id);
        else
            buf_puts(names, ", ...");
    }
    return step == SQLITE_DONE ? 0 : db_fail(s, step, "read", err);
}

static int no_such_run(struct store *s, const char *wanted, struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    AUTO(free_ptr) char *newest = NULL;
    AUTO(buf_clear) struct buf names;
    buf_init(&names, SQL_MAX);
    unsigned n = 0;
    int rc =
        db_prepare(s, "SELECT id FROM run ORDER BY started_ms DESC, id DESC LIMIT 6", &stmt, err);
    if (rc == 0)
        rc = list_ids(s, stmt, &names, &newest, &n, err);
    if (rc)
        return rc;
    if (n == 0) {
        error_set(err, ORGRUN_ENOTFOUND, "there are no runs in %s yet", s->dir);
    } else {
        error_set(err, ORGRUN_ENOTFOUND, "no run \"%s\" in %s", wanted, s->dir);
        error_hint(err, "The newest: %s", buf_str(&names));
    }
    return ORGRUN_ENOTFOUND;
}

static int find_newest(struct store *s, char **id, struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    AUTO(buf_clear) struct buf names;
    buf_init(&names, SQL_MAX);
    unsigned n = 0;
    int rc =
        db_prepare(s, "SELECT id FROM run ORDER BY started_ms DESC, id DESC LIMIT 1", &stmt, err);
    if (rc == 0)
        rc = list_ids(s, stmt, &names, id, &n, err);
    return rc == 0 && n == 0 ? no_such_run(s, "", err) : rc;
}

int store_find_run(struct store *s, const char *id_or_prefix, char **id, struct orgrun_error *err)
{
    *id = NULL;
    if (!id_or_prefix || !*id_or_prefix)
        return find_newest(s, id, err);
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    AUTO(free_ptr) char *first = NULL;
    AUTO(buf_clear) struct buf names;
    buf_init(&names, SQL_MAX);
    unsigned n = 0;
    int rc = db_prepare(s,
                        "SELECT id FROM run WHERE id >= ?1 AND substr(id, 1, length(?1)) = ?1 "
                        "ORDER BY id LIMIT 6",
                        &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, id_or_prefix, -1, SQLITE_STATIC);
    rc = list_ids(s, stmt, &names, &first, &n, err);
    if (rc)
        return rc;
    if (n == 0)
        return no_such_run(s, id_or_prefix, err);
    if (n > 1 && strcmp(first, id_or_prefix) != 0) {
        error_set(err, ORGRUN_ENOTFOUND, "\"%s\" is the beginning of several runs", id_or_prefix);
        error_hint(err, "Give more of it: %s", buf_str(&names));
        return ORGRUN_ENOTFOUND;
    }
    *id = TAKE_PTR(first);
    return 0;
}

static int visit_accounts(struct store *s, const char *run_id, const char *from,
                          store_account_fn *visit, void *user, struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    int rc = select_fields(s, &account_fields, "", "", from, run_id, &stmt, err);
    if (rc)
        return rc;
    int step;
    while ((step = db_step(stmt)) == SQLITE_ROW) {
        struct account_record account = {0};
        fields_read(&account_fields, stmt, &account);
        rc = visit(user, &account);
        if (rc)
            return rc;
    }
    return step == SQLITE_DONE ? 0 : db_fail(s, step, "read", err);
}

int store_each_account(struct store *s, const char *run_id, store_account_fn *visit, void *user,
                       struct orgrun_error *err)
{
    return visit_accounts(s, run_id, "FROM account WHERE run_id = ?1 ORDER BY id", visit, user,
                          err);
}

int store_each_unanswered(struct store *s, const char *run_id, store_account_fn *visit, void *user,
                          struct orgrun_error *err)
{
    return visit_accounts(s, run_id,
                          "FROM account WHERE run_id = ?1 AND disposition = 'run' AND NOT EXISTS "
                          "(SELECT 1 FROM target WHERE target.run_id = ?1 AND "
                          "target.account_id = account.id) ORDER BY id",
                          visit, user, err);
}

static int visit_targets(struct store *s, sqlite3_stmt *stmt, store_target_fn *visit, void *user,
                         struct orgrun_error *err)
{
    int step;
    while ((step = db_step(stmt)) == SQLITE_ROW) {
        struct target_record target = {0};
        fields_read(&target_fields, stmt, &target);
        if (target.outcome == ORGRUN_OUTCOMES)
            return db_damaged(s, "an unknown outcome", err);
        target.account_name = (const char *)sqlite3_column_text(stmt, (int)target_fields.len);
        target.ou_path = (const char *)sqlite3_column_text(stmt, (int)target_fields.len + 1);
        int rc = visit(user, &target);
        if (rc)
            return rc;
    }
    return step == SQLITE_DONE ? 0 : db_fail(s, step, "read", err);
}

#define FROM_TARGET                                                                                \
    "FROM target t LEFT JOIN account a ON a.run_id = t.run_id AND a.id = t.account_id "            \
    "WHERE t.run_id = ?1 "
#define MORE_OF_ACCOUNT ", a.name, a.ou_path"

int store_each_target(struct store *s, const char *run_id, store_target_fn *visit, void *user,
                      struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    int rc =
        select_fields(s, &target_fields, "t.", MORE_OF_ACCOUNT,
                      FROM_TARGET "ORDER BY t.account_id, t.region, t.task", run_id, &stmt, err);
    return rc ? rc : visit_targets(s, stmt, visit, user, err);
}

int store_each_target_of(struct store *s, const char *run_id, const char *task,
                         store_target_fn *visit, void *user, struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    int rc = select_fields(s, &target_fields, "t.", MORE_OF_ACCOUNT,
                           FROM_TARGET "AND t.task = ?2 ORDER BY t.account_id, t.region", run_id,
                           &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 2, task, -1, SQLITE_TRANSIENT);
    return visit_targets(s, stmt, visit, user, err);
}

int store_each_task(struct store *s, const char *run_id, store_task_fn *visit, void *user,
                    struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s,
                        "SELECT task, min(started_ms), sum(duration_ms), "
                        "sum(outcome = 'passed'), sum(outcome = 'failed'), "
                        "sum(outcome = 'error'), sum(outcome = 'skipped'), "
                        "sum(outcome = 'cancelled') "
                        "FROM target WHERE run_id = ?1 GROUP BY task ORDER BY task",
                        &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, run_id, -1, SQLITE_TRANSIENT);
    int step;
    while ((step = db_step(stmt)) == SQLITE_ROW) {
        struct task_record task = {
            .name = (const char *)sqlite3_column_text(stmt, 0),
            .started_ms = sqlite3_column_int64(stmt, 1),
            .duration_ms = sqlite3_column_int64(stmt, 2),
        };
        for (int i = 0; i < ORGRUN_OUTCOMES; i++) /* the columns are in the order of the enum */
            task.counts.of[i] = (uint32_t)sqlite3_column_int64(stmt, 3 + i);
        rc = visit(user, &task);
        if (rc)
            return rc;
    }
    return step == SQLITE_DONE ? 0 : db_fail(s, step, "read", err);
}

int store_snapshot_begin(struct store *s, struct orgrun_error *err)
{
    return db_exec(s, "BEGIN", err);
}

void store_snapshot_end(struct store *s)
{
    db_rollback(s);
}
