// SPDX-License-Identifier: MIT
// AWS Signature Version 4 in pure stages. Source: IAM User Guide, "Create a signed AWS API
// request".
#ifndef ORGRUN_AWS_SIGV4_H
#define ORGRUN_AWS_SIGV4_H

#include "aws/credentials.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGV4_MAX_HEADERS 128            /* of a request, before what the signer adds */
#define SIGV4_MAX_TEXT ((size_t)1 << 20) /* bytes of each text made here */

struct sigv4_header {
    const char *name;
    const char *value; /* folded to one line; blanks around and runs of them inside are fine */
};

/* One request to be signed. Everything is borrowed. */
struct sigv4_request {
    const char *method;
    const char *path;  /* as it will be sent: absolute, percent-encoded or raw; "" means "/" */
    const char *query; /* as it will be sent, without "?"; "" or NULL when there is none */
    const struct sigv4_header *headers; /* host among them; what the signer adds is not */
    size_t headers_len;
    const void *body;
    size_t body_len;
};

struct sigv4_opts {
    const struct credentials *credentials;
    const char *region;
    const char *service;
    int64_t time_ms;
    bool normalize_path;     /* remove dot segments and double slashes (all services but s3) */
    bool double_encode_path; /* encode the path once more (all services but s3) */
    bool sign_body;          /* add and sign x-amz-content-sha256 */
    bool omit_session_token; /* add the token after signing, unsigned */
    bool unsigned_payload;   /* "UNSIGNED-PAYLOAD" in place of the body's hash */
};

/* What came of it. Text is owned; clear with sigv4_result_clear. The session token stands in
 * `canonical_request` and `added`, so these two are secret buffers; do not log them. */
struct sigv4_result {
    struct buf canonical_request;
    struct buf string_to_sign;
    char signature[65];
    struct buf authorization; /* the value of the Authorization header */
    /* Headers to add to the request, each "Name: value\n", in this order: x-amz-content-sha256
     * (with sign_body), Authorization, X-Amz-Date, X-Amz-Security-Token (with a session token). */
    struct buf added;
};

/* Stage 1: the canonical request of `req` with the headers the signer adds; signed_headers receives
 * their list ("host;x-amz-date"). Headers that proxies may change (user-agent, connection, expect,
 * transfer-encoding, ...) stay unsigned. `out` should be a secret buffer. 0, ORGRUN_ENOMEM,
 * ORGRUN_ELIMIT, or ORGRUN_EUSAGE: no host header, a header name or method that is no token, a
 * value with a control character, a header that the signer adds itself, a path that is not
 * absolute, a region or service that cannot stand in a credential scope, a time outside 1970-9999.
 */
int sigv4_canonical_request(const struct sigv4_request *req, const struct sigv4_opts *opts,
                            struct buf *out, struct buf *signed_headers, struct orgrun_error *err);

/* Stage 2: the string to sign of a canonical request. Codes as stage 1. */
int sigv4_string_to_sign(const struct buf *canonical_request, const struct sigv4_opts *opts,
                         struct buf *out, struct orgrun_error *err);

/* Stage 3: the signature, 64 hex digits and NUL. The derived keys are wiped. Codes as stage 1. */
int sigv4_signature(const struct buf *string_to_sign, const struct sigv4_opts *opts, char out[65],
                    struct orgrun_error *err);

/* All stages. `out` need not be initialised; on failure it is cleared. Codes as stage 1. */
int sigv4_sign(const struct sigv4_request *req, const struct sigv4_opts *opts,
               struct sigv4_result *out, struct orgrun_error *err);
void sigv4_result_clear(struct sigv4_result *r);

/* Is this a header the signer adds (in any case)? A request that holds it is refused. */
bool sigv4_adds_header(const char *name);

#endif
