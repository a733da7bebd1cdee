// SPDX-License-Identifier: MIT
// Credentials out of the JSON documents that providers answer with.
#ifndef ORGRUN_AWS_PROVIDER_JSON_H
#define ORGRUN_AWS_PROVIDER_JSON_H

#include "aws/credentials.h"

#include <stddef.h>

#define PROVIDER_JSON_MAX (64 * 1024)

/* What a document calls things. */
struct provider_json_names {
    const char *within; /* the object they are in, or NULL for the document itself */
    const char *key, *secret, *token;
    const char *expiration;   /* text, or a number of milliseconds since the epoch */
    bool token_required;      /* and with it the expiration */
    int64_t now_ms, grace_ms; /* what has expired by now lasts for the grace; 0 = it does not */
    bool versioned;           /* "Version": 1 must be there */
};

/* ORGRUN_ECREDENTIALS saying what `from` ("the container credentials endpoint", and the provider's
 * name for people) did not give; nothing of a value goes into it. The parser's copies of the
 * secrets are wiped. */
int provider_json_read(const char *text, size_t len, const struct provider_json_names *names,
                       const char *from, struct credentials **out, struct orgrun_error *err);

#endif
