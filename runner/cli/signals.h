// SPDX-License-Identifier: MIT
// Signals: stopping a run, and leaving the terminal as it was found.
#ifndef ORGRUN_CLI_SIGNALS_H
#define ORGRUN_CLI_SIGNALS_H

#include "orgrun/orgrun.h"

#include <stdbool.h>

/* Ignores SIGPIPE: a closed output is an error to be told of, not a way to die. */
void signals_ignore_pipe(void);

/* From here on SIGINT, SIGTERM and SIGHUP (but one that was ignored stays so) stop the run of ctx;
 * these, SIGWINCH and a return from suspension make wake_fd, an eventfd, readable. */
void signals_catch(struct orgrun_ctx *ctx, int wake_fd);

/* Back to what was before signals_catch. */
void signals_release(void);

/* How often the run was told to stop, and by which signal last. */
unsigned signals_stops(int *signum);

/* The cursor is hidden now, or not: what ends or suspends the program shows it first. */
void signals_cursor_hidden(bool hidden);

/* Whether the program came back from suspension since the last call. */
bool signals_resumed(void);

#endif
