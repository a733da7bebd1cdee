// SPDX-License-Identifier: MIT
// Unit tests of aws/awserror: what is read out of answers of every protocol, and what class it is.
#include "aws/awserror.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NS "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
#define XML(code, message)                                                                         \
    NS "<Error><Type>Sender</Type><Code>" code "</Code><Message>" message                          \
       "</Message></Error><RequestId>id-1</RequestId></ErrorResponse>"

struct case_ {
    int status;
    const char *headers[4];
    const char *body;
    enum awserror_class class_;
    const char *code, *message, *request_id;
};

static void check(const struct case_ *table, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const struct case_ *c = &table[i];
        struct awserror e;
        awserror_parse(c->status, c->headers, c->body, c->body ? strlen(c->body) : 0, &e);
        assert_string_equal(e.code, c->code);
        assert_string_equal(e.message, c->message);
        assert_string_equal(e.request_id, c->request_id);
        if (e.class_ != c->class_)
            fail_msg("%d %s: %s", c->status, c->code, awserror_class_name(e.class_));
        assert_int_equal(e.status, c->status);
    }
}
#define CHECK(table) check(table, sizeof table / sizeof *table)

static void xml_is_read(void **state)
{
    (void)state;
    static const struct case_ table[] = {
        {403,
         {NULL},
         XML("AccessDenied", "User: a is not &lt;authorized&gt;"),
         AWSERROR_DENIED,
         "AccessDenied",
         "User: a is not <authorized>",
         "id-1"},
        {400,
         {NULL},
         XML("Throttling", "Rate exceeded"),
         AWSERROR_THROTTLING,
         "Throttling",
         "Rate exceeded",
         "id-1"},
        {403,
         {NULL},
         XML("ExpiredToken", "The security token is expired"),
         AWSERROR_EXPIRED,
         "ExpiredToken",
         "The security token is expired",
         "id-1"},
        {400,
         {NULL},
         "<?xml version=\"1.0\"?>\n<a:ErrorResponse xmlns:a=\"urn:x\"><a:Error><a:Code>"
         "ValidationError</a:Code><a:Message>m</a:Message></a:Error><a:RequestId>r</a:RequestId>"
         "</a:ErrorResponse>",
         AWSERROR_CLIENT,
         "ValidationError",
         "m",
         "r"},
        {400,
         {NULL},
         "\xef\xbb\xbf \n<Response><Errors><Error><Code>RequestLimitExceeded</Code>"
         "<Message>m</Message></Error></Errors><RequestID>ec2</RequestID></Response>",
         AWSERROR_THROTTLING,
         "RequestLimitExceeded",
         "m",
         "ec2"},
        {503,
         {NULL},
         "<Error><Code>SlowDown</Code><Message>Please reduce</Message><RequestId>s3"
         "</RequestId></Error>",
         AWSERROR_THROTTLING,
         "SlowDown",
         "Please reduce",
         "s3"},
        {403,
         {NULL},
         XML("SignatureDoesNotMatch", "Signature expired: 20260101T000000Z is now"),
         AWSERROR_CLOCK_SKEW,
         "SignatureDoesNotMatch",
         "Signature expired: 20260101T000000Z is now",
         "id-1"},
        {403,
         {NULL},
         XML("SignatureDoesNotMatch", "Signature not yet current: x"),
         AWSERROR_CLOCK_SKEW,
         "SignatureDoesNotMatch",
         "Signature not yet current: x",
         "id-1"},
        {403,
         {NULL},
         XML("SignatureDoesNotMatch", "The request signature we calculated"),
         AWSERROR_CLIENT,
         "SignatureDoesNotMatch",
         "The request signature we calculated",
         "id-1"},
        {400,
         {NULL},
         NS "<Error><Code><![CDATA[ Odd ]]></Code><Message>\n two\n\tlines \n"
            "</Message></Error></ErrorResponse>",
         AWSERROR_CLIENT,
         "Odd",
         "two  lines",
         ""},
        {403, {NULL}, "<ErrorResponse><Error/></ErrorResponse>", AWSERROR_DENIED, "", "", ""},
        {500, {NULL}, "<html><body>Internal</body></html>", AWSERROR_TRANSIENT, "", "", ""},
        {502, {NULL}, "<ErrorResponse><Error><Code>Cut", AWSERROR_TRANSIENT, "", "", ""},
        {400, {NULL}, "<", AWSERROR_CLIENT, "", "", ""},
    };
    CHECK(table);
}

static void json_is_read(void **state)
{
    (void)state;
    static const struct case_ table[] = {
        {400,
         {"x-amzn-requestid: r1"},
         "{\"__type\":\"TooManyRequestsException\",\"Message\":\"m\"}",
         AWSERROR_THROTTLING,
         "TooManyRequestsException",
         "m",
         "r1"},
        {400,
         {"X-Amzn-RequestId:  r2 "},
         " {\"__type\":\"com.amazonaws.organizations#AccessDeniedException\",\"message\":\"no\"}",
         AWSERROR_DENIED,
         "AccessDeniedException",
         "no",
         "r2"},
        {400,
         {NULL},
         "{\"__type\":\"a.b#FooError:http://internal.amazon.com/coral/x/\"}",
         AWSERROR_CLIENT,
         "FooError",
         "",
         ""},
        {401,
         {"X-Amzn-ErrorType: UnauthorizedException:http://internal/", "x-amz-request-id: z"},
         "{\"message\":\"Session token not found or invalid\"}",
         AWSERROR_DENIED,
         "UnauthorizedException",
         "Session token not found or invalid",
         "z"},
        {400,
         {"X-Amzn-ErrorType: FromHeader"},
         "{\"code\":\"FromBody\",\"errorMessage\":\"e\"}",
         AWSERROR_CLIENT,
         "FromHeader",
         "e",
         ""},
        {400, {NULL}, "{\"code\":\"One\",\"__type\":\"Two\"}", AWSERROR_CLIENT, "One", "", ""},
        {400,
         {"x-amzn-query-error: AWS.Queue.Gone;Sender"},
         "{\"__type\":\"x#Other\"}",
         AWSERROR_CLIENT,
         "AWS.Queue.Gone",
         "",
         ""},
        {400,
         {NULL},
         "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid token\"}",
         AWSERROR_CLIENT,
         "invalid_grant",
         "Invalid token",
         ""},
        {400,
         {NULL},
         "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired: x\"}",
         AWSERROR_CLOCK_SKEW,
         "InvalidSignatureException",
         "Signature expired: x",
         ""},
        {400,
         {NULL},
         "{\"__type\":\"ExpiredTokenException\",\"message\":\"t\"}",
         AWSERROR_EXPIRED,
         "ExpiredTokenException",
         "t",
         ""},
        {400,
         {NULL},
         "{\"__type\":\"X\",\"message\":\"bad \xff byte \\u0000 nul\"}",
         AWSERROR_CLIENT,
         "X",
         "bad \xef\xbf\xbd byte   nul",
         ""},
        {400,
         {NULL},
         "{\"__type\":7,\"code\":{\"a\":1},\"message\":null}",
         AWSERROR_CLIENT,
         "",
         "",
         ""},
        {400, {NULL}, "{\"__type\":", AWSERROR_CLIENT, "", "", ""},
        {400, {NULL}, "[\"__type\"]", AWSERROR_CLIENT, "", "", ""},
    };
    CHECK(table);
}

static void what_cannot_be_read_leaves_the_status(void **state)
{
    (void)state;
    static const struct case_ table[] = {
        {500, {NULL}, NULL, AWSERROR_TRANSIENT, "", "", ""},
        {500, {NULL}, "", AWSERROR_TRANSIENT, "", "", ""},
        {500, {NULL}, " \n\t ", AWSERROR_TRANSIENT, "", "", ""},
        {503, {"x-amzn-requestid: r"}, "Service Unavailable", AWSERROR_TRANSIENT, "", "", "r"},
        {501, {NULL}, NULL, AWSERROR_SERVER, "", "", ""},
        {404, {NULL}, "Not Found", AWSERROR_CLIENT, "", "", ""},
        {302, {NULL}, NULL, AWSERROR_CLIENT, "", "", ""},
        {0, {NULL}, NULL, AWSERROR_TRANSIENT, "", "", ""},
        {200, {"x-amzn-requestid: ok"}, XML("AccessDenied", "m"), AWSERROR_NONE, "", "", "ok"},
    };
    CHECK(table);
}

/* A document type is never read on, so that nothing can be expanded or fetched. */
static void document_types_are_refused(void **state)
{
    (void)state;
    static const struct case_ table[] = {
        {400,
         {NULL},
         "<!DOCTYPE e [<!ENTITY x \"boom\">]><ErrorResponse><Error><Code>&x;</Code>"
         "</Error></ErrorResponse>",
         AWSERROR_CLIENT,
         "",
         "",
         ""},
        {400,
         {NULL},
         "<!DOCTYPE e SYSTEM \"file:///etc/passwd\"><Error><Code>C</Code></Error>",
         AWSERROR_CLIENT,
         "",
         "",
         ""},
        {400, {NULL}, "<Error><Code>A&undeclared;</Code></Error>", AWSERROR_CLIENT, "", "", ""},
    };
    CHECK(table);
}

static void classes_go_by_code_then_status(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *code;
        enum awserror_class class_;
    } table[] = {
        {200, "", AWSERROR_NONE},
        {204, "Throttling", AWSERROR_NONE},
        {400, "ThrottlingException", AWSERROR_THROTTLING},
        {400, "ThrottledException", AWSERROR_THROTTLING},
        {400, "RequestThrottledException", AWSERROR_THROTTLING},
        {400, "RequestThrottled", AWSERROR_THROTTLING},
        {400, "ProvisionedThroughputExceededException", AWSERROR_THROTTLING},
        {400, "TransactionInProgressException", AWSERROR_THROTTLING},
        {509, "BandwidthLimitExceeded", AWSERROR_THROTTLING},
        {400, "LimitExceededException", AWSERROR_THROTTLING},
        {400, "PriorRequestNotComplete", AWSERROR_THROTTLING},
        {503, "EC2ThrottledException", AWSERROR_THROTTLING},
        {429, "", AWSERROR_CLIENT},
        {429, "TooManyRequestsException", AWSERROR_THROTTLING},
        {400, "RequestTimeout", AWSERROR_TRANSIENT},
        {408, "RequestTimeoutException", AWSERROR_TRANSIENT},
        {400, "IDPCommunicationError", AWSERROR_TRANSIENT},
        {400, "IDPCommunicationErrorException", AWSERROR_TRANSIENT},
        {504, "", AWSERROR_TRANSIENT},
        {505, "", AWSERROR_SERVER},
        {400, "TokenRefreshRequired", AWSERROR_EXPIRED},
        {400, "RequestExpired", AWSERROR_CLOCK_SKEW},
        {403, "RequestTimeTooSkewed", AWSERROR_CLOCK_SKEW},
        {403, "RequestInTheFuture", AWSERROR_CLOCK_SKEW},
        {403, "AccessDeniedException", AWSERROR_DENIED},
        {403, "UnauthorizedOperation", AWSERROR_DENIED},
        {400, "NotAuthorized", AWSERROR_DENIED},
        {403, "", AWSERROR_DENIED},
        {401, NULL, AWSERROR_DENIED},
        {403, "Unheard", AWSERROR_DENIED},
        {403, "InvalidClientTokenId", AWSERROR_CLIENT},
        {403, "UnrecognizedClientException", AWSERROR_CLIENT},
        {403, "SignatureDoesNotMatch", AWSERROR_CLIENT},
        {403, "IncompleteSignature", AWSERROR_CLIENT},
        {403, "MissingAuthenticationToken", AWSERROR_CLIENT},
        {403, "RegionDisabledException", AWSERROR_CLIENT},
        {400, "ConcurrentModificationException", AWSERROR_CLIENT},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (awserror_classify(table[i].status, table[i].code) != table[i].class_)
            fail_msg("%d %s: %s", table[i].status, table[i].code ? table[i].code : "NULL",
                     awserror_class_name(awserror_classify(table[i].status, table[i].code)));
    static const char *const names[] = {"none",    "transient",  "throttling",
                                        "expired", "clock skew", "denied",
                                        "client",  "server",     "unknown"};
    for (int c = 0; c < 9; c++)
        assert_string_equal(awserror_class_name((enum awserror_class)c), names[c]);
}

static void headers_tell_times(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        long retry_after_ms;
        long long server_time_ms;
    } table[] = {
        {"x-amz-retry-after: 1500", 1500, -1},
        {"X-Amz-Retry-After:0", 0, -1},
        {"x-amz-retry-after: invalid", -1, -1},
        {"x-amz-retry-after: -5", -1, -1},
        {"x-amz-retry-after: 1500ms", -1, -1},
        {"x-amz-retry-after: 99999999999999999999", -1, -1},
        {"x-amz-retry-after-2: 7", -1, -1},
        {"x-amz-retry-after", -1, -1},
        {"Date: Tue, 24 Nov 2026 03:45:00 GMT", -1, 1795491900000},
        {"date: yesterday", -1, -1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *const headers[] = {"Server: x", table[i].header, NULL};
        struct awserror e;
        awserror_parse(503, headers, NULL, 0, &e);
        assert_int_equal(e.retry_after_ms, table[i].retry_after_ms);
        assert_int_equal(e.server_time_ms, table[i].server_time_ms);
    }
    struct awserror e;
    awserror_parse(503, NULL, NULL, 0, &e);
    assert_int_equal(e.retry_after_ms, -1);
    assert_int_equal(e.server_time_ms, -1);
}

static void long_texts_are_cut_at_a_character(void **state)
{
    (void)state;
    char body[4096] = "{\"code\":\"C\",\"message\":\"";
    struct awserror e;
    for (int i = 0; i < 400; i++)
        strcat(body, "\xc3\xa9");
    strcat(body, "\"}");
    awserror_parse(400, NULL, body, strlen(body), &e);
    size_t len = strlen(e.message);
    assert_int_equal(len, 764 + 3 - 0);
    assert_string_equal(e.message + len - 5, "\xc3\xa9...");
    assert_string_equal(e.code, "C");
}

static void bodies_have_a_maximum(void **state)
{
    (void)state;
    static const char head[] = "{\"code\":\"C\",\"x\":\"";
    size_t max = 1024 * 1024;
    AUTO(free_ptr) char *body = malloc(max + 1);
    assert_non_null(body);
    memset(body, 'a', max + 1);
    memcpy(body, head, sizeof head - 1);
    memcpy(body + max - 2, "\"} ", 3);
    struct awserror e;
    awserror_parse(400, NULL, body, max, &e);
    assert_string_equal(e.code, "C");
    awserror_parse(400, NULL, body, max + 1, &e);
    assert_string_equal(e.code, "");
    assert_int_equal(e.class_, AWSERROR_CLIENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_is_read),
        cmocka_unit_test(json_is_read),
        cmocka_unit_test(what_cannot_be_read_leaves_the_status),
        cmocka_unit_test(document_types_are_refused),
        cmocka_unit_test(classes_go_by_code_then_status),
        cmocka_unit_test(headers_tell_times),
        cmocka_unit_test(long_texts_are_cut_at_a_character),
        cmocka_unit_test(bodies_have_a_maximum),
    };
    return cmocka_run_group_tests_name("awserror", tests, NULL, NULL);
}
