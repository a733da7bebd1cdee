// SPDX-License-Identifier: MIT
// One command that orgrun stays beside, giving it a session: signals are handed on to it, and its
// end is orgrun's.
#ifndef ORGRUN_CLI_COMPANION_H
#define ORGRUN_CLI_COMPANION_H

#include "cli/command.h"

#include "orgrun/session.h"

/* Runs the command line's command, found in PATH, without the source's variables and with those of
 * the session's endpoint. A signal that a terminal sends reaches it as one of the foreground; one
 * that is sent to orgrun alone is handed on. Returns its exit code, or 128 and the number of the
 * signal that ended it, or came before it was started; or, with the complaint made, an exit code
 * when it cannot be started. */
int companion_run(struct cli *cli, struct orgrun_session *session);

#endif
