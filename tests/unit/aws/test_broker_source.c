// SPDX-License-Identifier: MIT
// Unit tests of aws/broker: source credentials that expire, are renewed, or are lost; and terms.
#include "unit/aws/broker_fixture.h"

#include <string.h>

static void count(void *user)
{
    (*(int *)user)++;
}

static struct credentials *other_source(const char *key)
{
    struct credentials *c = NULL;
    const struct credentials_parts parts = {
        .access_key_id = key, .secret_key = "other", .expires_ms = CREDENTIALS_NEVER};
    assert_int_equal(credentials_new(&c, &parts, NULL), 0);
    return c;
}

static void set_source(struct fixture *f, const char *key)
{
    struct credentials *c = other_source(key);
    broker_set_source(f->broker, c);
    credentials_unref(c);
}

static void assert_signed_by(struct fixture *f, int i, const char *key)
{
    bool found = false;
    for (char *const *h = strv_array(&f->http.requests[i].headers); *h; h++)
        found = found || strstr(*h, key);
    assert_true(found);
}

static void expire(struct fixture *f, int i)
{
    deny(f, i, 403, "ExpiredToken", "The security token included in the request is expired");
}

/* What was under way is asked for again with the new keys, what waits is asked for with them, and
 * the asking for new keys happens once. */
static void test_renewed(void **state)
{
    struct fixture *f = *state;
    int asked = 0;
    make_with(f, (struct broker_opts){.ahead = 2, .renew = count, .renew_user = &asked});
    expect(f, A, 1);
    expect(f, B, 1);
    expect(f, C, 1);
    assert_sent(f, "A B");
    expire(f, 0);
    expire(f, 1);
    assert_int_equal(asked, 1);
    assert_sent(f, "A B"); /* nothing is begun until they are there */
    assert_false(broker_source_expired(f->broker));
    struct asker asker;
    start(&asker, f, A);
    set_source(f, "AKIDRENEWED");
    fake_http_wait(&f->http, 5);
    for (int i = 2; i < 5; i++) {
        assert_signed_by(f, i, "AKIDRENEWED");
        const char *const accounts[] = {A, B, C};
        for (int k = 0; k < 3; k++)
            if (strstr(f->http.requests[i].body, accounts[k]))
                answer(f, i, accounts[k], "ASIA2", IN_AN_HOUR);
    }
    pthread_join(asker.thread, NULL);
    assert_int_equal(asker.rc, 0);
    credentials_unref(asker.credentials);
    assert_key(f, B, "ASIA2");
    assert_key(f, C, "ASIA2");
    assert_stats(f, (struct broker_stats){.calls = 5, .assumed = 3});
}

/* An answer to the old keys that comes when the new ones are there already. */
static void test_late_answer(void **state)
{
    struct fixture *f = *state;
    int asked = 0;
    make_with(f, (struct broker_opts){.ahead = 4, .renew = count, .renew_user = &asked});
    expect(f, A, 1);
    expect(f, B, 1);
    expire(f, 0);
    set_source(f, "AKIDRENEWED");
    fake_http_wait(&f->http, 3);
    expire(f, 1);
    fake_http_wait(&f->http, 4);
    assert_int_equal(asked, 1);
    answer(f, 2, A, "ASIA2", IN_AN_HOUR);
    answer(f, 3, B, "ASIA3", IN_AN_HOUR);
    assert_key(f, A, "ASIA2");
    assert_key(f, B, "ASIA3");
}

static void test_lost(void **state)
{
    struct fixture *f = *state;
    int asked = 0;
    struct orgrun_error why = {.code = ORGRUN_ECREDENTIALS, .message = "no more keys"};
    make_with(f, (struct broker_opts){.ahead = 1, .renew = count, .renew_user = &asked});
    expect(f, A, 1);
    expect(f, B, 1);
    expire(f, 0);
    struct asker asker;
    start(&asker, f, A);
    broker_lose_source(f->broker, &why);
    pthread_join(asker.thread, NULL);
    assert_error(asker.rc, asker.err, ORGRUN_ECREDENTIALS, "no more keys");
    assert_no_session(f, B, ORGRUN_ECREDENTIALS, "no more keys");
    assert_true(broker_source_expired(f->broker));
    assert_int_equal(f->http.len, 1);
}

/* Keys that are always refused are not asked for for ever. */
static void test_renewals_end(void **state)
{
    struct fixture *f = *state;
    int asked = 0;
    make_with(f, (struct broker_opts){.ahead = 1, .renew = count, .renew_user = &asked});
    expect(f, A, 1);
    for (int i = 0; i < 3; i++) {
        fake_http_wait(&f->http, i + 1);
        expire(f, i);
        if (i < 2)
            set_source(f, "AKIDRENEWED");
    }
    assert_int_equal(asked, 2);
    assert_int_equal(f->http.len, 3);
    assert_true(broker_source_expired(f->broker));
}

static void test_cancelled_meanwhile(void **state)
{
    struct fixture *f = *state;
    int asked = 0;
    struct asker asker;
    make_with(f, (struct broker_opts){.ahead = 1, .renew = count, .renew_user = &asked});
    expect(f, A, 1);
    expire(f, 0);
    start(&asker, f, A);
    broker_cancel(f->broker);
    pthread_join(asker.thread, NULL);
    assert_true(asker.rc == ORGRUN_ECANCELLED);
}

static void test_terms(void **state)
{
    struct fixture *f = *state;
    const struct sts_terms terms = {.source_identity = "me"};
    make_with(f, (struct broker_opts){.terms = &terms});
    expect(f, A, 1);
    assert_non_null(strstr(f->http.requests[0].body, "&SourceIdentity=me"));
    answer(f, 0, A, "ASIA1", IN_AN_HOUR);
    assert_key(f, A, "ASIA1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_renewed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_renewals_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled_meanwhile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_terms, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
