// SPDX-License-Identifier: MIT
// Bounded reads and files that appear only when whole.
#include "base/fs.h"
#include "unit/unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/orgrun-test-fs-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r '%s'", dir);
    return system(command);
}

static unsigned entries(const char *path)
{
    unsigned n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static void commits_whole_files(void **state)
{
    (void)state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/a/b/report.json", dir);
    struct fs_atomic a;
    struct orgrun_error err = {0};
    assert_int_equal(fs_atomic_open(&a, path, 0640, &err), 0);
    fputs("hello", a.file);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(fs_atomic_commit(&a, &err), 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    struct buf b;
    assert_int_equal(fs_read_file(path, 5, &b, &err), 0);
    assert_string_equal(buf_str(&b), "hello");
    buf_clear(&b);

    assert_int_equal(fs_atomic_open(&a, path, 0640, &err), 0); /* an abort leaves the old one */
    fputs("half", a.file);
    fs_atomic_abort(&a);
    fs_atomic_abort(&a);
    assert_int_equal(fs_read_file(path, 4, &b, &err), ORGRUN_ELIMIT);
    (void)snprintf(path, sizeof path, "%s/a/b", dir);
    assert_int_equal(entries(path), 1);
    (void)snprintf(path, sizeof path, "%s/a", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0750);
}

static void a_write_that_fails_leaves_nothing(void **state)
{
    (void)state;
    struct fs_atomic a;
    struct orgrun_error err = {0};
    char path[128];
    (void)snprintf(path, sizeof path, "%s/full", dir);
    assert_int_equal(fs_atomic_open(&a, path, 0600, &err), 0);
    a.file = freopen("/dev/full", "w", a.file);
    assert_non_null(a.file);
    fputs("lost", a.file);
    char wanted[256];
    (void)snprintf(wanted, sizeof wanted, "cannot write %s: No space left on device", path);
    assert_error(fs_atomic_commit(&a, &err), err, ORGRUN_EIO, wanted);
    assert_int_equal(access(path, F_OK), -1);
}

static void names_what_cannot_be_read(void **state)
{
    (void)state;
    struct buf b;
    struct orgrun_error err = {0};
    assert_error(fs_read_file("/nonexistent/x", 10, &b, &err), err, ORGRUN_EIO,
                 "cannot open /nonexistent/x: No such file or directory");
    assert_error(fs_read_file("/tmp", 10, &b, &err), err, ORGRUN_EIO,
                 "cannot read /tmp: it is a directory");
    assert_error(fs_mkdirs("/dev/null/x", 0700, &err), err, ORGRUN_EIO,
                 "cannot create directory /dev/null/x: Not a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits_whole_files),
        cmocka_unit_test(a_write_that_fails_leaves_nothing),
        cmocka_unit_test(names_what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
