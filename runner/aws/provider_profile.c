// SPDX-License-Identifier: MIT
// Source credentials from a profile of the shared files: static keys.
#include "aws/provider.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define KEY "aws_access_key_id"
#define SECRET "aws_secret_access_key"
#define TOKEN "aws_session_token"
#define LISTED_MAX 8

/* Kinds of profile that are not read, in the SDKs' order; static keys outrank the later ones. */
static const struct {
    const char *property;
    const char *kind;
    bool outranked; /* by static keys */
} unsupported[] = {
    {"role_arn", "assumes a role", false},
    {"web_identity_token_file", "uses a web identity token", false},
    {"sso_session", "uses IAM Identity Center", false},
    {"sso_start_url", "uses IAM Identity Center", false},
    {"sso_account_id", "uses IAM Identity Center", false},
    {"login_session", "uses a console login", true},
    {"credential_process", "runs a credential process", true},
};

static const char *get(const struct profile_section *p, const char *property)
{
    const char *value = profile_get(p, property);
    return value && value[0] ? value : NULL;
}

/* Was the profile asked for, rather than taken by default? */
static bool is_named(const struct provider_env *env)
{
    return (env->profile && env->profile[0]) || provider_getenv(env->env, "AWS_PROFILE");
}

static int missing(const struct provider_env *env, const char *name, struct orgrun_error *err)
{
    size_t len = env->files ? env->files->profiles_len : 0;
    AUTO(free_ptr) const char **names = calloc(len + 1, sizeof *names);
    AUTO(buf_clear) struct buf list;
    buf_init(&list, 400);
    for (size_t i = 0; names && i < len; i++) {
        names[i] = env->files->profiles[i].name;
        if (i < LISTED_MAX)
            (void)buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = names ? text_nearest(name, names) : NULL;
    error_set(err, ORGRUN_ECREDENTIALS,
              "there is no profile \"%s\" in the shared config and credentials files%s%s%s", name,
              near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    if (len == 0)
        error_hint(err, "the files hold no profile, or are not there; AWS_CONFIG_FILE and "
                        "AWS_SHARED_CREDENTIALS_FILE say where they are");
    else
        error_hint(err, "profiles that are there: %s%s", buf_str(&list),
                   len > LISTED_MAX ? ", ..." : "");
    return ORGRUN_ECREDENTIALS;
}

static int not_supported(const char *name, const char *kind, struct orgrun_error *err)
{
    error_set(err, ORGRUN_ECREDENTIALS,
              "the profile \"%s\" %s, which this version does not support", name, kind);
    error_hint(err,
               "put its credentials into the environment first:\n"
               "eval \"$(aws configure export-credentials --profile %s --format env)\"",
               name);
    return ORGRUN_ECREDENTIALS;
}

static int half_set(const char *name, const char *set, const char *absent, struct orgrun_error *err)
{
    return error_set(err, ORGRUN_ECREDENTIALS, "the profile \"%s\" has %s, but no %s", name, set,
                     absent);
}

static int load(const struct provider_env *env, struct credentials **out,
                char why[PROVIDER_WHY_SIZE], struct orgrun_error *err)
{
    const char *name = provider_profile_name(env);
    const struct profile_section *p = profile_find(env->files, name);
    if (!p && is_named(env))
        return missing(env, name, err);
    if (!p) {
        (void)snprintf(why, PROVIDER_WHY_SIZE, "there is no profile \"%s\"", name);
        return PROVIDER_ABSENT;
    }
    char from[128];
    (void)snprintf(from, sizeof from, "the profile %s", name);
    struct credentials_parts parts = {
        .access_key_id = get(p, KEY),
        .secret_key = get(p, SECRET),
        .session_token = get(p, TOKEN),
        .expires_ms = CREDENTIALS_NEVER,
        .provider = from,
    };
    bool keys = parts.access_key_id || parts.secret_key;
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++)
        if (get(p, unsupported[i].property) && !(keys && unsupported[i].outranked))
            return not_supported(name, unsupported[i].kind, err);
    if (!keys && is_named(env))
        return error_set(err, ORGRUN_ECREDENTIALS, "the profile \"%s\" holds no credentials", name);
    if (!keys) {
        (void)snprintf(why, PROVIDER_WHY_SIZE, "the profile \"%s\" holds no credentials", name);
        return PROVIDER_ABSENT;
    }
    if (!parts.secret_key)
        return half_set(name, KEY, SECRET, err);
    if (!parts.access_key_id)
        return half_set(name, SECRET, KEY, err);
    return credentials_new(out, &parts, err);
}

const struct provider_ops provider_profile = {.name = "profile", .load = load};
