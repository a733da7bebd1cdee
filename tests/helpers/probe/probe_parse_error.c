// SPDX-License-Identifier: MIT
// The probe's `parse-error`: status, headers and body of an answer to what AWS says is wrong.
#include "helpers/probe/probe.h"

#include "aws/awserror.h"
#include "base/cleanup.h"
#include "helpers/probe/probe_field.h"

#include <stdio.h>

DEFINE_CLEANUP(free_headers, char *, probe_headers_free)

json_t *probe_parse_error(const json_t *request, char *error, size_t error_size)
{
    const json_t *body = probe_field(request, "response", "body");
    AUTO(free_headers) char **headers = probe_headers(probe_field(request, "response", "headers"));
    int status = (int)probe_field_number(request, "response", "status|status_code|code", -1);
    if (status < 0 || !headers) {
        (void)snprintf(error, error_size, "\"status\" is missing or no number");
        return NULL;
    }
    struct awserror e;
    awserror_parse(status, (const char *const *)headers, json_string_value(body),
                   json_string_length(body), &e);
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:I, s:I}", "code", e.code, "message", e.message,
                     "request_id", e.request_id, "class", awserror_class_name(e.class_), "status",
                     e.status, "retry_after_ms", (json_int_t)e.retry_after_ms, "server_time_ms",
                     (json_int_t)e.server_time_ms);
}
