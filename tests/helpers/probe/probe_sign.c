// SPDX-License-Identifier: MIT
// The probe's `sign`: a raw HTTP request signed with Signature Version 4, stage by stage.
#include "helpers/probe/probe.h"

#include "aws/sigv4.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "helpers/probe/probe_request.h"

#include <string.h>

DEFINE_CLEANUP(drop_credentials, struct credentials, credentials_unref)

/* Fields stand at the top of the request or, as in aws-c-auth's test suite, in its "context". */
static const json_t *field(const json_t *request, const char *name)
{
    const json_t *value = json_object_get(request, name);
    return value ? value : json_object_get(json_object_get(request, "context"), name);
}

static int get_text(const json_t *value, const char *name, bool required, const char **out,
                    struct orgrun_error *err)
{
    *out = json_string_value(value);
    if (*out || (!required && (!value || json_is_null(value))))
        return 0;
    return error_set(err, ORGRUN_EUSAGE, value ? "\"%s\" must be a string" : "\"%s\" is missing",
                     name);
}

static int get_bool(const json_t *request, const char *name, bool fallback, bool *out,
                    struct orgrun_error *err)
{
    const json_t *value = field(request, name);
    if (value && !json_is_boolean(value))
        return error_set(err, ORGRUN_EUSAGE, "\"%s\" must be true or false", name);
    *out = value ? json_is_true(value) : fallback;
    return 0;
}

static int get_credentials(const json_t *request, struct credentials **out,
                           struct orgrun_error *err)
{
    const json_t *c = field(request, "credentials");
    if (!json_is_object(c))
        return error_set(err, ORGRUN_EUSAGE, "\"credentials\" is missing or no object");
    struct credentials_parts parts = {.expires_ms = CREDENTIALS_NEVER, .provider = "the request"};
    const struct {
        const char *name;
        bool required;
        const char **out;
    } keys[] = {{"access_key_id", true, &parts.access_key_id},
                {"secret_access_key", true, &parts.secret_key},
                {"token", false, &parts.session_token}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        int rc = get_text(json_object_get(c, keys[i].name), keys[i].name, keys[i].required,
                          keys[i].out, err);
        if (rc)
            return rc;
    }
    return credentials_new(out, &parts, err);
}

static int get_opts(const json_t *request, struct sigv4_opts *opts, struct orgrun_error *err)
{
    const char *timestamp = NULL;
    int rc = get_text(field(request, "region"), "region", true, &opts->region, err);
    if (!rc)
        rc = get_text(field(request, "service"), "service", true, &opts->service, err);
    if (!rc)
        rc = get_text(field(request, "timestamp"), "timestamp", true, &timestamp, err);
    if (rc)
        return rc;
    if (clock_parse(timestamp, &opts->time_ms))
        return error_set(err, ORGRUN_EUSAGE, "\"%s\" is not a timestamp", timestamp);
    bool s3 = strcmp(opts->service, "s3") == 0;
    const struct {
        const char *name;
        bool fallback;
        bool *out;
    } flags[] = {{"normalize", !s3, &opts->normalize_path},
                 {"double_encode", !s3, &opts->double_encode_path},
                 {"sign_body", false, &opts->sign_body},
                 {"omit_session_token", false, &opts->omit_session_token},
                 {"unsigned_payload", false, &opts->unsigned_payload}};
    for (size_t i = 0; !rc && i < sizeof flags / sizeof *flags; i++)
        rc = get_bool(request, flags[i].name, flags[i].fallback, flags[i].out, err);
    return rc;
}

/* Puts one "Name: value" of the signature into the request's text and into `headers`. */
static void add_header(struct buf *text, json_t *headers, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    size_t name_len = (size_t)(colon - line);
    const char *value = colon + strlen(": ");
    size_t value_len = len - name_len - strlen(": ");
    (void)buf_append(text, line, name_len + 1);
    (void)buf_append(text, value, value_len);
    (void)buf_putc(text, '\n');
    AUTO(free_ptr) char *name = strndup(line, name_len);
    if (name)
        (void)json_object_set_new(headers, name, json_stringn(value, value_len));
}

/* The request as aws-c-auth's header-signed-request.txt has it: its own headers as they were, the
 * signer's as "Name:value", an empty line, the body. */
static void write_signed(const struct probe_request *r, const struct sigv4_result *result,
                         struct buf *text, json_t *headers)
{
    (void)buf_append(text, r->first_line, r->first_len);
    (void)buf_putc(text, '\n');
    for (size_t i = 0; i < r->headers_len; i++) {
        (void)buf_append(text, r->lines[i].line, r->lines[i].len);
        (void)buf_putc(text, '\n');
    }
    size_t len = 0;
    for (const char *p = buf_str(&result->added); *p; p += len + 1) {
        len = strcspn(p, "\n");
        add_header(text, headers, p, len);
    }
    (void)buf_putc(text, '\n');
    (void)buf_append(text, r->body, r->body_len);
}

static json_t *text_of(const struct buf *b)
{
    return json_stringn(buf_str(b), b->len);
}

static json_t *answer_of(const struct probe_request *r, const struct sigv4_result *result,
                         struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf text;
    buf_init(&text, SIZE_MAX);
    json_t *headers = json_object();
    write_signed(r, result, &text, headers);
    json_t *answer = json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "canonical_request",
                               text_of(&result->canonical_request), "string_to_sign",
                               text_of(&result->string_to_sign), "signature", result->signature,
                               "authorization", text_of(&result->authorization), "signed_request",
                               text_of(&text), "headers_added", headers);
    if (!answer)
        error_nomem(err);
    return answer;
}

static json_t *sign(const json_t *request, struct orgrun_error *err)
{
    const json_t *raw = json_object_get(request, "request");
    if (!json_is_string(raw)) {
        error_set(err, ORGRUN_EUSAGE, "\"request\" is missing or no string");
        return NULL;
    }
    AUTO(drop_credentials) struct credentials *credentials = NULL;
    AUTO(probe_request_clear) struct probe_request r = {0};
    struct sigv4_opts opts = {0};
    struct sigv4_result result;
    if (get_credentials(request, &credentials, err) || get_opts(request, &opts, err) ||
        probe_request_parse(&r, json_string_value(raw), json_string_length(raw), err))
        return NULL;
    opts.credentials = credentials;
    const struct sigv4_request signee = {.method = r.method,
                                         .path = r.path,
                                         .query = r.query,
                                         .headers = r.headers,
                                         .headers_len = r.headers_len,
                                         .body = r.body,
                                         .body_len = r.body_len};
    if (sigv4_sign(&signee, &opts, &result, err))
        return NULL;
    json_t *answer = answer_of(&r, &result, err);
    sigv4_result_clear(&result);
    return answer;
}

json_t *probe_sign(const json_t *request, char *error, size_t error_size)
{
    struct orgrun_error err = {0};
    json_t *answer = sign(request, &err);
    if (!answer)
        (void)snprintf(error, error_size, "%s", err.message);
    return answer;
}
