// SPDX-License-Identifier: MIT
// The file in which a book of places outlives a run.
#ifndef ORGRUN_FANOUT_PLACES_CACHE_H
#define ORGRUN_FANOUT_PLACES_CACHE_H

#include "base/log.h"
#include "fanout/places_book.h"

/* Reads <state_dir>/cache/organization-<hash of key>.json into a zeroed book. A file that is
 * damaged, someone else's or too large is passed over with a warning; none is no fault. */
void places_cache_read(struct places_book *b, const char *state_dir, const struct places_key *key,
                       int64_t now_ms, const struct log *log);

/* Writes it, 0600, whole or not at all; a failure is a warning. Tags older than least_ms are left
 * out. */
void places_cache_write(const struct places_book *b, const char *state_dir,
                        const struct places_key *key, int64_t least_ms, const struct log *log);

#endif
