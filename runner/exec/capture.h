// SPDX-License-Identifier: MIT
// Capture: one output stream into one file, with a maximum, a hash and a size.
#ifndef ORGRUN_EXEC_CAPTURE_H
#define ORGRUN_EXEC_CAPTURE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* What a stream left behind. */
struct capture_result {
    uint64_t bytes;  /* size of the file */
    uint64_t cut;    /* bytes of the stream that are not in it (0 = whole) */
    char sha256[65]; /* of the file, hex */
};

struct capture;
/* Creates path (0600, O_EXCL|O_NOFOLLOW after removing an earlier attempt's file). Past `max` bytes
 * the head and a tail are kept, with one line between that says how much was cut. */
int capture_open(struct capture **out, const char *path, size_t max, struct orgrun_error *err);
int capture_write(struct capture *c, const char *data, size_t len, struct orgrun_error *err);
/* Flushes, hashes, closes; frees c either way. */
int capture_close(struct capture *c, struct capture_result *result, struct orgrun_error *err);
void capture_abort(struct capture *c); /* closes and removes; NULL is fine */

#endif
