// SPDX-License-Identifier: MIT
// Source credentials of an EC2 instance: its metadata service, version 2 only. Source: AWS SDKs and
// Tools Reference Guide, "IMDS credential provider".
#include "aws/provider.h"

#include "aws/http_exchange.h"
#include "aws/provider_json.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DISABLED "AWS_EC2_METADATA_DISABLED"
#define ENDPOINT "AWS_EC2_METADATA_SERVICE_ENDPOINT"
#define ENDPOINT_MODE "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
#define TIMEOUT "AWS_METADATA_SERVICE_TIMEOUT"
#define ROLES "/latest/meta-data/iam/security-credentials/"
#define TOKEN_MAX 1024
#define ROLE_MAX 256
/* The service may lag behind while AWS goes on to take what it gave: the SDKs use it on, too. */
#define GRACE_MS (10LL * 60 * 1000)
#define FROM "EC2's instance metadata"

struct imds {
    const struct provider_env *env;
    const char *base;
    int64_t timeout_ms;
    struct buf token; /* "X-aws-ec2-metadata-token: ..." */
};

static void imds_clear(struct imds *m)
{
    buf_clear(&m->token);
}

static int exchange(struct imds *m, const char *method, const char *path, const char *header,
                    struct http_response *response, struct orgrun_error *err)
{
    AUTO(free_ptr) char *url = NULL;
    if (asprintf(&url, "%s%s", m->base, path) < 0) {
        url = NULL;
        return error_nomem(err);
    }
    const char *const headers[] = {header, NULL};
    const struct http_request request = {.method = method,
                                         .url = url,
                                         .headers = headers,
                                         .max_body = PROVIDER_JSON_MAX,
                                         .timeout_ms = m->timeout_ms,
                                         .connect_timeout_ms = m->timeout_ms};
    return http_exchange(m->env->client->http, &request, response, err);
}

/* The session token; PROVIDER_ABSENT where there is no such service. */
static int take_token(struct imds *m, char why[PROVIDER_WHY_SIZE], struct orgrun_error *err)
{
    AUTO(http_response_clear) struct http_response r = {0};
    int rc = exchange(m, "PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 21600",
                      &r, err);
    if (rc)
        return rc;
    if (r.fault == HTTP_TIMEOUT) {
        (void)snprintf(why, PROVIDER_WHY_SIZE,
                       "the metadata service gave no token in time; in a container the instance's "
                       "hop limit may be 1");
        return PROVIDER_ABSENT;
    }
    if (r.fault != HTTP_OK) {
        (void)snprintf(why, PROVIDER_WHY_SIZE,
                       "no metadata service answers (this is no EC2 "
                       "instance)");
        return PROVIDER_ABSENT;
    }
    if (r.status != 200 || r.body.len == 0 || r.body.len > TOKEN_MAX) {
        (void)snprintf(why, PROVIDER_WHY_SIZE, "the metadata service refused a token (HTTP %d)",
                       r.status);
        return PROVIDER_ABSENT;
    }
    for (size_t i = 0; i < r.body.len; i++)
        if (!isprint((unsigned char)r.body.data[i]))
            return error_set(err, ORGRUN_ECREDENTIALS, "%s gave no token", FROM);
    return buf_printf(&m->token, "X-aws-ec2-metadata-token: %s", buf_str(&r.body))
               ? error_nomem(err)
               : 0;
}

/* The name of the instance's role; PROVIDER_ABSENT when it has none. */
static int take_role(struct imds *m, char role[ROLE_MAX], char why[PROVIDER_WHY_SIZE],
                     struct orgrun_error *err)
{
    AUTO(http_response_clear) struct http_response r = {0};
    int rc = exchange(m, "GET", ROLES, buf_str(&m->token), &r, err);
    if (rc)
        return rc;
    if (r.fault == HTTP_OK && r.status == 404) {
        (void)snprintf(why, PROVIDER_WHY_SIZE, "the EC2 instance has no role");
        return PROVIDER_ABSENT;
    }
    size_t len = r.body.len ? strcspn(buf_str(&r.body), "\r\n") : 0;
    if (r.fault != HTTP_OK || r.status != 200 || len == 0 || len >= ROLE_MAX)
        return error_set(err, ORGRUN_ECREDENTIALS,
                         "%s did not name the instance's role (HTTP %d%s%s)", FROM, r.status,
                         r.fault ? ", " : "", r.text);
    memcpy(role, r.body.data, len);
    role[len] = '\0';
    if (role[strspn(role, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-")])
        return error_set(err, ORGRUN_ECREDENTIALS, "%s named a role that cannot be one", FROM);
    return 0;
}

static int take_credentials(struct imds *m, const char *role, struct credentials **out,
                            struct orgrun_error *err)
{
    const struct provider_json_names names = {.key = "AccessKeyId",
                                              .secret = "SecretAccessKey",
                                              .token = "Token",
                                              .expiration = "Expiration",
                                              .token_required = true,
                                              .now_ms = clock_wall_ms(m->env->clock),
                                              .grace_ms = GRACE_MS};
    AUTO(http_response_clear) struct http_response r = {0};
    char path[sizeof ROLES + ROLE_MAX];
    (void)snprintf(path, sizeof path, "%s%s", ROLES, role);
    int rc = exchange(m, "GET", path, buf_str(&m->token), &r, err);
    if (rc)
        return rc;
    if (r.fault != HTTP_OK || r.status != 200)
        return error_set(err, ORGRUN_ECREDENTIALS,
                         "%s gave no credentials of the role %s (HTTP %d%s%s)", FROM, role,
                         r.status, r.fault ? ", " : "", r.text);
    rc = provider_json_read(buf_str(&r.body), r.body.len, &names, FROM, out, err);
    if (rc == 0 && credentials_expires_ms(*out) == names.now_ms + GRACE_MS)
        log_warn(m->env->log, "%s gave credentials that have expired; they are used on for a while",
                 FROM);
    return rc;
}

static const char *choose_base(const struct provider_env *env)
{
    const char *base = provider_getenv(env->env, ENDPOINT);
    const char *mode = provider_getenv(env->env, ENDPOINT_MODE);
    if (base)
        return base;
    return mode && strcasecmp(mode, "IPv6") == 0 ? "http://[fd00:ec2::254]"
                                                 : "http://169.254.169.254";
}

static int configured(const struct provider_env *env, char why[PROVIDER_WHY_SIZE])
{
    const char *disabled = provider_getenv(env->env, DISABLED);
    if (disabled && strcasecmp(disabled, "true") == 0) {
        (void)snprintf(why, PROVIDER_WHY_SIZE, "%s is true", DISABLED);
        return PROVIDER_ABSENT;
    }
    (void)snprintf(why, PROVIDER_WHY_SIZE, "%.140s", choose_base(env));
    return PROVIDER_FOUND;
}

static int load(const struct provider_env *env, struct credentials **out,
                char why[PROVIDER_WHY_SIZE], struct orgrun_error *err)
{
    if (configured(env, why) == PROVIDER_ABSENT)
        return PROVIDER_ABSENT;
    if (!env->client) {
        (void)snprintf(why, PROVIDER_WHY_SIZE, "not asked without a network");
        return PROVIDER_ABSENT;
    }
    const char *seconds = provider_getenv(env->env, TIMEOUT);
    long timeout = seconds ? strtol(seconds, NULL, 10) : 1;
    AUTO(imds_clear)
    struct imds m = {.env = env,
                     .base = choose_base(env),
                     .timeout_ms = timeout > 0 && timeout <= 60 ? timeout * 1000 : 1000};
    buf_init_secret(&m.token, TOKEN_MAX + 64);
    if (!endpoint_is_loopback(m.base) && !endpoint_is_link_local(m.base))
        return error_set(err, ORGRUN_ECREDENTIALS,
                         "%s leads to a host that is not the metadata service", ENDPOINT);
    char role[ROLE_MAX];
    int rc = take_token(&m, why, err);
    if (rc == 0)
        rc = take_role(&m, role, why, err);
    return rc ? rc : take_credentials(&m, role, out, err);
}

const struct provider_ops provider_imds = {
    .name = "instance metadata", .configured = configured, .load = load};
