// SPDX-License-Identifier: MIT
// CSV text (RFC 4180) to a list of mappings.
#ifndef ORGRUN_JOB_CSV_READER_H
#define ORGRUN_JOB_CSV_READER_H

#include "job/node.h"

#define CSV_COLUMNS_MAX 64

/* Reads a header row, whose names become lower-case keys, and one mapping for each row after it,
 * without its empty fields. A column "regions" becomes a list, split at blanks and ";". Fields
 * without quotes lose the blanks around them; empty lines are passed over. Marks hold the line a
 * row begins on. *out is NULL for a file without a header. ORGRUN_EJOB, ORGRUN_ENOMEM. */
int csv_reader_parse(struct node **out, const char *text, size_t len, const char *origin,
                     struct orgrun_error *err);

#endif
