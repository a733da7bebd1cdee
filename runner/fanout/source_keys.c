// SPDX-License-Identifier: MIT
// The source's keys: from the provider chain, through the hubs, and anew before they end.
#include "fanout/source.h"

#include "base/cleanup.h"
#include "fanout/guard.h"

#include <string.h>

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

/* One hub further: *keys are replaced by those of its role's session. */
static int hop(const struct provider_env *env, const struct endpoint *sts,
               const struct job_hop *hub, struct credentials **keys, struct orgrun_error *err)
{
    char name[48], whose[256], code[PROVIDER_MFA_CODE_SIZE] = "";
    (void)snprintf(name, sizeof name, "orgrun-%lld", (long long)clock_wall_ms(env->clock) / 1000);
    (void)snprintf(whose, sizeof whose, "the hub %.200s", hub->role);
    int rc = hub->mfa_serial ? provider_mfa_code(env, whose, hub->mfa_serial, code, err) : 0;
    if (rc)
        return rc;
    const struct sts_assume_role in = {
        .role_arn = hub->role,
        .session_name = name,
        .duration_s = 3600, /* the most for a chained role, and the least a role can allow */
        .external_id = hub->external_id,
        .mfa_serial = hub->mfa_serial,
        .mfa_code = code,
    };
    struct credentials *session = NULL;
    rc = sts_assume_role(env->client, sts, *keys, &in, &session, err);
    if (rc)
        return error_context(err, "%s", whose), rc;
    credentials_unref(*keys);
    *keys = session;
    return 0;
}

/* The source's own keys become those of a session that was opened with an MFA code. */
static int with_mfa(const struct source *s, const struct provider_env *env,
                    struct credentials **keys, struct orgrun_error *err)
{
    char code[PROVIDER_MFA_CODE_SIZE];
    const char *serial = s->ctx->mfa_serial;
    int rc = provider_mfa_code(env, "AWS", serial, code, err);
    struct credentials *session = NULL;
    if (rc == 0)
        rc = sts_get_session_token(env->client, &s->sts, *keys, serial, code, &session, err);
    if (rc)
        return rc;
    credentials_unref(*keys);
    *keys = session;
    return 0;
}

static int load(const struct source *s, const struct provider_env *env, struct credentials **out,
                struct orgrun_error *err)
{
    AUTO(credentials_unrefp) struct credentials *keys = NULL;
    int rc = provider_chain_load(env, &keys, err);
    if (rc == 0 && s->ctx->mfa_serial)
        rc = with_mfa(s, env, &keys, err);
    for (size_t i = 0; rc == 0 && i < s->hops_len; i++)
        rc = hop(env, &s->sts, &s->hops[i], &keys, err);
    if (rc == 0)
        *out = TAKE_PTR(keys);
    return rc;
}

int source_load_keys(struct source *s, struct orgrun_error *err)
{
    struct guard guard;
    int rc = guard_begin(&guard, s, err);
    if (rc == 0)
        rc = load(s, &s->env, &s->credentials, err);
    return guard_end(&guard, rc, err);
}

struct credentials *source_credentials(struct source *s)
{
    pthread_mutex_lock(&s->lock);
    struct credentials *keys = credentials_ref(s->credentials);
    pthread_mutex_unlock(&s->lock);
    return keys;
}

int source_own_session(struct source *s, const char *account_id, struct credentials **out,
                       struct orgrun_error *err)
{
    const char *own = s->identity.account;
    if (strcmp(own, account_id) == 0) {
        *out = source_credentials(s);
        return 0;
    }
    (void)error_set(err, ORGRUN_ECREDENTIALS,
                    "management: source needs source credentials of the management account %s; "
                    "these are of account %s",
                    account_id, own[0] ? own : "(unknown)");
    (void)error_hint(err, "Start orgrun from the management account, or set accounts.management to "
                          "assume or skip.");
    return ORGRUN_ECREDENTIALS;
}

/* The same set as before, which is no renewal? */
static bool is_same(const struct credentials *a, const struct credentials *b)
{
    const struct secret *x = credentials_session_token(a), *y = credentials_session_token(b);
    return strcmp(credentials_access_key_id(a), credentials_access_key_id(b)) == 0 &&
           secret_len(x) == secret_len(y) &&
           (secret_empty(x) || memcmp(secret_reveal(x), secret_reveal(y), secret_len(x)) == 0) &&
           credentials_expires_ms(a) == credentials_expires_ms(b);
}

/* A run goes on as whom it began as: keys of another account are no renewal of its own. */
static int check_account(struct source *s, struct credentials *keys, struct orgrun_error *err)
{
    char before[sizeof s->identity.account];
    struct sts_identity now = {0};
    pthread_mutex_lock(&s->lock);
    memcpy(before, s->identity.account, sizeof before);
    pthread_mutex_unlock(&s->lock);
    if (!before[0])
        return 0;
    int rc = sts_get_caller_identity(&s->client, &s->sts, keys, &now, err);
    if (rc == 0 && strcmp(before, now.account) != 0)
        rc = error_set(err, ORGRUN_ECREDENTIALS, "%s gives keys of account %s now, not of %s",
                       credentials_provider(keys), now.account, before);
    sts_identity_clear(&now);
    return rc;
}

int source_renew_keys(struct source *s, int stop_fd, struct credentials **out,
                      struct orgrun_error *err)
{
    AUTO(credentials_unrefp) struct credentials *keys = NULL;
    AUTO(profile_set_clear) struct profile_set files = {0};
    struct provider_env env = s->env;
    env.files = &files;
    env.stop_fd = stop_fd;
    env.mfa_code = NULL; /* nobody waits for that question any more */
    int rc = profile_set_load(&files, env.env, env.log, err);
    if (rc == 0)
        rc = load(s, &env, &keys, err);
    struct credentials *before = rc == 0 ? source_credentials(s) : NULL;
    bool same = rc == 0 && is_same(before, keys);
    credentials_unref(before);
    if (rc == 0 && !same)
        rc = check_account(s, keys, err);
    if (rc)
        return rc;
    if (same)
        return error_set(err, ORGRUN_ECREDENTIALS, "%s gives the same ones as before",
                         credentials_provider(keys));
    pthread_mutex_lock(&s->lock);
    credentials_unref(s->credentials);
    s->credentials = credentials_ref(keys);
    pthread_mutex_unlock(&s->lock);
    *out = TAKE_PTR(keys);
    return 0;
}
