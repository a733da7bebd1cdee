// SPDX-License-Identifier: MIT
// One AWS API call as a state machine on the network thread: sign, send, judge, wait, sign again.
#include "aws/call.h"

#include "aws/call_error.h"
#include "aws/sigv4.h"
#include "base/cleanup.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define HEADERS_MAX 64         /* of one request */
#define HEADER_TEXT_MAX 131072 /* all of them together; a session token has no stated limit */
#define SKEW_LEAST_MS 60000    /* a smaller difference is not why AWS refuses a signature */

struct call {
    struct aws_client *client;
    char *operation, *subject, *method;
    char *url;  /* what is sent to */
    char *host; /* of it, with a port where it is not the scheme's own */
    char *path; /* of it */
    char *query;
    struct endpoint endpoint;
    struct credentials *credentials;
    struct strv headers;
    struct buf body;
    size_t max_body;
    int64_t timeout_ms, total_ms;
    bool s3, sign_body, not_idempotent;
    http_piece_fn *on_piece;
    void *piece_user;
    bool passed_on; /* some of the body was taken */
    int (*check)(const char *body, size_t len);
    aws_done_fn *done;
    void *user;
    struct retry_state retry;
    int attempts;
    int64_t began_ms;         /* monotonic */
    int64_t signed_offset_ms; /* the clock correction in force when last signed */
    bool skew_retried;
};

static void on_response(void *user, struct http_response *response);

void aws_answer_clear(struct aws_answer *a)
{
    strv_clear(&a->headers);
    buf_clear(&a->body);
    *a = (struct aws_answer){0};
}

int64_t aws_client_now_ms(const struct aws_client *client)
{
    return clock_wall_ms(client->clock) + atomic_load(&client->clock_offset_ms);
}

static void call_free(struct call *c)
{
    if (!c)
        return;
    free(c->operation);
    free(c->subject);
    free(c->method);
    free(c->url);
    free(c->host);
    free(c->path);
    free(c->query);
    credentials_unref(c->credentials);
    strv_clear(&c->headers);
    buf_clear(&c->body);
    free(c);
}

/* Hands the answer out and ends the call. */
static void finish(struct call *c, struct aws_answer *answer)
{
    aws_done_fn *done = c->done;
    void *user = c->user;
    answer->attempts = c->attempts;
    call_free(c);
    done(user, answer);
}

static void finish_error(struct call *c, struct aws_answer *answer, const struct orgrun_error *err)
{
    answer->rc = err->code;
    answer->err = *err;
    finish(c, answer);
}

/* Splits "scheme://host[:port][/base]" and puts the spec's path behind the base. */
static int set_address(struct call *c, const struct aws_call_spec *spec)
{
    const char *base = spec->endpoint->url;
    const char *host = strstr(base, "://");
    host = host ? host + 3 : base;
    size_t host_len = strcspn(host, "/?#");
    const char *port = strncmp(base, "https:", 6) == 0 ? ":443" : ":80";
    size_t port_len = strlen(port);
    size_t shown = host_len;
    if (host_len > port_len && strncmp(host + host_len - port_len, port, port_len) == 0)
        shown -= port_len;
    c->host = strndup(host, shown);
    c->query = spec->query && spec->query[0] ? strdup(spec->query) : strdup("");
    if (asprintf(&c->path, "%s%s", host + host_len, spec->path) < 0)
        c->path = NULL;
    if (!c->host || !c->path || !c->query)
        return -1;
    int n = asprintf(&c->url, "%.*s%s%s%s", (int)(host - base + (ptrdiff_t)host_len), base, c->path,
                     c->query[0] ? "?" : "", c->query);
    if (n < 0)
        c->url = NULL;
    return n < 0 ? -1 : 0;
}

static int copy_spec(struct call *c, const struct aws_call_spec *spec)
{
    c->operation = strdup(spec->operation);
    c->subject = spec->subject ? strdup(spec->subject) : NULL;
    c->method = strdup(spec->method);
    c->endpoint = *spec->endpoint;
    c->credentials = credentials_ref(spec->credentials);
    c->max_body = spec->max_body;
    c->timeout_ms = spec->timeout_ms;
    c->total_ms = spec->total_ms;
    c->s3 = spec->s3;
    c->sign_body = spec->sign_body || spec->s3;
    c->not_idempotent = spec->not_idempotent;
    c->on_piece = spec->on_piece;
    c->piece_user = spec->piece_user;
    c->check = spec->check;
    buf_init_secret(&c->body, spec->body_len);
    if (!c->operation || !c->method || (spec->subject && !c->subject) ||
        buf_append(&c->body, spec->body, spec->body_len) || set_address(c, spec))
        return ORGRUN_ENOMEM;
    int rc = strv_printf(&c->headers, "Host: %s", c->host);
    for (const char *const *h = spec->headers; h && *h && !rc; h++)
        rc = strv_push(&c->headers, *h);
    return rc;
}

/* Splits "Name: value" headers for the signer. names receives the copies that `out` points into. */
static int split_headers(const struct strv *headers, struct strv *names, struct sigv4_header *out,
                         struct orgrun_error *err)
{
    if (headers->len > HEADERS_MAX)
        return error_set(err, ORGRUN_ELIMIT, "a request has more than %d headers", HEADERS_MAX);
    for (size_t i = 0; i < headers->len; i++) {
        const char *line = headers->items[i];
        size_t name_len = strcspn(line, ":");
        if (!line[name_len])
            return error_set(err, ORGRUN_EUSAGE, "a header of the request has no colon");
        if (strv_take(names, strndup(line, name_len)))
            return error_nomem(err);
        out[i].name = names->items[i];
        out[i].value = line + name_len + 1 + strspn(line + name_len + 1, " \t");
    }
    return 0;
}

/* Appends what the signer adds, "Name: value\n" each, to text. */
static int sign(struct call *c, struct buf *text, struct orgrun_error *err)
{
    AUTO(strv_clear) struct strv names = {0};
    struct sigv4_header headers[HEADERS_MAX];
    int rc = split_headers(&c->headers, &names, headers, err);
    if (rc)
        return rc;
    c->signed_offset_ms = atomic_load(&c->client->clock_offset_ms);
    const struct sigv4_request request = {.method = c->method,
                                          .path = c->path,
                                          .query = c->query,
                                          .headers = headers,
                                          .headers_len = c->headers.len,
                                          .body = buf_str(&c->body),
                                          .body_len = c->body.len};
    const struct sigv4_opts opts = {.credentials = c->credentials,
                                    .region = c->endpoint.signing_region,
                                    .service = c->endpoint.signing_name,
                                    .time_ms =
                                        clock_wall_ms(c->client->clock) + c->signed_offset_ms,
                                    .normalize_path = !c->s3,
                                    .double_encode_path = !c->s3,
                                    .sign_body = c->sign_body};
    struct sigv4_result result;
    rc = sigv4_sign(&request, &opts, &result, err);
    if (rc)
        return rc;
    (void)buf_append(text, result.added.data, result.added.len);
    sigv4_result_clear(&result);
    return 0;
}

/* Cuts text at its newlines into lines; the number of them, or -1 past HEADERS_MAX. */
static int cut_lines(char *text, const char **lines)
{
    int len = 0;
    for (char *at = text, *end; at && (end = strchr(at, '\n')); at = end + 1) {
        if (len == HEADERS_MAX)
            return -1;
        *end = '\0';
        lines[len++] = at;
    }
    lines[len] = NULL;
    return len;
}

static enum http_piece take_piece(void *user, const void *data, size_t len)
{
    struct call *c = user;
    enum http_piece piece = c->on_piece(c->piece_user, data, len);
    c->passed_on = c->passed_on || piece == HTTP_PIECE_TAKEN;
    return piece;
}

/* No attempt outlasts what is left for all of them. 0 = the client's own. */
static int64_t attempt_timeout_ms(const struct call *c)
{
    if (c->total_ms <= 0)
        return c->timeout_ms;
    int64_t left = c->total_ms - (clock_mono_ms(c->client->clock) - c->began_ms);
    if (left < 1)
        left = 1;
    return c->timeout_ms > 0 && c->timeout_ms < left ? c->timeout_ms : left;
}

/* Signs and sends one attempt. */
static int attempt(struct call *c, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf text;
    const char *lines[HEADERS_MAX + 1];
    buf_init_secret(&text, HEADER_TEXT_MAX);
    for (size_t i = 0; i < c->headers.len; i++)
        (void)buf_printf(&text, "%s\n", c->headers.items[i]);
    int rc = c->credentials ? sign(c, &text, err) : 0;
    if (!rc)
        rc = buf_check(&text, "the request's header", err);
    if (rc)
        return rc;
    if (cut_lines(text.data, lines) < 0)
        return error_set(err, ORGRUN_ELIMIT, "a request has more than %d headers", HEADERS_MAX);
    const struct http_request request = {.method = c->method,
                                         .url = c->url,
                                         .headers = lines,
                                         .body = buf_str(&c->body),
                                         .body_len = c->body.len,
                                         .max_body = c->max_body,
                                         .fresh = c->not_idempotent,
                                         .on_piece = c->on_piece ? take_piece : NULL,
                                         .piece_user = c,
                                         .timeout_ms = attempt_timeout_ms(c)};
    /* Before it is sent: once it is, c may be gone. */
    c->attempts++;
    rc = c->client->http.ops->submit(c->client->http.self, &request, on_response, c, err);
    if (rc)
        c->attempts--;
    return rc;
}

static void attempt_again(struct call *c)
{
    struct orgrun_error err = {0};
    struct aws_answer answer = {0};
    if (attempt(c, &err)) {
        error_context(&err, "%s", c->operation);
        finish_error(c, &answer, &err);
    }
}

static void on_timer(void *user, bool cancelled)
{
    struct call *c = user;
    if (!cancelled) {
        attempt_again(c);
        return;
    }
    struct aws_answer answer = {.fault = HTTP_CANCELLED};
    const struct call_failure f = {
        .operation = c->operation, .subject = c->subject, .fault = HTTP_CANCELLED};
    answer.rc = call_error_set(&f, &answer.err);
    finish(c, &answer);
}

static enum awserror_class fault_class(enum http_fault fault)
{
    switch (fault) {
    case HTTP_RESOLVE:
    case HTTP_CONNECT:
    case HTTP_TIMEOUT:
    case HTTP_BROKEN:
        return AWSERROR_TRANSIENT;
    default:
        return AWSERROR_CLIENT;
    }
}

/* Is the clock wrong by what this answer says, and worth another attempt with the right time? The
 * first call to find out corrects it for all. */
static bool correct_clock(struct call *c, const struct awserror *aws)
{
    struct aws_client *client = c->client;
    if (aws->class_ != AWSERROR_CLOCK_SKEW || c->skew_retried || !c->credentials)
        return false;
    c->skew_retried = true;
    if (atomic_load(&client->clock_offset_ms) != c->signed_offset_ms)
        return true;
    if (aws->server_time_ms < 0)
        return false;
    int64_t offset = aws->server_time_ms - clock_wall_ms(client->clock);
    int64_t change = offset - c->signed_offset_ms;
    if ((change < 0 ? -change : change) < SKEW_LEAST_MS ||
        atomic_exchange(&client->clock_corrected, true))
        return false;
    atomic_store(&client->clock_offset_ms, offset);
    char by[DURATION_SIZE];
    duration_format(offset < 0 ? -offset : offset, by);
    log_warn(client->log, "the local clock is %s %s AWS's; requests are signed with AWS's time", by,
             offset < 0 ? "ahead of" : "behind");
    return true;
}

static double jitter(const struct aws_client *client)
{
    if (client->jitter)
        return client->jitter(client->jitter_self);
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return 0.5;
    return random / 4294967296.0;
}

/* An answer's class for what comes next: what must not be repeated is like any fault of the
 * request. */
static enum awserror_class retry_class(const struct call *c, const struct aws_answer *answer)
{
    bool unheard = answer->fault == HTTP_RESOLVE || answer->fault == HTTP_CONNECT;
    bool in_doubt = answer->aws.class_ == AWSERROR_TRANSIENT && !unheard;
    if (c->passed_on && answer->aws.class_ != AWSERROR_NONE)
        return AWSERROR_CLIENT;
    return c->not_idempotent && in_doubt ? AWSERROR_CLIENT : answer->aws.class_;
}

static struct retry_decision decide(struct call *c, enum awserror_class class_, long retry_after_ms)
{
    struct aws_client *client = c->client;
    struct retry_policy policy = client->retry;
    if (c->total_ms > 0)
        policy.max_total_ms = c->total_ms;
    return retry_decide(&policy, client->bucket, &c->retry, class_, retry_after_ms,
                        clock_mono_ms(client->clock) - c->began_ms,
                        class_ == AWSERROR_NONE ? 0 : jitter(client));
}

/* Waits and tries again, telling whoever wants to know. */
static void again_later(struct call *c, const struct awserror *why, int64_t delay_ms)
{
    struct aws_client *client = c->client;
    struct orgrun_error err = {0};
    struct aws_answer answer = {0};
    log_debug(client->log, "%s: attempt %d: %s; again in %lld ms", c->operation, c->attempts,
              why->code[0] ? why->code : why->message, (long long)delay_ms);
    if (client->on_retry)
        client->on_retry(client->on_retry_self, c->operation, why, c->attempts, delay_ms);
    if (client->http.ops->after(client->http.self, delay_ms, on_timer, c, &err)) {
        error_context(&err, "%s", c->operation);
        finish_error(c, &answer, &err);
    }
}

/* Does S3 say after its 200 that it failed? */
static bool is_late_error(const struct call *c, const struct buf *body)
{
    if (!c->s3 || (strcmp(c->method, "PUT") != 0 && strcmp(c->method, "POST") != 0))
        return false;
    const char *text = buf_str(body);
    text += strspn(text, " \t\r\n"); /* sent to keep the connection open */
    if (strncmp(text, "<?xml", 5) == 0) {
        text = strstr(text, "?>");
        text = text ? text + 2 + strspn(text + 2, " \t\r\n") : "";
    }
    return strncmp(text, "<Error>", 7) == 0;
}

/* What one attempt came to, in the words of awserror: a fault of the network is one without a
 * status. */
static void judge(const struct call *c, const struct http_response *response, bool *malformed,
                  struct awserror *out)
{
    *malformed = false;
    if (response->fault != HTTP_OK) {
        *out = (struct awserror){
            .class_ = fault_class(response->fault), .retry_after_ms = -1, .server_time_ms = -1};
        (void)snprintf(out->message, sizeof out->message, "%s", response->text);
        return;
    }
    const struct buf *body = &response->body;
    bool late = response->status == 200 && is_late_error(c, body);
    awserror_parse(late ? 500 : response->status,
                   (const char *const *)strv_array(&response->headers), buf_str(body), body->len,
                   out);
    if (out->class_ == AWSERROR_NONE && c->check && c->check(buf_str(body), body->len)) {
        *malformed = true;
        out->class_ = AWSERROR_TRANSIENT;
        (void)snprintf(out->message, sizeof out->message, "%s", "the answer cannot be understood");
    }
}

static void on_response(void *user, struct http_response *response)
{
    struct call *c = user;
    struct aws_answer answer = {.fault = response->fault};
    bool malformed;
    judge(c, response, &malformed, &answer.aws);
    if (correct_clock(c, &answer.aws)) {
        http_response_clear(response);
        attempt_again(c);
        return;
    }
    struct retry_decision next = decide(c, retry_class(c, &answer), answer.aws.retry_after_ms);
    if (next.verdict == RETRY_AGAIN) {
        http_response_clear(response);
        again_later(c, &answer.aws, next.delay_ms);
        return;
    }
    memcpy(answer.request_id, answer.aws.request_id, sizeof answer.request_id);
    answer.headers = response->headers;
    response->headers = (struct strv){0};
    answer.body = response->body;
    response->body = (struct buf){0};
    if (answer.aws.class_ != AWSERROR_NONE) {
        const struct call_failure f = {.operation = c->operation,
                                       .subject = c->subject,
                                       .url = c->endpoint.url,
                                       .attempts = c->attempts,
                                       .verdict = next.verdict,
                                       .aws = &answer.aws,
                                       .malformed = malformed,
                                       .fault = response->fault,
                                       .fault_text = response->text};
        answer.rc = call_error_set(&f, &answer.err);
    }
    http_response_clear(response);
    finish(c, &answer);
}

int aws_call_start(struct aws_client *client, const struct aws_call_spec *spec, aws_done_fn *done,
                   void *user, struct orgrun_error *err)
{
    struct call *c = calloc(1, sizeof *c);
    if (!c)
        return error_nomem(err);
    c->client = client;
    c->done = done;
    c->user = user;
    c->began_ms = clock_mono_ms(client->clock);
    int rc = copy_spec(c, spec) ? error_nomem(err) : attempt(c, err);
    if (rc)
        call_free(c);
    return rc;
}
