// SPDX-License-Identifier: MIT
// The shared config and credentials files. Source: AWS SDKs and Tools Reference Guide, "Shared
// config and credentials files", and the SDKs' parser rules.
#ifndef ORGRUN_AWS_PROFILE_H
#define ORGRUN_AWS_PROFILE_H

#include "base/buf.h"
#include "base/log.h"

#include <stddef.h>

#define PROFILE_FILE_MAX (4 * 1024 * 1024)

struct profile_property {
    char *name;
    char *value; /* of a property with nested ones: the raw text, "\n key = value" lines */
    struct profile_property *nested;
    size_t nested_len;
};

struct profile_section {
    char *name;
    struct profile_property *properties;
    size_t properties_len;
};

/* The merge of both files: profiles, [sso-session x] and [services x] sections, in order of first
 * appearance. */
struct profile_set {
    struct profile_section *profiles;
    size_t profiles_len;
    struct profile_section *sso_sessions;
    size_t sso_sessions_len;
    struct profile_section *services;
    size_t services_len;
};

/* Parses and merges (credentials win over config). Either text may be NULL. Lines the rules call
 * invalid are ignored with a warning to log; those they call errors give ORGRUN_ECREDENTIALS naming
 * `<file>:<line>`. The texts hold secrets: nothing of a value goes into err or log. */
int profile_set_parse(struct profile_set *out, const char *config_text, const char *config_name,
                      const char *credentials_text, const char *credentials_name,
                      const struct log *log, struct orgrun_error *err);

/* Finds the files by AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, HOME in env (NULL-terminated
 * "NAME=value"), reads and parses them. A missing file is an empty one. */
int profile_set_load(struct profile_set *out, const char *const *env, const struct log *log,
                     struct orgrun_error *err);
void profile_set_clear(struct profile_set *s); /* wipes values */

const struct profile_section *profile_find(const struct profile_set *s, const char *name);
/* The value, or NULL. Borrowed. Names compare without case. */
const char *profile_get(const struct profile_section *p, const char *property);
const char *profile_nested(const struct profile_section *p, const char *property, const char *key);

#endif
