// SPDX-License-Identifier: MIT
// Source credentials from the environment: AWS_ACCESS_KEY_ID and its companions.
#include "aws/provider.h"

#include <stdio.h>

#define KEY "AWS_ACCESS_KEY_ID"
#define SECRET "AWS_SECRET_ACCESS_KEY"
#define TOKEN "AWS_SESSION_TOKEN"
#define EXPIRATION "AWS_CREDENTIAL_EXPIRATION"

static int half_set(const char *set, const char *missing, struct orgrun_error *err)
{
    error_set(err, ORGRUN_ECREDENTIALS, "%s is set in the environment, but %s is not", set,
              missing);
    error_hint(err, "set both, or unset both to use a profile");
    return ORGRUN_ECREDENTIALS;
}

static int configured(const struct provider_env *env, char why[PROVIDER_WHY_SIZE])
{
    const char *key = provider_getenv(env->env, KEY);
    if (key || provider_getenv(env->env, SECRET)) {
        (void)snprintf(why, PROVIDER_WHY_SIZE, "access key %.32s%s", key ? key : "(none)",
                       provider_getenv(env->env, TOKEN) ? " with a session token" : "");
        return PROVIDER_FOUND;
    }
    (void)snprintf(why, PROVIDER_WHY_SIZE, "%s and %s are not set", KEY, SECRET);
    return PROVIDER_ABSENT;
}

static int load(const struct provider_env *env, struct credentials **out,
                char why[PROVIDER_WHY_SIZE], struct orgrun_error *err)
{
    struct credentials_parts parts = {
        .access_key_id = provider_getenv(env->env, KEY),
        .secret_key = provider_getenv(env->env, SECRET),
        .session_token = provider_getenv(env->env, TOKEN),
        .expires_ms = CREDENTIALS_NEVER,
        .provider = "the environment",
    };
    if (configured(env, why) == PROVIDER_ABSENT)
        return PROVIDER_ABSENT;
    if (!parts.secret_key)
        return half_set(KEY, SECRET, err);
    if (!parts.access_key_id)
        return half_set(SECRET, KEY, err);
    const char *expiration = provider_getenv(env->env, EXPIRATION);
    if (expiration && clock_parse(expiration, &parts.expires_ms)) {
        error_set(err, ORGRUN_ECREDENTIALS, "%s is \"%s\", which is not a time", EXPIRATION,
                  expiration);
        error_hint(err, "write it as 2026-11-24T03:45:00Z, or unset it");
        return ORGRUN_ECREDENTIALS;
    }
    return credentials_new(out, &parts, err);
}

const struct provider_ops provider_environment = {
    .name = "environment", .configured = configured, .load = load};
