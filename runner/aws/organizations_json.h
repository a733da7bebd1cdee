// SPDX-License-Identifier: MIT
// What the readers of Organizations' answers share.
#ifndef ORGRUN_AWS_ORGANIZATIONS_JSON_H
#define ORGRUN_AWS_ORGANIZATIONS_JSON_H

#include "base/cleanup.h"
#include "base/error.h"

#include <jansson.h>

#define ORGANIZATIONS_TOKEN_MAX (128 * 1024)
#define ORGANIZATIONS_TEXT_MAX (8 * 1024)

DEFINE_CLEANUP(free_json, json_t, json_decref)

json_t *organizations_json_load(const char *json, size_t len, json_error_t *error);

/* Is it no JSON object? For aws_call_spec.check. */
int organizations_json_check(const char *body, size_t len);

/* Copies a member that may be missing or null; *out stays NULL then. A NUL in it, which JSON can
 * say and C cannot hold, becomes U+FFFD. ORGRUN_EPROTOCOL, ORGRUN_ELIMIT, ORGRUN_ENOMEM. */
int organizations_json_text(const json_t *object, const char *member, size_t max, char **out,
                            struct orgrun_error *err);

/* NextToken; *out stays NULL where it is absent, null or empty: the end. */
int organizations_json_token(const json_t *root, char **out, struct orgrun_error *err);

#endif
