// SPDX-License-Identifier: MIT
// The two pipes a child writes its output to.
#ifndef ORGRUN_EXEC_CHILD_IO_H
#define ORGRUN_EXEC_CHILD_IO_H

#include "base/error.h"

enum { CHILD_OUT, CHILD_ERR, CHILD_STREAMS };

struct child_io {
    int read_fd[CHILD_STREAMS];  /* ours: non-blocking */
    int write_fd[CHILD_STREAMS]; /* the child's: blocking, never 0 to 2 */
};

/* All close on exec. ORGRUN_EIO, with nothing left open. */
int child_io_open(struct child_io *io, struct orgrun_error *err);
/* Closes our copies of the child's ends, without which no end of file is ever seen. */
void child_io_close_write(struct child_io *io);
void child_io_close(struct child_io *io);

/* fd itself, or, when it is 0, 1 or 2, a copy above them (fd is closed then). A child's standard
 * descriptors are put in place one by one, so a source among them would be overwritten. -1 with
 * errno set on failure (fd is closed) or when fd is -1. */
int child_io_above_stdio(int fd);

#endif
