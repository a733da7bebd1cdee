// SPDX-License-Identifier: MIT
// Running one child from spawn to outcome.
//
// Caller protocol:
//   1. exec_new once per run (it starts the warden); exec_free at its end.
//   2. exec_run once per attempt, from any worker thread, each with its own `slot`. It returns when
//      the child is gone, its whole process group is killed and the output files are closed. The
//      thread must outlive the call: a child dies with the thread that made it.
//   3. exec_stop from anywhere, also a signal handler, to end children early.
//
// A child is the leader of a session and process group of its own, without a terminal: a program
// that asks a question there fails at once. It starts with default signal dispositions, no signal
// blocked, standard input from /dev/null and no other descriptor than 0 to 2. SIGCHLD must not be
// ignored in this process.
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
    EXEC_CANCELLED,  /* ended by us on exec_stop, or not started after it */
    EXEC_NOT_STARTED /* the program could not be run; the error says why */
};

enum exec_stop_level {
    EXEC_GENTLY = 1, /* TERM, then KILL after each child's kill_after_ms; nothing new starts */
    EXEC_AT_ONCE = 2 /* KILL */
};

#define EXEC_KILL_AFTER_MS 10000

/* Borrowed during exec_run. */
struct exec_spec {
    unsigned slot;     /* 0 .. slots-1, one user at a time */
    char *const *argv; /* argv[0] is looked up in the child's PATH when it has no slash */
    const struct child_env *env;
    const char *cwd;           /* or NULL */
    int64_t timeout_ms;        /* 0 = none */
    int64_t kill_after_ms;     /* TERM to KILL; 0 = EXEC_KILL_AFTER_MS */
    size_t output_max;         /* bytes of each stream that are kept */
    struct redact_set *redact; /* or NULL */
    const char *stdout_path;
    const char *stderr_path;
};

struct exec_result {
    enum exec_end end;
    int exit_code;      /* -1 unless EXEC_EXITED */
    int signal;         /* 0 unless a signal ended it */
    int64_t started_ms; /* Unix milliseconds */
    int64_t duration_ms;
    struct capture_result out, err_; /* sha256 is "" where there is no file: nothing was started */
    /* Of stderr, the first that is not blank, cleaned for one line; "" when there was none. */
    char first_line[256];
};

struct exec;
/* slots = how many exec_run may be under way at once. Forks the warden: a process that ends the
 * groups of all live children should this process die, by SIGKILL too. Call before other threads
 * start. log is borrowed. ORGRUN_EUSAGE when SIGCHLD is ignored, ORGRUN_ESPAWN, ORGRUN_EIO,
 * ORGRUN_ENOMEM. */
int exec_new(struct exec **out, unsigned slots, struct clock clock, const struct log *log,
             struct orgrun_error *err);
void exec_free(struct exec *x); /* no exec_run may be under way */

/* 0 with result filled (EXEC_NOT_STARTED leaves err set too: ORGRUN_ESPAWN), or a negative code
 * when orgrun itself failed: output could not be written, no descriptors (ORGRUN_EIO),
 * ORGRUN_ENOMEM; the child is then ended first. */
int exec_run(struct exec *x, const struct exec_spec *spec, struct exec_result *result,
             struct orgrun_error *err);

/* Async-signal-safe, idempotent; a higher level replaces a lower one. */
void exec_stop(struct exec *x, enum exec_stop_level level);

/* Has children made by another table than the system's (spawn.h), for tests. */
struct spawn_ops;
void exec_set_spawn(struct exec *x, const struct spawn_ops *ops, void *self);

#endif
