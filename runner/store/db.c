// SPDX-License-Identifier: MIT
// The SQLite connection, its statements, and its errors in words for people.
#include "store/db.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HINT_SPACE                                                                                 \
    "Free some space there, or choose another place with --state DIR. What the store already "     \
    "holds is safe."
#define HINT_WRITABLE                                                                              \
    "Make the directory and the file writable for the user orgrun runs as, or choose another "     \
    "place with --state DIR."
#define HINT_LOCKED                                                                                \
    "Another program holds the database open in a transaction; end it and try again, or choose "   \
    "another place with --state DIR."
#define HINT_DAMAGED                                                                               \
    "Move it away (with its -wal and -shm files) and the next run begins a new one; `sqlite3 "     \
    "FILE .recover` may save what it held."

static const struct failure {
    int result; /* SQLite's result code, primary or extended */
    enum orgrun_code code;
    const char *why; /* NULL: SQLite's own words */
    const char *hint;
} failures[] = {
    {SQLITE_FULL, ORGRUN_EIO, "the disk is full", HINT_SPACE},
    {SQLITE_READONLY_DIRECTORY, ORGRUN_EIO, "its directory is read-only", HINT_WRITABLE},
    {SQLITE_READONLY, ORGRUN_EIO, "it is read-only", HINT_WRITABLE},
    {SQLITE_CANTOPEN, ORGRUN_EIO, "it cannot be opened", HINT_WRITABLE},
    {SQLITE_PERM, ORGRUN_EIO, "permission denied", HINT_WRITABLE},
    {SQLITE_BUSY, ORGRUN_ESTATE, "it is locked by another program", HINT_LOCKED},
    {SQLITE_LOCKED, ORGRUN_ESTATE, "it is locked by another program", HINT_LOCKED},
    {SQLITE_CORRUPT, ORGRUN_ESTATE, "it is damaged", HINT_DAMAGED},
    {SQLITE_NOTADB, ORGRUN_ESTATE, "it is damaged, or not a database", HINT_DAMAGED},
    {SQLITE_IOERR, ORGRUN_EIO, "input/output error", HINT_WRITABLE},
};

static const struct failure *failure_find(int result)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].result == result)
            return &failures[i];
    return NULL;
}

/* The system's reasons that mean: no more room, whatever SQLite calls them. */
static bool is_no_room(int errnum)
{
    return errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG;
}

int db_fail(const struct store *s, int rc, const char *doing, struct orgrun_error *err)
{
    int last = errno; /* SQLite does not keep that of every failed write */
    int primary = rc & 0xff;
    if (primary == SQLITE_NOMEM)
        return error_nomem(err);
    int errnum = 0;
    if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL)
        errnum = sqlite3_system_errno(s->db) ? sqlite3_system_errno(s->db) : last;
    if (primary == SQLITE_IOERR && is_no_room(errnum))
        primary = SQLITE_FULL;
    const struct failure *f = failure_find(rc);
    if (!f)
        f = failure_find(primary);
    if (!f)
        return error_set(err, ORGRUN_ESTATE, "cannot %s the run store %s: %s", doing, s->path,
                         sqlite3_errmsg(s->db));
    char why[128];
    if (errnum)
        error_set(err, f->code, "cannot %s the run store %s: %s (%s)", doing, s->path, f->why,
                  strerror_r(errnum, why, sizeof why));
    else
        error_set(err, f->code, "cannot %s the run store %s: %s", doing, s->path, f->why);
    error_hint(err, "%s", f->hint);
    return f->code;
}

int db_damaged(const struct store *s, const char *why, struct orgrun_error *err)
{
    error_set(err, ORGRUN_ESTATE, "cannot read the run store %s: it is damaged: %s", s->path, why);
    error_hint(err, "%s", HINT_DAMAGED);
    return ORGRUN_ESTATE;
}

int db_exec(struct store *s, const char *sql, struct orgrun_error *err)
{
    errno = 0;
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : db_fail(s, rc, "write", err);
}

int db_prepare(struct store *s, const char *sql, sqlite3_stmt **out, struct orgrun_error *err)
{
    int rc = sqlite3_prepare_v2(s->db, sql, -1, out, NULL);
    return rc == SQLITE_OK ? 0 : db_fail(s, rc, "read", err);
}

int db_step(sqlite3_stmt *stmt)
{
    errno = 0;
    return sqlite3_step(stmt);
}

void db_rollback(struct store *s)
{
    if (!sqlite3_get_autocommit(s->db))
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}
