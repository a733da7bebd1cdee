// SPDX-License-Identifier: MIT
// YAML text to a tree, with YAML's traps refused.
#ifndef ORGRUN_JOB_YAML_READER_H
#define ORGRUN_JOB_YAML_READER_H

#include "job/node.h"

/* Reads one document. Refused, with the place: aliases, anchors, tags, merge keys, duplicate keys,
 * keys that are not text, a second document, more than NODE_DEPTH_MAX levels, text that is not
 * UTF-8. `origin` names the source in marks; without `lines` it alone says where (a one-line
 * setting). *out is NULL when there is no document at all. ORGRUN_EJOB, ORGRUN_ENOMEM. */
int yaml_reader_parse(struct node **out, const char *text, size_t len, const char *origin,
                      bool lines, struct orgrun_error *err);

#endif
