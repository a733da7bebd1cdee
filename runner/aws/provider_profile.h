// SPDX-License-Identifier: MIT
// Inside the providers: what profiles and their relatives share.
#ifndef ORGRUN_AWS_PROVIDER_PROFILE_H
#define ORGRUN_AWS_PROVIDER_PROFILE_H

#include "aws/provider.h"

#define PROVIDER_SESSION_NAME_SIZE 65

/* Where a profile's credentials come from. */
enum provider_profile_kind {
    PROFILE_NONE,
    PROFILE_ROLE, /* of another profile's or provider's */
    PROFILE_WEB_IDENTITY,
    PROFILE_SSO,
    PROFILE_STATIC,
    PROFILE_LOGIN, /* `aws login` */
    PROFILE_PROCESS
};
enum provider_profile_kind provider_profile_kind(const struct profile_section *p);
const char *provider_profile_kind_name(enum provider_profile_kind kind);

/* The errors of a name that no profile has, and of one that leads back to itself. */
int provider_profile_missing(const struct provider_env *env, const char *name,
                             struct orgrun_error *err);
int provider_profile_loops(const char *name, struct orgrun_error *err);

/* The configured session name, or "orgrun-<Unix seconds>" written to buffer. */
const char *provider_session_name(const struct provider_env *env, const char *configured,
                                  char buffer[PROVIDER_SESSION_NAME_SIZE]);

/* AssumeRoleWithWebIdentity with the token that the file holds now. session_name may be NULL. */
int provider_web_identity_assume(const struct provider_env *env, const char *role_arn,
                                 const char *session_name, const char *token_file,
                                 struct credentials **out, struct orgrun_error *err);

/* What a profile says of Identity Center; of the sso-session or, in the legacy form, of itself. */
struct provider_sso {
    const char *profile;
    const char *session; /* name of the sso-session, or NULL */
    const char *start_url, *region, *account_id, *role_name;
};

/* GetRoleCredentials with the cached token, which is refreshed where it can be.
 * ORGRUN_ECREDENTIALS; the hint says how to log in. */
int provider_sso_load(const struct provider_env *env, const struct provider_sso *sso,
                      struct credentials **out, struct orgrun_error *err);

#endif
