// SPDX-License-Identifier: MIT
// Opening and closing the run store: where it lies, whose it is, and how SQLite is set up.
#include "base/clock.h"
#include "base/fs.h"
#include "store/db.h"
#include "store/schema.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define DB_NAME "orgrun.db"

DEFINE_CLEANUP(store_closep, struct store, store_close)

static int no_store(const char *state_dir, struct orgrun_error *err)
{
    error_set(err, ORGRUN_ENOTFOUND, "there is no run store in %s", state_dir);
    error_hint(err, "A run creates it; name another place with --state DIR.");
    return ORGRUN_ENOTFOUND;
}

/* Creates the state directory when it is missing, whatever the umask. */
static int make_dir(const char *state_dir, struct orgrun_error *err)
{
    struct stat st;
    if (stat(state_dir, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    int rc = fs_mkdirs(state_dir, 0700, err);
    if (rc == 0 && chmod(state_dir, 0700) != 0)
        rc = error_set_errno(err, ORGRUN_EIO, errno, "cannot create directory %s", state_dir);
    if (rc)
        error_hint(err, "Choose a place you can write to with --state DIR.");
    return rc;
}

/* Creates the file empty and private when it is missing. mknod rather than open: closing a
 * descriptor of the database would drop the locks that this process holds on it through SQLite. */
static int make_file(const struct store *s, struct orgrun_error *err)
{
    if (mknod(s->path, S_IFREG | 0600, 0) != 0) {
        if (errno == EEXIST)
            return 0;
        error_set_errno(err, ORGRUN_EIO, errno, "cannot create the run store %s", s->path);
        error_hint(err, "Choose a place you can write to with --state DIR.");
        return ORGRUN_EIO;
    }
    struct stat st;
    if (lstat(s->path, &st) == 0 && (st.st_mode & 07777) != 0600)
        (void)chmod(s->path, 0600); /* the umask took too much; if it stays so, opening tells */
    return 0;
}

/* Refuses what somebody else may have put in the place of the database. */
static int check_file(const struct store *s, const char *state_dir, struct orgrun_error *err)
{
    struct stat st;
    if (lstat(s->path, &st) != 0) {
        if (errno == ENOENT)
            return no_store(state_dir, err);
        error_set_errno(err, ORGRUN_EIO, errno, "cannot open the run store %s", s->path);
        error_hint(err, "Name the state directory with --state DIR.");
        return ORGRUN_EIO;
    }
    if (!S_ISREG(st.st_mode)) {
        error_set(err, ORGRUN_ESTATE, "refusing the run store %s: it is %s", s->path,
                  S_ISLNK(st.st_mode) ? "a symbolic link" : "not a regular file");
        error_hint(err, "Move it away, or choose another place with --state DIR.");
        return ORGRUN_ESTATE;
    }
    if (st.st_uid != geteuid()) {
        error_set(err, ORGRUN_ESTATE,
                  "refusing the run store %s: it belongs to user %u, and orgrun runs as user %u",
                  s->path, (unsigned)st.st_uid, (unsigned)geteuid());
        error_hint(err, "Run orgrun as that user, or choose another place with --state DIR.");
        return ORGRUN_ESTATE;
    }
    return 0;
}

/* Finds the directory's real path, and the database's. */
static int locate(struct store *s, const char *state_dir, struct orgrun_error *err)
{
    s->dir = realpath(state_dir, NULL);
    if (!s->dir) {
        if (errno == ENOENT)
            return no_store(state_dir, err);
        error_set_errno(err, ORGRUN_EIO, errno, "cannot open the state directory %s", state_dir);
        error_hint(err, "Name another one with --state DIR.");
        return ORGRUN_EIO;
    }
    s->path = fs_join(s->dir, DB_NAME);
    return s->path ? 0 : error_nomem(err);
}

static int connect_db(struct store *s, struct orgrun_error *err)
{
    /* One thread at a time has the store, so SQLite's own mutexes are not needed. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
                SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    int rc = sqlite3_open_v2(s->path, &s->db, flags, NULL);
    if (rc != SQLITE_OK)
        return s->db ? db_fail(s, rc, "open", err) : error_nomem(err);
    sqlite3_busy_timeout(s->db, DB_BUSY_MS);
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    rc = sqlite3_exec(s->db, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL", NULL, NULL,
                      NULL);
    return rc == SQLITE_OK ? 0 : db_fail(s, rc, "open", err);
}

/* Sets write-ahead logging, a lasting property of the file. SQLite does not wait for other
 * processes here (busy_timeout does not cover the change), so this does. */
static int set_wal(struct store *s, struct orgrun_error *err)
{
    int64_t give_up = clock_mono_ms(clock_system) + DB_BUSY_MS;
    for (;;) {
        int rc = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            return 0;
        if ((rc & 0xff) != SQLITE_BUSY || clock_mono_ms(clock_system) >= give_up)
            return db_fail(s, rc, "write", err);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
}

static int prepare_schema(struct store *s, enum store_mode mode, const char *state_dir,
                          struct orgrun_error *err)
{
    size_t version = 0;
    int rc = schema_version(s, &schema_current, &version, err);
    if (rc || version == schema_current.len)
        return rc;
    if (version == 0) {
        if (mode == STORE_READ)
            return no_store(state_dir, err);
        rc = set_wal(s, err);
    }
    return rc ? rc : schema_migrate(s, &schema_current, err);
}

int store_open(struct store **out, const char *state_dir, enum store_mode mode,
               struct orgrun_error *err)
{
    AUTO(store_closep) struct store *s = calloc(1, sizeof *s);
    if (!s)
        return error_nomem(err);
    int rc = mode == STORE_WRITE ? make_dir(state_dir, err) : 0;
    if (!rc)
        rc = locate(s, state_dir, err);
    if (!rc && mode == STORE_WRITE)
        rc = make_file(s, err);
    if (!rc)
        rc = check_file(s, state_dir, err);
    if (!rc)
        rc = connect_db(s, err);
    if (!rc)
        rc = prepare_schema(s, mode, state_dir, err);
    if (rc)
        return rc;
    *out = TAKE_PTR(s);
    return 0;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    sqlite3_close(s->db);
    free(s->dir);
    free(s->path);
    free(s);
}

const char *store_dir(const struct store *s)
{
    return s->dir;
}
