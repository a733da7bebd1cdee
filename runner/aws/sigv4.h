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

struct sigv4_header {
    const char *name;
    const char *value;
};

/* One request to be signed. Everything is borrowed. */
struct sigv4_request {
    const char *method;
    const char
        *path; /* as it will be sent: absolute, already percent-encoded or raw; "" means "/" */
    const char *query; /* as it will be sent, without "?"; "" or NULL when there is none */
    const struct sigv4_header *headers; /* host among them; x-amz-date and the token are added */
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
 * `added` only, and `added` is a secret buffer of "name: value\n" lines. */
struct sigv4_result {
    struct buf canonical_request;
    struct buf string_to_sign;
    char signature[65];
    struct buf authorization; /* the value of the Authorization header */
    struct buf added;         /* headers to add to the request, each "Name: value\n" */
};

/* Stage 1: the canonical request of `req` with the headers the signer adds; signed_headers receives
 * their list ("host;x-amz-date"). 0, ORGRUN_ENOMEM, ORGRUN_EUSAGE (a header with a line break). */
int sigv4_canonical_request(const struct sigv4_request *req, const struct sigv4_opts *opts,
                            struct buf *out, struct buf *signed_headers, struct orgrun_error *err);

/* Stage 2: the string to sign of a canonical request. */
int sigv4_string_to_sign(const struct buf *canonical_request, const struct sigv4_opts *opts,
                         struct buf *out, struct orgrun_error *err);

/* Stage 3: the signature, 64 hex digits and NUL. The derived key is wiped. */
int sigv4_signature(const struct buf *string_to_sign, const struct sigv4_opts *opts, char out[65],
                    struct orgrun_error *err);

/* All stages. On failure out is cleared. */
int sigv4_sign(const struct sigv4_request *req, const struct sigv4_opts *opts,
               struct sigv4_result *out, struct orgrun_error *err);
void sigv4_result_clear(struct sigv4_result *r);

#endif
