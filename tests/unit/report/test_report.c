// SPDX-License-Identifier: MIT
// The table of formats, and reports on their way to a file.
#include "report_fixture.h"

#include "base/fs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct report_opts opts = {.run_id = "20261124T034500Z-3f9c2a"};

static void finds_formats(void **state)
{
    (void)state;
    struct orgrun_error err = {0};
    for (size_t i = 0; report_format_names[i]; i++)
        assert_string_equal(report_format_find(report_format_names[i], &err)->name,
                            report_format_names[i]);
    assert_null(report_format_find("jsn", &err));
    assert_error(&err, err.code, ORGRUN_ENOTFOUND,
                 "no report format \"jsn\"; did you mean "
                 "\"json\"?");
    assert_string_equal(err.hint, "The formats are table, json, junit, html.");
}

static void writes_a_whole_file(void **state)
{
    const struct report_fixture *f = *state;
    const char *path = fixture_path(1, f->dir, "new/out/r.json");
    struct orgrun_error err = {0};
    mode_t old = umask(022);
    assert_int_equal(report_write(f->store, report_format_find("json", &err), &opts, path, &err),
                     0);
    umask(old);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_int_equal(stat(fixture_path(2, f->dir, "new"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0755);
    struct buf text;
    assert_int_equal(fs_read_file(path, 1 << 20, &text, &err), 0);
    char *wanted = report_fixture_render(f, "json", &opts);
    assert_string_equal(buf_str(&text), wanted);
    free(wanted);
    buf_clear(&text);
}

static int fails(struct store *store, const struct report_opts *o, FILE *out,
                 struct orgrun_error *err)
{
    (void)store;
    (void)o;
    (void)fputs("half", out);
    err->code = ORGRUN_EIO;
    return ORGRUN_EIO;
}

static void keeps_the_old_file(void **state)
{
    const struct report_fixture *f = *state;
    const char *path = fixture_path(1, f->dir, "old.txt");
    struct orgrun_error err = {0};
    FILE *file = fopen(path, "w");
    (void)fputs("old", file);
    assert_int_equal(fclose(file), 0);
    const struct report_format broken = {"broken", "fails half-way", fails};
    assert_int_equal(report_write(f->store, &broken, &opts, path, &err), ORGRUN_EIO);
    struct buf text;
    assert_int_equal(fs_read_file(path, 100, &text, &err), 0);
    assert_string_equal(buf_str(&text), "old");
    buf_clear(&text);
}

static void names_what_cannot_be_written(void **state)
{
    const struct report_fixture *f = *state;
    struct orgrun_error err = {0};
    int rc =
        report_write(f->store, report_format_find("json", &err), &opts, "/dev/null/x/r.json", &err);
    assert_error(&err, rc, ORGRUN_EIO, "cannot create directory /dev/null/x: Not a directory");
    const struct report_opts unknown = {.run_id = "20261124T000000Z-000000"};
    rc = report_write(f->store, report_format_find("json", &err), &unknown,
                      fixture_path(1, f->dir, "unknown.json"), &err);
    assert_int_equal(rc, ORGRUN_ENOTFOUND);
    assert_int_equal(access(fixture_path(1, f->dir, "unknown.json"), F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_formats),
        cmocka_unit_test(writes_a_whole_file),
        cmocka_unit_test(keeps_the_old_file),
        cmocka_unit_test(names_what_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, report_fixture_setup, report_fixture_teardown);
}
