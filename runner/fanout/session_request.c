// SPDX-License-Identifier: MIT
// Requests with a session's credentials: endpoint, request, call, and once more when they expired.
#include "orgrun/request.h"

#include "aws/request.h"
#include "fanout/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct orgrun_request orgrun_request_query(const char *service, const char *action,
                                           const char *version, const char *const *params)
{
    return (struct orgrun_request){.service = service,
                                   .protocol = ORGRUN_PROTOCOL_QUERY,
                                   .action = action,
                                   .version = version,
                                   .params = params};
}

struct orgrun_request orgrun_request_json(const char *service, enum orgrun_protocol protocol,
                                          const char *target, const char *json)
{
    return (struct orgrun_request){.service = service,
                                   .protocol = protocol,
                                   .action = target,
                                   .body = json,
                                   .body_len = json ? strlen(json) : 0};
}

struct orgrun_request orgrun_request_rest(const char *service, const char *method, const char *path,
                                          const void *body, size_t body_len)
{
    return (struct orgrun_request){.service = service,
                                   .protocol = ORGRUN_PROTOCOL_REST,
                                   .method = method,
                                   .path = path,
                                   .body = body,
                                   .body_len = body_len};
}

/* One enumeration for the embedder and one for the room, of the same order. */
static_assert((int)ORGRUN_PROTOCOL_REST == REQUEST_REST, "protocols");
static_assert((int)ORGRUN_PROTOCOL_QUERY == REQUEST_QUERY, "protocols");
static_assert((int)ORGRUN_PROTOCOL_JSON_1_0 == REQUEST_JSON_1_0, "protocols");
static_assert((int)ORGRUN_PROTOCOL_JSON_1_1 == REQUEST_JSON_1_1, "protocols");

static int build(const struct orgrun_request *r, struct request_built *out,
                 struct orgrun_error *err)
{
    const struct request in = {
        .service = r->service,
        .protocol = (enum request_protocol)r->protocol,
        .action = r->action,
        .version = r->version,
        .params = r->params,
        .method = r->method,
        .path = r->path,
        .path_encoded = r->path_encoded,
        .query = r->query,
        .headers = r->headers,
        .content_type = r->content_type,
        .body = r->body,
        .body_len = r->body_len,
    };
    int rc = request_build(&in, out, err);
    if (!rc && r->body_len > ORGRUN_REQUEST_BODY_MAX)
        rc = error_set(err, ORGRUN_ELIMIT, "%s: the body of a request has at most %zu bytes",
                       buf_str(&out->operation), ORGRUN_REQUEST_BODY_MAX);
    if (!rc && (r->timeout_ms < 0 || r->total_ms < 0))
        rc = error_set(err, ORGRUN_EUSAGE, "%s: a time limit is less than nothing",
                       buf_str(&out->operation));
    return rc;
}

static int find_endpoint(const struct orgrun_session *s, const struct orgrun_request *r,
                         struct endpoint *out, struct orgrun_error *err)
{
    const char *region = r->region ? r->region : s->region[0] ? s->region : s->source.region;
    if (!r->endpoint)
        return provider_endpoint(&s->source.env, r->service, region, out, err);
    const struct endpoint_params params = {
        .service = r->service, .region = region, .endpoint = r->endpoint};
    return endpoint_resolve(&params, out, err);
}

/* Services that want the hash of the body in a header, as S3 does. */
static bool wants_body_hash(const char *signing_name)
{
    return strcmp(signing_name, "aoss") == 0 || strcmp(signing_name, "glacier") == 0;
}

/* One call with the credentials of the moment; they are handed out for the case that they expired.
 */
static int call(struct orgrun_session *s, const struct orgrun_request *r,
                struct aws_call_spec *spec, struct credentials **used, struct aws_answer *answer)
{
    answer->rc = broker_get(s->broker, s->account, used, &answer->err);
    if (answer->rc)
        return answer->rc;
    spec->credentials = *used;
    return r->on_body ? aws_call_streamed(&s->source.client, spec, r->on_body, r->user, answer)
                      : aws_call(&s->source.client, spec, answer);
}

static int send_request(struct orgrun_session *s, const struct orgrun_request *r,
                        struct aws_call_spec *spec, struct aws_answer *answer)
{
    struct credentials *used = NULL;
    int rc = call(s, r, spec, &used, answer);
    if (used && rc && answer->aws.class_ == AWSERROR_EXPIRED) {
        int attempts = answer->attempts;
        broker_renew(s->broker, s->account, used);
        credentials_unref(used);
        used = NULL;
        aws_answer_clear(answer);
        rc = call(s, r, spec, &used, answer);
        answer->attempts += attempts;
    }
    credentials_unref(used);
    return rc;
}

/* Hands the answer over to the response. */
static int fill(struct orgrun_response *response, struct aws_answer *answer,
                struct orgrun_error *err)
{
    struct aws_answer *owner = malloc(sizeof *owner);
    if (!owner) {
        aws_answer_clear(answer);
        return error_nomem(err);
    }
    *owner = *answer;
    *response = (struct orgrun_response){
        .status = owner->fault == HTTP_OK ? owner->aws.status : 0,
        .body = buf_str(&owner->body),
        .body_len = owner->body.len,
        .request_id = owner->request_id,
        .error_code = owner->aws.code,
        .error_message = owner->rc && owner->fault == HTTP_OK ? owner->aws.message : "",
        .attempts = owner->attempts,
        .owner = owner};
    return owner->rc;
}

int orgrun_session_request(struct orgrun_session *session, const struct orgrun_request *request,
                           struct orgrun_response *response, struct orgrun_error *err)
{
    if (response)
        *response = (struct orgrun_response){
            .body = "", .request_id = "", .error_code = "", .error_message = ""};
    struct request_built built;
    struct endpoint endpoint;
    int rc = build(request, &built, err);
    if (!rc)
        rc = find_endpoint(session, request, &endpoint, err);
    if (!rc) {
        bool rest = request->protocol == ORGRUN_PROTOCOL_REST;
        struct aws_call_spec spec = {
            .operation = buf_str(&built.operation),
            .subject = rest ? buf_str(&built.path) : NULL,
            .endpoint = &endpoint,
            .method = built.method,
            .path = buf_str(&built.path),
            .query = buf_str(&built.query),
            .headers = (const char *const *)strv_array(&built.headers),
            .body = built.body,
            .body_len = built.body_len,
            .max_body = request->body_max ? request->body_max : ORGRUN_RESPONSE_BODY_MAX,
            .timeout_ms = request->timeout_ms,
            .total_ms = request->total_ms,
            .s3 = strcmp(endpoint.signing_name, "s3") == 0,
            .sign_body = wants_body_hash(endpoint.signing_name),
            .not_idempotent = request->not_idempotent,
        };
        struct aws_answer answer = {0};
        rc = send_request(session, request, &spec, &answer);
        if (rc && err)
            *err = answer.err;
        if (response)
            rc = fill(response, &answer, err);
        else
            aws_answer_clear(&answer);
    }
    request_built_clear(&built);
    return rc;
}

const char *orgrun_response_header(const struct orgrun_response *response, const char *name)
{
    const struct aws_answer *answer = response->owner;
    size_t n = strlen(name);
    for (size_t i = 0; answer && i < answer->headers.len; i++) {
        const char *line = answer->headers.items[i];
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return line + n + 1 + strspn(line + n + 1, " \t");
    }
    return NULL;
}

void orgrun_response_clear(struct orgrun_response *response)
{
    struct aws_answer *answer = response->owner;
    if (answer)
        aws_answer_clear(answer);
    free(answer);
    *response = (struct orgrun_response){0};
}
