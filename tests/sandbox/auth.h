// SPDX-License-Identifier: MIT
// Verifying Signature Version 4 from what arrived: an independent reader of the specification,
// which shares nothing with the library's signer. Source: IAM User Guide, "Create a signed AWS API
// request".
#ifndef SANDBOX_AUTH_H
#define SANDBOX_AUTH_H

#include "sandbox/keys.h"

#include <stddef.h>
#include <stdint.h>

struct auth_header {
    const char *name;
    const char *value;
};

/* One request as it came over the wire. Borrowed. */
struct auth_request {
    const char *method;
    const char *path;  /* still percent-encoded */
    const char *query; /* still percent-encoded; "" when there was none */
    const struct auth_header *headers;
    size_t headers_len;
    const void *body;
    size_t body_len;
};

struct auth_opts {
    const struct keys *keys;
    const char *service; /* what the credential scope must name */
    const char *region;  /* the same, or NULL: anything that looks like a Region */
    int64_t now_s;       /* Unix seconds */
    int64_t skew_s;      /* how far x-amz-date may be from it */
    bool source_expired; /* the source key counts as expired */
};

enum auth_verdict {
    AUTH_OK,
    AUTH_MISSING,     /* no Authorization header */
    AUTH_INCOMPLETE,  /* one that cannot be read */
    AUTH_UNKNOWN_KEY, /* no such key, or its session token is another */
    AUTH_MISMATCH,    /* the signature is not the request's, or not of now */
    AUTH_EXPIRED,     /* the session is over */
    AUTH_VERDICTS
};

struct auth_result {
    enum auth_verdict verdict;
    struct key *key;   /* set for AUTH_OK */
    char message[512]; /* AWS's words; "" for AUTH_OK */
};

/* Judges a request. Never fails: a want of memory is AUTH_MISMATCH. */
void auth_verify(const struct auth_request *request, const struct auth_opts *opts,
                 struct auth_result *out);

/* The first header of that name, without case; or NULL. */
const char *auth_header_get(const struct auth_request *request, const char *name);

#endif
