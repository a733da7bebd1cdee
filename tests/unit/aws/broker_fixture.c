// SPDX-License-Identifier: MIT
// A broker over a fake HTTP client, answers to it, and askers on threads of their own.
#include "unit/aws/broker_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int set_up(void **state)
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

int tear_down(void **state)
{
    struct fixture *f = *state;
    broker_free(f->broker);
    credentials_unref(f->source);
    retry_bucket_clear(&f->bucket);
    fake_http_clear(&f->http);
    free(f);
    return 0;
}

void make_with(struct fixture *f, struct broker_opts opts)
{
    opts.client = &f->client;
    opts.sts = (struct endpoint){.url = "https://h", .signing_region = "r", .signing_name = "sts"};
    opts.source = f->source;
    assert_int_equal(broker_new(&f->broker, &opts, NULL), 0);
}

void make(struct fixture *f, int ahead, const char *caller)
{
    make_with(f, (struct broker_opts){.caller_arn = caller, .ahead = ahead});
}

void expect_with(struct fixture *f, const char *account, int users, const char *external_id)
{
    char role[64];
    (void)snprintf(role, sizeof role, ROLE("%s"), account);
    const struct broker_request request = {account, role, "orgrun-1", 3600, external_id};
    assert_int_equal(broker_expect(f->broker, &request, users, NULL), 0);
}

void expect(struct fixture *f, const char *account, int users)
{
    expect_with(f, account, users, NULL);
}

/* Answers the i-th request with a session of the account, named by its key. */
void answer(struct fixture *f, int i, const char *account, const char *key, const char *expires)
{
    char xml[1024];
    (void)snprintf(xml, sizeof xml,
                   "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>%s"
                   "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t"
                   "</SessionToken><Expiration>%s</Expiration></Credentials><AssumedRoleUser>"
                   "<Arn>arn:aws:sts::%s:assumed-role/x/orgrun-1</Arn></AssumedRoleUser>"
                   "</AssumeRoleResult></AssumeRoleResponse>",
                   key, expires, account);
    fake_http_answer(&f->http, i, 200, NULL, xml);
}

void deny(struct fixture *f, int i, int status, const char *code, const char *message)
{
    char xml[1024];
    (void)snprintf(xml, sizeof xml,
                   "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error><RequestId>"
                   "r-1</RequestId></ErrorResponse>",
                   code, message);
    fake_http_answer(&f->http, i, status, NULL, xml);
}

/* The accounts of the requests so far, by their role's ARN: "A B". */
void assert_sent(struct fixture *f, const char *wanted)
{
    static const struct {
        const char *id, *name;
    } accounts[] = {{A, "A"}, {B, "B"}, {C, "C"}};
    char sent[64] = "";
    for (int i = 0; i < f->http.len; i++)
        for (size_t k = 0; k < COUNT(accounts); k++)
            if (strstr(f->http.requests[i].body, accounts[k].id))
                (void)snprintf(sent + strlen(sent), sizeof sent - strlen(sent), "%s%s",
                               sent[0] ? " " : "", accounts[k].name);
    assert_string_equal(sent, wanted);
}

void assert_key(struct fixture *f, const char *account, const char *key)
{
    struct credentials *c = NULL;
    struct orgrun_error err = {0};
    int rc = broker_get(f->broker, account, &c, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, 0);
    assert_string_equal(credentials_access_key_id(c), key);
    credentials_unref(c);
}

void assert_no_session(struct fixture *f, const char *account, int code, const char *message)
{
    struct credentials *c = NULL;
    struct orgrun_error err = {0};
    int rc = broker_get(f->broker, account, &c, &err);
    assert_error(rc, err, code, message);
    assert_null(c);
}

void assert_stats(struct fixture *f, struct broker_stats wanted)
{
    struct broker_stats s = broker_stats(f->broker);
    assert_int_equal(s.calls, wanted.calls);
    assert_int_equal(s.assumed, wanted.assumed);
    assert_int_equal(s.denied, wanted.denied);
    assert_int_equal(s.failed, wanted.failed);
}

static void *ask(void *arg)
{
    struct asker *a = arg;
    a->rc = broker_get(a->f->broker, a->account, &a->credentials, &a->err);
    return NULL;
}

void start(struct asker *a, struct fixture *f, const char *account)
{
    *a = (struct asker){.f = f, .account = account};
    assert_int_equal(pthread_create(&a->thread, NULL, ask, a), 0);
}

void *free_broker(void *arg)
{
    struct fixture *f = arg;
    broker_free(f->broker);
    f->broker = NULL;
    return NULL;
}
