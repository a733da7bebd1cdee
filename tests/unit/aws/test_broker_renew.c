// SPDX-License-Identifier: MIT
// Unit tests of sessions that live long: credentials that AWS refuses, and accounts tried anew.
#include "unit/aws/broker_fixture.h"

static void begin(struct fixture *f, bool ask_again)
{
    make_with(f, (struct broker_opts){.ask_again = ask_again});
    expect(f, A, 1);
}

/* Starts an asker, and waits until its call is the n-th that was sent. */
static void ask(struct asker *a, struct fixture *f, int n)
{
    start(a, f, A);
    fake_http_wait(&f->http, n);
}

static void assert_got(struct asker *a, const char *key)
{
    pthread_join(a->thread, NULL);
    assert_int_equal(a->rc, 0);
    assert_string_equal(credentials_access_key_id(a->credentials), key);
    credentials_unref(a->credentials);
}

static void assert_denied(struct asker *a)
{
    pthread_join(a->thread, NULL);
    assert_int_equal(a->rc, ORGRUN_EAWS);
    assert_null(a->credentials);
}

static void refused_credentials_are_had_anew(void **state)
{
    struct fixture *f = *state;
    struct asker a, b;
    struct credentials *first = NULL, *same = NULL;
    begin(f, true);
    answer(f, 0, A, "K1", IN_AN_HOUR);
    assert_int_equal(broker_get(f->broker, A, &first, NULL), 0);
    broker_renew(f->broker, B, first);     /* an account it does not know */
    broker_renew(f->broker, A, f->source); /* not what the account has */
    assert_key(f, A, "K1");
    broker_renew(f->broker, A, first);
    broker_renew(f->broker, A, first);
    ask(&a, f, 2);
    start(&b, f, A);
    answer(f, 1, A, "K2", IN_AN_HOUR);
    assert_got(&a, "K2");
    assert_got(&b, "K2");
    broker_renew(f->broker, A, first); /* replaced since */
    assert_int_equal(broker_get(f->broker, A, &same, NULL), 0);
    assert_string_equal(credentials_access_key_id(same), "K2");
    assert_sent(f, "A A");
    credentials_unref(first);
    credentials_unref(same);
}

static void refused_credentials_are_not_given_out_again(void **state)
{
    struct fixture *f = *state;
    struct asker a;
    struct credentials *first = NULL;
    begin(f, false);
    answer(f, 0, A, "K1", IN_AN_HOUR);
    assert_int_equal(broker_get(f->broker, A, &first, NULL), 0);
    broker_renew(f->broker, A, first);
    ask(&a, f, 2);
    deny(f, 1, 403, "AccessDenied", "no");
    assert_denied(&a);
    credentials_unref(first);
}

static void a_failed_account_is_tried_anew(void **state)
{
    struct fixture *f = *state;
    struct asker a, b;
    begin(f, true);
    deny(f, 0, 403, "AccessDenied", "no");
    start(&a, f, A);
    assert_denied(&a); /* what was asked ahead is the first asker's answer */
    assert_sent(f, "A");
    ask(&b, f, 2);
    answer(f, 1, A, "K2", IN_AN_HOUR);
    assert_got(&b, "K2");
}

static void or_has_its_one_answer(void **state)
{
    struct fixture *f = *state;
    struct asker a;
    begin(f, false);
    deny(f, 0, 403, "AccessDenied", "no");
    start(&a, f, A);
    assert_denied(&a);
    assert_sent(f, "A");
}

/* What was used to its end because STS was not there is, once had anew, like any other. */
static void a_session_outlives_an_outage(void **state)
{
    struct fixture *f = *state;
    struct asker a, b, c;
    begin(f, true);
    answer(f, 0, A, "K1", IN_A_MINUTE);
    ask(&a, f, 2);
    deny(f, 1, 403, "AccessDenied", "no");
    assert_got(&a, "K1"); /* to its end */
    f->http.wall_ms += 61000;
    ask(&b, f, 3);
    answer(f, 2, A, "K3", "2026-11-24T06:03:00Z");
    assert_got(&b, "K3");
    ask(&c, f, 4); /* within five minutes of its end */
    answer(f, 3, A, "K4", IN_AN_HOUR);
    assert_got(&c, "K4");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refused_credentials_are_had_anew), TEST(refused_credentials_are_not_given_out_again),
        TEST(a_failed_account_is_tried_anew),   TEST(or_has_its_one_answer),
        TEST(a_session_outlives_an_outage),
    };
    return cmocka_run_group_tests_name("broker renew", tests, NULL, NULL);
}
