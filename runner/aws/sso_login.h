// SPDX-License-Identifier: MIT
// A login to IAM Identity Center: the token that `aws sso login` cached, and its refreshing.
// Sources: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider" and "SSO
// token provider configuration"; API Reference of OIDC, CreateToken.
#ifndef ORGRUN_AWS_SSO_LOGIN_H
#define ORGRUN_AWS_SSO_LOGIN_H

#include "aws/provider.h"

#include <jansson.h>

/* What is logged in to. Borrowed. */
struct sso_place {
    const char *session; /* name of the [sso-session] section; NULL = the legacy form */
    const char *start_url, *region;
    const char *profile; /* that says so, for messages; NULL = nothing but the session */
};

/* The cached login; the token lives in `root`, which is wiped with it. */
struct sso_login {
    char *path;
    json_t *root;
    int64_t expires_ms; /* Unix milliseconds */
};
void sso_login_clear(struct sso_login *l);

/* The [sso-session] section of that name, or NULL. */
const struct profile_section *sso_login_section(const struct profile_set *files, const char *name);

/* Fills out with what such a section says. ORGRUN_ECREDENTIALS when it is not there (the hint names
 * those that are), or lacks sso_start_url or sso_region. */
int sso_place_find(const struct profile_set *files, const char *session, struct sso_place *out,
                   struct orgrun_error *err);

/* The cached login, refreshed where it ends within 15 minutes and can be. May ask AWS: not on the
 * network thread. ORGRUN_ECREDENTIALS when there is none or it has ended; the hint says how to log
 * in. */
int sso_login_open(const struct provider_env *env, const struct sso_place *place,
                   struct sso_login *out, struct orgrun_error *err);

/* Another login in the place of one whose token has ended or is about to: the cache's, when
 * somebody logged in meanwhile, else the same refreshed. As sso_login_open. */
int sso_login_renew(const struct provider_env *env, const struct sso_place *place,
                    const struct sso_login *old, struct sso_login *out, struct orgrun_error *err);

/* The bearer token; "" of a cleared login. Borrowed; a secret. */
const char *sso_login_token(const struct sso_login *l);

/* Hints how to log in. Returns err's code. */
int sso_login_hint(const struct sso_place *place, struct orgrun_error *err);

#endif
