// SPDX-License-Identifier: MIT
// Unit tests of aws/credentials: what is kept, what is refused, references across threads.
#include "aws/credentials.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct credentials_parts whole = {
    .access_key_id = "AKIDEXAMPLE",
    .secret_key = "secret/with+chars",
    .session_token = "token==",
    .expires_ms = 1440938160123,
    .account_id = "012345678901",
    .arn = "arn:aws:sts::012345678901:assumed-role/r/s",
    .provider = "profile prod",
};

static void keeps_copies_of_all_parts(void **state)
{
    (void)state;
    char secret[] = "secret/with+chars";
    struct credentials_parts parts = whole;
    parts.secret_key = secret;
    struct credentials *c = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(credentials_new(&c, &parts, &err), 0);
    memset(secret, 'x', strlen(secret));
    assert_string_equal(credentials_access_key_id(c), "AKIDEXAMPLE");
    assert_string_equal(secret_reveal(credentials_secret_key(c)), "secret/with+chars");
    assert_string_equal(secret_reveal(credentials_session_token(c)), "token==");
    assert_true(credentials_expires_ms(c) == 1440938160123);
    assert_string_equal(credentials_account_id(c), "012345678901");
    assert_string_equal(credentials_arn(c), "arn:aws:sts::012345678901:assumed-role/r/s");
    assert_string_equal(credentials_provider(c), "profile prod");
    assert_int_equal(err.code, 0);
    credentials_unref(c);
}

static void takes_what_may_be_absent(void **state)
{
    (void)state;
    static const char *const tokens[] = {NULL, ""};
    for (size_t i = 0; i < 2; i++) {
        const struct credentials_parts parts = {.access_key_id = "A",
                                                .secret_key = "s",
                                                .session_token = tokens[i],
                                                .expires_ms = CREDENTIALS_NEVER,
                                                .provider = "environment"};
        struct credentials *c = NULL;
        assert_int_equal(credentials_new(&c, &parts, NULL), 0);
        assert_true(secret_empty(credentials_session_token(c)));
        assert_string_equal(secret_reveal(credentials_session_token(c)), "");
        assert_string_equal(credentials_account_id(c), "");
        assert_string_equal(credentials_arn(c), "");
        assert_true(credentials_expires_ms(c) == INT64_MAX);
        credentials_unref(c);
    }
}

static void refuses_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *id, *secret, *token, *provider, *message;
    } cases[] = {
        {NULL, "s", NULL, "environment", "the access key id from environment is empty"},
        {"", "s", NULL, "environment", "the access key id from environment is empty"},
        {"A", NULL, NULL, "profile prod", "the secret access key from profile prod is empty"},
        {"A", "", "t", "profile prod", "the secret access key from profile prod is empty"},
        {"A\n", "s", NULL, "environment",
         "the access key id from environment holds a control character"},
        {"A", "s\r", NULL, "environment",
         "the secret access key from environment holds a control character"},
        {"A", "s", "t\x7f", NULL,
         "the session token from an unnamed provider holds a control character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct credentials_parts parts = {.access_key_id = cases[i].id,
                                                .secret_key = cases[i].secret,
                                                .session_token = cases[i].token,
                                                .provider = cases[i].provider};
        struct credentials *c = NULL;
        struct orgrun_error err = {0};
        assert_int_equal(credentials_new(&c, &parts, &err), ORGRUN_ECREDENTIALS);
        assert_int_equal(err.code, ORGRUN_ECREDENTIALS);
        assert_string_equal(err.message, cases[i].message);
        assert_null(c);
    }
}

static void null_is_no_reference(void **state)
{
    (void)state;
    assert_null(credentials_ref(NULL));
    credentials_unref(NULL);
}

static void *take_and_drop(void *arg)
{
    struct credentials *c = arg;
    for (int i = 0; i < 1000; i++) {
        struct credentials *mine = credentials_ref(c);
        if (strcmp(secret_reveal(credentials_secret_key(mine)), "secret/with+chars") != 0)
            return arg;
        credentials_unref(mine);
    }
    credentials_unref(c);
    return NULL;
}

static void the_last_of_many_threads_frees(void **state)
{
    (void)state;
    struct credentials *c = NULL;
    assert_int_equal(credentials_new(&c, &whole, NULL), 0);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_drop, credentials_ref(c)), 0);
    credentials_unref(c);
    for (size_t i = 0; i < 4; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_copies_of_all_parts),
        cmocka_unit_test(takes_what_may_be_absent),
        cmocka_unit_test(refuses_with_the_reason),
        cmocka_unit_test(null_is_no_reference),
        cmocka_unit_test(the_last_of_many_threads_frees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
