// SPDX-License-Identifier: MIT
// The operations of orgrun-probe.
#ifndef ORGRUN_TESTS_PROBE_H
#define ORGRUN_TESTS_PROBE_H

#include <jansson.h>
#include <stddef.h>

/* One operation. run returns the answer, an object that the caller releases; or NULL with the
 * reason written to error. The request is borrowed. */
struct probe_op {
    const char *name;
    json_t *(*run)(const json_t *request, char *error, size_t error_size);
};

json_t *probe_credentials(const json_t *request, char *error, size_t error_size);
json_t *probe_endpoint(const json_t *request, char *error, size_t error_size);
json_t *probe_parse_error(const json_t *request, char *error, size_t error_size);
json_t *probe_plan(const json_t *request, char *error, size_t error_size);
json_t *probe_profiles(const json_t *request, char *error, size_t error_size);
json_t *probe_session(const json_t *request, char *error, size_t error_size);
json_t *probe_retry(const json_t *request, char *error, size_t error_size);
json_t *probe_sign(const json_t *request, char *error, size_t error_size);

#endif
