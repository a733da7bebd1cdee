// SPDX-License-Identifier: MIT
// What the store's tests share.
#include "fixture.h"

#include "base/fs.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char *fixture_dir(void)
{
    const char *tmp = getenv("TMPDIR");
    char template[PATH_MAX];
    snprintf(template, sizeof template, "%s/orgrun-test.XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(template));
    char *dir = realpath(template, NULL);
    assert_non_null(dir);
    return dir;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void fixture_remove(char *dir)
{
    assert_int_equal(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(dir);
}

const char *fixture_path(int slot, const char *dir, const char *name)
{
    static char paths[4][PATH_MAX];
    snprintf(paths[slot], sizeof paths[slot], "%s/%s", dir, name);
    return paths[slot];
}

struct store *fixture_open(const char *dir, enum store_mode mode)
{
    struct store *s = NULL;
    struct orgrun_error err = {0};
    if (store_open(&s, dir, mode, &err))
        fail_msg("store_open: %s", err.message);
    return s;
}

struct run_record fixture_run(const char *id, int64_t started_ms)
{
    return (struct run_record){
        .id = id,
        .job_name = "nightly",
        .job_text = "name: nightly\n",
        .job_file = "/jobs/nightly.yaml",
        .job_hash = "00ff",
        .version = "0.1.0",
        .started_ms = started_ms,
        .exit_code = -1,
    };
}

struct account_record fixture_account(const char *id, const char *name)
{
    return (struct account_record){
        .id = id,
        .name = name,
        .email = "a@example.com",
        .ou_path = "Root/Prod",
        .state = "ACTIVE",
        .disposition = "run",
    };
}

struct target_record fixture_target(const char *account_id, const char *region, const char *task,
                                    enum orgrun_outcome outcome)
{
    return (struct target_record){
        .account_id = account_id,
        .region = region,
        .task = task,
        .outcome = outcome,
        .reason = "",
        .exit_code = 0,
        .attempts = 1,
        .started_ms = 1000,
        .duration_ms = 5,
    };
}

void assert_error(const struct orgrun_error *err, int rc, enum orgrun_code code,
                  const char *message)
{
    assert_int_equal(rc, code);
    assert_int_equal(err->code, code);
    assert_string_equal(err->message, message);
}
