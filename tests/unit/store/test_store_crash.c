// SPDX-License-Identifier: MIT
// What was told to be durable is there after kill -9, and after the disk was full.
#include "fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TARGETS 20000
#define KILLS 8

/* What the child sends: the number of a durable target, or -1 followed by its last words. */
struct last_words {
    int rc;
    char message[1024];
};

static void send_number(void *user, const struct target_record *t)
{
    int number = atoi(t->task + 1), fd = *(int *)user;
    if (write(fd, &number, sizeof number) != sizeof number)
        _exit(97);
}

/* Writes targets until all are put or the store fails; returns the first error. */
static int write_targets(const char *dir, int fd, struct orgrun_error *err)
{
    struct store *s = NULL;
    struct store_writer *w = NULL;
    struct run_record run = fixture_run("r1", 1);
    int rc = store_open(&s, dir, STORE_WRITE, err);
    if (!rc)
        rc = store_writer_start(&w, s, &run, 64, send_number, &fd, err);
    if (rc)
        return rc;
    struct account_record a = fixture_account("000000000001", "prod");
    char hint[400]; /* so that pages fill */
    memset(hint, '.', sizeof hint);
    hint[sizeof hint - 1] = '\0';
    rc = store_put_account(w, &a, err);
    for (int i = 0; i < TARGETS && rc == 0; i++) {
        char task[16];
        snprintf(task, sizeof task, "t%d", i);
        struct target_record t = fixture_target("000000000001", "", task, ORGRUN_FAILED);
        t.hint = hint;
        rc = store_put_target(w, &t, err);
    }
    int stopped = store_writer_stop(w, &run, rc ? NULL : err);
    store_close(s);
    return rc ? rc : stopped;
}

static void child_main(const char *dir, int fd, rlim_t max_file)
{
    if (max_file) {
        signal(SIGXFSZ, SIG_IGN); /* closing checkpoints on this thread */
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){max_file, max_file});
    }
    struct orgrun_error err = {0};
    struct last_words words = {.rc = write_targets(dir, fd, &err)};
    int mark = -1;
    memcpy(words.message, err.message, sizeof words.message);
    if (write(fd, &mark, sizeof mark) != sizeof mark ||
        write(fd, &words, sizeof words) != sizeof words)
        _exit(96);
    _exit(0);
}

static pid_t spawn(const char *dir, rlim_t max_file, int *fd)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child_main(dir, ends[1], max_file);
    }
    close(ends[1]);
    *fd = ends[0];
    return pid;
}

static bool read_all(int fd, void *out, size_t len)
{
    for (size_t got = 0; got < len;) {
        ssize_t n = read(fd, (char *)out + got, len - got);
        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    return true;
}

struct seen {
    bool told[TARGETS];
    bool there[TARGETS];
    int told_len;
    int there_len;
};

static int see(void *user, const struct target_record *t)
{
    struct seen *seen = user;
    assert_string_equal(t->account_id, "000000000001");
    assert_string_equal(t->account_name, "prod");
    assert_int_equal(t->outcome, ORGRUN_FAILED);
    seen->there[atoi(t->task + 1)] = true;
    seen->there_len++;
    return 0;
}

static void assert_integrity(const char *dir)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open(fixture_path(0, dir, "orgrun.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void assert_all_told_is_there(const char *dir, struct seen *seen)
{
    struct orgrun_error err = {0};
    struct store *s = fixture_open(dir, STORE_READ);
    assert_int_equal(store_each_target(s, "r1", see, seen, &err), 0);
    store_close(s);
    assert_integrity(dir);
    for (int i = 0; i < TARGETS; i++)
        assert_true(!seen->told[i] || seen->there[i]);
    for (int i = 1; i < TARGETS; i++) /* told in order, without a hole */
        assert_true(!seen->told[i] || seen->told[i - 1]);
    assert_true(seen->there_len >= seen->told_len);
}

static void kill_after(int wanted)
{
    static struct seen seen;
    seen = (struct seen){0};
    char *dir = fixture_dir();
    int fd, number;
    pid_t pid = spawn(dir, 0, &fd);
    while (read_all(fd, &number, sizeof number) && number >= 0) {
        seen.told[number] = true;
        if (++seen.told_len == wanted)
            kill(pid, SIGKILL);
    }
    close(fd);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_true(seen.told_len >= wanted);
    assert_all_told_is_there(dir, &seen);
    fixture_remove(dir);
}

static void test_kill_9(void **state)
{
    (void)state;
    unsigned seed = (unsigned)getpid();
    for (int i = 0; i < KILLS; i++) {
        int wanted = 1 + (int)(rand_r(&seed) % (TARGETS / 2));
        print_message("killing after %d\n", wanted);
        kill_after(wanted);
    }
}

static void fill(rlim_t max_file)
{
    static struct seen seen;
    seen = (struct seen){0};
    char *dir = fixture_dir();
    int fd, number;
    pid_t pid = spawn(dir, max_file, &fd);
    while (read_all(fd, &number, sizeof number) && number >= 0) {
        seen.told[number] = true;
        seen.told_len++;
    }
    struct last_words words = {0};
    assert_true(read_all(fd, &words, sizeof words));
    close(fd);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    char expected[512];
    snprintf(expected, sizeof expected,
             "cannot write the run store %s/orgrun.db: the disk is full (File too large)", dir);
    assert_int_equal(words.rc, ORGRUN_EIO);
    assert_string_equal(words.message, expected);
    assert_true(seen.told_len > 0 && seen.told_len < TARGETS);
    assert_all_told_is_there(dir, &seen);
    fixture_remove(dir);
}

static void test_no_room_in_the_log(void **state)
{
    (void)state;
    fill(512 << 10);
}

static void test_no_room_in_the_database(void **state)
{
    (void)state;
    fill(5 << 20); /* past the first checkpoints */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kill_9),
        cmocka_unit_test(test_no_room_in_the_log),
        cmocka_unit_test(test_no_room_in_the_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
