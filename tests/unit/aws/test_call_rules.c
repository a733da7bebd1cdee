// SPDX-License-Identifier: MIT
// Unit tests of what a caller may ask of aws/call: S3's signature and late errors, requests that
// must not be carried out twice, and a limit on all attempts.
#include "aws/call.h"

#include "unit/aws/fake_http.h"
#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define LATE                                                                                       \
    "<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code><Message>m</Message></Error>"

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
    struct aws_call_spec spec;
    struct aws_answer answer;
    int answered;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    fake_http_init(&f->http);
    retry_bucket_init(&f->bucket, 500);
    f->client = (struct aws_client){.http = fake_http_client(&f->http),
                                    .clock = fake_http_clock(&f->http),
                                    .retry = retry_standard,
                                    .bucket = &f->bucket,
                                    .jitter = full_jitter};
    f->endpoint = (struct endpoint){.url = "https://s3.us-east-1.amazonaws.com",
                                    .signing_region = "us-east-1",
                                    .signing_name = "s3"};
    const struct credentials_parts parts = {
        .access_key_id = "AKIDEXAMPLE", .secret_key = "secret", .expires_ms = CREDENTIALS_NEVER};
    assert_int_equal(credentials_new(&f->credentials, &parts, NULL), 0);
    f->spec = (struct aws_call_spec){.operation = "s3:PUT",
                                     .endpoint = &f->endpoint,
                                     .credentials = f->credentials,
                                     .method = "PUT",
                                     .path = "/b/a//../k",
                                     .max_body = 1024};
    return 0;
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

static void start(struct fixture *f)
{
    assert_int_equal(aws_call_start(&f->client, &f->spec, on_done, f, NULL), 0);
}

static const char *signed_headers(const struct fixture *f)
{
    return strstr(fake_http_header(&f->http, 0, "Authorization"), "SignedHeaders=");
}

static void s3_has_the_hash_in_a_header(void **state)
{
    struct fixture *f = *state;
    f->spec.s3 = true;
    start(f);
    assert_string_equal(f->http.requests[0].url, "https://s3.us-east-1.amazonaws.com/b/a//../k");
    assert_string_equal(fake_http_header(&f->http, 0, "x-amz-content-sha256"),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_non_null(strstr(signed_headers(f), "host;x-amz-content-sha256;x-amz-date"));
    fake_http_answer(&f->http, 0, 200, NULL, "");
    assert_int_equal(f->answer.rc, 0);
}

static void others_have_it_where_they_want_it(void **state)
{
    struct fixture *f = *state;
    start(f);
    assert_null(fake_http_header(&f->http, 0, "x-amz-content-sha256"));
    fake_http_answer(&f->http, 0, 200, NULL, "");
    tear_down(state);
    set_up(state);
    f = *state;
    f->spec.sign_body = true;
    start(f);
    assert_non_null(fake_http_header(&f->http, 0, "x-amz-content-sha256"));
    fake_http_answer(&f->http, 0, 200, NULL, "");
}

/* Is a 200 with this body a failure, and so tried again? */
static const struct {
    const char *method, *body;
    bool s3, late;
} late_errors[] = {
    {"PUT", LATE, true, true},
    {"POST", "<Error><Code>InternalError</Code></Error>", true, true},
    {"POST", " \n \n" LATE, true, true},
    {"PUT", LATE, false, false},
    {"GET", LATE, true, false},
    {"PUT", "<CopyObjectResult><Error></Error></CopyObjectResult>", true, false},
    {"PUT", "<?xml <Error>", true, false},
    {"PUT", "", true, false},
};

static void s3_may_fail_late(void **state)
{
    for (size_t i = 0; i < COUNT(late_errors); i++) {
        struct fixture *f = *state;
        f->spec.s3 = late_errors[i].s3;
        f->spec.method = late_errors[i].method;
        start(f);
        fake_http_answer(&f->http, 0, 200, NULL, late_errors[i].body);
        assert_int_equal(f->answered, !late_errors[i].late);
        if (late_errors[i].late) {
            assert_int_equal(fake_http_fire(&f->http, false), 50);
            fake_http_answer(&f->http, 1, 200, NULL, "<ok/>");
        }
        assert_int_equal(f->answer.rc, 0);
        assert_int_equal(f->answer.attempts, late_errors[i].late ? 2 : 1);
        tear_down(state);
        set_up(state);
    }
}

#define XML(code) "<Error><Code>" code "</Code></Error>"
static const struct {
    int status;
    const char *body;
    enum http_fault fault;
    bool again; /* for what must not be carried out twice */
} doubts[] = {
    {500, XML("InternalError"), HTTP_OK, false},
    {503, "", HTTP_OK, false},
    {503, XML("SlowDown"), HTTP_OK, true},
    {400, XML("Throttling"), HTTP_OK, true},
    {0, "reset", HTTP_BROKEN, false},
    {0, "late", HTTP_TIMEOUT, false},
    {0, "refused", HTTP_CONNECT, true},
    {0, "no such host", HTTP_RESOLVE, true},
    {400, XML("RequestTimeout"), HTTP_OK, false},
};

static void what_must_not_be_done_twice_is_not(void **state)
{
    for (size_t i = 0; i < 2 * COUNT(doubts); i++) {
        struct fixture *f = *state;
        size_t d = i / 2;
        bool again = i % 2 == 0 || doubts[d].again;
        f->spec.not_idempotent = i % 2;
        start(f);
        if (doubts[d].fault)
            fake_http_fault(&f->http, 0, doubts[d].fault, doubts[d].body);
        else
            fake_http_answer(&f->http, 0, doubts[d].status, NULL, doubts[d].body);
        assert_int_equal(f->answered, !again);
        if (again) {
            assert_true(fake_http_fire(&f->http, false) > 0);
            fake_http_answer(&f->http, 1, 200, NULL, "");
        }
        assert_int_equal(f->answer.attempts, again ? 2 : 1);
        assert_int_equal(f->answer.rc == 0, again);
        tear_down(state);
        set_up(state);
    }
}

static void all_attempts_have_a_limit(void **state)
{
    struct fixture *f = *state;
    f->spec.total_ms = 120;
    start(f);
    fake_http_answer(&f->http, 0, 503, NULL, "");
    assert_int_equal(fake_http_fire(&f->http, false), 50);
    fake_http_answer(&f->http, 1, 503, NULL, XML("Slow"));
    /* 100 ms would be next, and 70 are left. */
    assert_int_equal(f->answered, 1);
    assert_int_equal(f->answer.rc, ORGRUN_EAWS);
    assert_string_equal(f->answer.err.message, "s3:PUT: Slow (HTTP 503, 2 attempts, out of time)");
    assert_string_equal(buf_str(&f->answer.body), XML("Slow"));
}

static void headers_come_with_the_answer(void **state)
{
    struct fixture *f = *state;
    start(f);
    fake_http_answer(&f->http, 0, 404, (const char *const[]){"x-amz-request-id: r", "A: b", NULL},
                     XML("NoSuchKey"));
    assert_int_equal(f->answer.rc, ORGRUN_EAWS);
    assert_int_equal(f->answer.aws.status, 404);
    assert_string_equal(f->answer.request_id, "r");
    assert_int_equal(f->answer.headers.len, 2);
    assert_string_equal(f->answer.headers.items[1], "A: b");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(s3_has_the_hash_in_a_header),
        TEST(others_have_it_where_they_want_it),
        TEST(s3_may_fail_late),
        TEST(what_must_not_be_done_twice_is_not),
        TEST(all_attempts_have_a_limit),
        TEST(headers_come_with_the_answer),
    };
    return cmocka_run_group_tests_name("call rules", tests, NULL, NULL);
}
