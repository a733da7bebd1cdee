// SPDX-License-Identifier: MIT
// Access keys the sandbox knows: the one it was started with, and those of the sessions it issued.
#ifndef SANDBOX_KEYS_H
#define SANDBOX_KEYS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_MAX 1000000

enum key_kind {
    KEY_SOURCE,  /* the management account's user; there may be several */
    KEY_SESSION, /* of GetSessionToken: the same user */
    KEY_ROLE     /* of AssumeRole */
};

struct key {
    enum key_kind kind;
    char id[21];
    char secret[41];
    char *token;           /* NULL: none is needed */
    int64_t expires_s;     /* Unix seconds; INT64_MAX: never */
    bool mfa;              /* an MFA code was shown for it */
    char account[13];      /* whose account it belongs to */
    char *arn;             /* what GetCallerIdentity answers */
    char user_id[21 + 66]; /* "AIDA..." or "AROA...:session" */
};

struct keys {
    struct key **all; /* the first is the source key */
    size_t len, cap;
};

/* What a new key is made of; borrowed. */
struct key_spec {
    enum key_kind kind;
    const char *account;
    const char *arn;
    const char *user_id;
    int64_t expires_s;
    bool with_token;
    bool mfa;
};

/* Makes a key of random text ("AKIA..." without a token, "ASIA..." with one) and remembers it.
 * ORGRUN_ENOMEM; ORGRUN_ELIMIT past KEYS_MAX. */
int keys_issue(struct keys *keys, const struct key_spec *spec, struct key **out,
               struct orgrun_error *err);

/* Ends every key of the kind. */
void keys_expire(struct keys *keys, enum key_kind kind);

/* By access key id, or NULL. */
struct key *keys_find(const struct keys *keys, const char *id);
void keys_clear(struct keys *keys);

/* Fills out with len characters of A-Z and 2-7 made from random bytes. NUL is not written. */
void keys_random_base32(char *out, size_t len);

#endif
