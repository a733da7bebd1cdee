// SPDX-License-Identifier: MIT
// The portal of IAM Identity Center: GetRoleCredentials.
#include "aws/sso.h"

#include "aws/provider_json.h"
#include "aws/uri.h"
#include "base/cleanup.h"

#include <string.h>

#define TOKEN_MAX (64 * 1024)
#define QUERY_MAX 2048
#define TIMEOUT_MS 10000

/* The parts of a request that are made for it. */
struct request {
    struct buf bearer, query;
    const char *headers[2];
    struct aws_call_spec spec;
};

static void request_clear(struct request *r)
{
    buf_clear(&r->bearer);
    buf_clear(&r->query);
}

static int make(struct request *r, const struct endpoint *portal,
                const struct sso_role_credentials *in, struct orgrun_error *err)
{
    buf_init_secret(&r->bearer, TOKEN_MAX);
    buf_init(&r->query, QUERY_MAX);
    (void)buf_printf(&r->bearer, "x-amz-sso_bearer_token: %s", in->token);
    (void)buf_puts(&r->query, "role_name=");
    (void)uri_encode(&r->query, in->role_name, strlen(in->role_name), "");
    (void)buf_puts(&r->query, "&account_id=");
    (void)uri_encode(&r->query, in->account_id, strlen(in->account_id), "");
    int rc = buf_check(&r->query, "the GetRoleCredentials request", err);
    if (rc == 0)
        rc = buf_check(&r->bearer, "the GetRoleCredentials request", err);
    r->headers[0] = buf_str(&r->bearer);
    r->spec = (struct aws_call_spec){.operation = "sso:GetRoleCredentials",
                                     .subject = in->role_name,
                                     .endpoint = portal,
                                     .method = "GET",
                                     .path = "/federation/credentials",
                                     .query = buf_str(&r->query),
                                     .headers = r->headers,
                                     .max_body = PROVIDER_JSON_MAX,
                                     .timeout_ms = TIMEOUT_MS};
    return rc;
}

int sso_role_credentials_start(struct aws_client *client, const struct endpoint *portal,
                               const struct sso_role_credentials *in, aws_done_fn *done, void *user,
                               struct orgrun_error *err)
{
    AUTO(request_clear) struct request r = {0};
    int rc = make(&r, portal, in, err);
    return rc ? rc : aws_call_start(client, &r.spec, done, user, err);
}

int sso_role_credentials(struct aws_client *client, const struct endpoint *portal,
                         const struct sso_role_credentials *in, struct aws_answer *answer,
                         struct orgrun_error *err)
{
    AUTO(request_clear) struct request r = {0};
    *answer = (struct aws_answer){0};
    int rc = make(&r, portal, in, err);
    if (rc)
        return rc;
    rc = aws_call(client, &r.spec, answer);
    if (rc && err)
        *err = answer->err;
    return rc;
}

int sso_parse_role_credentials(const char *json, size_t len, const char *from,
                               struct credentials **out, struct orgrun_error *err)
{
    static const struct provider_json_names names = {.within = "roleCredentials",
                                                     .key = "accessKeyId",
                                                     .secret = "secretAccessKey",
                                                     .token = "sessionToken",
                                                     .expiration = "expiration",
                                                     .token_required = true};
    return provider_json_read(json, len, &names, from, out, err);
}

/* By status: the service's model gives each of its exceptions one of its own, and a 403 is what the
 * portal answers in place of a ResourceNotFoundException. */
static const struct {
    int status;
    enum sso_failure failure;
} failures[] = {{401, SSO_LOGIN_ENDED}, {403, SSO_NO_ROLE}, {404, SSO_NO_ROLE}};

enum sso_failure sso_failure_of(const struct aws_answer *answer)
{
    for (size_t i = 0; answer->fault == HTTP_OK && i < sizeof failures / sizeof *failures; i++)
        if (answer->aws.status == failures[i].status)
            return failures[i].failure;
    return SSO_OTHER;
}
