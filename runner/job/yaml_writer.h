// SPDX-License-Identifier: MIT
// A tree back to YAML text.
#ifndef ORGRUN_JOB_YAML_WRITER_H
#define ORGRUN_JOB_YAML_WRITER_H

#include "base/buf.h"
#include "job/node.h"

/* Appends the tree as YAML that yaml_reader_parse reads back as the same tree, but that text
 * of several lines or beyond ASCII may have gained quotes. ORGRUN_ELIMIT past out's maximum,
 * ORGRUN_EUSAGE for text that is not UTF-8, ORGRUN_ENOMEM. */
int yaml_writer_write(struct buf *out, const struct node *root, struct orgrun_error *err);

#endif
