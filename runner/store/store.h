// SPDX-License-Identifier: MIT
// The run store: one SQLite database (WAL) under the state directory, and the output files beside
// it.
#ifndef ORGRUN_STORE_STORE_H
#define ORGRUN_STORE_STORE_H

#include "base/error.h"

struct store;

enum store_mode { STORE_READ, STORE_WRITE };

/* Opens `<state_dir>/orgrun.db`. STORE_WRITE creates directory (0700) and file (0600), whatever the
 * umask; STORE_READ gives ORGRUN_ENOTFOUND when there is no store. Either applies the missing
 * migrations, each in one transaction, by PRAGMA user_version. A database of a later orgrun, of
 * another program or of another user, a symbolic link in its place, or a damaged one is
 * ORGRUN_ESTATE. Several processes may have one store open. A store is used by one thread at a
 * time. */
int store_open(struct store **out, const char *state_dir, enum store_mode mode,
               struct orgrun_error *err);
void store_close(struct store *s); /* NULL is fine */

/* Absolute, without symbolic links. */
const char *store_dir(const struct store *s);

#endif
