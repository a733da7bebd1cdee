// SPDX-License-Identifier: MIT
// Source credentials from a profile of the shared files, of whatever kind it is. Source: AWS SDKs
// and Tools Reference Guide, "Assume role credential provider" and its neighbours.
#include "aws/provider_profile.h"

#include "aws/provider_process.h"
#include "aws/sso_login.h"
#include "aws/sts.h"
#include "base/cleanup.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KEY "aws_access_key_id"
#define SECRET "aws_secret_access_key"
#define TOKEN "aws_session_token"
#define LISTED_MAX 8

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

/* A profile may lead to another one; those on the way, for loops. */
struct visit {
    const char *name;
    const struct visit *from;
};

typedef int load_kind_fn(const struct provider_env *env, const struct profile_section *p,
                         const struct visit *visit, struct credentials **out,
                         struct orgrun_error *err);

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

int provider_profile_missing(const struct provider_env *env, const char *name,
                             struct orgrun_error *err)
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

static int half_set(const char *name, const char *set, const char *absent, struct orgrun_error *err)
{
    return error_set(err, ORGRUN_ECREDENTIALS, "the profile \"%s\" has %s, but no %s", name, set,
                     absent);
}

const char *provider_session_name(const struct provider_env *env, const char *configured,
                                  char buffer[PROVIDER_SESSION_NAME_SIZE])
{
    if (configured && configured[0])
        return configured;
    (void)snprintf(buffer, PROVIDER_SESSION_NAME_SIZE, "orgrun-%" PRId64,
                   clock_wall_ms(env->clock) / 1000);
    return buffer;
}

static int load_named(const struct provider_env *env, const char *name, const struct visit *from,
                      struct credentials **out, struct orgrun_error *err);

static int load_static(const struct provider_env *env, const struct profile_section *p,
                       const struct visit *visit, struct credentials **out,
                       struct orgrun_error *err)
{
    (void)env;
    char from[128];
    (void)snprintf(from, sizeof from, "the profile %s", visit->name);
    const struct credentials_parts parts = {
        .access_key_id = get(p, KEY),
        .secret_key = get(p, SECRET),
        .session_token = get(p, TOKEN),
        .expires_ms = CREDENTIALS_NEVER,
        .provider = from,
    };
    if (!parts.secret_key)
        return half_set(visit->name, KEY, SECRET, err);
    if (!parts.access_key_id)
        return half_set(visit->name, SECRET, KEY, err);
    return credentials_new(out, &parts, err);
}

/* credential_source: a provider by name. */
static int load_from_provider(const struct provider_env *env, const struct visit *visit,
                              const char *source, struct credentials **out,
                              struct orgrun_error *err)
{
    static const struct {
        const char *name;
        const struct provider_ops *provider;
    } sources[] = {{"Environment", &provider_environment},
                   {"Ec2InstanceMetadata", &provider_imds},
                   {"EcsContainer", &provider_container}};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (strcmp(source, sources[i].name) != 0)
            continue;
        char why[PROVIDER_WHY_SIZE] = "";
        int rc = sources[i].provider->load(env, out, why, err);
        return rc == PROVIDER_ABSENT
                   ? error_set(err, ORGRUN_ECREDENTIALS,
                               "the profile \"%s\" has credential_source = %s, but %s", visit->name,
                               source, why)
                   : rc;
    }
    error_set(err, ORGRUN_ECREDENTIALS, "the profile \"%s\" has credential_source = %s",
              visit->name, source);
    return error_hint(err, "It can be Environment, Ec2InstanceMetadata or EcsContainer.");
}

/* The credentials that the role is assumed with. */
static int load_source(const struct provider_env *env, const struct profile_section *p,
                       const struct visit *visit, struct credentials **out,
                       struct orgrun_error *err)
{
    const char *profile = get(p, "source_profile"), *source = get(p, "credential_source");
    if (profile && source)
        return error_set(err, ORGRUN_ECREDENTIALS,
                         "the profile \"%s\" has both source_profile and credential_source",
                         visit->name);
    if (source)
        return load_from_provider(env, visit, source, out, err);
    if (!profile)
        return half_set(visit->name, "role_arn", "source_profile or credential_source", err);
    if (strcmp(profile, visit->name) == 0 && (get(p, KEY) || get(p, SECRET)))
        return load_static(env, p, visit, out, err);
    return load_named(env, profile, visit, out, err);
}

static int export_first(const struct visit *visit, struct orgrun_error *err)
{
    return error_hint(err,
                      "Put its credentials into the environment first:\n"
                      "eval \"$(aws configure export-credentials --profile %s --format env)\"",
                      visit->name);
}

static int load_role(const struct provider_env *env, const struct profile_section *p,
                     const struct visit *visit, struct credentials **out, struct orgrun_error *err)
{
    const char *token_file = get(p, "web_identity_token_file");
    const char *session = get(p, "role_session_name"), *duration = get(p, "duration_seconds");
    char name[PROVIDER_SESSION_NAME_SIZE], whose[160], code[PROVIDER_MFA_CODE_SIZE] = "";
    if (token_file)
        return provider_web_identity_assume(env, get(p, "role_arn"), session, token_file, out, err);
    (void)snprintf(whose, sizeof whose, "the profile \"%s\"", visit->name);
    AUTO(credentials_unrefp) struct credentials *source = NULL;
    struct endpoint sts;
    int rc = load_source(env, p, visit, &source, err);
    if (rc == 0 && get(p, "mfa_serial"))
        rc = provider_mfa_code(env, whose, get(p, "mfa_serial"), code, err);
    if (rc == 0)
        rc = provider_endpoint(env, "sts", env->region, &sts, err);
    if (rc)
        return rc;
    const struct sts_assume_role in = {
        .role_arn = get(p, "role_arn"),
        .session_name = provider_session_name(env, session, name),
        .duration_s = duration ? strtoll(duration, NULL, 10) : 3600,
        .external_id = get(p, "external_id"),
        .mfa_serial = get(p, "mfa_serial"),
        .mfa_code = code,
    };
    rc = sts_assume_role(env->client, &sts, source, &in, out, err);
    return rc ? error_context(err, "%s", whose) : 0;
}

static int load_sso(const struct provider_env *env, const struct profile_section *p,
                    const struct visit *visit, struct credentials **out, struct orgrun_error *err)
{
    const char *session = get(p, "sso_session");
    const struct profile_section *from = session ? sso_login_section(env->files, session) : p;
    if (!from)
        return error_set(err, ORGRUN_ECREDENTIALS,
                         "the profile \"%s\" names the sso-session \"%s\", which is not there",
                         visit->name, session);
    const struct provider_sso sso = {
        .profile = visit->name,
        .session = session,
        .start_url = get(from, "sso_start_url"),
        .region = get(from, "sso_region"),
        .account_id = get(p, "sso_account_id"),
        .role_name = get(p, "sso_role_name"),
    };
    const struct {
        const char *name, *value;
    } needed[] = {{"sso_start_url", sso.start_url},
                  {"sso_region", sso.region},
                  {"sso_account_id", sso.account_id},
                  {"sso_role_name", sso.role_name}};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!needed[i].value)
            return half_set(visit->name, session ? "sso_session" : "a part of Identity Center",
                            needed[i].name, err);
    return provider_sso_load(env, &sso, out, err);
}

static int load_process(const struct provider_env *env, const struct profile_section *p,
                        const struct visit *visit, struct credentials **out,
                        struct orgrun_error *err)
{
    return provider_process_load(env, visit->name, get(p, "credential_process"),
                                 PROVIDER_PROCESS_TIMEOUT_MS, out, err);
}

/* `aws login` keeps a key pair of its own kind, which orgrun cannot use. */
static int load_login(const struct provider_env *env, const struct profile_section *p,
                      const struct visit *visit, struct credentials **out, struct orgrun_error *err)
{
    (void)env;
    (void)p;
    (void)out;
    error_set(err, ORGRUN_ECREDENTIALS,
              "the profile \"%s\" uses a console login, which orgrun cannot use", visit->name);
    return export_first(visit, err);
}

/* The kinds of a profile in the SDKs' order: the first whose property it has is its kind. */
static const struct {
    const char *property;
    enum provider_profile_kind kind;
} properties[] = {
    {"role_arn", PROFILE_ROLE},
    {"sso_session", PROFILE_SSO},
    {"sso_start_url", PROFILE_SSO},
    {"sso_account_id", PROFILE_SSO},
    {KEY, PROFILE_STATIC},
    {SECRET, PROFILE_STATIC},
    {"login_session", PROFILE_LOGIN},
    {"credential_process", PROFILE_PROCESS},
};

static const struct {
    const char *name;
    load_kind_fn *load;
} kinds[] = {
    [PROFILE_NONE] = {"no credentials", NULL},
    [PROFILE_ROLE] = {"assume role", load_role},
    [PROFILE_WEB_IDENTITY] = {"web identity", load_role},
    [PROFILE_SSO] = {"Identity Center", load_sso},
    [PROFILE_STATIC] = {"static keys", load_static},
    [PROFILE_LOGIN] = {"console login", load_login},
    [PROFILE_PROCESS] = {"credential_process", load_process},
};

enum provider_profile_kind provider_profile_kind(const struct profile_section *p)
{
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (!get(p, properties[i].property))
            continue;
        bool web = properties[i].kind == PROFILE_ROLE && get(p, "web_identity_token_file");
        return web ? PROFILE_WEB_IDENTITY : properties[i].kind;
    }
    return PROFILE_NONE;
}

const char *provider_profile_kind_name(enum provider_profile_kind kind)
{
    return kinds[kind].name;
}

int provider_profile_loops(const char *name, struct orgrun_error *err)
{
    return error_set(err, ORGRUN_ECREDENTIALS,
                     "the profile \"%s\" leads back to itself by source_profile", name);
}

static int load_named(const struct provider_env *env, const char *name, const struct visit *from,
                      struct credentials **out, struct orgrun_error *err)
{
    for (const struct visit *v = from; v; v = v->from)
        if (strcmp(v->name, name) == 0)
            return provider_profile_loops(name, err);
    const struct profile_section *p = profile_find(env->files, name);
    if (!p)
        return provider_profile_missing(env, name, err);
    load_kind_fn *load = kinds[provider_profile_kind(p)].load;
    const struct visit visit = {.name = name, .from = from};
    return load ? load(env, p, &visit, out, err)
                : error_set(err, ORGRUN_ECREDENTIALS, "the profile \"%s\" holds no credentials",
                            name);
}

static int configured(const struct provider_env *env, char why[PROVIDER_WHY_SIZE])
{
    const char *name = provider_profile_name(env);
    const struct profile_section *p = profile_find(env->files, name);
    enum provider_profile_kind kind = p ? provider_profile_kind(p) : PROFILE_NONE;
    if (!p)
        (void)snprintf(why, PROVIDER_WHY_SIZE, "there is no profile \"%.100s\"", name);
    else
        (void)snprintf(why, PROVIDER_WHY_SIZE, "the profile \"%.100s\"%s%s", name,
                       kind == PROFILE_NONE ? " holds " : ": ", kinds[kind].name);
    return is_named(env) || kind != PROFILE_NONE ? PROVIDER_FOUND : PROVIDER_ABSENT;
}

static int load(const struct provider_env *env, struct credentials **out,
                char why[PROVIDER_WHY_SIZE], struct orgrun_error *err)
{
    return configured(env, why) == PROVIDER_ABSENT
               ? PROVIDER_ABSENT
               : load_named(env, provider_profile_name(env), NULL, out, err);
}

const struct provider_ops provider_profile = {
    .name = "profile", .configured = configured, .load = load};
