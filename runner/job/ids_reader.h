// SPDX-License-Identifier: MIT
// Plain text of account ids to a list.
#ifndef ORGRUN_JOB_IDS_READER_H
#define ORGRUN_JOB_IDS_READER_H

#include "job/node.h"

/* Reads words between blanks and new lines, each a text of the list; "#" starts a comment. Whether
 * they are ids is for others to say. *out is NULL when there is none. ORGRUN_ENOMEM. */
int ids_reader_parse(struct node **out, const char *text, size_t len, const char *origin,
                     struct orgrun_error *err);

#endif
