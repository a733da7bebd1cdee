// SPDX-License-Identifier: MIT
// The tables of the run store, and the ordered migrations that lead to them.
#include "store/schema.h"

#include "store/db.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STR_(x) #x
#define STR(x) STR_(x)

/* A migration that was released is never changed: the next one is added below it. */
static const char *const migrations[] = {
    "PRAGMA application_id = " STR(
        SCHEMA_APPLICATION_ID) ";"
                               "CREATE TABLE run ("
                               "  id TEXT NOT NULL PRIMARY KEY,"
                               "  job_name TEXT NOT NULL,"
                               "  job_text TEXT,"
                               "  job_file TEXT,"
                               "  job_hash TEXT," /* sha256, hex */
                               "  caller_arn TEXT,"
                               "  version TEXT," /* of orgrun */
                               "  started_ms INTEGER NOT NULL,"
                               "  finished_ms INTEGER," /* NULL while running, or when orgrun died
                                                         */
                               "  exit_code INTEGER,"
                               "  exit_reason TEXT"
                               ") STRICT;"
                               "CREATE INDEX run_by_start ON run (started_ms, id);"

                               "CREATE TABLE account ("
                               "  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,"
                               "  id TEXT NOT NULL,"
                               "  name TEXT,"
                               "  email TEXT,"
                               "  ou_path TEXT,"
                               "  state TEXT,"
                               "  disposition TEXT NOT NULL CHECK (disposition IN ('run', "
                               "'excluded', 'skipped')),"
                               "  reason TEXT,"
                               "  PRIMARY KEY (run_id, id)"
                               ") STRICT, WITHOUT ROWID;"

                               "CREATE TABLE target ("
                               "  run_id TEXT NOT NULL,"
                               "  account_id TEXT NOT NULL,"
                               "  region TEXT NOT NULL," /* '' = once per account */
                               "  task TEXT NOT NULL,"
                               "  outcome TEXT NOT NULL"
                               "    CHECK (outcome IN ('passed', 'failed', 'error', 'skipped', "
                               "'cancelled')),"
                               "  reason TEXT,"
                               "  hint TEXT,"
                               "  first_line TEXT,"
                               "  exit_code INTEGER,"
                               "  signal INTEGER,"
                               "  attempts INTEGER NOT NULL,"
                               "  started_ms INTEGER," /* NULL = never started */
                               "  duration_ms INTEGER NOT NULL,"
                               "  stdout_path TEXT," /* relative to the state directory */
                               "  stdout_bytes INTEGER NOT NULL,"
                               "  stdout_cut INTEGER NOT NULL,"
                               "  stdout_sha256 TEXT,"
                               "  stderr_path TEXT,"
                               "  stderr_bytes INTEGER NOT NULL,"
                               "  stderr_cut INTEGER NOT NULL,"
                               "  stderr_sha256 TEXT,"
                               "  session_arn TEXT,"
                               "  PRIMARY KEY (run_id, account_id, region, task),"
                               "  FOREIGN KEY (run_id, account_id) REFERENCES account (run_id, id) "
                               "ON DELETE CASCADE"
                               ") STRICT, WITHOUT ROWID;",
};

const struct schema schema_current = {migrations, sizeof migrations / sizeof *migrations};

static int later_version(const struct store *s, int64_t found, size_t known,
                         struct orgrun_error *err)
{
    error_set(err, ORGRUN_ESTATE,
              "the run store %s was written by a later orgrun (schema %lld; this one knows %zu)",
              s->path, (long long)found, known);
    error_hint(err, "Use that orgrun, or choose another place with --state DIR.");
    return ORGRUN_ESTATE;
}

static int other_program(const struct store *s, struct orgrun_error *err)
{
    error_set(err, ORGRUN_ESTATE, "%s is a database of another program, not a run store", s->path);
    error_hint(err, "Choose another place with --state DIR.");
    return ORGRUN_ESTATE;
}

int schema_version(struct store *s, const struct schema *schema, size_t *version,
                   struct orgrun_error *err)
{
    /* One statement, so that another process's first migration is seen whole or not at all. */
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s,
                        "SELECT user_version, application_id, EXISTS (SELECT 1 FROM sqlite_schema) "
                        "FROM pragma_user_version, pragma_application_id",
                        &stmt, err);
    if (rc)
        return rc;
    int step = db_step(stmt);
    if (step != SQLITE_ROW)
        return db_fail(s, step, "open", err);
    int64_t found = sqlite3_column_int64(stmt, 0), app = sqlite3_column_int64(stmt, 1);
    bool empty = sqlite3_column_int(stmt, 2) == 0;
    if (app == 0 ? !empty || found != 0 : app != SCHEMA_APPLICATION_ID || found < 1)
        return other_program(s, err);
    if (found > (int64_t)schema->len)
        return later_version(s, found, schema->len, err);
    *version = (size_t)found;
    return 0;
}

/* One migration, unless another process was quicker: the version is read again under the lock. */
static int apply_next(struct store *s, const struct schema *schema, size_t *version,
                      struct orgrun_error *err)
{
    int rc = db_exec(s, "BEGIN IMMEDIATE", err);
    if (rc)
        return rc;
    rc = schema_version(s, schema, version, err);
    if (rc == 0 && *version < schema->len) {
        char set[48];
        (void)snprintf(set, sizeof set, "PRAGMA user_version = %zu", *version + 1);
        rc = db_exec(s, schema->migrations[*version], err);
        if (rc == 0)
            rc = db_exec(s, set, err);
        ++*version;
    }
    if (rc == 0)
        rc = db_exec(s, "COMMIT", err);
    db_rollback(s);
    return rc;
}

int schema_migrate(struct store *s, const struct schema *schema, struct orgrun_error *err)
{
    size_t version = 0;
    int rc = schema_version(s, schema, &version, err);
    while (rc == 0 && version < schema->len)
        rc = apply_next(s, schema, &version, err);
    return rc;
}
