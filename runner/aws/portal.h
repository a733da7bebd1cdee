// SPDX-License-Identifier: MIT
// The portal: sessions opened by GetRoleCredentials of IAM Identity Center, for as many accounts as
// there are, with one login and within the rate that AWS takes.
#ifndef ORGRUN_AWS_PORTAL_H
#define ORGRUN_AWS_PORTAL_H

#include "aws/opener.h"
#include "aws/provider.h"

struct portal_opts {
    const struct provider_env *env; /* with a client; borrowed, outlives the portal */
    const struct endpoint *sts;     /* asked whose each session is */
    const char *session;            /* name of an [sso-session] section */
    const char *role_name;          /* of the permission set */
};

struct portal;

/* Finds the section and the cached login, which it refreshes where it ends soon; may ask AWS for
 * that, so not on the network thread. ORGRUN_ECREDENTIALS without a section or a login that is
 * good; the hint says what to do. */
int portal_new(struct portal **out, const struct portal_opts *opts, struct orgrun_error *err);
void portal_free(struct portal *p); /* once nothing is being opened; NULL is fine */

/* Opens sessions at 20 a second (after a burst of as many), less when AWS throttles.
 *
 * The answer of GetRoleCredentials does not say whose the session is, so each is asked once
 * (GetCallerIdentity, which no policy of an account can deny): what cannot say so is not used. A
 * login that AWS refuses is AWSERROR_EXPIRED; a permission set that the user does not have in the
 * account is an error of that account, which says so. Takes no source. */
struct opener portal_opener(struct portal *p);

/* When the login ends: Unix milliseconds. */
int64_t portal_expires_ms(struct portal *p);

/* The token of the login, to be kept out of what is written. 0 or ORGRUN_ENOMEM. */
int portal_copy_token(struct portal *p, struct secret *out, struct orgrun_error *err);

/* Gets another login: the one that somebody made meanwhile, else the same refreshed, and puts it in
 * force. ORGRUN_ECREDENTIALS. Not on the network thread. */
int portal_renew(struct portal *p, struct orgrun_error *err);

/* Sets the error of a login that has ended and cannot be renewed. Returns its code. */
int portal_login_ended(const struct portal *p, struct orgrun_error *err);

#endif
