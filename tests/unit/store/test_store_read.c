// SPDX-License-Identifier: MIT
// The reader: every field comes back, in the stated order, and runs are found by what people type.
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct store_writer *start(struct store *s, const struct run_record *run)
{
    struct store_writer *w = NULL;
    struct orgrun_error err = {0};
    if (store_writer_start(&w, s, run, 16, NULL, NULL, &err))
        fail_msg("store_writer_start: %s", err.message);
    return w;
}

static void stop(struct store_writer *w)
{
    struct orgrun_error err = {0};
    assert_int_equal(store_writer_stop(w, &(struct run_record){0}, &err), 0);
}

static void assert_text(const char *a, const char *b)
{
    if (!a || !b)
        assert_ptr_equal(a, b);
    else
        assert_string_equal(a, b);
}

static int check_run(void *user, const struct run_record *run, const struct orgrun_counts *counts)
{
    const struct run_record *want = user;
    assert_text(run->id, want->id);
    assert_text(run->job_name, want->job_name);
    assert_text(run->job_text, want->job_text);
    assert_text(run->job_file, want->job_file);
    assert_text(run->job_hash, want->job_hash);
    assert_text(run->caller_arn, want->caller_arn);
    assert_text(run->version, want->version);
    assert_text(run->exit_reason, want->exit_reason);
    assert_int_equal(run->started_ms, want->started_ms);
    assert_int_equal(run->finished_ms, want->finished_ms);
    assert_int_equal(run->exit_code, want->exit_code);
    for (int i = 0; i < ORGRUN_OUTCOMES; i++)
        assert_int_equal(counts->of[i], 0);
    return 0;
}

static void test_run_comes_back(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct run_record full = fixture_run("full", 1767225600123), bare = {0};
    struct orgrun_error err = {0};
    full.caller_arn = "arn:aws:iam::1:user/x";
    full.finished_ms = 1767225600999;
    full.exit_code = 3;
    full.exit_reason = "1 error";
    bare.id = "bare";
    bare.job_name = "";
    bare.exit_code = -1;
    stop(start(s, &full));
    stop(start(s, &bare));
    assert_int_equal(store_visit_run(s, "full", check_run, &full, &err), 0);
    assert_int_equal(store_visit_run(s, "bare", check_run, &bare, &err), 0);
    char message[256];
    snprintf(message, sizeof message, "no run \"none\" in %s", dir);
    assert_error(&err, store_visit_run(s, "none", check_run, &bare, &err), ORGRUN_ENOTFOUND,
                 message);
    store_close(s);
    fixture_remove(dir);
}

static int check_account(void *user, const struct account_record *a)
{
    const struct account_record **want = user;
    assert_text(a->id, (*want)->id);
    assert_text(a->name, (*want)->name);
    assert_text(a->email, (*want)->email);
    assert_text(a->ou_path, (*want)->ou_path);
    assert_text(a->state, (*want)->state);
    assert_text(a->disposition, (*want)->disposition);
    assert_text(a->reason, (*want)->reason);
    ++*want;
    return 0;
}

static void test_accounts_come_back_sorted(void **state)
{
    (void)state;
    static const struct account_record accounts[] = {
        {.id = "000000000001", .disposition = "run"},
        {.id = "000000000009",
         .name = "n\xc3\xa9\n\xff",
         .email = "e",
         .ou_path = "Root/A",
         .state = "SUSPENDED",
         .disposition = "skipped",
         .reason = "it is SUSPENDED"},
        {.id = "100000000000", .name = "", .disposition = "excluded", .reason = "no workloads"},
    };
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct run_record run = fixture_run("r1", 1);
    struct store_writer *w = start(s, &run);
    struct orgrun_error err = {0};
    for (int i = 2; i >= 0; i--)
        assert_int_equal(store_put_account(w, &accounts[i], &err), 0);
    stop(w);
    const struct account_record *next = accounts;
    assert_int_equal(store_each_account(s, "r1", check_account, &next, &err), 0);
    assert_ptr_equal(next, accounts + 3);
    store_close(s);
    fixture_remove(dir);
}

static const struct target_record full_target = {
    .account_id = "000000000001",
    .account_name = "prod",
    .ou_path = "Root/Prod",
    .region = "",
    .task = "mfa",
    .outcome = ORGRUN_ERROR,
    .reason = "denied",
    .hint = "line one\nline two",
    .first_line = "An error occurred",
    .exit_code = -1,
    .signal = 15,
    .attempts = 3,
    .started_ms = 1767225600123,
    .duration_ms = 9007199254740993,
    .stdout_path = "runs/r1/o",
    .stdout_bytes = 10,
    .stdout_cut = 20,
    .stdout_sha256 = "aa",
    .stderr_path = "runs/r1/e",
    .stderr_bytes = 30,
    .stderr_cut = 40,
    .stderr_sha256 = "bb",
    .session_arn = "arn:aws:sts::1:assumed-role/r/s",
};

static int check_target(void *user, const struct target_record *t)
{
    const struct target_record *w = user;
    assert_text(t->account_id, w->account_id);
    assert_text(t->account_name, w->account_name);
    assert_text(t->ou_path, w->ou_path);
    assert_text(t->region, w->region);
    assert_text(t->task, w->task);
    assert_int_equal(t->outcome, w->outcome);
    assert_text(t->reason, w->reason);
    assert_text(t->hint, w->hint);
    assert_text(t->first_line, w->first_line);
    assert_int_equal(t->exit_code, w->exit_code);
    assert_int_equal(t->signal, w->signal);
    assert_int_equal(t->attempts, w->attempts);
    assert_int_equal(t->started_ms, w->started_ms);
    assert_int_equal(t->duration_ms, w->duration_ms);
    assert_text(t->stdout_path, w->stdout_path);
    assert_int_equal(t->stdout_bytes, w->stdout_bytes);
    assert_int_equal(t->stdout_cut, w->stdout_cut);
    assert_text(t->stdout_sha256, w->stdout_sha256);
    assert_text(t->stderr_path, w->stderr_path);
    assert_int_equal(t->stderr_bytes, w->stderr_bytes);
    assert_int_equal(t->stderr_cut, w->stderr_cut);
    assert_text(t->stderr_sha256, w->stderr_sha256);
    assert_text(t->session_arn, w->session_arn);
    return 7; /* ends the walk and is returned */
}

static void test_target_comes_back(void **state)
{
    (void)state;
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct run_record run = fixture_run("r1", 1);
    struct store_writer *w = start(s, &run);
    struct orgrun_error err = {0};
    struct account_record a = fixture_account("000000000001", "prod");
    struct target_record bare = {
        .account_id = "000000000001", .region = "eu-west-1", .task = "t", .exit_code = 0};
    assert_int_equal(store_put_account(w, &a, &err), 0);
    assert_int_equal(store_put_target(w, &full_target, &err), 0);
    assert_int_equal(store_put_target(w, &bare, &err), 0);
    stop(w);
    struct target_record want = full_target;
    assert_int_equal(store_each_target(s, "r1", check_target, &want, &err), 7);
    assert_int_equal(err.code, 0);
    store_close(s);
    fixture_remove(dir);
}

static int append_key(void *user, const struct target_record *t)
{
    char *out = user;
    size_t len = strlen(out);
    snprintf(out + len, 512 - len, "%s|%s|%s ", t->account_id, t->region, t->task);
    return 0;
}

static int append_counts(void *user, const struct run_record *run,
                         const struct orgrun_counts *counts)
{
    char *out = user;
    size_t len = strlen(out);
    const uint32_t *of = counts->of;
    snprintf(out + len, 512 - len, "%s:%u,%u,%u,%u,%u ", run->id, of[0], of[1], of[2], of[3],
             of[4]);
    return 0;
}

static void test_order_and_counts(void **state)
{
    (void)state;
    static const struct {
        const char *account, *region, *task;
        enum orgrun_outcome outcome;
    } in[] = {
        {"2", "", "b", ORGRUN_PASSED},           {"1", "us-east-1", "a", ORGRUN_FAILED},
        {"1", "us-east-1", "B", ORGRUN_PASSED},  {"1", "", "z", ORGRUN_CANCELLED},
        {"1", "eu-west-1", "a", ORGRUN_SKIPPED}, {"10", "", "a", ORGRUN_ERROR},
        {"2", "", "\xc3\xa4", ORGRUN_PASSED},    {"2", "", "z", ORGRUN_PASSED},
    };
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    struct run_record run = fixture_run("r1", 1), empty = fixture_run("r2", 2);
    struct store_writer *w = start(s, &run);
    struct orgrun_error err = {0};
    for (size_t i = 0; i < sizeof in / sizeof *in; i++) {
        struct account_record a = fixture_account(in[i].account, "n");
        struct target_record t =
            fixture_target(in[i].account, in[i].region, in[i].task, in[i].outcome);
        assert_int_equal(store_put_account(w, &a, &err), 0);
        assert_int_equal(store_put_target(w, &t, &err), 0);
    }
    stop(w);
    stop(start(s, &empty));
    char text[512] = "";
    assert_int_equal(store_each_target(s, "r1", append_key, text, &err), 0);
    assert_string_equal(text, "1||z 1|eu-west-1|a 1|us-east-1|B 1|us-east-1|a 10||a 2||b 2||z "
                              "2||\xc3\xa4 ");
    text[0] = '\0';
    assert_int_equal(store_each_run(s, 0, append_counts, text, &err), 0);
    assert_string_equal(text, "r2:0,0,0,0,0 r1:4,1,1,1,1 ");
    text[0] = '\0';
    assert_int_equal(store_each_run(s, 1, append_counts, text, &err), 0);
    assert_string_equal(text, "r2:0,0,0,0,0 ");
    store_close(s);
    fixture_remove(dir);
}

static void assert_finds(struct store *s, const char *typed, const char *id)
{
    char *found = NULL;
    struct orgrun_error err = {0};
    if (store_find_run(s, typed, &found, &err))
        fail_msg("store_find_run(%s): %s", typed ? typed : "NULL", err.message);
    assert_string_equal(found, id);
    free(found);
}

static void assert_no_run(struct store *s, const char *typed, const char *message, const char *hint)
{
    char *found = NULL;
    struct orgrun_error err = {0};
    assert_error(&err, store_find_run(s, typed, &found, &err), ORGRUN_ENOTFOUND, message);
    assert_string_equal(err.hint, hint);
    assert_null(found);
}

static void test_find_run(void **state)
{
    (void)state;
    static const char *const ids[] = {"20260101-a", "20260102-b", "20260102-c", "20260102-d",
                                      "20260102-e", "20260102-f", "20260102-g", "20260102"};
    char *dir = fixture_dir();
    struct store *s = fixture_open(dir, STORE_WRITE);
    char message[256];
    snprintf(message, sizeof message, "there are no runs in %s yet", dir);
    assert_no_run(s, NULL, message, "");
    assert_no_run(s, "x", message, "");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct run_record run = fixture_run(ids[i], (int64_t)i);
        stop(start(s, &run));
    }
    assert_finds(s, NULL, "20260102");
    assert_finds(s, "", "20260102");
    assert_finds(s, "20260101", "20260101-a");
    assert_finds(s, "20260102-b", "20260102-b");
    assert_finds(s, "20260102", "20260102"); /* whole, though it begins others */
    assert_no_run(s, "202601", "\"202601\" is the beginning of several runs",
                  "Give more of it: 20260101-a, 20260102, 20260102-b, 20260102-c, 20260102-d, "
                  "...");
    assert_no_run(s, "20260102-", "\"20260102-\" is the beginning of several runs",
                  "Give more of it: 20260102-b, 20260102-c, 20260102-d, 20260102-e, 20260102-f, "
                  "...");
    snprintf(message, sizeof message, "no run \"2027\" in %s", dir);
    assert_no_run(s, "2027", message,
                  "The newest: 20260102, 20260102-g, 20260102-f, 20260102-e, 20260102-d, ...");
    snprintf(message, sizeof message, "no run \"%%\" in %s", dir);
    assert_no_run(s, "%", message,
                  "The newest: 20260102, 20260102-g, 20260102-f, 20260102-e, 20260102-d, ...");
    store_close(s);
    fixture_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_comes_back),    cmocka_unit_test(test_accounts_come_back_sorted),
        cmocka_unit_test(test_target_comes_back), cmocka_unit_test(test_order_and_counts),
        cmocka_unit_test(test_find_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
