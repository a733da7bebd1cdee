// SPDX-License-Identifier: MIT
// A login to IAM Identity Center: the cached token, and its refreshing.
#include "aws/sso_login.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/secret.h"

#include <openssl/evp.h>
#include <string.h>

#define CACHE_MAX (64 * 1024)
#define TIMEOUT_MS 10000
#define SOON_MS (15LL * 60 * 1000) /* a token that ends this soon is refreshed where it can be */
#define NAMES_MAX 400

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

void sso_login_clear(struct sso_login *l)
{
    free(l->path);
    wipe(l->root);
    *l = (struct sso_login){0};
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && text[0] ? text : NULL;
}

const char *sso_login_token(const struct sso_login *l)
{
    const char *token = member(l->root, "accessToken");
    return token ? token : "";
}

int sso_login_hint(const struct sso_place *place, struct orgrun_error *err)
{
    return error_hint(err, "Log in with: aws sso login --%s %s",
                      place->profile ? "profile" : "sso-session",
                      place->profile ? place->profile : place->session);
}

const struct profile_section *sso_login_section(const struct profile_set *files, const char *name)
{
    for (size_t i = 0; i < files->sso_sessions_len; i++)
        if (strcmp(files->sso_sessions[i].name, name) == 0)
            return &files->sso_sessions[i];
    return NULL;
}

static int no_section(const struct profile_set *files, const char *session,
                      struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf names;
    buf_init(&names, NAMES_MAX);
    for (size_t i = 0; i < files->sso_sessions_len; i++)
        (void)buf_printf(&names, "%s%s", i ? ", " : "", files->sso_sessions[i].name);
    error_set(err, ORGRUN_ECREDENTIALS,
              "there is no [sso-session %s] section in the shared config file", session);
    return files->sso_sessions_len ? error_hint(err, "There are: %s", buf_str(&names))
                                   : error_hint(err, "Make one with: aws configure sso-session");
}

int sso_place_find(const struct profile_set *files, const char *session, struct sso_place *out,
                   struct orgrun_error *err)
{
    static const char *const properties[] = {"sso_start_url", "sso_region"};
    const struct profile_section *section = sso_login_section(files, session);
    const char *values[2];
    if (!section)
        return no_section(files, session, err);
    for (int i = 0; i < 2; i++) {
        values[i] = profile_get(section, properties[i]);
        if (!values[i] || !values[i][0])
            return error_set(err, ORGRUN_ECREDENTIALS, "the sso-session \"%s\" has no %s", session,
                             properties[i]);
    }
    *out = (struct sso_place){.session = session, .start_url = values[0], .region = values[1]};
    return 0;
}

/* ~/.aws/sso/cache/<SHA-1 of the session's name or the start URL>.json */
static char *cache_path(const struct provider_env *env, const struct sso_place *place)
{
    const char *home = provider_getenv(env->env, "HOME");
    const char *name = place->session ? place->session : place->start_url;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    char hex[2 * EVP_MAX_MD_SIZE + 1], *path;
    if (!home || EVP_Digest(name, strlen(name), digest, &len, EVP_sha1(), NULL) != 1)
        return NULL;
    for (unsigned i = 0; i < len; i++)
        (void)snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
    return asprintf(&path, "%s/.aws/sso/cache/%s.json", home, hex) < 0 ? NULL : path;
}

static int load(const struct provider_env *env, const struct sso_place *place, struct sso_login *l,
                struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf text = {0};
    struct orgrun_error why = {0};
    l->path = cache_path(env, place);
    if (l->path && fs_read_file(l->path, CACHE_MAX, &text, &why) == 0) {
        text.secret = true;
        l->root = json_loadb(buf_str(&text), text.len, 0, NULL);
    }
    const char *expires = member(l->root, "expiresAt");
    if (member(l->root, "accessToken") && expires && clock_parse(expires, &l->expires_ms) == 0)
        return 0;
    if (place->profile)
        error_set(err, ORGRUN_ECREDENTIALS,
                  "the profile \"%s\" uses IAM Identity Center, and nobody has logged in",
                  place->profile);
    else
        error_set(err, ORGRUN_ECREDENTIALS, "nobody has logged in to the sso-session \"%s\"",
                  place->session);
    return sso_login_hint(place, err);
}

static int save(const struct sso_login *l, struct orgrun_error *err)
{
    struct fs_atomic file;
    int rc = fs_atomic_open(&file, l->path, 0600, err);
    if (rc)
        return rc;
    if (json_dumpf(l->root, file.file, JSON_COMPACT)) {
        fs_atomic_abort(&file);
        return error_set(err, ORGRUN_EIO, "cannot write %s", l->path);
    }
    return fs_atomic_commit(&file, err);
}

/* Puts what CreateToken answered into the cached document. */
static int take_refreshed(struct sso_login *l, const struct aws_answer *answer, int64_t now_ms)
{
    json_t *root = json_loadb(buf_str(&answer->body), answer->body.len, 0, NULL);
    const char *access = member(root, "accessToken"), *refresh = member(root, "refreshToken");
    json_int_t seconds = json_integer_value(json_object_get(root, "expiresIn"));
    char expires[CLOCK_ISO_SIZE];
    int rc = access && seconds > 0 ? 0 : -1;
    if (rc == 0) {
        l->expires_ms = now_ms + seconds * 1000;
        clock_format_iso(l->expires_ms, expires);
        (void)snprintf(expires + strlen("2026-11-24T03:45:00"), 2, "Z"); /* as the CLI writes it */
        rc = json_object_set_new(l->root, "accessToken", json_string(access)) ||
             json_object_set_new(l->root, "expiresAt", json_string(expires)) ||
             (refresh && json_object_set_new(l->root, "refreshToken", json_string(refresh)));
    }
    wipe(root);
    return rc;
}

/* sso-oidc CreateToken with the refresh token. Nonzero when there is none, or it is refused. */
static int refresh(const struct provider_env *env, const struct sso_place *place,
                   struct sso_login *l)
{
    const char *registered_until = member(l->root, "registrationExpiresAt");
    const char *id = member(l->root, "clientId"), *secret = member(l->root, "clientSecret");
    const char *refresh_token = member(l->root, "refreshToken");
    int64_t now = clock_wall_ms(env->clock), until = 0;
    if (!place->session || !id || !secret || !refresh_token ||
        (registered_until && (clock_parse(registered_until, &until) || until <= now)))
        return -1;
    struct orgrun_error err = {0};
    struct endpoint oidc;
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    json_t *body = json_pack("{ss ss ss ss}", "grantType", "refresh_token", "clientId", id,
                             "clientSecret", secret, "refreshToken", refresh_token);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    int rc = text ? provider_endpoint(env, "oidc", place->region, &oidc, &err) : -1;
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
        rc = take_refreshed(l, &answer, now);
    if (rc == 0 && save(l, &err))
        log_warn(env->log, "the refreshed login could not be kept: %s", err.message);
    secret_free_str(text);
    wipe(body);
    return rc;
}

static int too_old(const struct sso_place *place, struct orgrun_error *err)
{
    error_set(err, ORGRUN_ECREDENTIALS, "the Identity Center login of the %s \"%s\" is too old",
              place->profile ? "profile" : "sso-session",
              place->profile ? place->profile : place->session);
    return sso_login_hint(place, err);
}

int sso_login_open(const struct provider_env *env, const struct sso_place *place,
                   struct sso_login *out, struct orgrun_error *err)
{
    AUTO(sso_login_clear) struct sso_login l = {0};
    int rc = load(env, place, &l, err);
    if (rc)
        return rc;
    int64_t now = clock_wall_ms(env->clock);
    if (l.expires_ms < now + SOON_MS && refresh(env, place, &l) && l.expires_ms <= now)
        return too_old(place, err);
    *out = l;
    l = (struct sso_login){0};
    return 0;
}

/* Is it another login than that, and good? */
static bool is_newer(const struct provider_env *env, const struct sso_login *l,
                     const struct sso_login *old)
{
    return strcmp(sso_login_token(l), sso_login_token(old)) != 0 &&
           l->expires_ms > clock_wall_ms(env->clock);
}

int sso_login_renew(const struct provider_env *env, const struct sso_place *place,
                    const struct sso_login *old, struct sso_login *out, struct orgrun_error *err)
{
    AUTO(sso_login_clear) struct sso_login l = {0};
    int rc = load(env, place, &l, err);
    if (rc)
        return rc;
    if (!is_newer(env, &l, old) && refresh(env, place, &l)) {
        sso_login_clear(&l); /* somebody else may just have used the refresh token up */
        rc = load(env, place, &l, err);
        if (rc)
            return rc;
        if (!is_newer(env, &l, old))
            return too_old(place, err);
    }
    *out = l;
    l = (struct sso_login){0};
    return 0;
}
