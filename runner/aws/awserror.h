// SPDX-License-Identifier: MIT
// What AWS says when it says no: code, message, request id and class out of any protocol's answer.
#ifndef ORGRUN_AWS_AWSERROR_H
#define ORGRUN_AWS_AWSERROR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum awserror_class {
    AWSERROR_NONE = 0,   /* a success */
    AWSERROR_TRANSIENT,  /* worth a retry */
    AWSERROR_THROTTLING, /* worth a retry, slower */
    AWSERROR_EXPIRED,    /* the caller's credentials expired: refresh, then once more */
    AWSERROR_CLOCK_SKEW, /* the local clock is wrong */
    AWSERROR_DENIED,     /* not allowed */
    AWSERROR_CLIENT,     /* any other fault of the request */
    AWSERROR_SERVER      /* a 5xx that is not worth a retry */
};

struct awserror {
    int status;           /* HTTP status */
    char code[128];       /* "AccessDenied"; namespace, "#" and ":uri" removed; "" when none */
    char message[768];    /* cleaned for one line of text */
    char request_id[128]; /* from the body or x-amzn-requestid / x-amz-request-id; "" when none */
    enum awserror_class class_;
    long retry_after_ms;      /* x-amz-retry-after, or -1 */
    long long server_time_ms; /* the Date header, or -1 */
};

/* Reads an answer: XML of the query protocol (namespace ignored), JSON 1.0/1.1 and REST-JSON
 * (__type, code, X-Amzn-ErrorType; Message, message, errorMessage), or neither. `headers` is a
 * NULL-terminated array of "Name: value". Never fails: what cannot be read leaves "" and a class by
 * status. A 2xx gives AWSERROR_NONE. */
void awserror_parse(int status, const char *const *headers, const char *body, size_t body_len,
                    struct awserror *out);

/* The class by status and code alone. */
enum awserror_class awserror_classify(int status, const char *code);

const char *awserror_class_name(enum awserror_class c); /* "transient", "throttling", ... */

#endif
