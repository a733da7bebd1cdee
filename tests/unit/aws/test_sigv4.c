// SPDX-License-Identifier: MIT
// Unit tests of aws/sigv4, stage by stage, on published examples of AWS.
#include "aws/sigv4.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define FORM_HASH "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"
#define TOKEN "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
#define HOST                                                                                       \
    {                                                                                              \
        "Host", "example.amazonaws.com"                                                            \
    }
#define HOST_LINE "host:example.amazonaws.com\n"
#define DATE_LINE "x-amz-date:20150830T123600Z\n"
#define PLAIN_TAIL "\n" HOST_LINE DATE_LINE "\nhost;x-amz-date\n" EMPTY_HASH

/* One example: a request, and what each stage makes of it. */
struct example {
    const char *name;
    const char *method, *path, *query;
    struct sigv4_header headers[5];
    const char *body, *token;
    bool as_it_is, sign_body, omit_token; /* as_it_is: the path is not normalised */
    const char *canonical, *signed_headers;
    const char *hash; /* of the canonical request */
    const char *signature;
};

static const struct example examples[] = {
    {.name = "vanilla",
     .method = "GET",
     .path = "/",
     .headers = {HOST},
     .canonical = "GET\n/\n" PLAIN_TAIL,
     .signed_headers = "host;x-amz-date",
     .hash = "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     .signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "the path is absent",
     .method = "GET",
     .path = "",
     .headers = {HOST},
     .canonical = "GET\n/\n" PLAIN_TAIL,
     .signed_headers = "host;x-amz-date",
     .hash = "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     .signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "duplicate headers keep their order",
     .method = "GET",
     .path = "/",
     .headers =
         {HOST, {"My-Header1", "value2"}, {"MY-HEADER1", "value2"}, {"my-header1", "value1"}},
     .canonical = "GET\n/\n\n" HOST_LINE "my-header1:value2,value2,value1\n" DATE_LINE
                  "\nhost;my-header1;x-amz-date\n" EMPTY_HASH,
     .signed_headers = "host;my-header1;x-amz-date",
     .hash = "dc7f04a3abfde8d472b0ab1a418b741b7c67174dad1551b4117b15527fbe966c",
     .signature = "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {.name = "values are trimmed and folded",
     .method = "GET",
     .path = "/",
     .headers = {HOST, {"My-Header1", " value1\t"}, {"My-Header2", "\"a   b \t c\""}},
     .canonical = "GET\n/\n\n" HOST_LINE "my-header1:value1\nmy-header2:\"a b c\"\n" DATE_LINE
                  "\nhost;my-header1;my-header2;x-amz-date\n" EMPTY_HASH,
     .signed_headers = "host;my-header1;my-header2;x-amz-date",
     .hash = "a726db9b0df21c14f559d0a978e563112acb1b9e05476f0a6a1c7d68f28605c7",
     .signature = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {.name = "dot segments and slashes go",
     .method = "GET",
     .path = "//example//",
     .headers = {HOST},
     .canonical = "GET\n/example/\n" PLAIN_TAIL,
     .signed_headers = "host;x-amz-date",
     .hash = "cb96b4ac96d501f7c5c15bc6d67b3035061cfced4af6585ad927f7e6c985c015",
     .signature = "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {.name = "dot segments and slashes stay",
     .method = "GET",
     .path = "//example//",
     .headers = {HOST},
     .as_it_is = true,
     .canonical = "GET\n//example//\n" PLAIN_TAIL,
     .signed_headers = "host;x-amz-date",
     .hash = "528ec3105ee1f34ab014bb0a1a45da0ed2742a4fea3555149e5b4d5d201eb240",
     .signature = "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5"},
    {.name = "a raw space",
     .method = "GET",
     .path = "/example space/",
     .headers = {HOST},
     .canonical = "GET\n/example%20space/\n" PLAIN_TAIL,
     .signed_headers = "host;x-amz-date",
     .hash = "63ee75631ed7234ae61b5f736dfc7754cdccfedbff4b5128a915706ee9390d86",
     .signature = "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {.name = "raw UTF-8 in the path",
     .method = "GET",
     .path = "/\xe1\x88\xb4",
     .headers = {HOST},
     .canonical = "GET\n/%E1%88%B4\n" PLAIN_TAIL,
     .signed_headers = "host;x-amz-date",
     .hash = "2a0a97d02205e45ce2e994789806b19270cfbbb0921b278ccf58f5249ac42102",
     .signature = "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {.name = "the query is sorted by its encoded names",
     .method = "GET",
     .path = "/",
     .query = "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
     .headers = {HOST},
     .canonical = "GET\n/\n%E1%88%B4=Value1&Param=Value2&Param-3=Value3" PLAIN_TAIL,
     .signed_headers = "host;x-amz-date",
     .hash = "868294f5c38bd141c4972a373a76654f1418a8e4fc18b2e7903ae45e8ae0ec71",
     .signature = "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
    {.name = "the session token is signed",
     .method = "GET",
     .path = "/",
     .headers = {HOST},
     .token = TOKEN,
     .canonical = "GET\n/\n\n" HOST_LINE DATE_LINE "x-amz-security-token:" TOKEN
                  "\n\nhost;x-amz-date;x-amz-security-token\n" EMPTY_HASH,
     .signed_headers = "host;x-amz-date;x-amz-security-token",
     .hash = "067b36aa60031588cea4a4cde1f21215227a047690c72247f1d70b32fbbfad2b",
     .signature = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
    {.name = "the session token is left out",
     .method = "POST",
     .path = "/",
     .headers = {HOST},
     .token = TOKEN,
     .omit_token = true,
     .canonical = "POST\n/\n" PLAIN_TAIL,
     .signed_headers = "host;x-amz-date",
     .hash = "553f88c9e4d10fc9e109e2aeb65f030801b70c2f6468faca261d401ae622fc87",
     .signature = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {.name = "a form with its hash signed",
     .method = "POST",
     .path = "/",
     .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                 HOST,
                 {"Content-Length", "13"}},
     .body = "Param1=value1",
     .sign_body = true,
     .canonical = "POST\n/\n\ncontent-length:13\n"
                  "content-type:application/x-www-form-urlencoded\n" HOST_LINE
                  "x-amz-content-sha256:" FORM_HASH "\n" DATE_LINE
                  "\ncontent-length;content-type;host;x-amz-content-sha256;x-amz-date\n" FORM_HASH,
     .signed_headers = "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
     .hash = "b1edd1d03544c25390e32085d55b57acc9a3961bb59415ff86c45c3d89d16cfb",
     .signature = "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"},
};
#define EXAMPLES (sizeof examples / sizeof *examples)

static struct credentials *example_credentials(const char *token)
{
    struct credentials *c = NULL;
    const struct credentials_parts parts = {.access_key_id = "AKIDEXAMPLE",
                                            .secret_key =
                                                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                                            .session_token = token,
                                            .expires_ms = CREDENTIALS_NEVER,
                                            .provider = "test"};
    assert_int_equal(credentials_new(&c, &parts, NULL), 0);
    return c;
}

static struct sigv4_request example_request(const struct example *e)
{
    size_t n = 0;
    while (n < 5 && e->headers[n].name)
        n++;
    return (struct sigv4_request){.method = e->method,
                                  .path = e->path,
                                  .query = e->query,
                                  .headers = e->headers,
                                  .headers_len = n,
                                  .body = e->body,
                                  .body_len = e->body ? strlen(e->body) : 0};
}

static struct sigv4_opts example_opts(const struct example *e, const struct credentials *c)
{
    return (struct sigv4_opts){.credentials = c,
                               .region = "us-east-1",
                               .service = "service",
                               .time_ms = 1440938160000,
                               .normalize_path = !e->as_it_is,
                               .double_encode_path = true,
                               .sign_body = e->sign_body,
                               .omit_session_token = e->omit_token};
}

static void makes_the_canonical_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *e = &examples[i];
        struct credentials *c = example_credentials(e->token);
        const struct sigv4_request req = example_request(e);
        const struct sigv4_opts opts = example_opts(e, c);
        AUTO(buf_clear) struct buf out, names;
        buf_init(&out, SIGV4_MAX_TEXT);
        buf_init(&names, SIGV4_MAX_TEXT);
        assert_int_equal(sigv4_canonical_request(&req, &opts, &out, &names, NULL), 0);
        assert_string_equal(buf_str(&out), e->canonical);
        assert_string_equal(buf_str(&names), e->signed_headers);
        credentials_unref(c);
    }
}

static void makes_the_string_to_sign(void **state)
{
    (void)state;
    struct credentials *c = example_credentials(NULL);
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct sigv4_opts opts = example_opts(&examples[i], c);
        AUTO(buf_clear) struct buf canonical, out, expected;
        buf_init(&canonical, SIGV4_MAX_TEXT);
        buf_init(&out, SIGV4_MAX_TEXT);
        buf_init(&expected, SIGV4_MAX_TEXT);
        (void)buf_puts(&canonical, examples[i].canonical);
        (void)buf_printf(&expected,
                         "AWS4-HMAC-SHA256\n20150830T123600Z\n"
                         "20150830/us-east-1/service/aws4_request\n%s",
                         examples[i].hash);
        assert_int_equal(sigv4_string_to_sign(&canonical, &opts, &out, NULL), 0);
        assert_string_equal(buf_str(&out), buf_str(&expected));
    }
    credentials_unref(c);
}

static void makes_the_signature(void **state)
{
    (void)state;
    struct credentials *c = example_credentials(NULL);
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct sigv4_opts opts = example_opts(&examples[i], c);
        AUTO(buf_clear) struct buf text;
        char signature[65];
        buf_init(&text, SIGV4_MAX_TEXT);
        (void)buf_printf(&text,
                         "AWS4-HMAC-SHA256\n20150830T123600Z\n"
                         "20150830/us-east-1/service/aws4_request\n%s",
                         examples[i].hash);
        assert_int_equal(sigv4_signature(&text, &opts, signature, NULL), 0);
        assert_string_equal(signature, examples[i].signature);
    }
    credentials_unref(c);
}

static void signs_with_all_stages(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *e = &examples[i];
        struct credentials *c = example_credentials(e->token);
        const struct sigv4_request req = example_request(e);
        const struct sigv4_opts opts = example_opts(e, c);
        struct sigv4_result r;
        assert_int_equal(sigv4_sign(&req, &opts, &r, NULL), 0);
        AUTO(buf_clear) struct buf authorization, added;
        buf_init(&authorization, SIGV4_MAX_TEXT);
        buf_init(&added, SIGV4_MAX_TEXT);
        (void)buf_printf(&authorization,
                         "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/"
                         "aws4_request, SignedHeaders=%s, Signature=%s",
                         e->signed_headers, e->signature);
        (void)buf_printf(&added, "%sAuthorization: %s\nX-Amz-Date: 20150830T123600Z\n%s",
                         e->sign_body ? "x-amz-content-sha256: " FORM_HASH "\n" : "",
                         buf_str(&authorization),
                         e->token ? "X-Amz-Security-Token: " TOKEN "\n" : "");
        assert_string_equal(buf_str(&r.canonical_request), e->canonical);
        assert_string_equal(r.signature, e->signature);
        assert_string_equal(buf_str(&r.authorization), buf_str(&authorization));
        assert_string_equal(buf_str(&r.added), buf_str(&added));
        assert_true(r.canonical_request.secret);
        assert_true(r.added.secret);
        sigv4_result_clear(&r);
        assert_null(r.added.data);
        assert_string_equal(r.signature, "");
        credentials_unref(c);
    }
}

/* The example of a key derived by hand in AWS's guide to signing: IAM's ListUsers. */
static void signs_the_list_users_of_the_guide(void **state)
{
    (void)state;
    struct credentials *c = example_credentials(NULL);
    static const struct sigv4_header headers[] = {
        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
        {"Host", "iam.amazonaws.com"}};
    const struct sigv4_request req = {.method = "GET",
                                      .path = "/",
                                      .query = "Action=ListUsers&Version=2010-05-08",
                                      .headers = headers,
                                      .headers_len = 2};
    const struct sigv4_opts opts = {.credentials = c,
                                    .region = "us-east-1",
                                    .service = "iam",
                                    .time_ms = 1440938160000,
                                    .normalize_path = true,
                                    .double_encode_path = true};
    struct sigv4_result r;
    assert_int_equal(sigv4_sign(&req, &opts, &r, NULL), 0);
    assert_string_equal(r.signature,
                        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    sigv4_result_clear(&r);
    credentials_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_canonical_request),
        cmocka_unit_test(makes_the_string_to_sign),
        cmocka_unit_test(makes_the_signature),
        cmocka_unit_test(signs_with_all_stages),
        cmocka_unit_test(signs_the_list_users_of_the_guide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
