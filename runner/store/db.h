// SPDX-License-Identifier: MIT
// Inside the store: the SQLite connection, its statements, and its errors in words for people.
#ifndef ORGRUN_STORE_DB_H
#define ORGRUN_STORE_DB_H

#include "base/cleanup.h"
#include "store/store.h"

#include <sqlite3.h>

#define DB_BUSY_MS 30000

struct store {
    sqlite3 *db;
    char *dir;  /* absolute, without symbolic links */
    char *path; /* of the database */
};

/* Sets err from the connection's last error (rc is an SQLite result) and returns its code: a full
 * disk, unwritable file and I/O error are ORGRUN_EIO; a damaged or locked database is
 * ORGRUN_ESTATE. `doing` is "open", "read" or "write". */
int db_fail(const struct store *s, int rc, const char *doing, struct orgrun_error *err);

/* The same for a damaged database whose damage was found by us rather than by SQLite. */
int db_damaged(const struct store *s, const char *why, struct orgrun_error *err);

/* Runs statements that give no rows. */
int db_exec(struct store *s, const char *sql, struct orgrun_error *err);

/* Prepares one statement; the caller finalizes (AUTO(db_finalize)). */
int db_prepare(struct store *s, const char *sql, sqlite3_stmt **out, struct orgrun_error *err);

/* sqlite3_step, such that db_fail after it can tell the system's reason. */
int db_step(sqlite3_stmt *stmt);

/* Ends an open transaction without its changes; no-op when none is open. */
void db_rollback(struct store *s);

static inline void db_finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}

#endif
