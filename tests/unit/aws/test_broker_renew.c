// SPDX-License-Identifier: MIT
// Unit tests of sessions that live long: credentials that AWS refuses, and accounts tried anew.
#include "aws/broker.h"

#include "unit/aws/fake_http.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#define A "111122223333"
#define IN_AN_HOUR "2026-11-24T07:00:00Z"
#define IN_A_MINUTE "2026-11-24T06:01:00Z"

struct fixture {
    struct fake_http http;
    struct retry_bucket bucket;
    struct aws_client client;
    struct credentials *source;
    struct broker *broker;
};

static void make(struct fixture *f, bool ask_again)
{
    const struct broker_opts opts = {
        .client = &f->client,
        .sts = {.url = "https://h", .signing_region = "r", .signing_name = "sts"},
        .source = f->source,
        .ask_again = ask_again};
    const struct broker_request request = {A, "arn:aws:iam::" A ":role/x", "orgrun-1", 3600, NULL};
    assert_int_equal(broker_new(&f->broker, &opts, NULL), 0);
    assert_int_equal(broker_expect(f->broker, &request, 1, NULL), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    fake_http_init(&f->http);
    retry_bucket_init(&f->bucket, 500);
    f->client = (struct aws_client){.http = fake_http_client(&f->http),
                                    .clock = fake_http_clock(&f->http),
                                    .retry = retry_standard,
                                    .bucket = &f->bucket};
    const struct credentials_parts parts = {
        .access_key_id = "AKIDEXAMPLE", .secret_key = "secret", .expires_ms = CREDENTIALS_NEVER};
    return credentials_new(&f->source, &parts, NULL);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    broker_free(f->broker);
    credentials_unref(f->source);
    retry_bucket_clear(&f->bucket);
    fake_http_clear(&f->http);
    free(f);
    return 0;
}

static void answer(struct fixture *f, int i, const char *key, const char *expires)
{
    char xml[1024];
    (void)snprintf(xml, sizeof xml,
                   "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>%s"
                   "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t"
                   "</SessionToken><Expiration>%s</Expiration></Credentials><AssumedRoleUser>"
                   "<Arn>arn:aws:sts::" A ":assumed-role/x/orgrun-1</Arn></AssumedRoleUser>"
                   "</AssumeRoleResult></AssumeRoleResponse>",
                   key, expires);
    fake_http_answer(&f->http, i, 200, NULL, xml);
}

static void deny(struct fixture *f, int i)
{
    fake_http_answer(&f->http, i, 403, NULL,
                     "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
                     "</ErrorResponse>");
}

/* Asks on a thread of its own, so that the test can play the network. */
struct asker {
    pthread_t thread;
    struct fixture *f;
    struct credentials *got;
    int rc;
};

static void *run_asker(void *arg)
{
    struct asker *a = arg;
    a->rc = broker_get(a->f->broker, A, &a->got, NULL);
    return NULL;
}

static struct asker asker_start(struct fixture *f)
{
    return (struct asker){.f = f};
}

static void assert_got(struct asker *a, const char *key)
{
    pthread_join(a->thread, NULL);
    assert_int_equal(a->rc, 0);
    assert_string_equal(credentials_access_key_id(a->got), key);
}

static void refused_credentials_are_had_anew(void **state)
{
    struct fixture *f = *state;
    make(f, true);
    answer(f, 0, "K1", IN_AN_HOUR);
    struct credentials *first = NULL, *same = NULL;
    assert_int_equal(broker_get(f->broker, A, &first, NULL), 0);
    broker_renew(f->broker, "999999999999", first); /* ignored */
    broker_renew(f->broker, A, f->source);          /* not what the account has */
    assert_int_equal(broker_get(f->broker, A, &same, NULL), 0);
    assert_ptr_equal(same, first);
    broker_renew(f->broker, A, first);
    broker_renew(f->broker, A, first);
    struct asker a = asker_start(f), b = asker_start(f);
    assert_int_equal(pthread_create(&a.thread, NULL, run_asker, &a), 0);
    assert_int_equal(pthread_create(&b.thread, NULL, run_asker, &b), 0);
    fake_http_wait(&f->http, 2);
    answer(f, 1, "K2", IN_AN_HOUR);
    assert_got(&a, "K2");
    assert_got(&b, "K2");
    broker_renew(f->broker, A, first); /* replaced since */
    credentials_unref(same);
    assert_int_equal(broker_get(f->broker, A, &same, NULL), 0);
    assert_ptr_equal(same, a.got);
    assert_int_equal(fake_http_len(&f->http), 2);
    credentials_unref(first);
    credentials_unref(same);
    credentials_unref(a.got);
    credentials_unref(b.got);
}

static void refused_credentials_are_not_given_out_again(void **state)
{
    struct fixture *f = *state;
    make(f, false);
    answer(f, 0, "K1", IN_AN_HOUR);
    struct credentials *first = NULL;
    assert_int_equal(broker_get(f->broker, A, &first, NULL), 0);
    broker_renew(f->broker, A, first);
    struct asker a = asker_start(f);
    assert_int_equal(pthread_create(&a.thread, NULL, run_asker, &a), 0);
    fake_http_wait(&f->http, 2);
    deny(f, 1);
    pthread_join(a.thread, NULL);
    assert_int_equal(a.rc, ORGRUN_EAWS);
    assert_null(a.got);
    credentials_unref(first);
}

static void a_failed_account_is_tried_anew_where_wanted(void **state)
{
    for (int again = 0; again < 2; again++) {
        struct fixture *f = *state;
        make(f, again);
        deny(f, 0);
        struct asker a = asker_start(f);
        assert_int_equal(pthread_create(&a.thread, NULL, run_asker, &a), 0);
        if (again) {
            fake_http_wait(&f->http, 2);
            answer(f, 1, "K2", IN_AN_HOUR);
            assert_got(&a, "K2");
        } else {
            pthread_join(a.thread, NULL);
            assert_int_equal(a.rc, ORGRUN_EAWS);
            assert_int_equal(fake_http_len(&f->http), 1);
        }
        credentials_unref(a.got);
        tear_down(state);
        set_up(state);
    }
}

/* What was used to its end because STS was not there is, once had anew, like any other. */
static void a_session_outlives_an_outage(void **state)
{
    struct fixture *f = *state;
    make(f, true);
    answer(f, 0, "K1", IN_A_MINUTE);
    struct asker a = asker_start(f), b = asker_start(f), c = asker_start(f);
    assert_int_equal(pthread_create(&a.thread, NULL, run_asker, &a), 0);
    fake_http_wait(&f->http, 2);
    deny(f, 1);
    assert_got(&a, "K1"); /* to its end */
    f->http.wall_ms += 61000;
    assert_int_equal(pthread_create(&b.thread, NULL, run_asker, &b), 0);
    fake_http_wait(&f->http, 3);
    answer(f, 2, "K3", "2026-11-24T06:03:00Z");
    assert_got(&b, "K3");
    assert_int_equal(pthread_create(&c.thread, NULL, run_asker, &c), 0);
    fake_http_wait(&f->http, 4); /* within five minutes of its end */
    answer(f, 3, "K4", IN_AN_HOUR);
    assert_got(&c, "K4");
    credentials_unref(a.got);
    credentials_unref(b.got);
    credentials_unref(c.got);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refused_credentials_are_had_anew),
        TEST(refused_credentials_are_not_given_out_again),
        TEST(a_failed_account_is_tried_anew_where_wanted),
        TEST(a_session_outlives_an_outage),
    };
    return cmocka_run_group_tests_name("broker renew", tests, NULL, NULL);
}
