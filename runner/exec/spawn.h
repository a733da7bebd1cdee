// SPDX-License-Identifier: MIT
// From a prepared request to a running program, or to the exact reason why it does not run.
//
// Everything that can be prepared is prepared by the caller: between the child's first instruction
// and its execve there are system calls only. Internal to the room.
#ifndef ORGRUN_EXEC_SPAWN_H
#define ORGRUN_EXEC_SPAWN_H

#include "exec/program.h"
#include "exec/warden.h"

#include <sys/types.h>

enum spawn_stage {
    SPAWN_STARTED = 0,
    SPAWN_CLONE, /* no process could be made */
    SPAWN_SETUP, /* its session, signals or descriptors could not be set up */
    SPAWN_CHDIR,
    SPAWN_EXEC
};

/* Borrowed for the call. */
struct spawn_request {
    const struct program *program;
    char *const *argv;
    char *const *envp;
    const char *cwd; /* or NULL */
    int fds[3];      /* become 0, 1, 2; each above 2 */
    struct warden_slot *slot;
};

struct spawn_child {
    pid_t pid; /* also its session and process group */
    int pidfd; /* closes on exec */
};

/* How children are made, so that a test can have it fail. */
struct spawn_ops {
    /* 0: child runs the program, slot->group is its pid. Else slot->report says why not and nothing
     * is left of it. The child dies with the calling thread. */
    int (*spawn)(void *self, const struct spawn_request *request, struct spawn_child *child);
};

/* The system's: clone with CLONE_VFORK. */
extern const struct spawn_ops spawn_system;

/* Puts the report of a request into words for a person: ORGRUN_ESPAWN with a hint. */
void spawn_error(const struct spawn_request *request, struct orgrun_error *err);

#endif
