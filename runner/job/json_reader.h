// SPDX-License-Identifier: MIT
// JSON text to a tree.
#ifndef ORGRUN_JOB_JSON_READER_H
#define ORGRUN_JOB_JSON_READER_H

#include "job/node.h"

/* Reads one JSON value. Syntax errors name the line and column; later ones can name only the entry
 * of the outermost list, which marks therefore hold. Duplicate keys and more than NODE_DEPTH_MAX
 * levels are refused. ORGRUN_EJOB, ORGRUN_ENOMEM. */
int json_reader_parse(struct node **out, const char *text, size_t len, const char *origin,
                      struct orgrun_error *err);

#endif
