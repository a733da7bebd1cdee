// SPDX-License-Identifier: MIT
// The two pipes a child writes its output to.
#include "exec/child_io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int child_io_above_stdio(int fd)
{
    if (fd < 0 || fd > STDERR_FILENO)
        return fd;
    int above = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int saved = errno;
    close(fd);
    errno = saved;
    return above;
}

static void close_all(int fds[CHILD_STREAMS])
{
    for (int i = 0; i < CHILD_STREAMS; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
        fds[i] = -1;
    }
}

static int open_pipe(struct child_io *io, int i)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return -1;
    io->read_fd[i] = fds[0];
    io->write_fd[i] = child_io_above_stdio(fds[1]);
    if (io->write_fd[i] < 0)
        return -1;
    /* Of our end only: a child that finds its standard output non-blocking loses what it writes. */
    return fcntl(fds[0], F_SETFL, O_NONBLOCK);
}

int child_io_open(struct child_io *io, struct orgrun_error *err)
{
    *io = (struct child_io){.read_fd = {-1, -1}, .write_fd = {-1, -1}};
    for (int i = 0; i < CHILD_STREAMS; i++) {
        if (open_pipe(io, i) == 0)
            continue;
        int errnum = errno;
        child_io_close(io);
        int rc = error_set_errno(err, ORGRUN_EIO, errnum, "cannot make a pipe");
        if (errnum == EMFILE)
            error_hint(err, "raise the limit on open files (ulimit -n) or lower the concurrency");
        return rc;
    }
    return 0;
}

void child_io_close_write(struct child_io *io)
{
    close_all(io->write_fd);
}

void child_io_close(struct child_io *io)
{
    close_all(io->write_fd);
    close_all(io->read_fd);
}
