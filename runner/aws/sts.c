// SPDX-License-Identifier: MIT
// STS: AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity.
#include "aws/sts.h"

#include "aws/sts_xml.h"
#include "aws/uri.h"
#include "base/cleanup.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

#define VERSION "2011-06-15"
#define BODY_MAX (128 * 1024)
#define ANSWER_MAX STS_XML_MAX
#define TIMEOUT_MS 20000

void sts_identity_clear(struct sts_identity *i)
{
    free(i->arn);
    free(i->user_id);
    *i = (struct sts_identity){0};
}

static void put(struct buf *out, const char *name, const char *value)
{
    (void)buf_printf(out, "&%s=", name);
    (void)uri_encode(out, value, strlen(value), "");
}

/* A list of the query protocol, "&Name.member.1=...": one or two strings make a member, by the
 * names of its fields. Source: AWS Query protocol, "Serializing list shapes". */
static void put_list(struct buf *out, const char *name, const char *const *items,
                     const char *const *fields)
{
    char member[96];
    size_t step = fields[1] ? 2 : 1;
    for (size_t i = 0; items && items[i]; i++) {
        const char *field = fields[i % step];
        (void)snprintf(member, sizeof member, "%s.member.%zu%s%s", name, i / step + 1,
                       field[0] ? "." : "", field);
        put(out, member, items[i]);
    }
}

static void put_terms(struct buf *out, const struct sts_terms *t)
{
    static const char *const arn[] = {"arn", NULL}, *const tag[] = {"Key", "Value"},
                             *const plain[] = {"", NULL};
    if (t->policy)
        put(out, "Policy", t->policy);
    put_list(out, "PolicyArns", t->policy_arns, arn);
    put_list(out, "Tags", t->tags, tag);
    put_list(out, "TransitiveTagKeys", t->transitive_tag_keys, plain);
    if (t->source_identity)
        put(out, "SourceIdentity", t->source_identity);
}

int sts_assume_role_body(const struct sts_assume_role *in, struct buf *out,
                         struct orgrun_error *err)
{
    char duration[24];
    (void)snprintf(duration, sizeof duration, "%" PRId64, in->duration_s);
    (void)buf_puts(out, "Action=AssumeRole&Version=" VERSION);
    put(out, "RoleArn", in->role_arn);
    put(out, "RoleSessionName", in->session_name);
    put(out, "DurationSeconds", duration);
    if (in->external_id)
        put(out, "ExternalId", in->external_id);
    if (in->terms)
        put_terms(out, in->terms);
    if (in->mfa_serial) {
        put(out, "SerialNumber", in->mfa_serial);
        put(out, "TokenCode", in->mfa_code ? in->mfa_code : "");
    }
    return buf_check(out, "the AssumeRole request", err);
}

/* The account of "arn:<partition>:sts::<account>:assumed-role/<role>/<session>", or -1. */
static int assumed_role_account(const char *arn, char account[13])
{
    int matched = 0;
    if (sscanf(arn, "arn:%*31[a-z0-9-]:sts::%12[0-9]:assumed-role/%n", account, &matched) != 1 ||
        matched == 0)
        return -1;
    return text_is_account_id(account) ? 0 : -1;
}

/* Where an operation's answer has what. */
enum { KEY, SECRET, TOKEN, EXPIRATION, ARN, FIELDS };
#define KEY_PATHS(operation)                                                                       \
    [KEY] = operation "Response/" operation "Result/Credentials/AccessKeyId",                      \
    [SECRET] = operation "Response/" operation "Result/Credentials/SecretAccessKey",               \
    [TOKEN] = operation "Response/" operation "Result/Credentials/SessionToken",                   \
    [EXPIRATION] = operation "Response/" operation "Result/Credentials/Expiration"
#define SESSION_PATHS(operation)                                                                   \
    {                                                                                              \
        KEY_PATHS(operation), [ARN] = operation "Response/" operation "Result/AssumedRoleUser/Arn" \
    }

/* An answer without paths[ARN] is of a session of nobody else: the caller's own. */
static int parse_session(const char *const paths[FIELDS], const char *operation, const char *xml,
                         size_t len, struct credentials **out, struct orgrun_error *err)
{
    struct sts_xml_field f[FIELDS];
    size_t fields = paths[ARN] ? FIELDS : ARN;
    for (size_t i = 0; i < fields; i++)
        f[i] = (struct sts_xml_field){.path = paths[i]};
    int64_t expires_ms = 0;
    char account[13] = "";
    int rc = sts_xml_read(xml, len, f, fields, err);
    if (!rc && clock_parse(buf_str(&f[EXPIRATION].text), &expires_ms))
        rc = error_set(err, ORGRUN_EPROTOCOL, "the session's Expiration is no time");
    if (!rc && paths[ARN] && assumed_role_account(buf_str(&f[ARN].text), account))
        rc = error_set(err, ORGRUN_EPROTOCOL, "the session's Arn names no account: %s",
                       buf_str(&f[ARN].text));
    if (!rc) {
        const struct credentials_parts parts = {.access_key_id = buf_str(&f[KEY].text),
                                                .secret_key = buf_str(&f[SECRET].text),
                                                .session_token = buf_str(&f[TOKEN].text),
                                                .expires_ms = expires_ms,
                                                .account_id = paths[ARN] ? account : NULL,
                                                .arn = paths[ARN] ? buf_str(&f[ARN].text) : NULL,
                                                .provider =
                                                    paths[ARN] ? "assumed role" : "an MFA session"};
        rc = credentials_new(out, &parts, err);
        if (rc == ORGRUN_ECREDENTIALS)
            rc = error_set(err, ORGRUN_EPROTOCOL, "the session's keys hold control characters");
    }
    sts_xml_fields_clear(f, fields);
    if (rc)
        error_context(err, "cannot read the %s answer", operation);
    return rc;
}

int sts_parse_assume_role(const char *xml, size_t len, struct credentials **out,
                          struct orgrun_error *err)
{
    static const char *const paths[FIELDS] = SESSION_PATHS("AssumeRole");
    return parse_session(paths, "AssumeRole", xml, len, out, err);
}

int sts_parse_packed_size(const char *xml, size_t len)
{
    struct sts_xml_field f = {.path = "AssumeRoleResponse/AssumeRoleResult/PackedPolicySize"};
    int percent = sts_xml_read(xml, len, &f, 1, NULL) == 0 ? atoi(buf_str(&f.text)) : -1;
    sts_xml_fields_clear(&f, 1);
    return percent;
}

#define IDENTITY_PATH "GetCallerIdentityResponse/GetCallerIdentityResult/"

int sts_parse_identity(const char *xml, size_t len, struct sts_identity *out,
                       struct orgrun_error *err)
{
    enum { ACCOUNT, CALLER_ARN, USER, IDENTITY_FIELDS };
    struct sts_xml_field f[IDENTITY_FIELDS] = {
        [ACCOUNT] = {.path = IDENTITY_PATH "Account"},
        [CALLER_ARN] = {.path = IDENTITY_PATH "Arn"},
        [USER] = {.path = IDENTITY_PATH "UserId"},
    };
    struct sts_identity identity = {0};
    int rc = sts_xml_read(xml, len, f, IDENTITY_FIELDS, err);
    if (!rc && !text_is_account_id(buf_str(&f[ACCOUNT].text)))
        rc = error_set(err, ORGRUN_EPROTOCOL, "the Account is not 12 digits");
    if (!rc) {
        memcpy(identity.account, buf_str(&f[ACCOUNT].text), sizeof identity.account);
        identity.arn = strdup(buf_str(&f[CALLER_ARN].text));
        identity.user_id = strdup(buf_str(&f[USER].text));
        if (!identity.arn || !identity.user_id)
            rc = error_nomem(err);
    }
    sts_xml_fields_clear(f, IDENTITY_FIELDS);
    if (rc) {
        sts_identity_clear(&identity);
        error_context(err, "cannot read the GetCallerIdentity answer");
        return rc;
    }
    *out = identity;
    return 0;
}

/* Is this the whole of an STS document? A cheap look at its end: what was cut, or is not from STS
 * at all, is asked for again. */
static int check_answer(const char *body, size_t len)
{
    static const char end[] = "Response>";
    while (len && strchr(" \t\r\n", body[len - 1]))
        len--;
    size_t end_len = sizeof end - 1;
    return len < end_len || memcmp(body + len - end_len, end, end_len) != 0;
}

static const char *const form_headers[] = {
    "Content-Type: application/x-www-form-urlencoded; charset=utf-8", NULL};

static struct aws_call_spec spec_of(const struct endpoint *endpoint, struct credentials *source,
                                    const char *operation, const char *subject,
                                    const struct buf *body)
{
    return (struct aws_call_spec){.operation = operation,
                                  .subject = subject,
                                  .endpoint = endpoint,
                                  .credentials = source,
                                  .method = "POST",
                                  .path = "/",
                                  .headers = form_headers,
                                  .body = buf_str(body),
                                  .body_len = body->len,
                                  .max_body = ANSWER_MAX,
                                  .timeout_ms = TIMEOUT_MS,
                                  .check = check_answer};
}

int sts_assume_role_start(struct aws_client *client, const struct endpoint *endpoint,
                          struct credentials *source, const struct sts_assume_role *in,
                          aws_done_fn *done, void *user, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf body;
    buf_init(&body, BODY_MAX);
    int rc = sts_assume_role_body(in, &body, err);
    if (rc)
        return rc;
    const struct aws_call_spec spec =
        spec_of(endpoint, source, "sts:AssumeRole", in->role_arn, &body);
    return aws_call_start(client, &spec, done, user, err);
}

int sts_assume_role(struct aws_client *client, const struct endpoint *endpoint,
                    struct credentials *source, const struct sts_assume_role *in,
                    struct credentials **out, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf body;
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    buf_init(&body, BODY_MAX);
    int rc = sts_assume_role_body(in, &body, err);
    if (rc)
        return rc;
    const struct aws_call_spec spec =
        spec_of(endpoint, source, "sts:AssumeRole", in->role_arn, &body);
    rc = aws_call(client, &spec, &answer);
    if (rc && err)
        *err = answer.err;
    return rc ? rc : sts_parse_assume_role(buf_str(&answer.body), answer.body.len, out, err);
}

int sts_assume_role_with_web_identity(struct aws_client *client, const struct endpoint *endpoint,
                                      const struct sts_web_identity *in, struct credentials **out,
                                      struct orgrun_error *err)
{
    static const char *const paths[FIELDS] = SESSION_PATHS("AssumeRoleWithWebIdentity");
    AUTO(buf_clear) struct buf body;
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    buf_init_secret(&body, BODY_MAX + 3 * (size_t)STS_WEB_TOKEN_MAX);
    (void)buf_puts(&body, "Action=AssumeRoleWithWebIdentity&Version=" VERSION);
    put(&body, "RoleArn", in->role_arn);
    put(&body, "RoleSessionName", in->session_name);
    put(&body, "WebIdentityToken", in->token);
    int rc = buf_check(&body, "the AssumeRoleWithWebIdentity request", err);
    if (rc)
        return rc;
    const struct aws_call_spec spec =
        spec_of(endpoint, NULL, "sts:AssumeRoleWithWebIdentity", in->role_arn, &body);
    rc = aws_call(client, &spec, &answer);
    if (rc && err)
        *err = answer.err;
    return rc ? rc
              : parse_session(paths, "AssumeRoleWithWebIdentity", buf_str(&answer.body),
                              answer.body.len, out, err);
}

int sts_get_session_token(struct aws_client *client, const struct endpoint *endpoint,
                          struct credentials *source, const char *mfa_serial, const char *mfa_code,
                          struct credentials **out, struct orgrun_error *err)
{
    static const char *const paths[FIELDS] = {KEY_PATHS("GetSessionToken")};
    AUTO(buf_clear) struct buf body;
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    buf_init(&body, BODY_MAX);
    (void)buf_puts(&body, "Action=GetSessionToken&Version=" VERSION);
    put(&body, "SerialNumber", mfa_serial);
    put(&body, "TokenCode", mfa_code);
    int rc = buf_check(&body, "the GetSessionToken request", err);
    if (rc)
        return rc;
    const struct aws_call_spec spec =
        spec_of(endpoint, source, "sts:GetSessionToken", mfa_serial, &body);
    rc = aws_call(client, &spec, &answer);
    if (rc && err)
        *err = answer.err;
    return rc ? rc
              : parse_session(paths, "GetSessionToken", buf_str(&answer.body), answer.body.len, out,
                              err);
}

static int identity_body(struct buf *body, struct orgrun_error *err)
{
    buf_init(body, BODY_MAX);
    (void)buf_puts(body, "Action=GetCallerIdentity&Version=" VERSION);
    return buf_check(body, "the GetCallerIdentity request", err);
}

int sts_get_caller_identity(struct aws_client *client, const struct endpoint *endpoint,
                            struct credentials *source, struct sts_identity *out,
                            struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf body;
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    int rc = identity_body(&body, err);
    if (rc)
        return rc;
    const struct aws_call_spec spec =
        spec_of(endpoint, source, "sts:GetCallerIdentity", NULL, &body);
    rc = aws_call(client, &spec, &answer);
    if (rc && err)
        *err = answer.err;
    return rc ? rc : sts_parse_identity(buf_str(&answer.body), answer.body.len, out, err);
}

int sts_get_caller_identity_start(struct aws_client *client, const struct endpoint *endpoint,
                                  struct credentials *source, aws_done_fn *done, void *user,
                                  struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf body;
    int rc = identity_body(&body, err);
    if (rc)
        return rc;
    const struct aws_call_spec spec =
        spec_of(endpoint, source, "sts:GetCallerIdentity", NULL, &body);
    return aws_call_start(client, &spec, done, user, err);
}
