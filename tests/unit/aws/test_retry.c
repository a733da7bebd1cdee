// SPDX-License-Identifier: MIT
// Unit tests of aws/retry: the SDKs' cases for the standard mode, step by step, and the bucket
// shared by threads.
#include "aws/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NO_WISH (-1L)

struct step {
    enum awserror_class outcome;
    long retry_after_ms;
    enum retry_verdict verdict;
    int64_t delay_ms;
    int tokens;
};

#define STEPS_MAX 8
struct case_ {
    const char *name;
    int max_attempts, bucket_size; /* 0 attempts = the default */
    int64_t max_backoff_ms, max_total_ms;
    struct step steps[STEPS_MAX];
    size_t steps_len;
};

#define FAIL(v, d, t)                                                                              \
    {                                                                                              \
        AWSERROR_TRANSIENT, NO_WISH, v, d, t                                                       \
    }
#define WISH(ms, d)                                                                                \
    {                                                                                              \
        {                                                                                          \
            AWSERROR_TRANSIENT, ms, RETRY_AGAIN, d, 486                                            \
        }                                                                                          \
    }
#define THROTTLE(v, d, t)                                                                          \
    {                                                                                              \
        AWSERROR_THROTTLING, NO_WISH, v, d, t                                                      \
    }
#define OK(t)                                                                                      \
    {                                                                                              \
        AWSERROR_NONE, NO_WISH, RETRY_SUCCESS, 0, t                                                \
    }
#define ENDS(c)                                                                                    \
    {                                                                                              \
        {                                                                                          \
            c, NO_WISH, RETRY_NOT_RETRYABLE, 0, 500                                                \
        }                                                                                          \
    }

static const struct case_ cases[] = {
    {"succeeds in the end",
     0,
     500,
     20000,
     0,
     {FAIL(RETRY_AGAIN, 50, 486), FAIL(RETRY_AGAIN, 100, 472), OK(486)},
     3},
    {"attempts run out",
     0,
     500,
     20000,
     0,
     {FAIL(RETRY_AGAIN, 50, 486), FAIL(RETRY_AGAIN, 100, 472),
      FAIL(RETRY_ATTEMPTS_EXCEEDED, 0, 472)},
     3},
    {"quota for one retry",
     0,
     14,
     20000,
     0,
     {FAIL(RETRY_AGAIN, 50, 0), FAIL(RETRY_QUOTA_EXCEEDED, 0, 0)},
     2},
    {"no quota", 0, 0, 20000, 0, {FAIL(RETRY_QUOTA_EXCEEDED, 0, 0)}, 1},
    {"doubles",
     5,
     500,
     20000,
     0,
     {FAIL(RETRY_AGAIN, 50, 486), FAIL(RETRY_AGAIN, 100, 472), FAIL(RETRY_AGAIN, 200, 458),
      FAIL(RETRY_AGAIN, 400, 444), FAIL(RETRY_ATTEMPTS_EXCEEDED, 0, 444)},
     5},
    {"back-off has a maximum",
     5,
     500,
     200,
     0,
     {FAIL(RETRY_AGAIN, 50, 486), FAIL(RETRY_AGAIN, 100, 472), FAIL(RETRY_AGAIN, 200, 458),
      FAIL(RETRY_AGAIN, 200, 444), FAIL(RETRY_ATTEMPTS_EXCEEDED, 0, 444)},
     5},
    {"a rest that is too small",
     5,
     20,
     20000,
     0,
     {FAIL(RETRY_AGAIN, 50, 6), FAIL(RETRY_QUOTA_EXCEEDED, 0, 6)},
     2},
    {"quota comes back",
     5,
     30,
     20000,
     0,
     {FAIL(RETRY_AGAIN, 50, 16), FAIL(RETRY_AGAIN, 100, 2), OK(16), FAIL(RETRY_AGAIN, 50, 2),
      OK(16)},
     5},
    {"a first success gives one",
     5,
     30,
     20000,
     0,
     {FAIL(RETRY_AGAIN, 50, 16), OK(30), OK(30), FAIL(RETRY_AGAIN, 50, 16),
      FAIL(RETRY_AGAIN, 100, 2), OK(16), OK(17)},
     7},
    {"throttled", 0, 500, 20000, 0, {THROTTLE(RETRY_AGAIN, 1000, 495), OK(500)}, 2},
    {"throttled twice, then broken",
     4,
     500,
     20000,
     0,
     {THROTTLE(RETRY_AGAIN, 1000, 495), THROTTLE(RETRY_AGAIN, 2000, 490),
      FAIL(RETRY_AGAIN, 200, 476), OK(490)},
     4},
    {"the server's wish", 0, 500, 20000, 0, WISH(1500, 1500), 1},
    {"a wish below the back-off", 0, 500, 20000, 0, WISH(0, 50), 1},
    {"a wish beyond 5 s more", 0, 500, 20000, 0, WISH(10000, 5050), 1},
    {"a wish without end", 0, 500, 20000, 0, WISH(INT64_MAX, 5050), 1},
    {"denied", 0, 500, 20000, 0, ENDS(AWSERROR_DENIED), 1},
    {"expired", 0, 500, 20000, 0, ENDS(AWSERROR_EXPIRED), 1},
    {"clock skew", 0, 500, 20000, 0, ENDS(AWSERROR_CLOCK_SKEW), 1},
    {"client", 0, 500, 20000, 0, ENDS(AWSERROR_CLIENT), 1},
    {"server", 0, 500, 20000, 0, ENDS(AWSERROR_SERVER), 1},
    {"time runs out, and takes no tokens",
     9,
     500,
     20000,
     349,
     {FAIL(RETRY_AGAIN, 50, 486), FAIL(RETRY_AGAIN, 100, 472), FAIL(RETRY_TIME_EXCEEDED, 0, 472)},
     3},
    {"time that just suffices",
     9,
     500,
     20000,
     350,
     {FAIL(RETRY_AGAIN, 50, 486), FAIL(RETRY_AGAIN, 100, 472), FAIL(RETRY_AGAIN, 200, 458)},
     3},
};

static void check_case(const struct case_ *c)
{
    struct retry_policy policy = retry_standard;
    struct retry_bucket bucket;
    struct retry_state state = {0};
    if (c->max_attempts)
        policy.max_attempts = c->max_attempts;
    policy.max_backoff_ms = c->max_backoff_ms;
    policy.max_total_ms = c->max_total_ms;
    retry_bucket_init(&bucket, c->bucket_size);
    for (size_t i = 0; i < c->steps_len; i++) {
        const struct step *s = &c->steps[i];
        struct retry_decision d = retry_decide(&policy, &bucket, &state, s->outcome,
                                               s->retry_after_ms, state.waited_ms, 1.0);
        if (d.verdict != s->verdict || d.delay_ms != s->delay_ms ||
            retry_bucket_tokens(&bucket) != s->tokens)
            fail_msg("%s, step %zu: %s after %lld ms, %d tokens left", c->name, i,
                     retry_verdict_name(d.verdict), (long long)d.delay_ms,
                     retry_bucket_tokens(&bucket));
        if (d.verdict != RETRY_AGAIN)
            state = (struct retry_state){0};
    }
    retry_bucket_clear(&bucket);
}

static void follows_the_standard_cases(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&cases[i]);
}

static void policy_has_the_standard_numbers(void **unused)
{
    (void)unused;
    assert_int_equal(retry_standard.max_attempts, 3);
    assert_int_equal(retry_standard.base_ms, 50);
    assert_int_equal(retry_standard.throttling_base_ms, 1000);
    assert_int_equal(retry_standard.max_backoff_ms, 20000);
    assert_int_equal(retry_standard.max_total_ms, 0);
    assert_int_equal(retry_standard.retry_cost, 14);
    assert_int_equal(retry_standard.throttling_cost, 5);
    assert_int_equal(retry_standard.bucket_size, 500);
}

static void jitter_scales_the_delay_but_not_the_wish(void **unused)
{
    (void)unused;
    static const struct {
        double jitter;
        long wish;
        int64_t delay_ms;
    } table[] = {{0.0, NO_WISH, 0}, {0.5, NO_WISH, 500}, {0.0, 700, 700},
                 {0.9, 700, 900},   {0.0, 9000, 5000},   {0.5, 9000, 5500}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct retry_bucket bucket;
        struct retry_state state = {0};
        retry_bucket_init(&bucket, 500);
        struct retry_decision d =
            retry_decide(&retry_standard, &bucket, &state, AWSERROR_THROTTLING, table[i].wish, 0,
                         table[i].jitter);
        assert_int_equal(d.verdict, RETRY_AGAIN);
        assert_int_equal(d.delay_ms, table[i].delay_ms);
        assert_int_equal(state.waited_ms, table[i].delay_ms);
        assert_int_equal(state.held, 5);
        assert_int_equal(state.attempts, 1);
        retry_bucket_clear(&bucket);
    }
}

static void a_sweep_may_try_a_thousand_times(void **unused)
{
    (void)unused;
    struct retry_policy policy = retry_standard;
    struct retry_bucket bucket;
    struct retry_state state = {0};
    policy.max_attempts = 1000;
    policy.bucket_size = 1000000;
    retry_bucket_init(&bucket, policy.bucket_size);
    for (int i = 1; i < 1000; i++) {
        struct retry_decision d =
            retry_decide(&policy, &bucket, &state, AWSERROR_THROTTLING, NO_WISH, 0, 1.0);
        assert_int_equal(d.verdict, RETRY_AGAIN);
        assert_int_equal(d.delay_ms, i >= 6 ? 20000 : 1000 << (i - 1));
    }
    assert_int_equal(
        retry_decide(&policy, &bucket, &state, AWSERROR_THROTTLING, NO_WISH, 0, 1.0).verdict,
        RETRY_ATTEMPTS_EXCEEDED);
    retry_bucket_clear(&bucket);
}

static void verdicts_have_names(void **unused)
{
    (void)unused;
    static const char *const names[] = {
        "success",        "again",         "not retryable", "attempts exceeded",
        "quota exceeded", "time exceeded", "unknown"};
    for (int v = 0; v < 7; v++)
        assert_string_equal(retry_verdict_name((enum retry_verdict)v), names[v]);
}

#define THREADS 4
#define CALLS 500

/* Each call fails once and then succeeds, so that it gives back what it took. */
static void *use_bucket(void *arg)
{
    struct retry_bucket *bucket = arg;
    for (int i = 0; i < CALLS; i++) {
        struct retry_state state = {0};
        struct retry_decision d =
            retry_decide(&retry_standard, bucket, &state, AWSERROR_TRANSIENT, NO_WISH, 0, 0.0);
        if (d.verdict == RETRY_AGAIN)
            d = retry_decide(&retry_standard, bucket, &state, AWSERROR_NONE, NO_WISH, 0, 0.0);
        if (d.verdict != RETRY_SUCCESS)
            return bucket;
    }
    return NULL;
}

static void threads_share_a_bucket(void **unused)
{
    (void)unused;
    struct retry_bucket bucket;
    pthread_t threads[THREADS];
    retry_bucket_init(&bucket, 500);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_bucket, &bucket), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(retry_bucket_tokens(&bucket), 500);
    retry_bucket_clear(&bucket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_standard_cases),
        cmocka_unit_test(policy_has_the_standard_numbers),
        cmocka_unit_test(jitter_scales_the_delay_but_not_the_wish),
        cmocka_unit_test(a_sweep_may_try_a_thousand_times),
        cmocka_unit_test(verdicts_have_names),
        cmocka_unit_test(threads_share_a_bucket),
    };
    return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
