// SPDX-License-Identifier: MIT
// Unit tests of aws/broker: one AssumeRole an account, ahead of the workers, and what becomes of
// each end of it.
#include "unit/aws/broker_fixture.h"

#include <stdio.h>
#include <string.h>

static void test_one_call_an_account(void **state)
{
    struct fixture *f = *state;
    make(f, 0, NULL);
    expect(f, A, 2);
    expect(f, A, 1); /* three users in all */
    assert_sent(f, "A");
    assert_string_equal(f->http.requests[0].body,
                        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A" A
                        "%3Arole%2Fx&RoleSessionName=orgrun-1&DurationSeconds=3600");
    answer(f, 0, A, "ASIA1", IN_AN_HOUR);
    for (int i = 0; i < 3; i++) {
        assert_key(f, A, "ASIA1");
        broker_release(f->broker, A);
    }
    assert_int_equal(f->http.len, 1);
    assert_stats(f, (struct broker_stats){.calls = 1, .assumed = 1});
    assert_no_session(f, A, ORGRUN_EUSAGE, "account " A " was not announced");
    broker_release(f->broker, A);
}

static void test_concurrent_askers_share_a_request(void **state)
{
    struct fixture *f = *state;
    struct asker askers[ASKERS];
    make(f, 1, NULL);
    expect(f, B, 1);      /* takes the window */
    expect(f, A, ASKERS); /* so that this one is begun by who asks */
    for (int i = 0; i < ASKERS; i++)
        start(&askers[i], f, A);
    fake_http_wait(&f->http, 2);
    answer(f, 1, A, "ASIA1", IN_AN_HOUR);
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_int_equal(askers[i].rc, 0);
        assert_ptr_equal(askers[i].credentials, askers[0].credentials);
        credentials_unref(askers[i].credentials);
    }
    assert_sent(f, "B A");
    answer(f, 0, B, "ASIA2", IN_AN_HOUR);
}

static void test_window(void **state)
{
    struct fixture *f = *state;
    make(f, 1, NULL);
    expect(f, A, 1);
    expect(f, B, 1);
    expect(f, C, 1);
    assert_sent(f, "A");
    answer(f, 0, A, "ASIA1", IN_AN_HOUR);
    assert_sent(f, "A"); /* assumed, but nobody has asked for it yet */
    assert_key(f, A, "ASIA1");
    assert_sent(f, "A B");
    broker_release(f->broker, B); /* nobody wants it: its place is free */
    assert_sent(f, "A B C");
    answer(f, 1, B, "ASIA2", IN_AN_HOUR);
    answer(f, 2, C, "ASIA3", IN_AN_HOUR);
    assert_key(f, C, "ASIA3");
    assert_no_session(f, B, ORGRUN_EUSAGE, "account " B " was not announced");
    assert_stats(f, (struct broker_stats){.calls = 3, .assumed = 3});
}

static void test_an_asked_for_account_goes_first(void **state)
{
    struct fixture *f = *state;
    struct asker asker;
    make(f, 1, NULL);
    expect(f, A, 1);
    expect(f, B, 1);
    expect(f, C, 1);
    start(&asker, f, C);
    fake_http_wait(&f->http, 2);
    assert_sent(f, "A C");
    answer(f, 1, C, "ASIA3", IN_AN_HOUR);
    pthread_join(asker.thread, NULL);
    assert_int_equal(asker.rc, 0);
    assert_string_equal(credentials_account_id(asker.credentials), C);
    credentials_unref(asker.credentials);
    answer(f, 0, A, "ASIA1", IN_AN_HOUR);
    assert_sent(f, "A C");
}

static void test_another_account_is_refused(void **state)
{
    struct fixture *f = *state;
    make(f, 0, NULL);
    expect(f, A, 2);
    answer(f, 0, B, "ASIA1", IN_AN_HOUR);
    for (int i = 0; i < 2; i++)
        assert_no_session(f, A, ORGRUN_EPROTOCOL,
                          "asked for a session of account " A " (" ROLE(A) "), got one of " B);
    assert_int_equal(f->http.len, 1);
    assert_stats(f, (struct broker_stats){.calls = 1, .failed = 1});
}

static void test_malformed_answer(void **state)
{
    struct fixture *f = *state;
    make(f, 0, NULL);
    expect(f, A, 1);
    fake_http_answer(&f->http, 0, 200, NULL, "<AssumeRoleResponse></AssumeRoleResponse>");
    assert_no_session(f, A, ORGRUN_EPROTOCOL,
                      "cannot assume " ROLE(A) ": cannot read the AssumeRole answer: the XML has "
                                               "no AssumeRoleResponse/AssumeRoleResult/Credentials/"
                                               "AccessKeyId");
}

#define NOT_AUTHORIZED                                                                             \
    "User: " CALLER " is not authorized to perform: sts:AssumeRole on resource: " ROLE(A)
#define STATEMENT(condition, doubt)                                                                \
    "The role's trust policy needs this statement (with the path of the caller's role, if it has " \
    "one):\n{\n  \"Sid\": \"AssumeRole\",\n  \"Effect\": \"Allow\",\n  \"Principal\": {\n"         \
    "    \"AWS\": \"arn:aws:iam::000011112222:role/runner\"\n  },\n"                               \
    "  \"Action\": \"sts:AssumeRole\"" condition "\n}\n"                                           \
    "A role that does not exist, or that asks for " doubt ", has the same answer."
#define NO_ID "an external id (this job gives none)"

static const struct denial {
    const char *caller; /* as told to the broker */
    const char *external_id;
    int status;
    const char *code, *said;
    const char *message, *hint;
} denials[] = {
    {CALLER, NULL, 403, "AccessDenied", NOT_AUTHORIZED,
     "cannot assume " ROLE(A) " as " CALLER ": AccessDenied: " NOT_AUTHORIZED " (request id r-1)",
     STATEMENT("", NO_ID)},
    {NULL, NULL, 403, "AccessDenied", NOT_AUTHORIZED,
     "cannot assume " ROLE(A) " as " CALLER ": AccessDenied: " NOT_AUTHORIZED " (request id r-1)",
     STATEMENT("", NO_ID)},
    {CALLER, "id \"1\"", 403, "AccessDenied", "no",
     "cannot assume " ROLE(A) " as " CALLER ": AccessDenied: no (request id r-1)",
     STATEMENT(",\n  \"Condition\": {\n    \"StringEquals\": {\n      \"sts:ExternalId\": "
               "\"id \\\"1\\\"\"\n    }\n  }",
               "another external id")},
    {NULL, NULL, 403, "AccessDenied", "no",
     "cannot assume " ROLE(A) ": AccessDenied: no (request id r-1)", ""},
    {CALLER, NULL, 400, "ValidationError",
     "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
     "sts:AssumeRole for " ROLE(
         A) ": ValidationError: The requested DurationSeconds exceeds the "
            "MaxSessionDuration set for this role. (HTTP 400, request id r-1, 1 attempt)",
     "Lower role.duration, or raise the role's MaxSessionDuration (at most 12 hours)."},
};

static void test_denials(void **state)
{
    for (size_t i = 0; i < COUNT(denials); i++) {
        struct fixture *f = *state;
        const struct denial *d = &denials[i];
        make(f, 0, d->caller);
        expect_with(f, A, 2, d->external_id);
        deny(f, 0, d->status, d->code, d->said);
        for (int k = 0; k < 2; k++) {
            struct credentials *c = NULL;
            struct orgrun_error err = {0};
            int rc = broker_get(f->broker, A, &c, &err);
            assert_error(rc, err, ORGRUN_EAWS, d->message);
            assert_string_equal(err.hint, d->hint);
        }
        assert_int_equal(f->http.len, 1);
        bool denied = strcmp(d->code, "AccessDenied") == 0;
        assert_stats(f, (struct broker_stats){.calls = 1, .denied = denied, .failed = !denied});
        tear_down(state);
        set_up(state);
    }
}

static void test_the_caller_may_come_later(void **state)
{
    struct fixture *f = *state;
    make(f, 0, NULL);
    expect(f, A, 1);
    broker_set_caller(f->broker, "arn:aws:iam::000011112222:user/u");
    broker_set_caller(f->broker, CALLER);
    deny(f, 0, 403, "AccessDenied", "no");
    assert_no_session(f, A, ORGRUN_EAWS,
                      "cannot assume " ROLE(A) " as " CALLER ": AccessDenied: no (request id r-1)");
}

#define EXPIRED                                                                                    \
    "sts:AssumeRole for " ROLE(A) ": ExpiredToken: The security token included in the request is " \
                                  "expired (HTTP 403, request id r-1, 1 attempt)"

static void test_expired_source(void **state)
{
    struct fixture *f = *state;
    make(f, 2, NULL);
    expect(f, A, 1);
    expect(f, B, 1);
    expect(f, C, 1);
    assert_sent(f, "A B");
    assert_false(broker_source_expired(f->broker));
    deny(f, 0, 403, "ExpiredToken", "The security token included in the request is expired");
    assert_true(broker_source_expired(f->broker));
    answer(f, 1, B, "ASIA2", IN_AN_HOUR);
    assert_no_session(f, A, ORGRUN_ECREDENTIALS, EXPIRED);
    assert_key(f, B, "ASIA2"); /* it was had in time */
    assert_no_session(f, C, ORGRUN_ECREDENTIALS, EXPIRED);
    expect(f, "000000000000", 1);
    assert_sent(f, "A B");
    assert_int_equal(f->http.len, 2);
    assert_stats(f, (struct broker_stats){.calls = 2, .assumed = 1, .failed = 1});
}

static void test_a_session_near_its_end_is_assumed_anew(void **state)
{
    struct fixture *f = *state;
    struct asker asker;
    make(f, 0, NULL);
    expect(f, A, 3);
    answer(f, 0, A, "ASIA1", IN_A_MINUTE);
    start(&asker, f, A);
    fake_http_wait(&f->http, 2);
    answer(f, 1, A, "ASIA2", IN_A_MINUTE); /* short again: good enough for who waited for it */
    pthread_join(asker.thread, NULL);
    assert_int_equal(asker.rc, 0);
    assert_string_equal(credentials_access_key_id(asker.credentials), "ASIA2");
    credentials_unref(asker.credentials);
    start(&asker, f, A);
    fake_http_wait(&f->http, 3);
    deny(f, 2, 403, "AccessDenied", "not any more"); /* what it has is used to its end */
    pthread_join(asker.thread, NULL);
    assert_string_equal(credentials_access_key_id(asker.credentials), "ASIA2");
    credentials_unref(asker.credentials);
    assert_key(f, A, "ASIA2");
    assert_stats(f, (struct broker_stats){.calls = 3, .assumed = 2, .denied = 1});
}

static void test_stop_while_waiting(void **state)
{
    struct fixture *f = *state;
    struct asker askers[2];
    make(f, 1, NULL);
    expect(f, A, 1);
    expect(f, B, 2);
    expect(f, C, 1);
    start(&askers[0], f, B);
    start(&askers[1], f, B);
    fake_http_wait(&f->http, 2);
    broker_cancel(f->broker);
    for (int i = 0; i < 2; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_error(askers[i].rc, askers[i].err, ORGRUN_ECANCELLED, "the run is being stopped");
        assert_null(askers[i].credentials);
    }
    answer(f, 0, A, "ASIA1", IN_AN_HOUR);
    assert_no_session(f, A, ORGRUN_ECANCELLED, "the run is being stopped");
    assert_no_session(f, C, ORGRUN_ECANCELLED, "the run is being stopped");
    assert_no_session(f, "000000000000", ORGRUN_ECANCELLED, "the run is being stopped");
    assert_sent(f, "A B");
    /* The call for B is still under way: freeing waits for it. */
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, free_broker, f), 0);
    fake_http_fault(&f->http, 1, HTTP_CANCELLED, "the HTTP client is closing");
    pthread_join(thread, NULL);
    assert_null(f->broker);
}

static void test_a_closing_client(void **state)
{
    struct fixture *f = *state;
    make(f, 1, NULL);
    f->http.refuse = true;
    expect(f, A, 1);
    expect(f, B, 1);
    assert_no_session(f, A, ORGRUN_ECANCELLED,
                      "cannot assume " ROLE(A) ": the HTTP client is closing");
    assert_int_equal(f->http.len, 0);
    assert_stats(f, (struct broker_stats){.calls = 2, .failed = 2});
}

static void test_usage(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *account;
        int users;
        const char *message;
    } cases[] = {{"1111", 1, "cannot announce account \"1111\" for 1 users"},
                 {A, 0, "cannot announce account \"" A "\" for 0 users"}};
    make(f, 0, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct broker_request request = {cases[i].account, ROLE(A), "s", 900, NULL};
        struct orgrun_error err = {0};
        int rc = broker_expect(f->broker, &request, cases[i].users, &err);
        assert_error(rc, err, ORGRUN_EUSAGE, cases[i].message);
    }
    assert_no_session(f, A, ORGRUN_EUSAGE, "account " A " was not announced");
    broker_release(f->broker, A);
    assert_int_equal(f->http.len, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_call_an_account),
        TEST(test_concurrent_askers_share_a_request),
        TEST(test_window),
        TEST(test_an_asked_for_account_goes_first),
        TEST(test_another_account_is_refused),
        TEST(test_malformed_answer),
        TEST(test_denials),
        TEST(test_the_caller_may_come_later),
        TEST(test_expired_source),
        TEST(test_a_session_near_its_end_is_assumed_anew),
        TEST(test_stop_while_waiting),
        TEST(test_a_closing_client),
        TEST(test_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
