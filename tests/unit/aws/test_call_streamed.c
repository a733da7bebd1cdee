// SPDX-License-Identifier: MIT
// Unit tests of bodies that are passed on as they come: aws/stream, and aws/call over the real
// client and a server of our own.
#include "aws/call.h"
#include "aws/stream.h"

#include "unit/aws/http_server.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGE (2 * 1024 * 1024)

/* ---- the stream alone ---- */

static void a_full_stream_puts_off(void **state)
{
    (void)state;
    struct stream s;
    struct buf out;
    bool put_off;
    char *data = calloc(1, STREAM_HELD_MAX);
    stream_init(&s);
    assert_int_equal(stream_put(&s, data, STREAM_HELD_MAX - 1), HTTP_PIECE_TAKEN);
    assert_int_equal(stream_put(&s, data, 2), HTTP_PIECE_TAKEN);
    assert_int_equal(stream_put(&s, data, 1), HTTP_PIECE_LATER);
    assert_true(stream_take(&s, &out, &put_off));
    assert_true(put_off);
    assert_int_equal(out.len, STREAM_HELD_MAX + 1);
    buf_clear(&out);
    assert_int_equal(stream_put(&s, "x", 1), HTTP_PIECE_TAKEN);
    stream_end(&s);
    assert_true(stream_take(&s, &out, &put_off));
    assert_false(put_off);
    assert_string_equal(buf_str(&out), "x");
    buf_clear(&out);
    assert_false(stream_take(&s, &out, &put_off));
    stream_clear(&s);
    free(data);
}

static void a_stopped_stream_refuses(void **state)
{
    (void)state;
    struct stream s;
    struct buf out;
    bool put_off;
    char *data = calloc(1, STREAM_HELD_MAX);
    stream_init(&s);
    assert_int_equal(stream_put(&s, data, STREAM_HELD_MAX), HTTP_PIECE_TAKEN);
    assert_int_equal(stream_put(&s, data, 1), HTTP_PIECE_LATER);
    assert_true(stream_stop(&s)); /* the writer is to come again, and hear of it */
    assert_int_equal(stream_put(&s, data, 1), HTTP_PIECE_STOP);
    assert_false(stream_stop(&s));
    stream_end(&s);
    assert_false(stream_take(&s, &out, &put_off));
    stream_clear(&s);
    free(data);
}

/* ---- a call ---- */

struct fixture {
    struct http_server server;
    struct http_server_answer answers[8];
    struct http *http;
    struct retry_bucket bucket;
    struct aws_client client;
    struct endpoint endpoint;
    char *large;
    /* what was taken */
    struct buf taken;
    int pieces, stop_at; /* stop_at: 0 = never */
    useconds_t slow_us;
    struct fixture *asks_too; /* makes another call from within */
};

static void set_answers(struct fixture *f)
{
    int head = snprintf(NULL, 0, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", LARGE);
    f->large = malloc((size_t)head + LARGE + 1);
    (void)sprintf(f->large, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", LARGE);
    for (int i = 0; i < LARGE; i++)
        f->large[head + i] = (char)('a' + i % 26);
    f->large[head + LARGE] = '\0';
    f->answers[0] = (struct http_server_answer){"/large", f->large, HTTP_SERVER_KEEP};
    f->answers[1] = (struct http_server_answer){
        "/cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome", HTTP_SERVER_CLOSE};
    f->answers[2] =
        (struct http_server_answer){"/denied",
                                    "HTTP/1.1 403 Forbidden\r\nContent-Length: 41\r\n\r\n"
                                    "<Error><Code>AccessDenied</Code></Error> ",
                                    HTTP_SERVER_KEEP};
    f->answers[3] = (struct http_server_answer){
        "/empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", HTTP_SERVER_KEEP};
    f->answers[4] = (struct http_server_answer){
        "/half", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", HTTP_SERVER_HANG};
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    set_answers(f);
    assert_int_equal(http_server_start(&f->server, "127.0.0.1", f->answers, NULL, NULL), 0);
    const struct http_opts opts = {.user_agent = "test"};
    assert_int_equal(http_new(&f->http, &opts, NULL), 0);
    retry_bucket_init(&f->bucket, 500);
    f->client = (struct aws_client){.http = http_client_of(f->http),
                                    .clock = clock_system,
                                    .retry = retry_standard,
                                    .bucket = &f->bucket};
    (void)snprintf(f->endpoint.url, sizeof f->endpoint.url, "http://127.0.0.1:%d", f->server.port);
    buf_init(&f->taken, SIZE_MAX);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    http_free(f->http);
    http_server_stop(&f->server);
    retry_bucket_clear(&f->bucket);
    buf_clear(&f->taken);
    free(f->large);
    free(f);
    return 0;
}

static int ask(struct fixture *f, const char *path, size_t max, struct aws_answer *answer);

static int take(void *user, const void *data, size_t len)
{
    struct fixture *f = user;
    f->pieces++;
    (void)buf_append(&f->taken, data, len);
    if (f->slow_us)
        usleep(f->slow_us);
    if (f->asks_too && f->pieces == 1) {
        struct aws_answer answer;
        f->asks_too->client = f->client;
        f->asks_too->endpoint = f->endpoint;
        assert_int_equal(ask(f->asks_too, "/large", LARGE, &answer), 0);
        aws_answer_clear(&answer);
    }
    return f->pieces == f->stop_at;
}

static int ask(struct fixture *f, const char *path, size_t max, struct aws_answer *answer)
{
    const struct aws_call_spec spec = {.operation = "s3:GET",
                                       .endpoint = &f->endpoint,
                                       .method = "GET",
                                       .path = path,
                                       .timeout_ms = 20000,
                                       .max_body = max};
    return aws_call_streamed(&f->client, &spec, take, f, answer);
}

static void assert_whole(const struct fixture *f)
{
    assert_int_equal(f->taken.len, LARGE);
    for (size_t i = 0; i < LARGE; i++)
        if (f->taken.data[i] != (char)('a' + i % 26))
            fail_msg("byte %zu is another", i);
}

static void a_body_comes_whole(void **state)
{
    for (int slow = 0; slow < 2; slow++) {
        struct fixture *f = *state;
        struct aws_answer answer;
        f->slow_us = slow ? 3000 : 0; /* a slow taker has the sender put off */
        assert_int_equal(ask(f, "/large", LARGE, &answer), 0);
        assert_whole(f);
        assert_true(f->pieces > 1);
        assert_int_equal(answer.body.len, 0);
        assert_int_equal(answer.aws.status, 200);
        aws_answer_clear(&answer);
        tear_down(state);
        set_up(state);
    }
}

static void a_taker_may_ask_too(void **state)
{
    struct fixture *f = *state;
    struct fixture *other = calloc(1, sizeof *other);
    struct aws_answer answer;
    buf_init(&other->taken, SIZE_MAX);
    f->asks_too = other;
    assert_int_equal(ask(f, "/large", LARGE, &answer), 0);
    aws_answer_clear(&answer);
    assert_whole(f);
    assert_whole(other);
    buf_clear(&other->taken);
    free(other);
}

static void a_taker_may_have_enough(void **state)
{
    struct fixture *f = *state;
    struct aws_answer answer;
    f->stop_at = 1;
    f->slow_us = 50000; /* by then the sender has been put off */
    int rc = ask(f, "/large", LARGE, &answer);
    assert_error(rc, answer.err, ORGRUN_ECANCELLED,
                 "s3:GET: whoever takes the answer in wants no more of it");
    assert_int_equal(f->pieces, 1);
    aws_answer_clear(&answer);
}

static void a_body_has_its_maximum(void **state)
{
    struct fixture *f = *state;
    struct aws_answer answer;
    int rc = ask(f, "/large", LARGE - 1, &answer);
    assert_error(rc, answer.err, ORGRUN_ELIMIT, "s3:GET: the answer is larger than 2097151 bytes");
    assert_true(f->taken.len < LARGE);
    assert_int_equal(answer.attempts, 1);
    aws_answer_clear(&answer);
}

static void nothing_comes_twice(void **state)
{
    struct fixture *f = *state;
    struct aws_answer answer;
    int rc = ask(f, "/cut", LARGE, &answer);
    assert_int_equal(rc, ORGRUN_ENETWORK);
    assert_int_equal(answer.attempts, 1);
    assert_string_equal(buf_str(&f->taken), "some");
    assert_int_equal(http_server_requests(&f->server), 1);
    aws_answer_clear(&answer);
}

static void a_refusal_is_kept(void **state)
{
    struct fixture *f = *state;
    struct aws_answer answer;
    assert_int_equal(ask(f, "/denied", 1, &answer), ORGRUN_EAWS);
    assert_int_equal(f->pieces, 0);
    assert_string_equal(answer.aws.code, "AccessDenied");
    assert_int_equal(answer.body.len, 41);
    aws_answer_clear(&answer);
    assert_int_equal(ask(f, "/empty", 0, &answer), 0);
    assert_int_equal(f->pieces, 0);
    aws_answer_clear(&answer);
}

static void *stop_soon(void *arg)
{
    struct fixture *f = arg;
    http_server_wait(&f->server, 1);
    usleep(20000);
    http_stop(f->http);
    return NULL;
}

static void closing_ends_it(void **state)
{
    struct fixture *f = *state;
    struct aws_answer answer;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, f), 0);
    int rc = ask(f, "/half", LARGE, &answer);
    pthread_join(thread, NULL);
    assert_error(rc, answer.err, ORGRUN_ECANCELLED, "s3:GET was cancelled");
    aws_answer_clear(&answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_stream_puts_off),
        cmocka_unit_test(a_stopped_stream_refuses),
        TEST(a_body_comes_whole),
        TEST(a_taker_may_ask_too),
        TEST(a_taker_may_have_enough),
        TEST(a_body_has_its_maximum),
        TEST(nothing_comes_twice),
        TEST(a_refusal_is_kept),
        TEST(closing_ends_it),
    };
    return cmocka_run_group_tests_name("call streamed", tests, NULL, NULL);
}
