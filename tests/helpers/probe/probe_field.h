// SPDX-License-Identifier: MIT
// Finding a request's fields under the names that the public test suites use.
#ifndef ORGRUN_TESTS_PROBE_FIELD_H
#define ORGRUN_TESTS_PROBE_FIELD_H

#include "base/strv.h"

#include <jansson.h>
#include <stdbool.h>

/* The first of the '|'-separated names that the request has, at its top or within its object
 * `inner`; null counts as absent. NULL when there is none. Borrowed. */
const json_t *probe_field(const json_t *request, const char *inner, const char *names);

/* The same of a kind; NULL or fallback when it is absent or of another kind. */
const char *probe_field_text(const json_t *request, const char *inner, const char *names);
bool probe_field_bool(const json_t *request, const char *inner, const char *names);
double probe_field_number(const json_t *request, const char *inner, const char *names,
                          double fallback);

/* Text as JSON, what is not UTF-8 in it replaced. */
json_t *probe_text(const char *text);

/* {"Name": "value"}, [["Name", "value"]] or ["Name: value"] as "Name: value" lines in a
 * NULL-terminated array, which probe_headers_free releases. NULL when out of memory. */
char **probe_headers(const json_t *headers);
void probe_headers_free(char **lines);

/* The request's object `env` as "NAME=value". 0 or ORGRUN_ENOMEM. */
int probe_environment(const json_t *request, struct strv *out);

#endif
