// SPDX-License-Identifier: MIT
// The run store: one SQLite database (WAL) under the state directory, and the output files beside
// it.
#ifndef ORGRUN_STORE_STORE_H
#define ORGRUN_STORE_STORE_H

#include "base/error.h"

struct store;

enum store_mode { STORE_READ, STORE_WRITE };

/* Opens `<state_dir>/orgrun.db`. STORE_WRITE creates directory (0700) and file (0600) and applies
 * the missing migrations, each in one transaction, by PRAGMA user_version; STORE_READ gives
 * ORGRUN_ENOTFOUND when there is no store. A database of a later orgrun, or a damaged one, is
 * ORGRUN_ESTATE. */
int store_open(struct store **out, const char *state_dir, enum store_mode mode,
               struct orgrun_error *err);
void store_close(struct store *s); /* NULL is fine */

const char *store_dir(const struct store *s);

#endif
