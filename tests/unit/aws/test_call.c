// SPDX-License-Identifier: MIT
// Unit tests of aws/call: what is sent, what is tried again, and what a person reads in the end.
#include "aws/call.h"

#include "unit/aws/fake_http.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROLE "arn:aws:iam::111122223333:role/x"
#define ATTEMPTS 5

static double full_jitter(void *self)
{
    (void)self;
    return 1;
}

struct fixture {
    struct fake_http http;
    struct retry_bucket bucket;
    struct aws_client client;
    struct credentials *credentials;
    struct endpoint endpoint;
    struct log log;
    char logged[512];
    int warnings, retries;
    struct aws_answer answer;
    int answered;
};

static void keep_log(void *user, enum orgrun_log_level level, const char *message)
{
    struct fixture *f = user;
    if (level == ORGRUN_LOG_WARNING)
        f->warnings++;
    (void)snprintf(f->logged, sizeof f->logged, "%s", message);
}

static void count_retry(void *self, const char *operation, const struct awserror *why, int attempt,
                        int64_t delay_ms)
{
    struct fixture *f = self;
    assert_string_equal(operation, "sts:AssumeRole");
    assert_non_null(why);
    assert_true(delay_ms >= 0);
    assert_int_equal(attempt, ++f->retries);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    fake_http_init(&f->http);
    retry_bucket_init(&f->bucket, 500);
    f->log = (struct log){.write = keep_log, .user = f, .least = ORGRUN_LOG_WARNING};
    f->client = (struct aws_client){.http = fake_http_client(&f->http),
                                    .clock = fake_http_clock(&f->http),
                                    .log = &f->log,
                                    .retry = retry_standard,
                                    .bucket = &f->bucket,
                                    .jitter = full_jitter,
                                    .on_retry = count_retry,
                                    .on_retry_self = f};
    f->endpoint = (struct endpoint){.url = "https://sts.us-east-1.amazonaws.com",
                                    .signing_region = "us-east-1",
                                    .signing_name = "sts"};
    const struct credentials_parts parts = {.access_key_id = "AKIDEXAMPLE",
                                            .secret_key = "secret",
                                            .session_token = "token",
                                            .expires_ms = CREDENTIALS_NEVER};
    return credentials_new(&f->credentials, &parts, NULL);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    aws_answer_clear(&f->answer);
    credentials_unref(f->credentials);
    retry_bucket_clear(&f->bucket);
    fake_http_clear(&f->http);
    free(f);
    return 0;
}

static void on_done(void *user, struct aws_answer *answer)
{
    struct fixture *f = user;
    f->answer = *answer;
    f->answered++;
}

static int ends_well(const char *body, size_t len)
{
    return len < 4 || memcmp(body + len - 4, "</a>", 4) != 0;
}

static struct aws_call_spec spec_of(struct fixture *f)
{
    static const char *const headers[] = {"Content-Type: text/plain", NULL};
    return (struct aws_call_spec){.operation = "sts:AssumeRole",
                                  .subject = ROLE,
                                  .endpoint = &f->endpoint,
                                  .credentials = f->credentials,
                                  .method = "POST",
                                  .path = "/",
                                  .headers = headers,
                                  .body = "a=b",
                                  .body_len = 3,
                                  .max_body = 1024,
                                  .check = ends_well};
}

static void start(struct fixture *f)
{
    const struct aws_call_spec spec = spec_of(f);
    struct orgrun_error err = {0};
    assert_int_equal(aws_call_start(&f->client, &spec, on_done, f, &err), 0);
}

#define XML_ERROR(code, message)                                                                   \
    "<ErrorResponse><Error><Code>" code "</Code><Message>" message "</Message></Error>"            \
    "<RequestId>r-1</RequestId></ErrorResponse>"

/* One attempt's end: a status and body, or a fault and its text. */
struct outcome {
    int status;
    const char *body;
    enum http_fault fault;
};

static const struct ending {
    const char *name;
    struct outcome outcomes[ATTEMPTS];
    int attempts;
    int rc;
    const char *message;
    const char *hint;
    int64_t delays[ATTEMPTS];
} endings[] = {
    {"first try", {{200, "<a></a>"}}, 1, 0, "", "", {0}},
    {"second try", {{503, ""}, {200, "<a></a>"}}, 2, 0, "", "", {50}},
    {"cut short, then whole",
     {{0, "transfer closed", HTTP_BROKEN}, {200, "<a></a>"}},
     2,
     0,
     "",
     "",
     {50}},
    {"malformed, then whole", {{200, "<a></"}, {200, "<a></a>"}}, 2, 0, "", "", {50}},
    {"throttled, then through",
     {{400, XML_ERROR("Throttling", "Rate exceeded")}, {200, "<a></a>"}},
     2,
     0,
     "",
     "",
     {1000}},
    {"denied",
     {{403, XML_ERROR("AccessDenied", "User: x is not authorized")}},
     1,
     ORGRUN_EAWS,
     "sts:AssumeRole for " ROLE ": AccessDenied: User: x is not authorized (HTTP 403, request id "
     "r-1, 1 attempt)",
     "",
     {0}},
    {"expired",
     {{403, XML_ERROR("ExpiredToken", "The security token is expired")}},
     1,
     ORGRUN_ECREDENTIALS,
     "sts:AssumeRole for " ROLE ": ExpiredToken: The security token is expired (HTTP 403, request "
     "id r-1, 1 attempt)",
     "The credentials have expired: refresh them (log in again) and start anew.",
     {0}},
    {"no body",
     {{500, ""}, {502, ""}, {504, ""}},
     3,
     ORGRUN_EAWS,
     "sts:AssumeRole for " ROLE ": an error without a code (HTTP 504, 3 attempts)",
     "",
     {50, 100}},
    {"throttled for good",
     {{400, XML_ERROR("Throttling", "Rate exceeded")},
      {400, XML_ERROR("Throttling", "Rate exceeded")},
      {400, XML_ERROR("Throttling", "Rate exceeded")}},
     3,
     ORGRUN_EAWS,
     "sts:AssumeRole for " ROLE
     ": Throttling: Rate exceeded (HTTP 400, request id r-1, 3 attempts)",
     "AWS throttles this caller; lower the concurrency or try again later.",
     {1000, 2000}},
    {"malformed for good",
     {{200, ""}, {200, "<html>"}, {200, "x"}},
     3,
     ORGRUN_EPROTOCOL,
     "sts:AssumeRole for " ROLE ": the answer of https://sts.us-east-1.amazonaws.com cannot be "
     "understood (HTTP 200, 3 attempts)",
     "Something between here and AWS may answer in its place: a proxy, a login page, a wrong "
     "endpoint URL.",
     {50, 100}},
    {"not resolved",
     {{0, "Could not resolve host: x", HTTP_RESOLVE},
      {0, "Could not resolve host: x", HTTP_RESOLVE},
      {0, "Could not resolve host: x", HTTP_RESOLVE}},
     3,
     ORGRUN_ENETWORK,
     "cannot reach https://sts.us-east-1.amazonaws.com: Could not resolve host: x (3 attempts)",
     "Check the Region, the endpoint URL and the name resolution of this host.",
     {50, 100}},
    {"refused",
     {{0, "refused", HTTP_CONNECT}, {0, "refused", HTTP_CONNECT}, {0, "refused", HTTP_CONNECT}},
     3,
     ORGRUN_ENETWORK,
     "cannot reach https://sts.us-east-1.amazonaws.com: refused (3 attempts)",
     "Check the endpoint URL, the route and the proxy settings (HTTPS_PROXY, NO_PROXY).",
     {50, 100}},
    {"late",
     {{0, "timed out", HTTP_TIMEOUT}, {0, "timed out", HTTP_TIMEOUT}, {0, "late", HTTP_TIMEOUT}},
     3,
     ORGRUN_ENETWORK,
     "no answer from https://sts.us-east-1.amazonaws.com: late (3 attempts)",
     "",
     {50, 100}},
    {"not verified",
     {{0, "self-signed certificate", HTTP_TLS}},
     1,
     ORGRUN_ENETWORK,
     "no secure connection to https://sts.us-east-1.amazonaws.com: self-signed certificate",
     "If a proxy or a private endpoint has a certificate authority of its own, set AWS_CA_BUNDLE "
     "to "
     "its PEM file.",
     {0}},
    {"too large",
     {{0, "the answer is larger than 1024 bytes", HTTP_TOO_LARGE}},
     1,
     ORGRUN_ELIMIT,
     "sts:AssumeRole for " ROLE ": the answer is larger than 1024 bytes",
     "",
     {0}},
    {"closing",
     {{0, "the HTTP client is closing", HTTP_CANCELLED}},
     1,
     ORGRUN_ECANCELLED,
     "sts:AssumeRole for " ROLE " was cancelled",
     "",
     {0}},
};

static void play(struct fixture *f, const struct ending *e)
{
    for (int i = 0; i < e->attempts; i++) {
        assert_int_equal(f->http.len, i + 1);
        const struct outcome *o = &e->outcomes[i];
        if (o->fault)
            fake_http_fault(&f->http, i, o->fault, o->body);
        else
            fake_http_answer(&f->http, i, o->status, NULL, o->body);
        if (i + 1 < e->attempts)
            assert_int_equal(fake_http_fire(&f->http, false), e->delays[i]);
    }
}

static void test_endings(void **state)
{
    for (size_t i = 0; i < COUNT(endings); i++) {
        struct fixture *f = *state;
        const struct ending *e = &endings[i];
        print_message("  %s\n", e->name);
        start(f);
        play(f, e);
        assert_int_equal(f->answered, 1);
        assert_int_equal(f->http.len, e->attempts);
        assert_int_equal(f->http.timers_len, e->attempts - 1);
        assert_int_equal(f->retries, e->attempts - 1);
        assert_int_equal(f->answer.rc, e->rc);
        assert_int_equal(f->answer.err.code, e->rc);
        assert_string_equal(f->answer.err.message, e->message);
        assert_string_equal(f->answer.err.hint, e->hint);
        assert_int_equal(f->answer.attempts, e->attempts);
        const struct outcome *last = &e->outcomes[e->attempts - 1];
        assert_string_equal(buf_str(&f->answer.body), last->fault ? "" : last->body);
        tear_down(state);
        set_up(state);
    }
}

static void test_what_is_sent(void **state)
{
    struct fixture *f = *state;
    f->endpoint = (struct endpoint){
        .url = "http://127.0.0.1:8080/base", .signing_region = "eu-west-1", .signing_name = "sts"};
    start(f);
    const struct fake_request *r = &f->http.requests[0];
    assert_string_equal(r->method, "POST");
    assert_string_equal(r->url, "http://127.0.0.1:8080/base/");
    assert_string_equal(r->body, "a=b");
    assert_string_equal(fake_http_header(&f->http, 0, "Host"), "127.0.0.1:8080");
    assert_string_equal(fake_http_header(&f->http, 0, "Content-Type"), "text/plain");
    assert_string_equal(fake_http_header(&f->http, 0, "X-Amz-Date"), "20261124T060000Z");
    assert_string_equal(fake_http_header(&f->http, 0, "X-Amz-Security-Token"), "token");
    assert_non_null(strstr(fake_http_header(&f->http, 0, "Authorization"),
                           "Credential=AKIDEXAMPLE/20261124/eu-west-1/sts/aws4_request"));
    fake_http_answer(&f->http, 0, 200, (const char *const[]){"x-amzn-RequestId: r-9", NULL},
                     "<a></a>");
    assert_string_equal(f->answer.request_id, "r-9");
}

static void test_default_ports_are_not_in_host(void **state)
{
    static const struct {
        const char *url, *host;
    } cases[] = {{"https://h:443", "h"},
                 {"http://h:80", "h"},
                 {"https://h:80", "h:80"},
                 {"http://[::1]:80/x", "[::1]"},
                 {"http://h", "h"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture *f = *state;
        (void)snprintf(f->endpoint.url, sizeof f->endpoint.url, "%s", cases[i].url);
        start(f);
        assert_string_equal(fake_http_header(&f->http, 0, "Host"), cases[i].host);
        fake_http_answer(&f->http, 0, 200, NULL, "<a></a>");
        tear_down(state);
        set_up(state);
    }
}

static void test_unsigned(void **state)
{
    struct fixture *f = *state;
    struct aws_call_spec spec = spec_of(f);
    spec.credentials = NULL;
    spec.method = "GET";
    spec.query = "a=1&b=2";
    spec.body = NULL;
    spec.body_len = 0;
    assert_int_equal(aws_call_start(&f->client, &spec, on_done, f, NULL), 0);
    assert_string_equal(f->http.requests[0].url, "https://sts.us-east-1.amazonaws.com/?a=1&b=2");
    assert_null(fake_http_header(&f->http, 0, "Authorization"));
    fake_http_answer(&f->http, 0, 200, NULL, "<a></a>");
}

#define SKEWED XML_ERROR("RequestExpired", "Request has expired")
static const char *const an_hour_later[] = {"Date: Tue, 24 Nov 2026 07:00:00 GMT", NULL};
static const char *const now[] = {"Date: Tue, 24 Nov 2026 06:00:00 GMT", NULL};

static void test_a_wrong_clock_is_corrected_once_for_all(void **state)
{
    struct fixture *f = *state;
    start(f);
    start(f);
    fake_http_answer(&f->http, 0, 403, an_hour_later, SKEWED);
    assert_int_equal(f->http.len, 3);
    assert_string_equal(fake_http_header(&f->http, 2, "X-Amz-Date"), "20261124T070000Z");
    assert_int_equal(aws_client_now_ms(&f->client) - f->http.wall_ms, 3600 * 1000);
    assert_string_equal(
        f->logged, "the local clock is 1h00m behind AWS's; requests are signed with AWS's time");
    /* The other was signed before that: it gets its second chance without another correction. */
    fake_http_answer(&f->http, 1, 403, an_hour_later, SKEWED);
    assert_int_equal(f->http.len, 4);
    assert_string_equal(fake_http_header(&f->http, 3, "X-Amz-Date"), "20261124T070000Z");
    fake_http_answer(&f->http, 2, 200, NULL, "<a></a>");
    assert_int_equal(f->answer.rc, 0);
    assert_int_equal(f->answer.attempts, 2);
    aws_answer_clear(&f->answer);
    /* Refused again with the corrected time: that is the end. */
    fake_http_answer(&f->http, 3, 403, now, SKEWED);
    assert_int_equal(f->answered, 2);
    assert_int_equal(f->http.len, 4);
    assert_error(f->answer.rc, f->answer.err, ORGRUN_EAWS,
                 "sts:AssumeRole for " ROLE ": RequestExpired: Request has expired (HTTP 403, "
                 "request id r-1, 2 attempts)");
    assert_string_equal(f->answer.err.hint,
                        "The local clock differs from AWS's: set it, for example through NTP.");
    assert_int_equal(f->warnings, 1);
}

static void test_a_right_clock_is_left_alone(void **state)
{
    struct fixture *f = *state;
    start(f);
    fake_http_answer(&f->http, 0, 403, now, SKEWED);
    assert_int_equal(f->answered, 1);
    assert_int_equal(f->warnings, 0);
    assert_int_equal(aws_client_now_ms(&f->client), f->http.wall_ms);
}

static void test_the_budget_is_shared(void **state)
{
    struct fixture *f = *state;
    f->bucket.tokens = 20;
    start(f);
    fake_http_answer(&f->http, 0, 500, NULL, "");
    fake_http_fire(&f->http, false);
    fake_http_answer(&f->http, 1, 500, NULL, "");
    assert_error(f->answer.rc, f->answer.err, ORGRUN_EAWS,
                 "sts:AssumeRole for " ROLE ": an error without a code (HTTP 500, 2 attempts, no "
                 "retries left in this run's budget)");
}

static void test_time_is_bounded(void **state)
{
    struct fixture *f = *state;
    f->client.retry.max_total_ms = 1500;
    f->client.retry.max_attempts = 100;
    start(f);
    fake_http_answer(&f->http, 0, 400, NULL, XML_ERROR("Throttling", "Rate exceeded"));
    assert_int_equal(fake_http_fire(&f->http, false), 1000);
    fake_http_answer(&f->http, 1, 400, NULL, XML_ERROR("Throttling", "Rate exceeded"));
    assert_error(f->answer.rc, f->answer.err, ORGRUN_EAWS,
                 "sts:AssumeRole for " ROLE
                 ": Throttling: Rate exceeded (HTTP 400, request id r-1, "
                 "2 attempts, out of time)");
}

static void test_a_wait_is_cancelled(void **state)
{
    struct fixture *f = *state;
    start(f);
    fake_http_answer(&f->http, 0, 500, NULL, "");
    assert_int_equal(f->answered, 0);
    fake_http_fire(&f->http, true);
    assert_int_equal(f->answered, 1);
    assert_error(f->answer.rc, f->answer.err, ORGRUN_ECANCELLED,
                 "sts:AssumeRole for " ROLE " was cancelled");
}

static void test_a_closing_client_begins_nothing(void **state)
{
    struct fixture *f = *state;
    const struct aws_call_spec spec = spec_of(f);
    struct orgrun_error err = {0};
    start(f);
    f->http.refuse = true;
    int rc = aws_call_start(&f->client, &spec, on_done, f, &err);
    assert_error(rc, err, ORGRUN_ECANCELLED, "the HTTP client is closing");
    fake_http_answer(&f->http, 0, 500, NULL, "");
    assert_int_equal(f->answered, 1);
    assert_error(f->answer.rc, f->answer.err, ORGRUN_ECANCELLED,
                 "sts:AssumeRole: the HTTP client is closing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_endings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_default_ports_are_not_in_host, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unsigned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_wrong_clock_is_corrected_once_for_all, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_right_clock_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_budget_is_shared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_time_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_wait_is_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_closing_client_begins_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
