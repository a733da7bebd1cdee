// SPDX-License-Identifier: MIT
// A broker over a fake HTTP client, for tests of who asks it.
#include "unit/aws/fake_sts.h"

#include <stdio.h>

void fake_sts_init(struct fake_sts *f)
{
    *f = (struct fake_sts){0};
    fake_http_init(&f->http);
    retry_bucket_init(&f->bucket, 500);
    f->client = (struct aws_client){.http = fake_http_client(&f->http),
                                    .clock = fake_http_clock(&f->http),
                                    .retry = retry_standard,
                                    .bucket = &f->bucket};
    const struct credentials_parts parts = {
        .access_key_id = "AKIDEXAMPLE", .secret_key = "secret", .expires_ms = CREDENTIALS_NEVER};
    assert_int_equal(credentials_new(&f->source, &parts, NULL), 0);
    const struct broker_opts opts = {
        .client = &f->client,
        .sts = {.url = "https://h", .signing_region = "r", .signing_name = "sts"},
        .source = f->source,
        .caller_arn = "arn:aws:sts::000011112222:assumed-role/runner/me"};
    assert_int_equal(broker_new(&f->broker, &opts, NULL), 0);
}

void fake_sts_clear(struct fake_sts *f)
{
    broker_free(f->broker);
    credentials_unref(f->source);
    retry_bucket_clear(&f->bucket);
    fake_http_clear(&f->http);
}

void fake_sts_expect(struct fake_sts *f, const char *account, int users)
{
    char role[64];
    (void)snprintf(role, sizeof role, "arn:aws:iam::%s:role/x", account);
    const struct broker_request request = {account, role, "orgrun-1", 3600, NULL};
    assert_int_equal(broker_expect(f->broker, &request, users, NULL), 0);
}

void fake_sts_pass(struct fake_sts *f, int64_t seconds)
{
    pthread_mutex_lock(&f->http.lock);
    f->http.wall_ms += seconds * 1000;
    f->http.mono_ms += seconds * 1000;
    pthread_mutex_unlock(&f->http.lock);
}

void fake_sts_answer(struct fake_sts *f, int i, const char *account, const char *key,
                     int64_t seconds)
{
    char xml[1024], expires[CLOCK_ISO_SIZE];
    clock_format_iso(clock_wall_ms(fake_http_clock(&f->http)) + seconds * 1000, expires);
    (void)snprintf(xml, sizeof xml,
                   "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>%s"
                   "</AccessKeyId><SecretAccessKey>secret-of-%s</SecretAccessKey><SessionToken>"
                   "token-of-%s</SessionToken><Expiration>%s</Expiration></Credentials>"
                   "<AssumedRoleUser><Arn>arn:aws:sts::%s:assumed-role/x/orgrun-1</Arn>"
                   "</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>",
                   key, key, key, expires, account);
    fake_http_answer(&f->http, i, 200, NULL, xml);
}

void fake_sts_deny(struct fake_sts *f, int i, int status, const char *code, const char *message)
{
    char xml[1024];
    (void)snprintf(xml, sizeof xml,
                   "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error><RequestId>"
                   "r-1</RequestId></ErrorResponse>",
                   code, message);
    fake_http_answer(&f->http, i, status, NULL, xml);
}
