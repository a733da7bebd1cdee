// SPDX-License-Identifier: MIT
// Source credentials for a web identity (OIDC) token: CI systems, EKS service accounts.
#include "aws/provider_profile.h"

#include "aws/sts.h"
#include "base/cleanup.h"
#include "base/fs.h"

#include <string.h>

#define TOKEN_FILE "AWS_WEB_IDENTITY_TOKEN_FILE"
#define ROLE_ARN "AWS_ROLE_ARN"
#define SESSION_NAME "AWS_ROLE_SESSION_NAME"

/* The token as it is now: whoever issues it writes a new one from time to time. */
static int read_token(const char *path, struct buf *token, struct orgrun_error *err)
{
    int rc = fs_read_file(path, STS_WEB_TOKEN_MAX + 2, token, err);
    if (rc)
        return error_context(err, "the web identity token");
    token->secret = true;
    while (token->len && strchr(" \t\r\n", token->data[token->len - 1]))
        token->data[--token->len] = '\0';
    if (token->len == 0)
        return error_set(err, ORGRUN_ECREDENTIALS, "the web identity token file %s is empty", path);
    return 0;
}

int provider_web_identity_assume(const struct provider_env *env, const char *role_arn,
                                 const char *session_name, const char *token_file,
                                 struct credentials **out, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf token = {0};
    struct endpoint sts;
    char name[PROVIDER_SESSION_NAME_SIZE];
    int rc = read_token(token_file, &token, err);
    if (rc == 0)
        rc = provider_endpoint(env, "sts", env->region, &sts, err);
    if (rc)
        return rc;
    const struct sts_web_identity in = {
        .role_arn = role_arn,
        .session_name = provider_session_name(env, session_name, name),
        .token = buf_str(&token),
    };
    rc = sts_assume_role_with_web_identity(env->client, &sts, &in, out, err);
    if (rc)
        (void)error_hint(
            err,
            "The token is that of %s. The role's trust policy must name its issuer as a "
            "federated principal, and allow its audience and subject.",
            token_file);
    return rc;
}

static int configured(const struct provider_env *env, char why[PROVIDER_WHY_SIZE])
{
    const char *token_file = provider_getenv(env->env, TOKEN_FILE);
    (void)snprintf(why, PROVIDER_WHY_SIZE, token_file ? "the token in %.120s" : "%s is not set",
                   token_file ? token_file : TOKEN_FILE);
    return token_file ? PROVIDER_FOUND : PROVIDER_ABSENT;
}

static int load(const struct provider_env *env, struct credentials **out,
                char why[PROVIDER_WHY_SIZE], struct orgrun_error *err)
{
    const char *token_file = provider_getenv(env->env, TOKEN_FILE);
    const char *role_arn = provider_getenv(env->env, ROLE_ARN);
    if (configured(env, why) == PROVIDER_ABSENT)
        return PROVIDER_ABSENT;
    if (!role_arn)
        return error_set(err, ORGRUN_ECREDENTIALS, "%s is set in the environment, but %s is not",
                         TOKEN_FILE, ROLE_ARN);
    return provider_web_identity_assume(env, role_arn, provider_getenv(env->env, SESSION_NAME),
                                        token_file, out, err);
}

const struct provider_ops provider_web_identity = {
    .name = "web identity", .configured = configured, .load = load};
