// SPDX-License-Identifier: MIT
// The portal of IAM Identity Center: GetRoleCredentials (REST-JSON, a bearer token in place of a
// signature). Source: API Reference of the portal.
#ifndef ORGRUN_AWS_SSO_H
#define ORGRUN_AWS_SSO_H

#include "aws/call.h"

/* Borrowed until the call is started. */
struct sso_role_credentials {
    const char *token; /* of a login: a secret */
    const char *role_name, *account_id;
};

/* Starts GetRoleCredentials; done's answer body is for sso_parse_role_credentials. */
int sso_role_credentials_start(struct aws_client *client, const struct endpoint *portal,
                               const struct sso_role_credentials *in, aws_done_fn *done, void *user,
                               struct orgrun_error *err);

/* The same, waiting: returns answer->rc, with err set too. Not on the network thread. The caller
 * clears answer. */
int sso_role_credentials(struct aws_client *client, const struct endpoint *portal,
                         const struct sso_role_credentials *in, struct aws_answer *answer,
                         struct orgrun_error *err);

/* Reads an answer. `from` says where the credentials came from, for people. It names no account,
 * nor do they. ORGRUN_ECREDENTIALS for anything missing or malformed. */
int sso_parse_role_credentials(const char *json, size_t len, const char *from,
                               struct credentials **out, struct orgrun_error *err);

/* What a failed answer means. */
enum sso_failure {
    SSO_LOGIN_ENDED, /* the token is refused: log in again */
    SSO_NO_ROLE,     /* the user has no such permission set in the account */
    SSO_OTHER
};
enum sso_failure sso_failure_of(const struct aws_answer *answer);

#endif
