// SPDX-License-Identifier: MIT
// The request to end children early, which any thread or signal handler may raise.
#ifndef ORGRUN_EXEC_STOP_H
#define ORGRUN_EXEC_STOP_H

#include "exec/exec.h"

#include <stdatomic.h>

/* One eventfd a level, which is readable from the moment that level (or a higher one) is raised: so
 * a poller that has seen the lower one can wait for the higher one. */
struct stop {
    atomic_int level; /* 0 or enum exec_stop_level */
    int fds[2];       /* [level - 1] */
};

/* ORGRUN_EIO. */
int stop_init(struct stop *s, struct orgrun_error *err);
void stop_clear(struct stop *s);

/* Async-signal-safe, keeps errno. */
void stop_raise(struct stop *s, enum exec_stop_level level);
int stop_level(const struct stop *s);

#endif
