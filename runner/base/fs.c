// SPDX-License-Identifier: MIT
// Files: whole reads with a maximum, atomic writes, private directories.
#include "base/fs.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int fs_read_file(const char *path, size_t max, struct buf *out, struct orgrun_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    const char *label = is_stdin ? "standard input" : path;
    buf_init(out, max);
    AUTO(close_fd) int opened = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    int fd = is_stdin ? STDIN_FILENO : opened;
    if (fd < 0)
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot open %s", label);
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        return error_set(err, ORGRUN_EIO, "cannot read %s: it is a directory", label);
    char chunk[16384];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int errnum = errno;
            buf_clear(out);
            return error_set_errno(err, ORGRUN_EIO, errnum, "cannot read %s", label);
        }
        if (n == 0)
            return 0;
        if (buf_append(out, chunk, (size_t)n)) {
            int rc = buf_check(out, label, err);
            buf_clear(out);
            return rc;
        }
    }
}

int fs_mkdirs(const char *path, unsigned mode, struct orgrun_error *err)
{
    AUTO(free_ptr) char *copy = strdup(path);
    if (!copy)
        return error_nomem(err);
    for (char *p = copy + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char end = *p;
        *p = '\0';
        if (mkdir(copy, mode) != 0 && errno != EEXIST)
            return error_set_errno(err, ORGRUN_EIO, errno, "cannot create directory %s", copy);
        *p = end;
        if (end == '\0')
            break;
    }
    struct stat st;
    if (stat(path, &st) != 0)
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot create directory %s", path);
    if (!S_ISDIR(st.st_mode))
        return error_set(err, ORGRUN_EIO, "cannot create directory %s: a file is in its place",
                         path);
    return 0;
}

/* The directory of path, heap: "." for a bare name. */
static char *dir_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int fs_atomic_open(struct fs_atomic *a, const char *path, unsigned mode, struct orgrun_error *err)
{
    *a = (struct fs_atomic){0};
    AUTO(free_ptr) char *dir = dir_of(path);
    if (!dir)
        return error_nomem(err);
    struct stat st;
    if (stat(dir, &st) != 0) {
        int rc = fs_mkdirs(dir, 0700 | mode | (mode & 0444) >> 2, err);
        if (rc)
            return rc;
    }
    a->path = strdup(path);
    if (!a->path || asprintf(&a->temp, "%s.XXXXXX", path) < 0) {
        a->temp = NULL;
        fs_atomic_abort(a);
        return error_nomem(err);
    }
    int fd = mkostemp(a->temp, O_CLOEXEC);
    if (fd < 0) {
        int errnum = errno;
        free(TAKE_PTR(a->temp)); /* nothing of that name is ours to remove */
        fs_atomic_abort(a);
        return error_set_errno(err, ORGRUN_EIO, errnum, "cannot write %s", path);
    }
    (void)fchmod(fd, mode);
    a->file = fdopen(fd, "w");
    if (!a->file) {
        close(fd);
        fs_atomic_abort(a);
        return error_nomem(err);
    }
    return 0;
}

static int sync_dir(const char *path)
{
    AUTO(free_ptr) char *dir = dir_of(path);
    AUTO(close_fd) int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    return fd < 0 ? -1 : fsync(fd);
}

int fs_atomic_commit(struct fs_atomic *a, struct orgrun_error *err)
{
    int rc = 0;
    if (ferror(a->file) || fflush(a->file) != 0 || fsync(fileno(a->file)) != 0)
        rc = error_set_errno(err, ORGRUN_EIO, errno, "cannot write %s", a->path);
    if (fclose(TAKE_PTR(a->file)) != 0 && rc == 0)
        rc = error_set_errno(err, ORGRUN_EIO, errno, "cannot write %s", a->path);
    if (rc == 0 && rename(a->temp, a->path) != 0)
        rc = error_set_errno(err, ORGRUN_EIO, errno, "cannot write %s", a->path);
    if (rc == 0) {
        free(TAKE_PTR(a->temp));
        (void)sync_dir(a->path); /* the file is whole either way; only the name could be lost */
    }
    fs_atomic_abort(a);
    return rc;
}

void fs_atomic_abort(struct fs_atomic *a)
{
    if (a->file)
        fclose(a->file);
    if (a->temp)
        unlink(a->temp);
    free(a->temp);
    free(a->path);
    *a = (struct fs_atomic){0};
}

char *fs_join(const char *dir, const char *name)
{
    char *path = NULL;
    const char *sep = dir[0] && dir[strlen(dir) - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", dir, sep, name) < 0 ? NULL : path;
}
