// SPDX-License-Identifier: MIT
// The environment that the program was started with, and the keys in it.
#ifndef ORGRUN_CLI_ENVIRONMENT_H
#define ORGRUN_CLI_ENVIRONMENT_H

/* From now on only root may look into the process (/proc, ptrace, core dumps). */
void environment_hide(void);

/* Overwrites the values of the variables that hold keys and tokens, where /proc/<pid>/environ shows
 * them to whoever may look. The context has a copy by then. With one thread. */
void environment_wipe(void);

#endif
