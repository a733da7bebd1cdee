// SPDX-License-Identifier: MIT
// What the tests of exec_run share.
#include "unit/exec/exec_fixture.h"

#include "base/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int exec_fixture_setup(void **state)
{
    struct exec_fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    strcpy(f->dir, "/tmp/orgrun-exec-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->out_path, sizeof f->out_path, "%s/out", f->dir);
    snprintf(f->err_path, sizeof f->err_path, "%s/err", f->dir);
    assert_int_equal(exec_new(&f->x, 8, clock_system, NULL, &f->err), 0);
    static const char *const parent[] = {"PATH=/usr/bin:/bin", NULL};
    assert_int_equal(child_env_init(&f->env, parent, NULL, &f->err), 0);
    f->spec = (struct exec_spec){.env = &f->env,
                                 .output_max = 1u << 20,
                                 .stdout_path = f->out_path,
                                 .stderr_path = f->err_path};
    *state = f;
    return 0;
}

int exec_fixture_teardown(void **state)
{
    struct exec_fixture *f = *state;
    exec_free(f->x);
    child_env_clear(&f->env);
    DIR *dir = opendir(f->dir);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    assert_int_equal(rmdir(f->dir), 0);
    free(f);
    return 0;
}

int exec_fixture_run(struct exec_fixture *f, const char *const *argv)
{
    char *copy[16] = {0};
    size_t n = 0;
    for (; argv[n]; n++)
        copy[n] = strdup(argv[n]);
    f->spec.argv = copy;
    memset(&f->err, 0, sizeof f->err);
    int rc = exec_run(f->x, &f->spec, &f->result, &f->err);
    for (size_t i = 0; i < n; i++)
        free(copy[i]);
    return rc;
}

char *exec_fixture_read(const char *path)
{
    struct buf text;
    assert_int_equal(fs_read_file(path, 1u << 28, &text, NULL), 0);
    char *taken = buf_take(&text, NULL);
    return taken ? taken : strdup("");
}

void exec_fixture_assert_file(const char *path, const char *want)
{
    char *text = exec_fixture_read(path);
    assert_string_equal(text, want);
    free(text);
}

const char *exec_fixture_file(struct exec_fixture *f, const char *name, const char *text, int mode)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, (mode_t)mode), 0);
    close(fd);
    return path;
}
