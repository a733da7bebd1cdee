// SPDX-License-Identifier: MIT
// Between the text of a shared file and the merged set: its sections as they stand in the file.
#ifndef ORGRUN_AWS_PROFILE_PARSE_H
#define ORGRUN_AWS_PROFILE_PARSE_H

#include "aws/profile.h"

#include <stdbool.h>

enum profile_file { PROFILE_FILE_CONFIG, PROFILE_FILE_CREDENTIALS };
enum profile_kind { PROFILE_KIND_PROFILE, PROFILE_KIND_SSO_SESSION, PROFILE_KIND_SERVICES };

/* One section header and what follows it. A name may come again, in sections and in properties. */
struct profile_chunk {
    enum profile_kind kind;
    enum profile_file file;
    bool prefixed; /* "[profile x]" rather than "[x]" */
    int line;      /* of the header */
    struct profile_section section;
    size_t properties_cap;
};

struct profile_chunks {
    struct profile_chunk *items;
    size_t len, cap;
};
void profile_chunks_clear(struct profile_chunks *c); /* wipes values */

/* Appends the sections of a text. Errors and warnings as for profile_set_parse; name stands for the
 * file in them. */
int profile_parse(struct profile_chunks *out, const char *text, enum profile_file file,
                  const char *name, const struct log *log, struct orgrun_error *err);

/* Moves everything out of the chunks, in their order, into a set (zeroed before): sections and
 * properties of one name become one, the later value wins; the config file's [default] yields to
 * its [profile default]. 0 or ORGRUN_ENOMEM; out is to be cleared either way. */
int profile_merge(struct profile_set *out, struct profile_chunks *chunks, const char *config_name,
                  const struct log *log, struct orgrun_error *err);

void profile_property_clear(struct profile_property *p); /* wipes the value */
void profile_section_clear(struct profile_section *s);

#endif
