// SPDX-License-Identifier: MIT
// Source credentials from IAM Identity Center. Sources: AWS SDKs and Tools Reference Guide, "IAM
// Identity Center credential provider"; API references of the portal and of OIDC.
#include "aws/provider_profile.h"

#include "aws/provider_json.h"
#include "aws/uri.h"
#include "base/cleanup.h"
#include "base/fs.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <string.h>

#define CACHE_MAX (64 * 1024)
#define TIMEOUT_MS 10000
#define SOON_MS (15LL * 60 * 1000) /* a token that ends this soon is refreshed where it can be */

/* The cached login; its members live in `root`, which is wiped with it. */
struct token {
    char *path;
    json_t *root;
    int64_t expires_ms;
};

static void wipe(json_t *object)
{
    const char *key;
    json_t *item;
    json_object_foreach(object, key, item)
    {
        if (json_is_string(item))
            secret_wipe((void *)(uintptr_t)json_string_value(item), json_string_length(item));
    }
    json_decref(object);
}

static void token_clear(struct token *t)
{
    free(t->path);
    wipe(t->root);
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && text[0] ? text : NULL;
}

static int log_in(const struct provider_sso *sso, struct orgrun_error *err)
{
    return error_hint(err, "Log in with: aws sso login --profile %s", sso->profile);
}

/* ~/.aws/sso/cache/<SHA-1 of the session's name or the start URL>.json */
static char *cache_path(const struct provider_env *env, const struct provider_sso *sso)
{
    const char *home = provider_getenv(env->env, "HOME");
    const char *name = sso->session ? sso->session : sso->start_url;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    char hex[2 * EVP_MAX_MD_SIZE + 1], *path;
    if (!home || EVP_Digest(name, strlen(name), digest, &len, EVP_sha1(), NULL) != 1)
        return NULL;
    for (unsigned i = 0; i < len; i++)
        (void)snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
    return asprintf(&path, "%s/.aws/sso/cache/%s.json", home, hex) < 0 ? NULL : path;
}

static int load_token(const struct provider_env *env, const struct provider_sso *sso,
                      struct token *t, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf text = {0};
    struct orgrun_error why = {0};
    t->path = cache_path(env, sso);
    if (t->path && fs_read_file(t->path, CACHE_MAX, &text, &why) == 0) {
        text.secret = true;
        t->root = json_loadb(buf_str(&text), text.len, 0, NULL);
    }
    const char *expires = member(t->root, "expiresAt");
    if (member(t->root, "accessToken") && expires && clock_parse(expires, &t->expires_ms) == 0)
        return 0;
    error_set(err, ORGRUN_ECREDENTIALS,
              "the profile \"%s\" uses IAM Identity Center, and nobody has "
              "logged in",
              sso->profile);
    return log_in(sso, err);
}

static int save_token(const struct token *t, struct orgrun_error *err)
{
    struct fs_atomic file;
    int rc = fs_atomic_open(&file, t->path, 0600, err);
    if (rc)
        return rc;
    if (json_dumpf(t->root, file.file, JSON_COMPACT)) {
        fs_atomic_abort(&file);
        return error_set(err, ORGRUN_EIO, "cannot write %s", t->path);
    }
    return fs_atomic_commit(&file, err);
}

/* Puts what CreateToken answered into the cached document. */
static int take_refreshed(struct token *t, const struct aws_answer *answer, int64_t now_ms)
{
    json_t *root = json_loadb(buf_str(&answer->body), answer->body.len, 0, NULL);
    const char *access = member(root, "accessToken"), *refresh = member(root, "refreshToken");
    json_int_t seconds = json_integer_value(json_object_get(root, "expiresIn"));
    char expires[CLOCK_ISO_SIZE];
    int rc = access && seconds > 0 ? 0 : -1;
    t->expires_ms = now_ms + seconds * 1000;
    clock_format_iso(t->expires_ms, expires);
    (void)snprintf(expires + strlen("2026-11-24T03:45:00"), 2, "Z"); /* as the CLI writes it */
    if (rc == 0)
        rc = json_object_set_new(t->root, "accessToken", json_string(access)) ||
             json_object_set_new(t->root, "expiresAt", json_string(expires)) ||
             (refresh && json_object_set_new(t->root, "refreshToken", json_string(refresh)));
    wipe(root);
    return rc;
}

/* sso-oidc CreateToken with the refresh token. Nonzero when there is none, or it is refused. */
static int refresh(const struct provider_env *env, const struct provider_sso *sso, struct token *t)
{
    const char *registered_until = member(t->root, "registrationExpiresAt");
    const char *id = member(t->root, "clientId"), *secret = member(t->root, "clientSecret");
    const char *refresh_token = member(t->root, "refreshToken");
    int64_t now = clock_wall_ms(env->clock), until = 0;
    if (!sso->session || !id || !secret || !refresh_token ||
        (registered_until && (clock_parse(registered_until, &until) || until <= now)))
        return -1;
    struct orgrun_error err = {0};
    struct endpoint oidc;
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    json_t *body = json_pack("{ss ss ss ss}", "grantType", "refresh_token", "clientId", id,
                             "clientSecret", secret, "refreshToken", refresh_token);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    int rc = text ? provider_endpoint(env, "oidc", sso->region, &oidc, &err) : -1;
    if (rc == 0) {
        static const char *const headers[] = {"Content-Type: application/json", NULL};
        const struct aws_call_spec spec = {.operation = "sso-oidc:CreateToken",
                                           .endpoint = &oidc,
                                           .method = "POST",
                                           .path = "/token",
                                           .headers = headers,
                                           .body = text,
                                           .body_len = strlen(text),
                                           .max_body = CACHE_MAX,
                                           .timeout_ms = TIMEOUT_MS};
        rc = aws_call(env->client, &spec, &answer);
    }
    if (rc == 0)
        rc = take_refreshed(t, &answer, now);
    if (rc == 0 && save_token(t, &err))
        log_warn(env->log, "the refreshed login could not be kept: %s", err.message);
    if (text)
        secret_wipe(text, strlen(text));
    free(text);
    wipe(body);
    return rc;
}

static int ask(const struct provider_env *env, const struct provider_sso *sso,
               const struct token *t, struct aws_answer *answer, struct orgrun_error *err)
{
    struct endpoint portal;
    AUTO(buf_clear) struct buf bearer;
    AUTO(buf_clear) struct buf query;
    buf_init_secret(&bearer, CACHE_MAX);
    buf_init(&query, 2048);
    (void)buf_printf(&bearer, "x-amz-sso_bearer_token: %s", member(t->root, "accessToken"));
    (void)buf_puts(&query, "role_name=");
    (void)uri_encode(&query, sso->role_name, strlen(sso->role_name), "");
    (void)buf_puts(&query, "&account_id=");
    (void)uri_encode(&query, sso->account_id, strlen(sso->account_id), "");
    int rc = buf_check(&query, "the GetRoleCredentials request", err);
    if (rc == 0)
        rc = buf_check(&bearer, "the GetRoleCredentials request", err);
    if (rc == 0)
        rc = provider_endpoint(env, "sso", sso->region, &portal, err);
    if (rc)
        return rc;
    const char *const headers[] = {buf_str(&bearer), NULL};
    const struct aws_call_spec spec = {.operation = "sso:GetRoleCredentials",
                                       .subject = sso->role_name,
                                       .endpoint = &portal,
                                       .method = "GET",
                                       .path = "/federation/credentials",
                                       .query = buf_str(&query),
                                       .headers = headers,
                                       .max_body = PROVIDER_JSON_MAX,
                                       .timeout_ms = TIMEOUT_MS};
    rc = aws_call(env->client, &spec, answer);
    if (rc && err)
        *err = answer->err;
    return rc;
}

int provider_sso_load(const struct provider_env *env, const struct provider_sso *sso,
                      struct credentials **out, struct orgrun_error *err)
{
    static const struct provider_json_names names = {.within = "roleCredentials",
                                                     .key = "accessKeyId",
                                                     .secret = "secretAccessKey",
                                                     .token = "sessionToken",
                                                     .expiration = "expiration",
                                                     .token_required = true};
    AUTO(token_clear) struct token t = {0};
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    int rc = load_token(env, sso, &t, err);
    if (rc)
        return rc;
    int64_t now = clock_wall_ms(env->clock);
    if (t.expires_ms < now + SOON_MS && refresh(env, sso, &t) && t.expires_ms <= now) {
        error_set(err, ORGRUN_ECREDENTIALS,
                  "the Identity Center login of the profile \"%s\" is too old", sso->profile);
        return log_in(sso, err);
    }
    rc = ask(env, sso, &t, &answer, err);
    if (rc && answer.aws.status == 401)
        return log_in(sso, err);
    if (rc)
        return rc;
    char from[160];
    (void)snprintf(from, sizeof from, "Identity Center, by the profile %s", sso->profile);
    return provider_json_read(buf_str(&answer.body), answer.body.len, &names, from, out, err);
}
