// SPDX-License-Identifier: MIT
// Inside the reports: the captured output of a target, read back from its file.
#ifndef ORGRUN_REPORT_OUTPUT_H
#define ORGRUN_REPORT_OUTPUT_H

#include "base/buf.h"
#include "store/store_read.h"

/* Reads the first max bytes of a captured file into out (initialised here, the caller clears).
 * path is relative to the state directory; one that leads out of it is not followed. 0, or -1 when
 * there is no such file. */
int output_head(const struct store *s, const char *path, size_t max, struct buf *out);

/* The file's absolute path, heap; NULL when out of memory. */
char *output_path(const struct store *s, const char *path);

#endif
