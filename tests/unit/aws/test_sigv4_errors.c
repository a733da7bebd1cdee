// SPDX-License-Identifier: MIT
// Unit tests of aws/sigv4: what is refused, what stays unsigned, and the odd options.
#include "aws/sigv4.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    const struct credentials_parts parts = {.access_key_id = "AKIDEXAMPLE",
                                            .secret_key = "secret",
                                            .session_token = "to  ken",
                                            .expires_ms = CREDENTIALS_NEVER,
                                            .provider = "test"};
    struct credentials *c = NULL;
    int rc = credentials_new(&c, &parts, NULL);
    *state = c;
    return rc;
}

static int tear_down(void **state)
{
    credentials_unref(*state);
    return 0;
}

static const struct sigv4_header host[] = {{"Host", "h"}};

static struct sigv4_request good_request(void)
{
    return (struct sigv4_request){.method = "GET", .path = "/", .headers = host, .headers_len = 1};
}

static struct sigv4_opts good_opts(void **state)
{
    return (struct sigv4_opts){.credentials = *state,
                               .region = "us-east-1",
                               .service = "sts",
                               .time_ms = 1440938160000,
                               .normalize_path = true,
                               .double_encode_path = true};
}

static void assert_refused(const struct sigv4_request *req, const struct sigv4_opts *opts, int code,
                           const char *message)
{
    struct sigv4_result r;
    struct orgrun_error err = {0};
    assert_int_equal(sigv4_sign(req, opts, &r, &err), code);
    assert_int_equal(err.code, code);
    assert_string_equal(err.message, message);
    assert_null(r.canonical_request.data);
    assert_null(r.added.data);
    assert_string_equal(r.signature, "");
}

static void refuses_bad_headers(void **state)
{
    static const struct {
        struct sigv4_header header;
        const char *message;
    } cases[] = {
        {{"", "v"}, "\"\" is not the name of a header"},
        {{"My Header", "v"}, "\"My Header\" is not the name of a header"},
        {{"My-Header:", "v"}, "\"My-Header:\" is not the name of a header"},
        {{"My\nHeader", "v"}, "\"My?Header\" is not the name of a header"},
        {{"\xc3\xa9", "v"}, "\"\xc3\xa9\" is not the name of a header"},
        {{"My-Header", "a\nb"}, "the value of header My-Header holds a line break"},
        {{"My-Header", "a\r"}, "the value of header My-Header holds a line break"},
        {{"My-Header", "\x1b[0m"}, "the value of header My-Header holds a control character"},
        {{"My-Header", "\x7f"}, "the value of header My-Header holds a control character"},
        {{"x-amz-DATE", "v"}, "header x-amz-DATE is the signer's to add"},
        {{"Authorization", "v"}, "header Authorization is the signer's to add"},
        {{"X-Amz-Security-Token", "v"}, "header X-Amz-Security-Token is the signer's to add"},
        {{"X-Amz-Content-SHA256", "v"}, "header X-Amz-Content-SHA256 is the signer's to add"},
    };
    const struct sigv4_opts opts = good_opts(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sigv4_header headers[] = {host[0], cases[i].header};
        struct sigv4_request req = good_request();
        req.headers = headers;
        req.headers_len = 2;
        assert_refused(&req, &opts, ORGRUN_EUSAGE, cases[i].message);
    }
}

static void refuses_bad_requests(void **state)
{
    const struct sigv4_opts opts = good_opts(state);
    struct sigv4_request req = good_request();
    req.method = "GET /";
    assert_refused(&req, &opts, ORGRUN_EUSAGE, "\"GET /\" is not an HTTP method");
    req = good_request();
    req.path = "*";
    assert_refused(&req, &opts, ORGRUN_EUSAGE, "the path \"*\" does not begin with /");
    req = good_request();
    req.headers_len = 0;
    assert_refused(&req, &opts, ORGRUN_EUSAGE, "a request cannot be signed without a host header");
    struct sigv4_header many[SIGV4_MAX_HEADERS + 1];
    for (size_t i = 0; i < SIGV4_MAX_HEADERS + 1; i++)
        many[i] = host[0];
    req.headers = many;
    req.headers_len = SIGV4_MAX_HEADERS + 1;
    assert_refused(&req, &opts, ORGRUN_ELIMIT,
                   "a request of 129 headers; at most 128 can be signed");
}

static void refuses_what_passes_the_maximum(void **state)
{
    AUTO(buf_clear) struct buf path;
    buf_init(&path, SIGV4_MAX_TEXT);
    for (size_t i = 0; i < SIGV4_MAX_TEXT; i++)
        (void)buf_putc(&path, i ? 'a' : '/');
    struct sigv4_opts opts = good_opts(state);
    struct sigv4_request req = good_request();
    req.path = buf_str(&path);
    assert_refused(&req, &opts, ORGRUN_ELIMIT,
                   "the canonical request is larger than 1048576 bytes");
    req = good_request();
    req.query = buf_str(&path);
    assert_refused(&req, &opts, ORGRUN_ELIMIT,
                   "the canonical request is larger than 1048576 bytes");
}

static void refuses_bad_options(void **state)
{
    static const struct {
        const char *region, *service;
        int64_t time_ms;
        const char *message;
    } cases[] = {
        {NULL, "sts", 0, "a request cannot be signed without a region"},
        {"", "sts", 0, "a request cannot be signed without a region"},
        {"us-east-1", "", 0, "a request cannot be signed without a service"},
        {"us/east", "sts", 0, "\"us/east\" is not the name of a region"},
        {"us-east-1", "s,t", 0, "\"s,t\" is not the name of a service"},
        {"us-east-1\n", "sts", 0, "\"us-east-1?\" is not the name of a region"},
        {"us-east-1", "sts", -1, "a request cannot be signed for a time before 1970 or after 9999"},
        {"us-east-1", "sts", 253402300800000,
         "a request cannot be signed for a time before 1970 or after 9999"},
    };
    const struct sigv4_request req = good_request();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sigv4_opts opts = good_opts(state);
        opts.region = cases[i].region;
        opts.service = cases[i].service;
        opts.time_ms = cases[i].time_ms;
        assert_refused(&req, &opts, ORGRUN_EUSAGE, cases[i].message);
    }
}

static void leaves_headers_of_the_way_unsigned(void **state)
{
    static const char *const names[] = {"Connection",
                                        "Expect",
                                        "Keep-Alive",
                                        "Proxy-Authenticate",
                                        "Proxy-Authorization",
                                        "TE",
                                        "Trailer",
                                        "Transfer-Encoding",
                                        "Upgrade",
                                        "User-Agent",
                                        "X-Amzn-Trace-Id",
                                        "Sec-WebSocket-Key",
                                        "Sec-WebSocket-Protocol",
                                        "Sec-WebSocket-Version"};
    const struct sigv4_opts opts = good_opts(state);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct sigv4_header headers[] = {{names[i], "v"}, {"Host", "h"}, {"Tea", "t"}};
        struct sigv4_request req = good_request();
        req.headers = headers;
        req.headers_len = 3;
        AUTO(buf_clear) struct buf out, signed_headers;
        buf_init(&out, 4096);
        buf_init(&signed_headers, 4096);
        assert_int_equal(sigv4_canonical_request(&req, &opts, &out, &signed_headers, NULL), 0);
        assert_string_equal(buf_str(&signed_headers), "host;tea;x-amz-date;x-amz-security-token");
    }
}

/* s3 signs the path as it is sent, but for what cannot be sent. */
static void signs_paths_of_s3_as_they_are_sent(void **state)
{
    static const char *const paths[][2] = {
        {"/a//../b%20c/%7E(x)", "/a//../b%20c/%7E(x)"},
        {"/raw \xc3\xa9", "/raw%20%C3%A9"},
        {"/a\x01?#", "/a%01%3F%23"},
    };
    struct sigv4_opts opts = good_opts(state);
    opts.normalize_path = opts.double_encode_path = false;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct sigv4_request req = good_request();
        req.path = paths[i][0];
        AUTO(buf_clear) struct buf out, names;
        buf_init(&out, 4096);
        buf_init(&names, 4096);
        char expected[64];
        (void)snprintf(expected, sizeof expected, "GET\n%s\n\nhost:h\n", paths[i][1]);
        assert_int_equal(sigv4_canonical_request(&req, &opts, &out, &names, NULL), 0);
        assert_memory_equal(buf_str(&out), expected, strlen(expected));
    }
}

static void encodes_paths_twice_elsewhere(void **state)
{
    const struct sigv4_opts opts = good_opts(state);
    struct sigv4_request req = good_request();
    req.path = "/a%20b/./c";
    AUTO(buf_clear) struct buf out, names;
    buf_init(&out, 4096);
    buf_init(&names, 4096);
    assert_int_equal(sigv4_canonical_request(&req, &opts, &out, &names, NULL), 0);
    static const char expected[] = "GET\n/a%2520b/c\n\n";
    assert_memory_equal(buf_str(&out), expected, strlen(expected));
}

static void says_so_of_an_unsigned_payload(void **state)
{
    struct sigv4_opts opts = good_opts(state);
    opts.unsigned_payload = opts.sign_body = true;
    struct sigv4_request req = good_request();
    req.body = "body";
    req.body_len = 4;
    struct sigv4_result r;
    assert_int_equal(sigv4_sign(&req, &opts, &r, NULL), 0);
    assert_string_equal(buf_str(&r.canonical_request),
                        "GET\n/\n\nhost:h\nx-amz-content-sha256:UNSIGNED-PAYLOAD\n"
                        "x-amz-date:20150830T123600Z\nx-amz-security-token:to ken\n\n"
                        "host;x-amz-content-sha256;x-amz-date;x-amz-security-token\n"
                        "UNSIGNED-PAYLOAD");
    assert_non_null(strstr(buf_str(&r.added), "x-amz-content-sha256: UNSIGNED-PAYLOAD\n"));
    assert_non_null(strstr(buf_str(&r.added), "X-Amz-Security-Token: to  ken\n"));
    sigv4_result_clear(&r);
}

static void hashes_bodies_with_nul(void **state)
{
    const struct sigv4_opts opts = good_opts(state);
    struct sigv4_request req = good_request();
    req.body = "a\0b";
    req.body_len = 3;
    AUTO(buf_clear) struct buf out, names;
    buf_init(&out, 4096);
    buf_init(&names, 4096);
    assert_int_equal(sigv4_canonical_request(&req, &opts, &out, &names, NULL), 0);
    assert_string_equal(strrchr(buf_str(&out), '\n') + 1,
                        "59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_bad_headers),
        cmocka_unit_test(refuses_bad_requests),
        cmocka_unit_test(refuses_what_passes_the_maximum),
        cmocka_unit_test(refuses_bad_options),
        cmocka_unit_test(leaves_headers_of_the_way_unsigned),
        cmocka_unit_test(signs_paths_of_s3_as_they_are_sent),
        cmocka_unit_test(encodes_paths_twice_elsewhere),
        cmocka_unit_test(says_so_of_an_unsigned_payload),
        cmocka_unit_test(hashes_bodies_with_nul),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
