// SPDX-License-Identifier: MIT
// Watching over one child: its output, its deadlines, its end and that of its whole group.
// Internal to the room.
#ifndef ORGRUN_EXEC_SUPERVISE_H
#define ORGRUN_EXEC_SUPERVISE_H

#include "base/log.h"
#include "exec/child_io.h"
#include "exec/spawn.h"
#include "exec/stop.h"
#include "exec/wait_status.h"

/* How long after the child's death its output is awaited from those who still hold the pipes. */
#define SUPERVISE_DRAIN_MS 200

/* Takes what a stream (CHILD_OUT or CHILD_ERR) gave: 0, or a negative code that ends the child. */
typedef int supervise_data_fn(void *user, int stream, const char *data, size_t len);

/* Borrowed for the call. */
struct supervise_opts {
    const struct spawn_child *child;
    const struct child_io *io;
    const struct stop *stop;
    const struct log *log;
    const char *name; /* of the program, for the log */
    struct clock clock;
    int64_t timeout_ms;    /* 0 = none */
    int64_t kill_after_ms; /* from TERM to KILL */
    supervise_data_fn *on_data;
    void *user;
    char *chunk; /* read into */
    size_t chunk_size;
};

struct supervise_result {
    enum wait_cause cause;
    int64_t ended_mono_ms; /* when the child was seen to be dead */
    size_t most_read;      /* bytes of chunk that have been written to */
};

/* Returns when the child is dead, its group has been killed and its output is read. Others of the
 * group that still hold the pipes are awaited for SUPERVISE_DRAIN_MS, or, when the group was told
 * to end, for what is left of kill_after_ms. The child is not reaped yet, so that its pid, which
 * names the group, cannot have become another's; the caller reaps. 0, or on_data's code (the child
 * was ended then all the same), or ORGRUN_EIO. */
int supervise(const struct supervise_opts *opts, struct supervise_result *result,
              struct orgrun_error *err);

#endif
