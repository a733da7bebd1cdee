// SPDX-License-Identifier: MIT
// The provider chain: which source credentials, profile and Region are in force.
#include "aws/provider.h"

#include "aws/service.h"
#include "base/buf.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *provider_getenv(const char *const *env, const char *name)
{
    size_t n = strlen(name);
    for (; env && *env; env++)
        if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
            return (*env)[n + 1] ? *env + n + 1 : NULL;
    return NULL;
}

int provider_mfa_code(const struct provider_env *env, const char *whose, const char *serial,
                      char code[PROVIDER_MFA_CODE_SIZE], struct orgrun_error *err)
{
    if (env->mfa_code) {
        int rc = env->mfa_code(env->mfa_user, serial, code, err);
        return rc ? error_context(err, "%s", whose), rc : 0;
    }
    error_set(err, ORGRUN_ECREDENTIALS, "%s asks for a code of the MFA device %s", whose, serial);
    error_hint(err, "a code can be given on a terminal only, and once");
    return ORGRUN_ECREDENTIALS;
}

const char *provider_profile_name(const struct provider_env *env)
{
    if (env->profile && env->profile[0])
        return env->profile;
    const char *name = provider_getenv(env->env, "AWS_PROFILE");
    return name ? name : "default";
}

const char *provider_region(const struct provider_env *env)
{
    const char *region = provider_getenv(env->env, "AWS_REGION");
    if (!region)
        region = provider_getenv(env->env, "AWS_DEFAULT_REGION");
    if (!region)
        region = profile_get(profile_find(env->files, provider_profile_name(env)), "region");
    return region && region[0] ? region : NULL;
}

/* A setting as the environment, else the profile in force, has it; or NULL. */
static const char *setting(const struct provider_env *env, const char *variable, const char *key)
{
    const char *value = provider_getenv(env->env, variable);
    return value ? value : profile_get(profile_find(env->files, provider_profile_name(env)), key);
}

static bool is(const char *value, const char *word)
{
    return value && strcasecmp(value, word) == 0;
}

static const char *custom_endpoint(const struct provider_env *env, const char *service)
{
    const char *url = endpoint_from_env(env->env, service);
    if (url ||
        is(setting(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"),
           "true"))
        return url;
    const struct profile_section *p = profile_find(env->files, provider_profile_name(env));
    const char *name = p ? profile_get(p, "services") : NULL;
    char key[SERVICE_SETTING_SIZE];
    service_setting(service, key);
    for (char *c = key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    for (size_t i = 0; name && i < env->files->services_len; i++)
        if (strcmp(env->files->services[i].name, name) == 0)
            url = profile_nested(&env->files->services[i], key, "endpoint_url");
    return url ? url : p ? profile_get(p, "endpoint_url") : NULL;
}

int provider_endpoint(const struct provider_env *env, const char *service, const char *region,
                      struct endpoint *out, struct orgrun_error *err)
{
    struct endpoint_params params = {
        .service = service,
        .region = region,
        .use_fips = is(setting(env, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"), "true"),
        .use_dual_stack =
            is(setting(env, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"), "true"),
        .use_global_endpoint =
            is(setting(env, "AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints"), "legacy"),
        .endpoint = custom_endpoint(env, service),
    };
    int rc = endpoint_resolve(&params, out, err);
    if (rc)
        (void)error_context(err, "endpoint of %s in %s", service, region);
    return rc;
}

/* Found, but of no use any more: said now, and not by the first of a hundred denied calls. */
static int check_expiry(const struct provider_env *env, const struct credentials *c,
                        struct orgrun_error *err)
{
    int64_t expires = credentials_expires_ms(c);
    int64_t now = clock_wall_ms(env->clock);
    if (expires > now)
        return 0;
    char at[CLOCK_ISO_SIZE], ago[DURATION_SIZE];
    clock_format_iso(expires, at);
    duration_format(now - expires, ago);
    error_set(err, ORGRUN_ECREDENTIALS, "the source credentials from %s expired at %s, %s ago",
              credentials_provider(c), at, ago);
    error_hint(err, "get new ones and run again");
    return ORGRUN_ECREDENTIALS;
}

const struct provider_ops *const provider_chain[PROVIDERS] = {
    &provider_environment, &provider_web_identity, &provider_profile, &provider_container,
    &provider_imds};

int provider_configured(const struct provider_env *env, const struct provider_ops *provider,
                        char why[PROVIDER_WHY_SIZE])
{
    bool from_env = provider == &provider_environment || provider == &provider_web_identity;
    if (from_env && env->profile && env->profile[0]) {
        (void)snprintf(why, PROVIDER_WHY_SIZE, "passed over, because a profile was named");
        return PROVIDER_ABSENT;
    }
    return provider->configured(env, why);
}

static int accept(const struct provider_env *env, struct credentials **out,
                  struct orgrun_error *err)
{
    log_debug(env->log, "source credentials are those of %s", credentials_provider(*out));
    int rc = check_expiry(env, *out, err);
    if (rc) {
        credentials_unref(*out);
        *out = NULL;
    }
    return rc;
}

int provider_chain_load(const struct provider_env *env, struct credentials **out,
                        struct orgrun_error *err)
{
    *out = NULL;
    AUTO(buf_clear) struct buf whys;
    buf_init(&whys, sizeof err->hint - 1);
    for (size_t i = 0; i < PROVIDERS; i++) {
        char why[PROVIDER_WHY_SIZE] = "";
        int rc = provider_configured(env, provider_chain[i], why);
        if (rc == PROVIDER_FOUND)
            rc = provider_chain[i]->load(env, out, why, err);
        if (rc == PROVIDER_FOUND)
            return accept(env, out, err);
        if (rc != PROVIDER_ABSENT)
            return rc;
        (void)buf_printf(&whys, "%s%s: %s", i ? "\n" : "", provider_chain[i]->name, why);
    }
    error_set(err, ORGRUN_ECREDENTIALS, "no source credentials were found");
    error_hint(err, "%s", buf_str(&whys));
    return ORGRUN_ECREDENTIALS;
}
