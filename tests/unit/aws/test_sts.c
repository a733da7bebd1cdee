// SPDX-License-Identifier: MIT
// Unit tests of aws/sts: request bodies, answers good and bad, and what XML must not do.
#include "aws/sts.h"

#include "aws/sts_xml.h"
#include "base/cleanup.h"
#include "unit/aws/fake_http.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

DEFINE_CLEANUP(drop_credentials, struct credentials, credentials_unref)

#define CREDENTIALS                                                                                \
    "<Credentials><AccessKeyId>ASIA1</AccessKeyId>"                                                \
    "<SecretAccessKey>s/+=</SecretAccessKey><SessionToken>t&amp;&#65;</SessionToken>"              \
    "<Expiration>2026-11-24T07:00:00Z</Expiration></Credentials>"
#define ARN(account) "arn:aws:sts::" account ":assumed-role/r/s"
#define USER(arn)                                                                                  \
    "<AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>" arn "</Arn></AssumedRoleUser>"
#define ANSWER_OF(root, inner)                                                                     \
    "<" root "><AssumeRoleResult>" inner "</AssumeRoleResult><ResponseMetadata><RequestId>r"       \
    "</RequestId></ResponseMetadata></AssumeRoleResponse>"
#define ANSWER(inner)                                                                              \
    ANSWER_OF("AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"", inner)

static void test_body(void **state)
{
    (void)state;
    static const char *const arns[] = {"p1", "p2", NULL}, *const keys[] = {"k2", NULL},
                             *const tags[] = {"k 1", "v=", "k2", "", NULL};
    static const struct sts_terms terms = {"{\"a\": \"+\"}", arns, tags, keys, "me"};
    static const struct {
        struct sts_assume_role in;
        const char *body;
    } cases[] = {
        {{"arn:aws:iam::111122223333:role/p/x", "orgrun-1", 3600, NULL},
         "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fp"
         "%2Fx&RoleSessionName=orgrun-1&DurationSeconds=3600"},
        {{"a", "n+=,.@-", 900, "e x&\xc3\xa9"},
         "Action=AssumeRole&Version=2011-06-15&RoleArn=a&RoleSessionName=n%2B%3D%2C.%40-"
         "&DurationSeconds=900&ExternalId=e%20x%26%C3%A9"},
        {{"a", "n", 900, NULL, &terms, "arn:aws:iam::1:mfa/u", "012345"},
         "Action=AssumeRole&Version=2011-06-15&RoleArn=a&RoleSessionName=n&DurationSeconds=900"
         "&Policy=%7B%22a%22%3A%20%22%2B%22%7D&PolicyArns.member.1.arn=p1&PolicyArns.member.2.arn="
         "p2"
         "&Tags.member.1.Key=k%201&Tags.member.1.Value=v%3D&Tags.member.2.Key=k2"
         "&Tags.member.2.Value=&TransitiveTagKeys.member.1=k2&SourceIdentity=me"
         "&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fu&TokenCode=012345"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf_clear) struct buf out;
        buf_init(&out, 4096);
        assert_int_equal(sts_assume_role_body(&cases[i].in, &out, NULL), 0);
        assert_string_equal(buf_str(&out), cases[i].body);
    }
    AUTO(buf_clear) struct buf small;
    struct orgrun_error err = {0};
    buf_init(&small, 10);
    int rc = sts_assume_role_body(&cases[0].in, &small, &err);
    assert_error(rc, err, ORGRUN_ELIMIT, "the AssumeRole request is larger than 10 bytes");
}

static void test_good_answers(void **state)
{
    (void)state;
    static const char *const answers[] = {
        ANSWER(CREDENTIALS USER(ARN("111122223333"))),
        ANSWER_OF("AssumeRoleResponse", CREDENTIALS USER(ARN("111122223333"))) "\n",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c -->"
        "<n:AssumeRoleResponse xmlns:n=\"urn:x\"><n:AssumeRoleResult>\n  " USER(ARN("111122223333"))
            CREDENTIALS "</n:AssumeRoleResult></n:AssumeRoleResponse>",
    };
    for (size_t i = 0; i < COUNT(answers); i++) {
        AUTO(drop_credentials) struct credentials *c = NULL;
        struct orgrun_error err = {0};
        int rc = sts_parse_assume_role(answers[i], strlen(answers[i]), &c, &err);
        assert_string_equal(err.message, "");
        assert_int_equal(rc, 0);
        assert_string_equal(credentials_access_key_id(c), "ASIA1");
        assert_string_equal(secret_reveal(credentials_secret_key(c)), "s/+=");
        assert_string_equal(secret_reveal(credentials_session_token(c)), "t&A");
        assert_string_equal(credentials_account_id(c), "111122223333");
        assert_string_equal(credentials_arn(c), ARN("111122223333"));
        assert_int_equal(credentials_expires_ms(c), 1795503600000);
    }
}

/* What STS really sends: indented, a token of some 400 characters, 1,100 bytes in all. */
#define TOKEN                                                                                      \
    "IQoJb3JpZ2luX2VjEDsaCXVzLWVhc3QtMSJHMEUCIQDxKk1mVnQ3bzRkYjE0ZTk5YmY2ZDU3YwIgZk8xNDM5"         \
    "ZTBhYjk0MTFlZWJlNTYwMjQyYWMxMjAwMDIqngIIYxAAGgwxMTExMjIyMjMzMzMiDOZ3mHh0Y2x5bnRoZXJ1bn"       \
    "sBqSoHj7TqYw5rX8aGJd4XyXUq2wN1fPpnP+0cQm2gK7F4sJv6t9VbLrHgD5nEzoSuBkYi3CXw/AIxW0MeRfTl"       \
    "Q8hZ6aVpJj1UOcKd4mGvNbYs7ErXtLi2DqHwPo5BuFzCn9SgRkTy3MhAxWe8JlQvUd0IpOc6ZsKfVb1NtYrGm4E"      \
    "hXaLu7DiPqSw2BoFzCk5RjTg8MnHyAx/WvEe0JQlUdIcOp6ZK3sVfNbt1YGrm4EXhLauD7iPSqwB2oFCzk5="
#define REAL_ANSWER                                                                                \
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"                   \
    "  <AssumeRoleResult>\n    <AssumedRoleUser>\n"                                                \
    "      <AssumedRoleId>AROAEXAMPLEROLEIDXXXX:orgrun-20261124T060000</AssumedRoleId>\n"          \
    "      <Arn>arn:aws:sts::111122223333:assumed-role/rol_sts_cross_account/"                     \
    "orgrun-20261124T060000</Arn>\n    </AssumedRoleUser>\n    <Credentials>\n"                    \
    "      <AccessKeyId>ASIAEXAMPLEKEYIDXXXX</AccessKeyId>\n"                                      \
    "      <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>\n"         \
    "      <SessionToken>" TOKEN "</SessionToken>\n"                                               \
    "      <Expiration>2026-11-24T07:00:00Z</Expiration>\n    </Credentials>\n"                    \
    "    <PackedPolicySize>6</PackedPolicySize>\n  </AssumeRoleResult>\n  <ResponseMetadata>\n"    \
    "    <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>\n  </ResponseMetadata>\n"     \
    "</AssumeRoleResponse>\n"

static void test_real_answer(void **state)
{
    (void)state;
    AUTO(drop_credentials) struct credentials *c = NULL;
    struct orgrun_error err = {0};
    assert_in_range(sizeof TOKEN - 1, 380, 440);
    assert_in_range(sizeof REAL_ANSWER - 1, 1050, 1350);
    int rc = sts_parse_assume_role(REAL_ANSWER, sizeof REAL_ANSWER - 1, &c, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, 0);
    assert_string_equal(credentials_access_key_id(c), "ASIAEXAMPLEKEYIDXXXX");
    assert_string_equal(secret_reveal(credentials_secret_key(c)),
                        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY");
    assert_string_equal(secret_reveal(credentials_session_token(c)), TOKEN);
    assert_string_equal(credentials_account_id(c), "111122223333");
    assert_string_equal(credentials_arn(c), "arn:aws:sts::111122223333:assumed-role/"
                                            "rol_sts_cross_account/orgrun-20261124T060000");
    assert_int_equal(credentials_expires_ms(c), 1795503600000);
}

/* Values of every length up to some buffers' worth come out as they went in. */
static void test_every_length(void **state)
{
    (void)state;
    enum { LONGEST = 65000 };
    AUTO(free_ptr) char *token = malloc(LONGEST + 1);
    for (size_t len = 1; len <= LONGEST; len += len < 700 ? 1 : len / 7) {
        AUTO(drop_credentials) struct credentials *c = NULL;
        AUTO(buf_clear) struct buf xml;
        for (size_t i = 0; i < len; i++)
            token[i] = (char)('A' + (i / 7 + i / 64) % 26);
        token[len] = '\0';
        buf_init(&xml, 2 * LONGEST);
        (void)buf_printf(&xml,
                         "<AssumeRoleResponse>\n <AssumeRoleResult><Credentials>\n"
                         "<SessionToken>%s</SessionToken><AccessKeyId>A</AccessKeyId>\n"
                         "<SecretAccessKey>s</SecretAccessKey><Expiration>2026-11-24T07:00:00Z"
                         "</Expiration></Credentials>" USER(
                             ARN("111122223333")) "</AssumeRoleResult></AssumeRoleResponse>",
                         token);
        assert_int_equal(sts_parse_assume_role(buf_str(&xml), xml.len, &c, NULL), 0);
        assert_string_equal(secret_reveal(credentials_session_token(c)), token);
    }
}

#define CANNOT "cannot read the AssumeRole answer: "
#define PATH "AssumeRoleResponse/AssumeRoleResult/"
static const struct {
    const char *xml, *message;
} bad_answers[] = {
    {"", CANNOT "the XML is not well-formed"},
    {"{}", CANNOT "the XML is not well-formed"},
    {"<html></html>", CANNOT "the XML has no " PATH "Credentials/AccessKeyId"},
    {"<AssumeRoleResponse><AssumeRoleResult>" CREDENTIALS, CANNOT "the XML is not well-formed"},
    {ANSWER(CREDENTIALS), CANNOT "the XML has no " PATH "AssumedRoleUser/Arn"},
    {ANSWER(CREDENTIALS CREDENTIALS), CANNOT "the XML has " PATH "Credentials/AccessKeyId twice"},
    {ANSWER("<Credentials><AccessKeyId/></Credentials>"),
     CANNOT "the XML has no " PATH "Credentials/AccessKeyId"},
    {ANSWER("<Credentials><AccessKeyId>A<b>B</b></AccessKeyId></Credentials>"),
     CANNOT "the XML has elements where text belongs"},
    {ANSWER(CREDENTIALS USER("arn:aws:iam::111122223333:role/r")),
     CANNOT "the session's Arn names no account: arn:aws:iam::111122223333:role/r"},
    {ANSWER(CREDENTIALS USER(ARN("1111"))),
     CANNOT "the session's Arn names no account: " ARN("1111")},
    {ANSWER(CREDENTIALS USER(ARN("1111222233334"))),
     CANNOT "the session's Arn names no account: " ARN("1111222233334")},
    {ANSWER("<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>"
            "<SessionToken>T</SessionToken><Expiration>soon</Expiration></Credentials>" USER(
                ARN("111122223333"))),
     CANNOT "the session's Expiration is no time"},
    {ANSWER("<Credentials><AccessKeyId>A\nB</AccessKeyId><SecretAccessKey>S</SecretAccessKey>"
            "<SessionToken>T</SessionToken><Expiration>2026-11-24T07:00:00Z</Expiration>"
            "</Credentials>" USER(ARN("111122223333"))),
     CANNOT "the session's keys hold control characters"},
    {"<!DOCTYPE a><a/>", CANNOT "the XML has a document type"},
    {"<!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;\">]><a>&z;</a>",
     CANNOT "the XML has a document type"},
    {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", CANNOT "the XML has a document type"},
    {ANSWER("<Credentials><AccessKeyId>&x;</AccessKeyId></Credentials>"),
     CANNOT "the XML is not well-formed"},
    {"<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
     CANNOT "the XML is nested too deeply or too long"},
};

static void test_bad_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_answers); i++) {
        struct credentials *c = NULL;
        struct orgrun_error err = {0};
        int rc = sts_parse_assume_role(bad_answers[i].xml, strlen(bad_answers[i].xml), &c, &err);
        assert_error(rc, err, ORGRUN_EPROTOCOL, bad_answers[i].message);
        assert_null(c);
    }
}

/* No cut of a good answer is an answer, and none reads past its end. */
static void test_every_cut(void **state)
{
    (void)state;
    static const char answer[] = ANSWER(CREDENTIALS USER(ARN("111122223333")));
    for (size_t len = 0; len < sizeof answer - 1; len++) {
        AUTO(free_ptr) char *cut = malloc(len ? len : 1);
        struct credentials *c = NULL;
        memcpy(cut, answer, len);
        assert_int_equal(sts_parse_assume_role(cut, len, &c, NULL), ORGRUN_EPROTOCOL);
    }
}

static void test_too_large(void **state)
{
    (void)state;
    AUTO(free_ptr) char *xml = malloc(STS_XML_MAX + 1);
    struct credentials *c = NULL;
    struct orgrun_error err = {0};
    memset(xml, ' ', STS_XML_MAX + 1);
    int rc = sts_parse_assume_role(xml, STS_XML_MAX + 1, &c, &err);
    assert_error(rc, err, ORGRUN_EPROTOCOL, CANNOT "the XML is larger than 262144 bytes");
}

#define IDENTITY(account)                                                                          \
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::999900001111:user/y"    \
    "</Arn><UserId>AIDA</UserId><Account>" account                                                 \
    "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"

static void test_identity(void **state)
{
    (void)state;
    static const char good[] = IDENTITY("999900001111");
    static const char bad[] = IDENTITY("99990000111");
    struct sts_identity identity;
    struct orgrun_error err = {0};
    assert_int_equal(sts_parse_identity(good, sizeof good - 1, &identity, &err), 0);
    assert_string_equal(identity.account, "999900001111");
    assert_string_equal(identity.arn, "arn:aws:iam::999900001111:user/y");
    assert_string_equal(identity.user_id, "AIDA");
    sts_identity_clear(&identity);
    int rc = sts_parse_identity(bad, sizeof bad - 1, &identity, &err);
    assert_error(rc, err, ORGRUN_EPROTOCOL,
                 "cannot read the GetCallerIdentity answer: the Account is not 12 digits");
}

static void count_done(void *user, struct aws_answer *answer)
{
    *(int *)user += answer->rc == 0 ? 1 : 100;
    aws_answer_clear(answer);
}

/* What both calls send, and that an answer cut short within its length is asked for again. */
static void test_calls(void **state)
{
    (void)state;
    struct fake_http http;
    struct retry_bucket bucket;
    fake_http_init(&http);
    retry_bucket_init(&bucket, 500);
    struct aws_client client = {.http = fake_http_client(&http),
                                .clock = fake_http_clock(&http),
                                .retry = retry_standard,
                                .bucket = &bucket};
    const struct endpoint endpoint = {.url = "https://h", .signing_region = "r"};
    const struct sts_assume_role in = {"arn", "s", 900, NULL};
    int done = 0;
    assert_int_equal(sts_assume_role_start(&client, &endpoint, NULL, &in, count_done, &done, NULL),
                     0);
    assert_string_equal(http.requests[0].method, "POST");
    assert_string_equal(http.requests[0].url, "https://h/");
    assert_string_equal(fake_http_header(&http, 0, "Content-Type"),
                        "application/x-www-form-urlencoded; charset=utf-8");
    fake_http_answer(&http, 0, 200, NULL, "<AssumeRoleResponse></Credentials>");
    assert_int_equal(done, 0);
    assert_true(fake_http_fire(&http, false) >= 0);
    fake_http_answer(&http, 1, 200, NULL, ANSWER(CREDENTIALS) "\n");
    assert_int_equal(done, 1);
    assert_int_equal(
        sts_get_caller_identity_start(&client, &endpoint, NULL, count_done, &done, NULL), 0);
    assert_string_equal(http.requests[2].body, "Action=GetCallerIdentity&Version=2011-06-15");
    fake_http_answer(&http, 2, 200, NULL, IDENTITY("999900001111"));
    assert_int_equal(done, 2);
    retry_bucket_clear(&bucket);
    fake_http_clear(&http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body),         cmocka_unit_test(test_good_answers),
        cmocka_unit_test(test_bad_answers),  cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_too_large),    cmocka_unit_test(test_identity),
        cmocka_unit_test(test_calls),        cmocka_unit_test(test_real_answer),
        cmocka_unit_test(test_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
