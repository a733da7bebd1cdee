// SPDX-License-Identifier: MIT
// How much memory the program takes besides its work.
#ifndef ORGRUN_CLI_FOOTPRINT_H
#define ORGRUN_CLI_FOOTPRINT_H

/* Keeps malloc to one arena, so that a thread for each account does not cost one of its own, and
 * gives back the pages of libraries that were needed once only, by the dynamic linker: a quarter of
 * what an orgrun of 26 accounts would hold at its peak. With one thread. */
void footprint_trim(void);

#endif
