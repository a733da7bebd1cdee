// SPDX-License-Identifier: MIT
// Unit tests of aws/request: what each protocol sends, and what cannot be sent.
#include "aws/request.h"

#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define FORM "Content-Type: application/x-www-form-urlencoded; charset=utf-8\n"
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct {
    struct request request;
    const char *method, *path, *query, *headers, *body, *operation;
} built[] = {
    {{.service = "sts",
      .protocol = REQUEST_QUERY,
      .action = "GetCallerIdentity",
      .version = "2011-06-15"},
     "POST",
     "/",
     "",
     FORM,
     "Action=GetCallerIdentity&Version=2011-06-15",
     "sts:GetCallerIdentity"},
    {{.service = "ec2",
      .protocol = REQUEST_QUERY,
      .action = "Describe",
      .version = "2016-11-15",
      .params = LIST("Filter.1.Name", "tag:a b", "\xc3\xbc", "", "", "&=+%"),
      .headers = LIST("X-A: 1", "x-b: 2")},
     "POST",
     "/",
     "",
     "X-A: 1\nx-b: 2\n" FORM,
     "Action=Describe&Version=2016-11-15&Filter.1.Name=tag%3Aa%20b&%C3%BC=&=%26%3D%2B%25",
     "ec2:Describe"},
    {{.service = "dynamodb",
      .protocol = REQUEST_JSON_1_0,
      .action = "DynamoDB_20120810.ListTables"},
     "POST",
     "/",
     "",
     "Content-Type: application/x-amz-json-1.0\nX-Amz-Target: DynamoDB_20120810.ListTables\n",
     "{}",
     "dynamodb:ListTables"},
    {{.service = "ssm",
      .protocol = REQUEST_JSON_1_1,
      .action = "AmazonSSM.Get",
      .body = "{\"a\": 1}",
      .body_len = 8,
      .content_type = "application/json"},
     "POST",
     "/",
     "",
     "Content-Type: application/json\nX-Amz-Target: AmazonSSM.Get\n",
     "{\"a\": 1}",
     "ssm:Get"},
    {{.service = "s3"}, "GET", "/", "", "", "", "s3:GET"},
    {{.service = "s3",
      .method = "PUT",
      .path = "/b/a b//%2F+\xc3\xbc~",
      .body = "x",
      .body_len = 1},
     "PUT",
     "/b/a%20b//%252F%2B%C3%BC~",
     "",
     "",
     "x",
     "s3:PUT"},
    {{.service = "lambda",
      .path = "/a%2Fb:c",
      .path_encoded = true,
      .query = "q=1",
      .params = LIST("r s", "t/u"),
      .headers = LIST("content-type: text/plain")},
     "GET",
     "/a%2Fb:c",
     "q=1&r%20s=t%2Fu",
     "content-type: text/plain\n",
     "",
     "lambda:GET"},
    {{.service = "s3", .content_type = ""}, "GET", "/", "", "", "", "s3:GET"},
};

static void each_protocol_has_its_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(built); i++) {
        struct request_built out;
        struct orgrun_error err = {0};
        char headers[512] = "";
        print_message("  %s\n", built[i].operation);
        assert_int_equal(request_build(&built[i].request, &out, &err), 0);
        for (size_t h = 0; h < out.headers.len; h++) {
            strcat(headers, out.headers.items[h]);
            strcat(headers, "\n");
        }
        assert_string_equal(out.method, built[i].method);
        assert_string_equal(buf_str(&out.path), built[i].path);
        assert_string_equal(buf_str(&out.query), built[i].query);
        assert_string_equal(headers, built[i].headers);
        assert_int_equal(out.body_len, strlen(built[i].body));
        assert_memory_equal(out.body, built[i].body, out.body_len);
        assert_string_equal(buf_str(&out.operation), built[i].operation);
        request_built_clear(&out);
    }
}

#define QUERY .protocol = REQUEST_QUERY, .action = "A", .version = "1"
static const struct {
    struct request request;
    const char *message;
} refused[] = {
    {{.service = NULL}, "a request names no service"},
    {{.service = ""}, "a request names no service"},
    {{.service = "x", .protocol = REQUEST_PROTOCOLS}, "x: there is no protocol 4"},
    {{.service = "x", .protocol = REQUEST_QUERY, .version = "1"},
     "x: a request of the query protocol must name its action"},
    {{.service = "x", .protocol = REQUEST_QUERY, .action = "A", .version = ""},
     "x: a request of the query protocol must name its version"},
    {{.service = "x", .protocol = REQUEST_JSON_1_0},
     "x: a request of the JSON protocol must name its action"},
    {{.service = "x", .protocol = REQUEST_JSON_1_1, .action = "A", .version = "1"},
     "x: a request of the JSON protocol has no version"},
    {{.service = "x", .action = "A"}, "x: a request of the REST protocol has no action"},
    {{.service = "x", QUERY, .body = "b", .body_len = 1},
     "x: the body of a request of the query protocol is made of its parameters"},
    {{.service = "x", .protocol = REQUEST_JSON_1_0, .action = "A", .params = LIST("a", "b")},
     "x: the parameters of a JSON request are its body"},
    {{.service = "x", QUERY, .params = LIST("a", "b", "c")},
     "x: the last parameter, \"c\", has no value"},
    {{.service = "x", .path = "b/k"}, "x: the path \"b/k\" does not begin with /"},
    {{.service = "x", .path = "/a b", .path_encoded = true}, "x: the path is not encoded"},
    {{.service = "x", .path = "/a?b", .path_encoded = true}, "x: the path is not encoded"},
    {{.service = "x", .path = "/\xc3\xbc", .path_encoded = true}, "x: the path is not encoded"},
    {{.service = "x", .query = "a#b"}, "x: the query is not encoded"},
    {{.service = "x", .query = "a=\r\nHost: b"}, "x: the query is not encoded"},
    {{.service = "x", .method = "HEAD", .body = "b", .body_len = 1},
     "x: a HEAD request has no body"},
    {{.service = "x", .headers = LIST("X: y", "HOST: z")},
     "x: header host is made of the request itself"},
    {{.service = "x", .headers = LIST("Content-Length: 3")},
     "x: header content-length is made of the request itself"},
    {{.service = "x", .headers = LIST("Content-Type: a"), .content_type = "b"},
     "x: the content type is given twice"},
};

static void what_cannot_be_sent_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct request_built out;
        struct orgrun_error err = {0};
        int rc = request_build(&refused[i].request, &out, &err);
        assert_error(rc, err, ORGRUN_EUSAGE, refused[i].message);
        request_built_clear(&out);
    }
}

static void there_are_limits(void **state)
{
    (void)state;
    struct request_built out;
    struct orgrun_error err = {0};
    const char *headers[REQUEST_HEADERS_MAX + 2] = {0};
    for (int i = 0; i <= REQUEST_HEADERS_MAX; i++)
        headers[i] = "X: y";
    struct request request = {.service = "x", .headers = headers};
    int rc = request_build(&request, &out, &err);
    assert_error(rc, err, ORGRUN_ELIMIT, "x: a request of 49 headers; at most 48 are sent");
    request_built_clear(&out);
    headers[REQUEST_HEADERS_MAX] = NULL;
    assert_int_equal(request_build(&request, &out, &err), 0);
    request_built_clear(&out);

    char *path = calloc(1, REQUEST_TEXT_MAX + 2);
    memset(path, '/', REQUEST_TEXT_MAX + 1);
    request = (struct request){.service = "x", .path = path};
    rc = request_build(&request, &out, &err);
    assert_error(rc, err, ORGRUN_ELIMIT, "the path of a request is larger than 1048576 bytes");
    request_built_clear(&out);
    path[REQUEST_TEXT_MAX] = '\0';
    assert_int_equal(request_build(&request, &out, &err), 0);
    request_built_clear(&out);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_protocol_has_its_form),
        cmocka_unit_test(what_cannot_be_sent_is_said),
        cmocka_unit_test(there_are_limits),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
