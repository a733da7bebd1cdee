// SPDX-License-Identifier: MIT
// The JSON documents of the container credential protocol. Internal to the room.
#ifndef ORGRUN_AWS_CREDENTIAL_DOCUMENT_H
#define ORGRUN_AWS_CREDENTIAL_DOCUMENT_H

#include "aws/credentials.h"

/* A document that is wiped when it is freed. */
struct credential_document {
    size_t len;
    char text[];
};

/* {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", "AccountId"}; the token is "" when
 * there is none, the account is left out when it is not known. NULL when out of memory or when it
 * is larger than 64 KiB. Keys that never expire are said to last to `forever_ms` (Unix
 * milliseconds): the SDKs insist on a time. */
struct credential_document *credential_document_new(const struct credentials *c,
                                                    int64_t forever_ms);

/* {"code", "message"}; NULL when out of memory. */
struct credential_document *credential_document_error(const char *code, const char *message);

void credential_document_free(struct credential_document *d); /* NULL is fine */

#endif
