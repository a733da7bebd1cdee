// SPDX-License-Identifier: MIT
// Unit tests of aws/broker for askers that keep their credentials: when a session is renewed.
#include "unit/aws/fake_sts.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A "111122223333"

static int set_up(void **state)
{
    struct fake_sts *f = calloc(1, sizeof *f);
    assert_non_null(f);
    fake_sts_init(f);
    fake_sts_expect(f, A, 1);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fake_sts_clear(*state);
    free(*state);
    return 0;
}

static void assert_key(struct fake_sts *f, const char *key)
{
    struct credentials *c = NULL;
    struct orgrun_error err = {0};
    int rc = broker_get_lasting(f->broker, A, &c, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, 0);
    assert_string_equal(credentials_access_key_id(c), key);
    credentials_unref(c);
}

struct asker {
    struct fake_sts *f;
    pthread_t thread;
    struct credentials *credentials;
    struct orgrun_error err;
    int rc;
};

static void *ask(void *arg)
{
    struct asker *a = arg;
    a->rc = broker_get_lasting(a->f->broker, A, &a->credentials, &a->err);
    return NULL;
}

/* An asker for whom the broker makes its n-th request. */
static void begin(struct asker *a, struct fake_sts *f, int n)
{
    *a = (struct asker){.f = f};
    assert_int_equal(pthread_create(&a->thread, NULL, ask, a), 0);
    fake_http_wait(&f->http, n);
}

static void assert_got(struct asker *a, const char *key)
{
    pthread_join(a->thread, NULL);
    assert_string_equal(a->err.message, "");
    assert_int_equal(a->rc, 0);
    assert_string_equal(credentials_access_key_id(a->credentials), key);
    credentials_unref(a->credentials);
}

/* Of each lifetime: with so many seconds left it is still given, one later it is renewed. */
static void test_renewed_in_time(void **state)
{
    struct fake_sts *f = *state;
    static const int64_t cases[][2] = {{12 * 3600, 1200}, {3600, 1200}, {900, 300}, {6, 2}};
    char key[16] = "ASIA0", next[16];
    int n = 1;
    fake_sts_answer(f, 0, A, key, cases[0][0]);
    for (size_t i = 0; i < COUNT(cases); i++) {
        fake_sts_pass(f, cases[i][0] - cases[i][1]);
        assert_key(f, key);
        assert_int_equal(fake_http_len(&f->http), n);
        fake_sts_pass(f, 1);
        struct asker a;
        begin(&a, f, ++n);
        (void)snprintf(next, sizeof next, "ASIA%zu", i + 1);
        fake_sts_answer(f, n - 1, A, next, i + 1 < COUNT(cases) ? cases[i + 1][0] : 60);
        assert_got(&a, next);
        memcpy(key, next, sizeof key);
    }
}

/* What it has is given to its end, and once a minute the broker tries again. */
static void test_failure_is_not_for_ever(void **state)
{
    struct fake_sts *f = *state;
    struct asker a;
    fake_sts_answer(f, 0, A, "ASIA0", 3600);
    fake_sts_pass(f, 2500);
    begin(&a, f, 2);
    fake_sts_deny(f, 1, 403, "AccessDenied", "not now");
    assert_got(&a, "ASIA0");
    fake_sts_pass(f, 59);
    assert_key(f, "ASIA0");
    assert_int_equal(fake_http_len(&f->http), 2);
    fake_sts_pass(f, 1);
    begin(&a, f, 3);
    fake_sts_deny(f, 2, 403, "AccessDenied", "not now");
    assert_got(&a, "ASIA0");

    fake_sts_pass(f, 1100); /* past its end */
    begin(&a, f, 4);
    fake_sts_deny(f, 3, 403, "AccessDenied", "not now");
    pthread_join(a.thread, NULL);
    assert_error(a.rc, a.err, ORGRUN_EAWS,
                 "cannot assume arn:aws:iam::" A ":role/x as "
                 "arn:aws:sts::000011112222:assumed-role/runner/me: AccessDenied: not now "
                 "(request id r-1)");
    struct orgrun_error err = {0};
    struct credentials *none = NULL;
    assert_int_equal(broker_get_lasting(f->broker, A, &none, &err), ORGRUN_EAWS);
    assert_int_equal(fake_http_len(&f->http), 4);
    fake_sts_pass(f, 60);
    assert_int_equal(broker_get(f->broker, A, &none, &err), ORGRUN_EAWS); /* others are told */
    assert_int_equal(fake_http_len(&f->http), 4);
    begin(&a, f, 5);
    fake_sts_answer(f, 4, A, "ASIA1", 3600);
    assert_got(&a, "ASIA1");
    fake_sts_pass(f, 2500); /* and all is as before the failure */
    begin(&a, f, 6);
    fake_sts_answer(f, 5, A, "ASIA2", 3600);
    assert_got(&a, "ASIA2");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_renewed_in_time),
        TEST(test_failure_is_not_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
