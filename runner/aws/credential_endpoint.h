// SPDX-License-Identifier: MIT
// The credential endpoint: an HTTP server on the loopback that gives each child its account's
// session, in the protocol of the AWS SDKs' container credential provider, and renews it.
//
// Each child has a grant: a path and a token of its own. A request that brings both gets the
// credentials of the grant's account and of no other, for as long as the grant stands. All else is
// refused: 401 without a token, 403 with a wrong one, 404 for a path that is no grant's (any more),
// 405 for a method other than GET, 429 while one grant has too many requests waiting. When the
// session cannot be had the answer is 502, or 503 when the run is being stopped. Errors are JSON:
// {"code", "message"}. Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
#ifndef ORGRUN_AWS_CREDENTIAL_ENDPOINT_H
#define ORGRUN_AWS_CREDENTIAL_ENDPOINT_H

#include "aws/broker.h"
#include "base/log.h"

/* At once, from one grant; connections that have not shown a token count for nobody, and the oldest
 * of them makes room when there are too many. */
#define CREDENTIAL_GRANT_REQUESTS 4

/* A connection on which nothing comes for so long is closed. */
#define CREDENTIAL_ENDPOINT_IDLE_S 5

struct credential_endpoint;

struct credential_endpoint_opts {
    struct broker *broker; /* borrowed; may be NULL when every grant has `current` */
    const struct log *log; /* refused requests are told here; borrowed, may be NULL */
    unsigned grants;       /* how many there may be at once; sizes the limits */
};

/* No thread or socket is made before the first grant. ORGRUN_ENOMEM. */
int credential_endpoint_new(struct credential_endpoint **out,
                            const struct credential_endpoint_opts *opts, struct orgrun_error *err);

/* Waits for requests that are being answered, so call broker_cancel first; before broker_free.
 * Every grant must have been revoked. NULL is fine. */
void credential_endpoint_free(struct credential_endpoint *e);

/* A grant's functions are called on the server's threads, one call at a time for a grant and none
 * once it is revoked. */

/* The credentials to give in place of the broker's; a reference. */
typedef struct credentials *credential_current_fn(void *self);

/* Sees the credentials that are about to be given. When it fails they are not. */
typedef int credential_handout_fn(void *self, const struct credentials *c,
                                  struct orgrun_error *err);

struct credential_grant_opts {
    const char *account_id;            /* copied */
    credential_current_fn *current;    /* or NULL: the broker's */
    credential_handout_fn *on_handout; /* or NULL */
    void *self;
};

struct credential_grant;

/* Starts the server if need be; a thread that it makes has the caller's signal mask. ORGRUN_EIO,
 * ORGRUN_ENOMEM. */
int credential_endpoint_grant(struct credential_endpoint *e,
                              const struct credential_grant_opts *opts,
                              struct credential_grant **out, struct orgrun_error *err);

/* What a child needs: AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN.
 * Borrowed until the grant is revoked. */
const char *credential_grant_url(const struct credential_grant *g);
const struct secret *credential_grant_token(const struct credential_grant *g);

/* Ends the grant at once: its requests get nothing any more, not even those under way, for which
 * this does not wait. Any thread; g is gone afterwards. NULL is fine. */
void credential_endpoint_revoke(struct credential_endpoint *e, struct credential_grant *g);

#endif
