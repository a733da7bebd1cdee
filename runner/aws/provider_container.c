// SPDX-License-Identifier: MIT
// Source credentials of a container: ECS task roles, EKS Pod Identity. Source: AWS SDKs and Tools
// Reference Guide, "Container credential provider".
#include "aws/provider.h"

#include "aws/provider_json.h"
#include "base/cleanup.h"
#include "base/fs.h"
#include "base/text.h"

#include <string.h>

#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN"
#define TOKEN_FILE "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
#define ECS_HOST "http://169.254.170.2"
#define TOKEN_MAX (16 * 1024)
#define TIMEOUT_MS 2000
#define FROM "the container credentials endpoint"

/* "Authorization: <token>"; nothing when neither variable is set. */
static int authorization(const struct provider_env *env, struct buf *header,
                         struct orgrun_error *err)
{
    const char *path = provider_getenv(env->env, TOKEN_FILE);
    const char *token = provider_getenv(env->env, TOKEN);
    AUTO(buf_clear) struct buf text = {0};
    if (path) {
        int rc = fs_read_file(path, TOKEN_MAX, &text, err);
        if (rc)
            return error_context(err, "%s", TOKEN_FILE);
        text.secret = true;
        while (text.len && strchr(" \t\r\n", text.data[text.len - 1]))
            text.data[--text.len] = '\0';
        token = buf_str(&text);
    }
    if (!token || !token[0])
        return 0;
    if (strpbrk(token, "\r\n"))
        return error_set(err, ORGRUN_ECREDENTIALS, "the token of %s holds a line break",
                         path ? path : TOKEN);
    return buf_printf(header, "Authorization: %s", token) ? error_nomem(err) : 0;
}

/* Cuts a URL into what stands before its path, and the path. */
static int split(const char *url, struct endpoint *endpoint, const char **path,
                 struct orgrun_error *err)
{
    const char *host = strstr(url, "://");
    const char *slash = host ? strchr(host + 3, '/') : NULL;
    size_t len = slash ? (size_t)(slash - url) : strlen(url);
    if (!host || len >= sizeof endpoint->url)
        return error_set(err, ORGRUN_ECREDENTIALS, "%s is no URL", FULL);
    *endpoint = (struct endpoint){0};
    memcpy(endpoint->url, url, len);
    *path = slash ? slash : "/";
    return 0;
}

static int check_host(const char *url, struct orgrun_error *err)
{
    if (text_starts(url, "https://") || endpoint_is_loopback(url) || endpoint_is_link_local(url))
        return 0;
    error_set(err, ORGRUN_ECREDENTIALS, "%s leads to a host that may not be asked without TLS",
              FULL);
    return error_hint(err, "Plain http is allowed to loopback, 169.254.170.2, 169.254.170.23 and "
                           "[fd00:ec2::23] only.");
}

static int ask(const struct provider_env *env, const char *url, struct credentials **out,
               struct orgrun_error *err)
{
    static const struct provider_json_names names = {.key = "AccessKeyId",
                                                     .secret = "SecretAccessKey",
                                                     .token = "Token",
                                                     .expiration = "Expiration",
                                                     .token_required = true};
    AUTO(buf_clear) struct buf header;
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    struct endpoint endpoint;
    const char *path = "/";
    buf_init_secret(&header, TOKEN_MAX + 64);
    int rc = check_host(url, err);
    if (rc == 0)
        rc = split(url, &endpoint, &path, err);
    if (rc == 0)
        rc = authorization(env, &header, err);
    if (rc)
        return rc;
    const char *const headers[] = {"Accept: application/json", header.len ? buf_str(&header) : NULL,
                                   NULL};
    const struct aws_call_spec spec = {.operation = FROM,
                                       .endpoint = &endpoint,
                                       .method = "GET",
                                       .path = path,
                                       .headers = headers,
                                       .max_body = PROVIDER_JSON_MAX,
                                       .timeout_ms = TIMEOUT_MS};
    rc = aws_call(env->client, &spec, &answer);
    if (rc && err)
        *err = answer.err;
    return rc ? rc
              : provider_json_read(buf_str(&answer.body), answer.body.len, &names, FROM, out, err);
}

static int configured(const struct provider_env *env, char why[PROVIDER_WHY_SIZE])
{
    const char *relative = provider_getenv(env->env, RELATIVE);
    const char *full = provider_getenv(env->env, FULL);
    if (relative || full)
        (void)snprintf(why, PROVIDER_WHY_SIZE, "%s", relative ? RELATIVE : FULL);
    else
        (void)snprintf(why, PROVIDER_WHY_SIZE, "%s and %s are not set", RELATIVE, FULL);
    return relative || full ? PROVIDER_FOUND : PROVIDER_ABSENT;
}

static int load(const struct provider_env *env, struct credentials **out,
                char why[PROVIDER_WHY_SIZE], struct orgrun_error *err)
{
    const char *relative = provider_getenv(env->env, RELATIVE);
    const char *full = provider_getenv(env->env, FULL);
    if (configured(env, why) == PROVIDER_ABSENT)
        return PROVIDER_ABSENT;
    if (!relative)
        return ask(env, full, out, err);
    if (relative[0] != '/')
        return error_set(err, ORGRUN_ECREDENTIALS, "%s does not begin with a slash", RELATIVE);
    AUTO(free_ptr) char *url = NULL;
    if (asprintf(&url, "%s%s", ECS_HOST, relative) < 0) {
        url = NULL;
        return error_nomem(err);
    }
    return ask(env, url, out, err);
}

const struct provider_ops provider_container = {
    .name = "container", .configured = configured, .load = load};
