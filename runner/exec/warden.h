// SPDX-License-Identifier: MIT
// The warden: a process that outlives us long enough to end our children's groups.
//
// A child dies with us by PR_SET_PDEATHSIG, but what it has started does not. The warden shares a
// table of process groups with us and holds one end of a pipe; when the pipe's other end is gone
// because we are, by SIGKILL too, it kills the groups in the table. Internal to the room.
#ifndef ORGRUN_EXEC_WARDEN_H
#define ORGRUN_EXEC_WARDEN_H

#include "base/log.h"

#include <stdatomic.h>
#include <sys/types.h>

/* Why a program was not started, as the child found it. */
struct warden_report {
    int stage; /* enum spawn_stage */
    int errnum;
    int path; /* index in program.paths */
};

/* One live child. In shared memory, so that what a child says before it becomes its program is
 * seen by us and by the warden alike, wherever the child was made. */
struct warden_slot {
    _Atomic pid_t group; /* 0 = none */
    struct warden_report report;
};

struct warden;

/* Forks the warden: no locks may be held by other threads that fork handlers need. ORGRUN_ENOMEM,
 * ORGRUN_ESPAWN, ORGRUN_EIO. */
int warden_new(struct warden **out, unsigned slots, struct orgrun_error *err);
/* Ends the warden and waits for it; every slot must be empty. NULL is fine. */
void warden_free(struct warden *w, const struct log *log);

struct warden_slot *warden_slot(struct warden *w, unsigned i);
pid_t warden_pid(const struct warden *w);

#endif
