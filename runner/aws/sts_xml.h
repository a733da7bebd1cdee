// SPDX-License-Identifier: MIT
// Picks the text of named elements out of an XML answer without ever building a tree of it.
#ifndef ORGRUN_AWS_STS_XML_H
#define ORGRUN_AWS_STS_XML_H

#include "base/buf.h"

#include <stdbool.h>

#define STS_XML_MAX (256 * 1024)

/* One element that must be there exactly once, holding text only. */
struct sts_xml_field {
    const char *path; /* local names from the root: "AssumeRoleResponse/.../AccessKeyId" */
    struct buf text;  /* secret; set by sts_xml_read */
    bool seen;
};

/* Reads a whole document. Namespaces and attributes do not matter, a document type is refused,
 * nothing is fetched, no entity but the five predefined ones is known. ORGRUN_EPROTOCOL saying
 * what is wrong (never quoting the text), ORGRUN_ENOMEM. The fields are to be cleared either way.
 */
int sts_xml_read(const char *xml, size_t len, struct sts_xml_field *fields, size_t fields_len,
                 struct orgrun_error *err);
void sts_xml_fields_clear(struct sts_xml_field *fields, size_t fields_len);

#endif
