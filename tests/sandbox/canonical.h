// SPDX-License-Identifier: MIT
// The signature a request ought to carry, recomputed from the request itself.
#ifndef SANDBOX_CANONICAL_H
#define SANDBOX_CANONICAL_H

#include "sandbox/auth.h"

/* What the Authorization header and the key say; borrowed. */
struct canonical_opts {
    const char *signed_headers; /* "host;x-amz-date" */
    const char *amz_date;
    const char *scope; /* "20260101/us-east-1/sts/aws4_request" */
    const char *secret;
    const char *date, *region, *service;
};

/* 64 hex digits and NUL. -1 when the signed headers are unsorted, not lower-case or absent from the
 * request, when x-amz-content-sha256 is not the body's hash, or when out of memory. */
int canonical_signature(const struct auth_request *request, const struct canonical_opts *opts,
                        char out[65]);

#endif
