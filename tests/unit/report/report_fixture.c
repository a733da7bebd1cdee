// SPDX-License-Identifier: MIT
// A run with one of everything.
#include "report_fixture.h"

#include "base/fs.h"

#include <stdlib.h>
#include <string.h>

#define RUN "20261124T034500Z-3f9c2a"
#define START 1795491900000 /* 2026-11-24T03:45:00Z */

static void put_file(const char *dir, const char *path, const char *text, size_t len)
{
    struct fs_atomic file;
    struct orgrun_error err = {0};
    assert_int_equal(fs_atomic_open(&file, fixture_path(0, dir, path), 0600, &err), 0);
    assert_int_equal(fwrite(text, 1, len, file.file), len);
    assert_int_equal(fs_atomic_commit(&file, &err), 0);
}

static void put_accounts(struct store_writer *w)
{
    static const struct {
        const char *id, *name, *disposition, *reason;
    } accounts[] = {
        {"055394133325", "payments-dev", "run", NULL},
        {"111122223333", "data-prod", "run", NULL},
        {"222233334444", HOSTILE, "run", NULL},
        {"333344445555", "web \xe6\x9d\xb1\xe4\xba\xac", "run", NULL},
        {"444455556666", "closed-01", "skipped", "account is SUSPENDED"},
        {"555566667777", "sandbox-1", "excluded", "no workloads"},
    };
    struct orgrun_error err = {0};
    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
        struct account_record a = fixture_account(accounts[i].id, accounts[i].name);
        a.disposition = accounts[i].disposition;
        a.reason = accounts[i].reason;
        assert_int_equal(store_put_account(w, &a, &err), 0);
    }
}

static void put(struct store_writer *w, struct target_record t)
{
    struct orgrun_error err = {0};
    t.started_ms = t.outcome == ORGRUN_SKIPPED ? 0 : START + 100;
    if (t.outcome != ORGRUN_PASSED && t.outcome != ORGRUN_FAILED)
        t.exit_code = -1;
    assert_int_equal(store_put_target(w, &t, &err), 0);
}

static void put_targets(struct store_writer *w, const char *dir)
{
    static const char json[] = "{\"n\": 1}\n", bytes[] = "\xff\x1b[31mred\x1b[0m & <b>\n";
    put_file(dir, "runs/1/json.stdout", json, sizeof json - 1);
    put_file(dir, "runs/1/bytes.stderr", bytes, sizeof bytes - 1);
    struct target_record t = fixture_target("055394133325", "", "mfa", ORGRUN_PASSED);
    t.stdout_path = "runs/1/json.stdout";
    t.stdout_bytes = sizeof json - 1;
    t.stdout_sha256 = "00ff";
    put(w, t);
    put(w, fixture_target("055394133325", "", "trail", ORGRUN_PASSED));
    for (int i = 0; i < 2; i++) {
        t = fixture_target(i ? "222233334444" : "111122223333", "", "mfa", ORGRUN_FAILED);
        t.reason = "exit code 1";
        t.first_line = "root user without MFA";
        t.exit_code = 1;
        t.stderr_path = "runs/1/bytes.stderr";
        t.stderr_bytes = sizeof bytes - 1;
        t.stderr_cut = 5000;
        put(w, t);
    }
    t = fixture_target("111122223333", "", "trail", ORGRUN_ERROR);
    t.reason = "timed out after 5m";
    t.hint = "Raise the task's timeout.";
    put(w, t);
    t = fixture_target("222233334444", "", "trail", ORGRUN_CANCELLED);
    t.reason = "ended: interrupted by SIGINT";
    put(w, t);
    put(w, fixture_target("333344445555", "", "mfa", ORGRUN_PASSED));
    put(w, fixture_target("333344445555", "", "trail", ORGRUN_PASSED));
    for (int i = 0; i < 2; i++) {
        t = fixture_target("444455556666", "", i ? "trail" : "mfa", ORGRUN_SKIPPED);
        t.reason = "account is SUSPENDED";
        put(w, t);
    }
}

int report_fixture_setup(void **state)
{
    struct report_fixture *f = calloc(1, sizeof *f);
    struct orgrun_error err = {0};
    struct store_writer *w = NULL;
    f->dir = fixture_dir();
    f->store = fixture_open(f->dir, STORE_WRITE);
    struct run_record run = fixture_run(RUN, START);
    assert_int_equal(store_writer_start(&w, f->store, &run, 16, NULL, NULL, &err), 0);
    put_accounts(w);
    put_targets(w, f->dir);
    run.finished_ms = START + 12300;
    run.exit_code = 3;
    run.exit_reason = "1 target gave no answer (error), 2 failed";
    assert_int_equal(store_writer_stop(w, &run, &err), 0);
    *state = f;
    return 0;
}

int report_fixture_teardown(void **state)
{
    struct report_fixture *f = *state;
    store_close(f->store);
    fixture_remove(f->dir);
    free(f);
    return 0;
}

char *report_fixture_render(const struct report_fixture *f, const char *format,
                            const struct report_opts *opts)
{
    struct orgrun_error err = {0};
    struct report_opts whole = *opts;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    const struct report_format *found = report_format_find(format, &err);
    assert_non_null(found);
    whole.run_id = RUN;
    if (found->render(f->store, &whole, out, &err))
        fail_msg("%s: %s", format, err.message);
    assert_int_equal(fclose(out), 0);
    return text;
}
