// SPDX-License-Identifier: MIT
// Unit tests of aws/portal, under a broker: the two calls of an account, the pace, and a login that
// ends.
#include "aws/portal.h"

#include "aws/broker.h"
#include "base/fs.h"
#include "unit/aws/fake_http.h"
#include "unit/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define A "111122223333"
#define B "444455556666"
#define CACHE "/.aws/sso/cache/"
#define CORP_SHA1 "ee0bfd2552fbd840c02cc48b6e823320543c450f"

struct fixture {
    char home[32], home_env[48], cache[160];
    const char *env[4];
    struct fake_http http;
    struct retry_bucket bucket;
    struct aws_client client;
    struct profile_set files;
    struct provider_env provider;
    struct portal *portal;
    struct broker *broker;
    int asked; /* for another login */
};

static void count(void *user)
{
    (*(int *)user)++;
}

static void log_in(struct fixture *f, const char *token, const char *expires)
{
    FILE *file = fopen(f->cache, "we");
    assert_non_null(file);
    assert_true(fprintf(file, "{\"accessToken\":\"%s\",\"expiresAt\":\"%s\"}", token, expires) > 0);
    assert_int_equal(fclose(file), 0);
}

static int open_portal(struct fixture *f, struct orgrun_error *err)
{
    const struct endpoint sts = {
        .url = "https://sts", .signing_region = "r", .signing_name = "sts"};
    const struct portal_opts opts = {
        .env = &f->provider, .sts = &sts, .session = "corp", .role_name = "Auditor"};
    return portal_new(&f->portal, &opts, err);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char path[64];
    *state = f;
    (void)snprintf(f->home, sizeof f->home, "/tmp/orgrun-portal-XXXXXX");
    assert_non_null(mkdtemp(f->home));
    (void)snprintf(f->home_env, sizeof f->home_env, "HOME=%s", f->home);
    (void)snprintf(path, sizeof path, "%s" CACHE, f->home);
    assert_int_equal(fs_mkdirs(path, 0700, NULL), 0);
    (void)snprintf(f->cache, sizeof f->cache, "%s" CACHE CORP_SHA1 ".json", f->home);
    f->env[0] = f->home_env;
    f->env[1] = "AWS_ENDPOINT_URL_SSO=https://portal";
    fake_http_init(&f->http);
    retry_bucket_init(&f->bucket, 500);
    f->client = (struct aws_client){.http = fake_http_client(&f->http),
                                    .clock = fake_http_clock(&f->http),
                                    .retry = retry_standard,
                                    .bucket = &f->bucket};
    assert_int_equal(
        profile_set_parse(&f->files,
                          "[sso-session corp]\nsso_start_url = https://u\nsso_region = eu-west-1\n",
                          "config", NULL, NULL, NULL, NULL),
        0);
    f->provider = (struct provider_env){.env = f->env,
                                        .files = &f->files,
                                        .client = &f->client,
                                        .clock = fake_http_clock(&f->http)};
    log_in(f, "tok-1", "2026-11-24T14:00:00Z");
    assert_int_equal(open_portal(f, NULL), 0);
    const struct broker_opts opts = {.client = &f->client,
                                     .opener = portal_opener(f->portal),
                                     .ahead = 400,
                                     .renew = count,
                                     .renew_user = &f->asked};
    return broker_new(&f->broker, &opts, NULL);
}

static int tear_down(void **state)
{
    static const char *const dirs[] = {CACHE, "/.aws/sso", "/.aws", ""};
    struct fixture *f = *state;
    broker_free(f->broker);
    portal_free(f->portal);
    profile_set_clear(&f->files);
    retry_bucket_clear(&f->bucket);
    fake_http_clear(&f->http);
    (void)unlink(f->cache);
    for (size_t i = 0; i < COUNT(dirs); i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "%s%s", f->home, dirs[i]);
        assert_int_equal(rmdir(path), 0);
    }
    free(f);
    return 0;
}

static void expect(struct fixture *f, const char *account)
{
    const struct broker_request request = {
        .account_id = account, .role_arn = "sso:corp/Auditor", .session_name = "x"};
    assert_int_equal(broker_expect(f->broker, &request, 1, NULL), 0);
}

static void give_keys(struct fixture *f, int i, const char *key)
{
    char json[256];
    (void)snprintf(json, sizeof json,
                   "{\"roleCredentials\":{\"accessKeyId\":\"%s\",\"secretAccessKey\":\"s\","
                   "\"sessionToken\":\"t\",\"expiration\":1795503600000}}",
                   key);
    fake_http_answer(&f->http, i, 200, NULL, json);
}

static void give_identity(struct fixture *f, int i, const char *account)
{
    char xml[512];
    (void)snprintf(xml, sizeof xml,
                   "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::%s:"
                   "assumed-role/AWSReservedSSO_Auditor_1/me</Arn><UserId>U</UserId><Account>%s"
                   "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
                   account, account);
    fake_http_answer(&f->http, i, 200, NULL, xml);
}

static void give_error(struct fixture *f, int i, int status, const char *code, const char *message)
{
    char json[256], header[128];
    const char *const headers[] = {header, NULL};
    (void)snprintf(json, sizeof json, "{\"message\":\"%s\"}", message);
    (void)snprintf(header, sizeof header, "x-amzn-ErrorType: %s", code);
    fake_http_answer(&f->http, i, status, headers, json);
}

static void assert_session(struct fixture *f, const char *account, const char *key)
{
    struct credentials *c = NULL;
    struct orgrun_error err = {0};
    int rc = broker_get(f->broker, account, &c, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, 0);
    assert_string_equal(credentials_access_key_id(c), key);
    assert_string_equal(credentials_account_id(c), account);
    assert_true(strstr(credentials_arn(c), "AWSReservedSSO_Auditor_1") != NULL);
    assert_int_equal(credentials_expires_ms(c), 1795503600000);
    credentials_unref(c);
}

static void assert_failure(struct fixture *f, const char *account, enum session_cause cause,
                           int code, const char *message, const char *hint)
{
    struct credentials *c = NULL;
    struct session_failure why;
    int rc = broker_try(f->broker, account, false, &c, &why);
    assert_error(rc, why.err, code, message);
    assert_string_equal(why.err.hint, hint);
    assert_string_equal(session_cause_name(why.cause), session_cause_name(cause));
    assert_null(c);
}

static void opens(void **state)
{
    struct fixture *f = *state;
    expect(f, A);
    assert_int_equal(f->http.len, 0); /* nothing is sent on the asker's thread */
    assert_int_equal(fake_http_fire(&f->http, false), 0);
    assert_int_equal(f->http.len, 1);
    assert_string_equal(f->http.requests[0].method, "GET");
    assert_string_equal(f->http.requests[0].url,
                        "https://portal/federation/credentials?role_name=Auditor&account_id=" A);
    assert_string_equal(fake_http_header(&f->http, 0, "x-amz-sso_bearer_token"), "tok-1");
    assert_null(fake_http_header(&f->http, 0, "Authorization"));
    give_keys(f, 0, "ASIA1");
    assert_int_equal(f->http.len, 2); /* whose it is */
    assert_string_equal(f->http.requests[1].url, "https://sts/");
    assert_non_null(strstr(f->http.requests[1].body, "Action=GetCallerIdentity"));
    assert_non_null(strstr(fake_http_header(&f->http, 1, "Authorization"), "Credential=ASIA1/"));
    give_identity(f, 1, A);
    assert_session(f, A, "ASIA1");
    assert_session(f, A, "ASIA1");
    assert_int_equal(f->http.len, 2);
}

static void refuses(void **state)
{
    struct fixture *f = *state;
    static const struct {
        int status;
        const char *code;
        const char *message, *hint;
        enum session_cause cause;
    } rows[] = {
        {403, "ForbiddenException",
         "the user has no permission set \"Auditor\" in account " A
         ": sso:GetRoleCredentials for Auditor: ForbiddenException: why (HTTP 403, 1 attempt)",
         "Assign the permission set \"Auditor\" to the user in that account"
         " in IAM Identity Center, or leave the account out.",
         SESSION_CAUSE_PERMISSION_SET},
        {404, "ResourceNotFoundException",
         "the user has no permission set \"Auditor\" in account " A
         ": sso:GetRoleCredentials for Auditor: ResourceNotFoundException: why (HTTP 404, 1 "
         "attempt)",
         "Assign the permission set \"Auditor\" to the user in that account"
         " in IAM Identity Center, or leave the account out.",
         SESSION_CAUSE_PERMISSION_SET},
        {400, "InvalidRequestException",
         "cannot open a session in account " A
         ": sso:GetRoleCredentials for Auditor: InvalidRequestException: why (HTTP 400, 1 attempt)",
         "", SESSION_CAUSE_OTHER},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect(f, A);
        (void)fake_http_fire(&f->http, false);
        give_error(f, (int)i, rows[i].status, rows[i].code, "why");
        assert_failure(f, A, rows[i].cause, ORGRUN_EAWS, rows[i].message, rows[i].hint);
        broker_release(f->broker, A);
    }
    assert_int_equal(f->asked, 0);
    assert_int_equal(broker_stats(f->broker).denied, 2);
}

static void checks_whose_it_is(void **state)
{
    struct fixture *f = *state;
    expect(f, A);
    (void)fake_http_fire(&f->http, false);
    give_keys(f, 0, "ASIA1");
    give_identity(f, 1, B);
    assert_failure(f, A, SESSION_CAUSE_WRONG_ACCOUNT, ORGRUN_EPROTOCOL,
                   "asked for a session of account " A " (sso:corp/Auditor), got one of " B,
                   "Nothing was run with it. Check the role's ARN and the endpoint URL.");
    expect(f, B);
    (void)fake_http_fire(&f->http, false);
    give_keys(f, 2, "ASIA2");
    fake_http_answer(&f->http, 3, 403, NULL,
                     "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>no</Message></Error>"
                     "</ErrorResponse>");
    /* Not the login's fault, so no other login is asked for. */
    assert_failure(f, B, SESSION_CAUSE_ANSWER, ORGRUN_ECREDENTIALS,
                   "cannot tell whether the session is of account " B
                   ": sts:GetCallerIdentity: ExpiredToken: no (HTTP 403, 1 attempt)",
                   "The credentials have expired: refresh them (log in again) and start anew.");
    assert_int_equal(f->asked, 0);
    assert_false(broker_source_expired(f->broker));
}

static void expect_many(struct fixture *f, int n)
{
    for (int i = 0; i < n; i++) {
        char account[13];
        (void)snprintf(account, sizeof account, "%012d", i);
        expect(f, account);
    }
}

/* A burst, then one each 50 ms, by one timer at a time. */
static void keeps_the_pace(void **state)
{
    struct fixture *f = *state;
    expect_many(f, 23);
    assert_int_equal(fake_http_fire(&f->http, false), 0);
    assert_int_equal(f->http.len, 20);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fake_http_fire(&f->http, false), 50);
        assert_int_equal(f->http.len, 21 + i);
    }
    assert_int_equal(fake_http_fire(&f->http, false), -1);
    for (int i = 0; i < 23; i++)
        give_error(f, i, 403, "ForbiddenException", "no");
}

/* What AWS throttled says that its bucket is empty. */
static void slows_down(void **state)
{
    struct fixture *f = *state;
    expect(f, A);
    (void)fake_http_fire(&f->http, false);
    give_error(f, 0, 429, "TooManyRequestsException", "HTTP 429 Unknown Code");
    (void)fake_http_fire(&f->http, false); /* the retry */
    assert_int_equal(f->http.len, 2);
    give_keys(f, 1, "ASIA1");
    give_identity(f, 2, A);
    assert_session(f, A, "ASIA1");
    expect(f, B);
    assert_int_equal(fake_http_fire(&f->http, false), 0);
    assert_int_equal(f->http.len, 3);
    assert_int_equal(fake_http_fire(&f->http, false), 50);
    assert_int_equal(f->http.len, 4);
    give_error(f, 3, 403, "ForbiddenException", "no");
}

static void cancels_what_waits(void **state)
{
    struct fixture *f = *state;
    expect_many(f, 22);
    (void)fake_http_fire(&f->http, false);
    assert_int_equal(f->http.len, 20);
    for (int i = 0; i < 20; i++)
        give_error(f, i, 403, "ForbiddenException", "no");
    f->http.refuse = true; /* from here on the client is closing */
    assert_int_equal(fake_http_fire(&f->http, true), 50);
    assert_failure(f, "000000000021", SESSION_CAUSE_CANCELLED, ORGRUN_ECANCELLED,
                   "sso:GetRoleCredentials was cancelled", "");
    struct broker_stats stats = broker_stats(f->broker);
    assert_int_equal(stats.calls, 22);
    assert_int_equal(stats.denied, 20);
    assert_int_equal(stats.failed, 2);
    expect(f, A);
    assert_failure(f, A, SESSION_CAUSE_CANCELLED, ORGRUN_ECANCELLED, "the HTTP client is closing",
                   "");
}

/* A timer that cannot be set ends what waits for it, and what was to be sent is told why not. */
static void client_closes(void **state)
{
    struct fixture *f = *state;
    expect_many(f, 22);
    f->http.refuse = true;
    (void)fake_http_fire(&f->http, false);
    assert_failure(f, "000000000000", SESSION_CAUSE_CANCELLED, ORGRUN_ECANCELLED,
                   "the HTTP client is closing", "");
    assert_failure(f, "000000000021", SESSION_CAUSE_CANCELLED, ORGRUN_ECANCELLED,
                   "the HTTP client is closing", "");
    assert_int_equal(broker_stats(f->broker).failed, 22);
}

static void *ask(void *arg)
{
    struct fixture *f = arg;
    struct credentials *c = NULL;
    (void)broker_get(f->broker, A, &c, NULL);
    return c;
}

#define ENDED                                                                                      \
    "the login to Identity Center (sso-session \"corp\") has ended; log in again: aws sso login "  \
    "--sso-session corp"

static void renews(void **state)
{
    struct fixture *f = *state;
    struct orgrun_error err = {0};
    pthread_t thread;
    void *got = NULL;
    expect(f, A);
    (void)fake_http_fire(&f->http, false);
    give_error(f, 0, 401, "UnauthorizedException", "Session token not found or invalid");
    assert_int_equal(f->asked, 1);
    assert_int_equal(pthread_create(&thread, NULL, ask, f), 0);
    int rc = portal_renew(f->portal, &err); /* the cache holds the same one */
    assert_error(rc, err, ORGRUN_ECREDENTIALS,
                 "the Identity Center login of the sso-session \"corp\" is too old");
    assert_string_equal(err.hint, "Log in with: aws sso login --sso-session corp");
    log_in(f, "tok-2", "2026-11-24T15:00:00Z");
    assert_int_equal(portal_renew(f->portal, NULL), 0);
    assert_int_equal(portal_expires_ms(f->portal), 1795532400000);
    broker_set_source(f->broker, NULL);
    while (fake_http_fire(&f->http, false) < 0)
        (void)usleep(1000); /* the asker may begin it */
    assert_int_equal(f->http.len, 2);
    assert_string_equal(fake_http_header(&f->http, 1, "x-amz-sso_bearer_token"), "tok-2");
    give_keys(f, 1, "ASIA2");
    give_identity(f, 2, A);
    assert_int_equal(pthread_join(thread, &got), 0);
    assert_non_null(got);
    credentials_unref(got);
}

static void loses_the_login(void **state)
{
    struct fixture *f = *state;
    struct orgrun_error err = {0};
    expect(f, A);
    expect(f, B);
    (void)fake_http_fire(&f->http, false);
    give_error(f, 0, 401, "UnauthorizedException", "Session token not found or invalid");
    give_error(f, 1, 401, "UnauthorizedException", "Session token not found or invalid");
    assert_int_equal(f->asked, 1);
    assert_int_equal(portal_login_ended(f->portal, &err), ORGRUN_ECREDENTIALS);
    broker_lose_source(f->broker, &err);
    assert_failure(f, A, SESSION_CAUSE_SOURCE_EXPIRED, ORGRUN_ECREDENTIALS, ENDED, "");
    assert_failure(f, B, SESSION_CAUSE_SOURCE_EXPIRED, ORGRUN_ECREDENTIALS, ENDED, "");
    assert_true(broker_source_expired(f->broker));
    assert_int_equal(f->http.len, 2);
}

static void needs_a_login(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *expires, *message;
    } rows[] = {
        {NULL, "nobody has logged in to the sso-session \"corp\""},
        {"soon", "nobody has logged in to the sso-session \"corp\""},
        {"2026-11-24T06:00:00Z",
         "the Identity Center login of the sso-session \"corp\" is too old"},
        {"2026-11-24T06:00:01Z", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct portal *kept = f->portal;
        struct orgrun_error err = {0};
        if (rows[i].expires)
            log_in(f, "tok-3", rows[i].expires);
        else
            (void)unlink(f->cache);
        int rc = open_portal(f, &err);
        if (rows[i].message) {
            assert_error(rc, err, ORGRUN_ECREDENTIALS, rows[i].message);
            assert_string_equal(err.hint, "Log in with: aws sso login --sso-session corp");
            assert_null(f->portal);
        } else {
            assert_int_equal(rc, 0);
            portal_free(f->portal);
        }
        f->portal = kept;
    }
    assert_int_equal(f->http.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens),          TEST(refuses),    TEST(checks_whose_it_is),
        TEST(keeps_the_pace), TEST(slows_down), TEST(cancels_what_waits),
        TEST(client_closes),  TEST(renews),     TEST(loses_the_login),
        TEST(needs_a_login),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
