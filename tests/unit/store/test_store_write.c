// SPDX-License-Identifier: MIT
// The writer: what was put is there, in order, durable before it is told, with one thread or many.
#include "fixture.h"

#include "base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define EACH 200

struct told {
    struct store *reader; /* another connection; NULL = do not look */
    unsigned count;
    unsigned missing;
    char last[64];
    sigset_t mask;
};

static int count_one(void *user, const struct target_record *t)
{
    (void)t;
    ++*(unsigned *)user;
    return 0;
}

static void on_durable(void *user, const struct target_record *t)
{
    struct told *told = user;
    told->count++;
    snprintf(told->last, sizeof told->last, "%s/%s/%s", t->account_id, t->region, t->task);
    pthread_sigmask(SIG_SETMASK, NULL, &told->mask);
    if (told->reader) {
        unsigned there = 0;
        struct orgrun_error err = {0};
        if (store_each_target(told->reader, "r1", count_one, &there, &err) || there < told->count)
            told->missing++;
    }
}

static struct store_writer *start(struct store *s, const char *run_id, struct told *told)
{
    struct store_writer *w = NULL;
    struct orgrun_error err = {0};
    struct run_record run = fixture_run(run_id, 1000);
    if (store_writer_start(&w, s, &run, 16, on_durable, told, &err))
        fail_msg("store_writer_start: %s", err.message);
    return w;
}

static void put_account(struct store_writer *w, const char *id)
{
    struct orgrun_error err = {0};
    struct account_record a = fixture_account(id, "prod");
    assert_int_equal(store_put_account(w, &a, &err), 0);
}

static void test_target_is_readable_before_it_is_told(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct told told = {.reader = fixture_open(dir, STORE_READ)};
    struct store_writer *w = start(s, "r1", &told);
    struct orgrun_error err = {0};
    put_account(w, "000000000001");
    for (int i = 0; i < 50; i++) {
        char task[16];
        snprintf(task, sizeof task, "t%02d", i);
        struct target_record t = fixture_target("000000000001", "", task, ORGRUN_PASSED);
        assert_int_equal(store_put_target(w, &t, &err), 0);
    }
    assert_int_equal(store_writer_flush(w, &err), 0);
    assert_int_equal(told.count, 50);
    assert_int_equal(told.missing, 0);
    assert_string_equal(told.last, "000000000001//t49");
    assert_int_equal(sigismember(&told.mask, SIGINT), 1);
    assert_int_equal(sigismember(&told.mask, SIGXFSZ), 1);
    struct run_record end = {.finished_ms = 2000, .exit_code = 0, .exit_reason = "all passed"};
    assert_int_equal(store_writer_stop(w, &end, &err), 0);
    store_close(told.reader);
    store_close(s);
    fixture_remove(dir);
}

struct worker {
    struct store_writer *w;
    int number;
    int failures;
    pthread_t thread;
};

static void *work(void *arg)
{
    struct worker *me = arg;
    struct orgrun_error err = {0};
    for (int i = 0; i < EACH; i++) {
        char id[16], task[16];
        snprintf(id, sizeof id, "%012d", me->number);
        snprintf(task, sizeof task, "t%03d", i);
        struct account_record a = fixture_account(id, "prod");
        struct target_record t = fixture_target(id, "eu-west-1", task, ORGRUN_FAILED);
        if (i == 0 && store_put_account(me->w, &a, &err))
            me->failures++;
        if (store_put_target(me->w, &t, &err))
            me->failures++;
        memset(id, 'x', sizeof id - 1); /* the writer has its own copy */
        if (i % 64 == 0 && store_writer_flush(me->w, &err))
            me->failures++;
    }
    return NULL;
}

static void run_workers(struct store_writer *w, struct worker *workers)
{
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.w = w, .number = i + 1};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].failures, 0);
    }
}

static void test_many_threads(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct told told = {0};
    struct store_writer *w = start(s, "r1", &told);
    struct worker workers[THREADS];
    struct orgrun_error err = {0};
    run_workers(w, workers);
    assert_int_equal(store_writer_stop(w, &(struct run_record){0}, &err), 0);
    assert_int_equal(told.count, THREADS * EACH);
    unsigned there = 0;
    assert_int_equal(store_each_target(s, "r1", count_one, &there, &err), 0);
    assert_int_equal(there, THREADS * EACH);
    store_close(s);
    fixture_remove(dir);
}

struct process {
    const char *dir;
    const char *run_id;
    struct told told;
    int failures;
    pthread_t thread;
};

/* One orgrun: its own connection and its own run, on a directory that others use too. */
static void *run_process(void *arg)
{
    struct process *p = arg;
    struct orgrun_error err = {0};
    struct store *s = NULL;
    struct store_writer *w = NULL;
    struct run_record run = fixture_run(p->run_id, 1000);
    if (store_open(&s, p->dir, STORE_WRITE, &err) ||
        store_writer_start(&w, s, &run, 8, on_durable, &p->told, &err)) {
        p->failures++;
    } else {
        struct worker me = {.w = w, .number = 1};
        work(&me);
        p->failures += me.failures;
        p->failures += store_writer_stop(w, &(struct run_record){.finished_ms = 5}, &err) != 0;
    }
    if (p->failures)
        print_error("%s\n", err.message);
    store_close(s);
    return NULL;
}

static void test_two_runs_on_one_fresh_directory(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct process p[2] = {{.dir = dir, .run_id = "r1"}, {.dir = dir, .run_id = "r2"}};
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&p[i].thread, NULL, run_process, &p[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(p[i].thread, NULL);
    struct store *s = fixture_open(dir, STORE_READ);
    for (int i = 0; i < 2; i++) {
        unsigned there = 0;
        struct orgrun_error err = {0};
        assert_int_equal(p[i].failures, 0);
        assert_int_equal(p[i].told.count, EACH);
        assert_int_equal(store_each_target(s, p[i].run_id, count_one, &there, &err), 0);
        assert_int_equal(there, EACH);
    }
    store_close(s);
    fixture_remove(dir);
}

static int copy_target(void *user, const struct target_record *t)
{
    char *out = user;
    snprintf(out, 128, "%s attempts=%d reason=%s exit=%d", orgrun_outcome_name(t->outcome),
             t->attempts, t->reason, t->exit_code);
    return 0;
}

static void test_later_attempt_replaces(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct told told = {0};
    struct store_writer *w = start(s, "r1", &told);
    struct orgrun_error err = {0};
    put_account(w, "000000000001");
    struct target_record t = fixture_target("000000000001", "", "mfa", ORGRUN_ERROR);
    t.reason = "throttled";
    t.exit_code = -1;
    assert_int_equal(store_put_target(w, &t, &err), 0);
    put_account(w, "000000000001"); /* again: its targets stay */
    t = fixture_target("000000000001", "", "mfa", ORGRUN_FAILED);
    t.attempts = 2;
    t.reason = "exit 1";
    t.exit_code = 1;
    assert_int_equal(store_put_target(w, &t, &err), 0);
    put_account(w, "000000000001");
    assert_int_equal(store_writer_stop(w, &(struct run_record){0}, &err), 0);
    char text[128] = "";
    assert_int_equal(store_each_target(s, "r1", copy_target, text, &err), 0);
    assert_string_equal(text, "failed attempts=2 reason=exit 1 exit=1");
    assert_int_equal(told.count, 2);
    store_close(s);
    fixture_remove(dir);
}

static void test_once_failed_all_fail_alike(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct told told = {0};
    struct store_writer *w = start(s, "r1", &told);
    struct orgrun_error first = {0}, err = {0};
    struct target_record t = fixture_target("999999999999", "", "mfa", ORGRUN_PASSED);
    assert_int_equal(store_put_target(w, &t, &err), 0); /* of an account that was never put */
    assert_int_equal(store_writer_flush(w, &first), ORGRUN_ESTATE);
    char message[256];
    snprintf(message, sizeof message,
             "cannot write the run store %s/orgrun.db: FOREIGN KEY constraint failed", dir);
    assert_string_equal(first.message, message);
    assert_error(&err, store_put_target(w, &t, &err), ORGRUN_ESTATE, message);
    struct account_record a = fixture_account("000000000001", "prod");
    assert_error(&err, store_put_account(w, &a, &err), ORGRUN_ESTATE, message);
    assert_error(&err, store_put_caller(w, "arn:x", &err), ORGRUN_ESTATE, message);
    assert_error(&err, store_writer_flush(w, &err), ORGRUN_ESTATE, message);
    struct run_record end = {.finished_ms = 2000, .exit_code = 0, .exit_reason = "all passed"};
    assert_error(&err, store_writer_stop(w, &end, &err), ORGRUN_ESTATE, message);
    assert_int_equal(told.count, 0);
    store_close(s);
    fixture_remove(dir);
}

static int copy_run(void *user, const struct run_record *run, const struct orgrun_counts *counts)
{
    (void)counts;
    snprintf(user, 256, "%s %lld %d %s %s", run->id, (long long)run->finished_ms, run->exit_code,
             run->exit_reason ? run->exit_reason : "NULL",
             run->caller_arn ? run->caller_arn : "NULL");
    return 0;
}

static void test_run_row(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct store *reader = fixture_open(dir, STORE_READ);
    struct told told = {0};
    char text[256] = "";
    struct orgrun_error err = {0};
    struct store_writer *w = start(s, "r1", &told);
    assert_int_equal(store_visit_run(reader, "r1", copy_run, text, &err), 0);
    assert_string_equal(text, "r1 0 -1 NULL NULL"); /* durable as soon as the writer runs */
    assert_int_equal(store_put_caller(w, "arn:aws:iam::1:user/x", &err), 0);
    struct run_record end = {.finished_ms = 2000, .exit_code = 3, .exit_reason = "one error"};
    assert_int_equal(store_writer_stop(w, &end, &err), 0);
    assert_int_equal(store_visit_run(reader, "r1", copy_run, text, &err), 0);
    assert_string_equal(text, "r1 2000 3 one error arn:aws:iam::1:user/x");
    struct run_record again = fixture_run("r1", 1000);
    char message[256];
    snprintf(message, sizeof message,
             "cannot write the run store %s/orgrun.db: UNIQUE constraint failed: run.id", dir);
    assert_error(&err, store_writer_start(&w, s, &again, 16, NULL, NULL, &err), ORGRUN_ESTATE,
                 message);
    store_close(reader);
    store_close(s);
    fixture_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target_is_readable_before_it_is_told),
        cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_two_runs_on_one_fresh_directory),
        cmocka_unit_test(test_later_attempt_replaces),
        cmocka_unit_test(test_once_failed_all_fail_alike),
        cmocka_unit_test(test_run_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
