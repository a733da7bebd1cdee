// SPDX-License-Identifier: MIT
// One child's right to its account's credentials, and the set of those that stand. Internal to the
// room.
#ifndef ORGRUN_AWS_CREDENTIAL_GRANT_H
#define ORGRUN_AWS_CREDENTIAL_GRANT_H

#include "aws/credential_endpoint.h"
#include "base/account.h"

#define GRANT_PATH "/credentials/"
#define GRANT_ID_BYTES 16
#define GRANT_TOKEN_BYTES 32

struct credential_grant {
    struct credential_grant *next, *prev; /* of those that stand; under the set's lock */
    unsigned refs;                        /* under the set's lock */
    unsigned requests;                    /* being answered; under the set's lock */
    char account[ACCOUNT_ID_SIZE];
    char path[sizeof GRANT_PATH + 2 * (size_t)GRANT_ID_BYTES];
    char url[sizeof GRANT_PATH + 2 * (size_t)GRANT_ID_BYTES + 32];
    struct secret token;
    pthread_mutex_t lock; /* held while a function of its runs; guards revoked */
    bool revoked;
    credential_current_fn *current;
    credential_handout_fn *on_handout;
    void *self;
};

struct grant_set {
    pthread_mutex_t lock;
    struct credential_grant *first;
};

void grant_set_init(struct grant_set *set);
void grant_set_clear(struct grant_set *set); /* which must be empty */

/* A grant with a path and a token that nobody can guess, in the set; one reference. ORGRUN_EIO when
 * the system gives no random numbers, ORGRUN_ENOMEM. */
int grant_set_add(struct grant_set *set, const struct credential_grant_opts *opts, unsigned port,
                  struct credential_grant **out, struct orgrun_error *err);
/* Revokes the grant and gives the reference up. */
void grant_set_remove(struct grant_set *set, struct credential_grant *g);

/* The grant of a path, with a reference, or NULL. */
struct credential_grant *grant_set_find(struct grant_set *set, const char *path);
void grant_set_unref(struct grant_set *set, struct credential_grant *g);

/* Counts a request that is about to be answered: false when the grant has its most. */
bool grant_begin(struct grant_set *set, struct credential_grant *g);
void grant_end(struct grant_set *set, struct credential_grant *g);

/* Is this the grant's token? Takes as long for one wrong token as for another. */
bool grant_matches(const struct credential_grant *g, const char *token);

/* Takes the current credentials where the grant has such (*c is a reference or NULL), and shows *c
 * to on_handout. False when they are not to be given: the grant was revoked, or, with err set,
 * on_handout failed. */
bool grant_hand_out(struct credential_grant *g, struct credentials **c, struct orgrun_error *err);

#endif
