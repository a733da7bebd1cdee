// SPDX-License-Identifier: MIT
// Opening the store: permissions, refusals, versions and migrations, each with its exact message.
#include "fixture.h"

#include "base/fs.h"
#include "store/db.h"
#include "store/schema.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static char message[2048];

static const char *text(const char *fmt, const char *dir)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(message, sizeof message, fmt, dir);
#pragma GCC diagnostic pop
    return message;
}

static void assert_open_fails(const char *dir, enum store_mode mode, enum orgrun_code code,
                              const char *expected)
{
    struct store *s = NULL;
    struct orgrun_error err = {0};
    int rc = store_open(&s, dir, mode, &err);
    assert_null(s);
    assert_error(&err, rc, code, expected);
    assert_true(err.hint[0] != '\0');
    assert_int_equal(store_open(&s, dir, mode, NULL), code); /* and without an err */
}

static void test_permissions_whatever_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 022, 077, 0277};
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        char *dir = fixture_dir();
        const char *below = fixture_path(0, dir, "state");
        mode_t before = umask(masks[i]);
        struct store *s = fixture_open(below, STORE_WRITE);
        struct run_record run = fixture_run("r1", 1);
        struct store_writer *w = NULL;
        struct orgrun_error err = {0};
        assert_int_equal(store_writer_start(&w, s, &run, 4, NULL, NULL, &err), 0);
        umask(before);
        assert_string_equal(store_dir(s), below);
        assert_int_equal(mode_of(below), 0700);
        assert_int_equal(mode_of(fixture_path(1, below, "orgrun.db")), 0600);
        assert_int_equal(mode_of(fixture_path(1, below, "orgrun.db-wal")), 0600);
        assert_int_equal(mode_of(fixture_path(1, below, "orgrun.db-shm")), 0600);
        assert_int_equal(store_writer_stop(w, &run, &err), 0);
        store_close(s);
        fixture_remove(dir);
    }
}

static int64_t pragma(struct store *s, const char *sql)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(db_prepare(s, sql, &stmt, &err), 0);
    assert_int_equal(db_step(stmt), SQLITE_ROW);
    return sqlite3_column_int64(stmt, 0);
}

static void test_settings(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(db_prepare(s, "PRAGMA journal_mode", &stmt, &err), 0);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "wal");
    assert_int_equal(pragma(s, "PRAGMA synchronous"), 2);
    assert_int_equal(pragma(s, "PRAGMA foreign_keys"), 1);
    assert_int_equal(pragma(s, "PRAGMA busy_timeout"), DB_BUSY_MS);
    assert_int_equal(pragma(s, "PRAGMA user_version"), 1);
    assert_int_equal(pragma(s, "PRAGMA application_id"), SCHEMA_APPLICATION_ID);
    assert_int_equal(
        pragma(s, "SELECT count(*) > 30 FROM sqlite_schema t, pragma_table_info(t.name)"), 1);
    assert_int_equal(pragma(s, "SELECT count(*) FROM sqlite_schema t, pragma_table_info(t.name) c "
                               "WHERE c.name LIKE '%secret%' OR c.name LIKE '%credential%' OR "
                               "c.name LIKE '%token%' OR c.name LIKE '%access_key%'"),
                     0);
    sqlite3_finalize(TAKE_PTR(stmt));
    store_close(s);
    fixture_remove(dir);
}

static void test_nothing_there(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    assert_open_fails(dir, STORE_READ, ORGRUN_ENOTFOUND, text("there is no run store in %s", dir));
    const char *none = fixture_path(0, dir, "none");
    assert_open_fails(none, STORE_READ, ORGRUN_ENOTFOUND,
                      text("there is no run store in %s", none));
    assert_int_equal(access(none, F_OK), -1);
    /* an empty file is what a run leaves that was killed before it wrote anything */
    assert_int_equal(mknod(fixture_path(0, dir, "orgrun.db"), S_IFREG | 0600, 0), 0);
    assert_open_fails(dir, STORE_READ, ORGRUN_ENOTFOUND, text("there is no run store in %s", dir));
    store_close(fixture_open(dir, STORE_WRITE));
    store_close(fixture_open(dir, STORE_READ));
    fixture_remove(dir);
}

static void test_refused_files(void **state)
{
    (void)state;
    char *dir = fixture_dir(), *other = fixture_dir();
    store_close(fixture_open(other, STORE_WRITE));
    const char *path = fixture_path(0, dir, "orgrun.db");
    assert_int_equal(symlink(fixture_path(1, other, "orgrun.db"), path), 0);
    const char *expected = text("refusing the run store %s/orgrun.db: it is a symbolic link", dir);
    assert_open_fails(dir, STORE_READ, ORGRUN_ESTATE, expected);
    assert_open_fails(dir, STORE_WRITE, ORGRUN_ESTATE, expected);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("nowhere", path), 0);
    assert_open_fails(dir, STORE_WRITE, ORGRUN_ESTATE, expected);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_open_fails(dir, STORE_WRITE, ORGRUN_ESTATE,
                      text("refusing the run store %s/orgrun.db: it is not a regular file", dir));
    assert_int_equal(unlink(path), 0);
    if (geteuid() == 0) {
        assert_int_equal(mknod(path, S_IFREG | 0600, 0), 0);
        assert_int_equal(chown(path, 65534, 65534), 0);
        assert_open_fails(dir, STORE_WRITE, ORGRUN_ESTATE,
                          text("refusing the run store %s/orgrun.db: it belongs to user 65534, and "
                               "orgrun runs as user 0",
                               dir));
    }
    fixture_remove(other);
    fixture_remove(dir);
}

static void test_symlinked_directory_is_fine(void **state)
{
    (void)state;
    char *dir = fixture_dir(), *real = fixture_dir();
    const char *link_path = fixture_path(0, dir, "link");
    assert_int_equal(symlink(real, link_path), 0);
    struct store *s = fixture_open(link_path, STORE_WRITE);
    assert_string_equal(store_dir(s), real);
    store_close(s);
    fixture_remove(real);
    fixture_remove(dir);
}

static void test_directory_that_cannot_be(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    const char *file = fixture_path(0, dir, "file");
    assert_int_equal(mknod(file, S_IFREG | 0600, 0), 0);
    assert_open_fails(file, STORE_WRITE, ORGRUN_EIO,
                      text("cannot create directory %s: a file is in its place", file));
    assert_open_fails(file, STORE_READ, ORGRUN_EIO,
                      text("cannot open the run store %s/orgrun.db: Not a directory", file));
    fixture_remove(dir);
}

static void garble(const char *path, off_t offset, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(pwrite(fd, "?", 1, offset + (off_t)i), 1);
    close(fd);
}

static int ignore_run(void *user, const struct run_record *run, const struct orgrun_counts *counts)
{
    (void)user;
    (void)run;
    (void)counts;
    return 0;
}

static void test_damaged(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    garble(fixture_path(0, dir, "orgrun.db"), 0, 8192);
    const char *expected =
        text("cannot open the run store %s/orgrun.db: it is damaged, or not a database", dir);
    assert_open_fails(dir, STORE_WRITE, ORGRUN_ESTATE, expected);
    assert_open_fails(dir, STORE_READ, ORGRUN_ESTATE, expected);
    assert_int_equal(unlink(fixture_path(0, dir, "orgrun.db")), 0);
    store_close(fixture_open(dir, STORE_WRITE));
    garble(fixture_path(0, dir, "orgrun.db"), 4096, 16384); /* all but the schema */
    struct store *s = fixture_open(dir, STORE_READ);
    struct orgrun_error err = {0};
    assert_error(&err, store_each_run(s, 0, ignore_run, NULL, &err), ORGRUN_ESTATE,
                 text("cannot read the run store %s/orgrun.db: it is damaged", dir));
    assert_non_null(strstr(err.hint, "Move it away"));
    store_close(s);
    fixture_remove(dir);
}

static void test_later_version(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct orgrun_error err = {0};
    assert_int_equal(db_exec(s, "PRAGMA user_version = 7", &err), 0);
    store_close(s);
    const char *expected = text("the run store %s/orgrun.db was written by a later orgrun (schema "
                                "7; this one knows 1)",
                                dir);
    assert_open_fails(dir, STORE_WRITE, ORGRUN_ESTATE, expected);
    assert_open_fails(dir, STORE_READ, ORGRUN_ESTATE, expected);
    fixture_remove(dir);
}

static void test_database_of_another_program(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(fixture_path(0, dir, "orgrun.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE x (y)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    const char *expected =
        text("%s/orgrun.db is a database of another program, not a run store", dir);
    assert_open_fails(dir, STORE_WRITE, ORGRUN_ESTATE, expected);
    assert_open_fails(dir, STORE_READ, ORGRUN_ESTATE, expected);
    fixture_remove(dir);
}

static void test_migrations_each_in_one_transaction(void **state)
{
    (void)state;
    static const char *const texts[] = {
        NULL,
        "CREATE TABLE two (x); INSERT INTO two VALUES (2);",
        "CREATE TABLE three (x); INSERT INTO nowhere VALUES (3);",
    };
    const char *list[3] = {schema_current.migrations[0], texts[1], texts[2]};
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct orgrun_error err = {0};
    struct schema broken = {list, 3};
    assert_error(&err, schema_migrate(s, &broken, &err), ORGRUN_ESTATE,
                 text("cannot write the run store %s/orgrun.db: no such table: nowhere", dir));
    assert_int_equal(pragma(s, "PRAGMA user_version"), 2);
    assert_int_equal(pragma(s, "SELECT x FROM two"), 2);
    assert_int_equal(pragma(s, "SELECT count(*) FROM sqlite_schema WHERE name = 'three'"), 0);
    list[2] = "CREATE TABLE three (x);";
    assert_int_equal(schema_migrate(s, &broken, &err), 0);
    assert_int_equal(schema_migrate(s, &broken, &err), 0); /* nothing left to do */
    assert_int_equal(pragma(s, "PRAGMA user_version"), 3);
    store_close(s);
    fixture_remove(dir);
}

/* Runs fn in a child without root's powers; its exit status. */
static int as_nobody(const char *dir, int (*fn)(const char *dir))
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(98);
        _exit(fn(dir));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* 0 when opening fails with the code and message on the read-only directory. */
static int open_read_only(const char *dir)
{
    struct store *s = NULL;
    struct orgrun_error err = {0};
    int rc = store_open(&s, dir, STORE_WRITE, &err);
    if (rc != ORGRUN_EIO)
        return 1;
    const char *expected = text("cannot create the run store %s/orgrun.db: Permission denied", dir);
    return strcmp(err.message, expected) || !err.hint[0];
}

static int create(const char *dir)
{
    struct store *s = NULL;
    struct orgrun_error err = {0};
    int rc = store_open(&s, dir, STORE_WRITE, &err);
    store_close(s);
    return rc != 0;
}

static int open_existing_read_only(const char *dir)
{
    struct store *s = NULL;
    struct orgrun_error err = {0};
    int rc = store_open(&s, dir, STORE_WRITE, &err);
    const char *expected =
        text("cannot open the run store %s/orgrun.db: its directory is read-only", dir);
    if (rc != ORGRUN_EIO || strcmp(err.message, expected) || !strstr(err.hint, "--state DIR")) {
        fprintf(stderr, "%d %s\n%s\n", rc, err.message, err.hint);
        return 1;
    }
    return 0;
}

static void test_read_only_directory(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    if (geteuid() == 0)
        assert_int_equal(chown(dir, 65534, 65534), 0);
    assert_int_equal(chmod(dir, 0500), 0);
    assert_int_equal(as_nobody(dir, open_read_only), 0);
    assert_int_equal(chmod(dir, 0700), 0);
    assert_int_equal(as_nobody(dir, create), 0);
    assert_int_equal(chmod(dir, 0500), 0);
    assert_int_equal(as_nobody(dir, open_existing_read_only), 0);
    assert_int_equal(chmod(dir, 0700), 0);
    fixture_remove(dir);
}

static void test_locked(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(fixture_path(0, dir, "orgrun.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_busy_timeout(s->db, 20);
    struct run_record run = fixture_run("r1", 1);
    struct store_writer *w = NULL;
    struct orgrun_error err = {0};
    assert_error(
        &err, store_writer_start(&w, s, &run, 4, NULL, NULL, &err), ORGRUN_ESTATE,
        text("cannot write the run store %s/orgrun.db: it is locked by another program", dir));
    assert_non_null(strstr(err.hint, "end it and try again"));
    sqlite3_close(other);
    store_close(s);
    fixture_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_permissions_whatever_the_umask),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_symlinked_directory_is_fine),
        cmocka_unit_test(test_directory_that_cannot_be),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_later_version),
        cmocka_unit_test(test_database_of_another_program),
        cmocka_unit_test(test_migrations_each_in_one_transaction),
        cmocka_unit_test(test_read_only_directory),
        cmocka_unit_test(test_locked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
