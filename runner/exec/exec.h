// SPDX-License-Identifier: MIT
// Running one child from spawn to outcome.
//
// Caller protocol:
//   1. exec_new once per run (it starts the warden); exec_free at its end.
//   2. exec_run once per attempt, from any worker thread, each with its own `slot`. It returns when
//   the
//      child and its whole process group are gone and the output files are closed.
//   3. exec_stop from anywhere, also a signal handler's thread, to end children early.
#ifndef ORGRUN_EXEC_EXEC_H
#define ORGRUN_EXEC_EXEC_H

#include "base/clock.h"
#include "base/log.h"
#include "exec/capture.h"
#include "exec/child_env.h"
#include "exec/redact.h"

#include <stdbool.h>

enum exec_end {
    EXEC_EXITED,     /* exit_code is set */
    EXEC_SIGNALLED,  /* signal is set; not by us */
    EXEC_TIMED_OUT,  /* ended by us after timeout_ms */
    EXEC_CANCELLED,  /* ended by us on exec_stop */
    EXEC_NOT_STARTED /* the program could not be run; the error says why */
};

enum exec_stop_level {
    EXEC_GENTLY = 1, /* TERM, then KILL after each child's kill_after_ms; nothing new starts */
    EXEC_AT_ONCE = 2 /* KILL */
};

/* Borrowed during exec_run. */
struct exec_spec {
    unsigned slot;     /* 0 .. slots-1, one user at a time */
    char *const *argv; /* argv[0] is looked up in the child's PATH when it has no slash */
    const struct child_env *env;
    const char *cwd;                 /* or NULL */
    int64_t timeout_ms;              /* 0 = none */
    int64_t kill_after_ms;           /* TERM to KILL; 0 = 10 s */
    size_t output_max;               /* bytes of each stream that are kept */
    const struct redact_set *redact; /* or NULL */
    const char *stdout_path;
    const char *stderr_path;
};

struct exec_result {
    enum exec_end end;
    int exit_code;      /* -1 unless EXEC_EXITED */
    int signal;         /* 0 unless a signal ended it */
    int64_t started_ms; /* Unix milliseconds */
    int64_t duration_ms;
    struct capture_result out, err_;
    char first_line[256]; /* of stderr, cleaned for one line; "" when there was none */
};

struct exec;
/* slots = how many exec_run may be under way at once. Forks the warden: a process that ends the
 * groups of all live children should this process die, by SIGKILL too. Call before other threads
 * start. */
int exec_new(struct exec **out, unsigned slots, struct clock clock, const struct log *log,
             struct orgrun_error *err);
void exec_free(struct exec *x); /* no exec_run may be under way */

/* 0 with result filled (EXEC_NOT_STARTED leaves err set too), or a negative code when orgrun itself
 * failed: output could not be written (ORGRUN_EIO), ORGRUN_ENOMEM; the child is then ended first.
 */
int exec_run(struct exec *x, const struct exec_spec *spec, struct exec_result *result,
             struct orgrun_error *err);

/* Async-signal-safe, idempotent; a higher level replaces a lower one. */
void exec_stop(struct exec *x, enum exec_stop_level level);

#endif
