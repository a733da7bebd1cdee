// SPDX-License-Identifier: MIT
// Credentials: immutable, refcounted, with an absolute expiry.
#ifndef ORGRUN_AWS_CREDENTIALS_H
#define ORGRUN_AWS_CREDENTIALS_H

#include "base/secret.h"

#include <stdint.h>

#define CREDENTIALS_NEVER INT64_MAX

struct credentials;

/* What a new set is made of; borrowed during the call. */
struct credentials_parts {
    const char *access_key_id;
    const char *secret_key;
    const char *session_token; /* or NULL */
    int64_t expires_ms;        /* Unix milliseconds, or CREDENTIALS_NEVER */
    const char *account_id;    /* whose they are, or NULL when not known */
    const char *arn;           /* the assumed-role ARN, or NULL */
    const char *provider;      /* where they came from, for people: "environment", "profile prod" */
};

/* 0 with *out holding one reference; ORGRUN_ENOMEM; ORGRUN_ECREDENTIALS for an empty key or secret,
 * or one that holds control characters. */
int credentials_new(struct credentials **out, const struct credentials_parts *parts,
                    struct orgrun_error *err);

struct credentials *credentials_ref(struct credentials *c); /* NULL is fine */
void credentials_unref(struct credentials *c);              /* NULL is fine; the last one wipes */

const char *credentials_access_key_id(const struct credentials *c);
const struct secret *credentials_secret_key(const struct credentials *c);
const struct secret *credentials_session_token(const struct credentials *c); /* may be empty */
int64_t credentials_expires_ms(const struct credentials *c);
const char *credentials_account_id(const struct credentials *c); /* "" when not known */
const char *credentials_arn(const struct credentials *c);        /* "" when not known */
const char *credentials_provider(const struct credentials *c);

#endif
