// SPDX-License-Identifier: MIT
// A file of accounts in CSV, JSON or YAML, read into one list of entries.
#ifndef ORGRUN_JOB_ACCOUNTS_FILE_H
#define ORGRUN_JOB_ACCOUNTS_FILE_H

#include "job/node.h"

/* One of the formats; told by the file's extension. */
struct accounts_file_format;

/* The format of a file of that name, or NULL. */
const struct accounts_file_format *accounts_file_format(const char *name);

/* The format of a text without a name, by how it begins: JSON, YAML, CSV, or plain ids. */
const struct accounts_file_format *accounts_file_sniff(const char *text, size_t len);

/* Reads a file into a list of ids and of mappings with the keys of accounts.list. Taken are a list,
 * a mapping with the one key "accounts", and what `aws organizations list-accounts` prints. path
 * must outlive the list. *read says whether the file could be read at all. ORGRUN_EIO and
 * ORGRUN_ELIMIT before that; ORGRUN_EJOB, with the place in the file; ORGRUN_ENOMEM. */
int accounts_file_read(struct node **out, const char *path,
                       const struct accounts_file_format *format, bool *read,
                       struct orgrun_error *err);

/* The same from memory. */
int accounts_file_parse(struct node **out, const char *text, size_t len, const char *path,
                        const struct accounts_file_format *format, struct orgrun_error *err);

#endif
