// SPDX-License-Identifier: MIT
// The captured output of a target, read back from its file.
#include "report/output.h"

#include "base/cleanup.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* A database that came from elsewhere may name any file of this machine. */
static bool stays_inside(const char *path)
{
    if (path[0] == '/' || path[0] == '\0')
        return false;
    for (const char *p = path; p; p = strchr(p, '/')) {
        p += *p == '/';
        size_t len = strcspn(p, "/");
        if (len == 2 && p[0] == '.' && p[1] == '.')
            return false;
    }
    return true;
}

char *output_path(const struct store *s, const char *path)
{
    return fs_join(store_dir(s), path);
}

static int read_head(int fd, size_t max, struct buf *out)
{
    char chunk[16384];
    while (out->len < max) {
        size_t want = max - out->len < sizeof chunk ? max - out->len : sizeof chunk;
        ssize_t n = read(fd, chunk, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || buf_append(out, chunk, (size_t)n))
            return -1;
        if (n == 0)
            break;
    }
    return 0;
}

int output_head(const struct store *s, const char *path, size_t max, struct buf *out)
{
    buf_init(out, max);
    if (!path || !stays_inside(path))
        return -1;
    AUTO(free_ptr) char *whole = output_path(s, path);
    AUTO(close_fd)
    int fd = whole ? open(whole, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return -1;
    return read_head(fd, max, out);
}
