// SPDX-License-Identifier: MIT
// Unit tests of aws/organizations: pages good and bad, requests, hints.
#include "aws/organizations.h"

#include "unit/aws/fake_http.h"
#include "unit/unit.h"

#include <string.h>

#define ARN(owner, id) "\"Arn\":\"arn:aws:organizations::" owner ":account/o-x/" id "\""

static int parse(const char *json, struct organizations_page *page, struct orgrun_error *err)
{
    return organizations_parse_accounts(json, strlen(json), page, err);
}

static void test_page(void **state)
{
    (void)state;
    static const char json[] =
        "{\"Accounts\":["
        "{\"Id\":\"000011112222\"," ARN(
            "000011112222",
            "000011112222") ",\"Email\":\"a@b\","
                            "\"Name\":\"tab\\there\\u0007\\u0000.\",\"State\":\"ACTIVE\","
                            "\"Status\":\"SUSPENDED\","
                            "\"JoinedTimestamp\":1.6E9,\"JoinedMethod\":\"CREATED\"},"
                            "{\"Id\":\"333344445555\"," ARN(
                                "000011112222",
                                "333344445555") ",\"State\":null,"
                                                "\"Status\":\"SUSPENDED\",\"JoinedTimestamp\":"
                                                "1600000000.123,\"Paths\":[]},"
                                                "{\"Id\":\"444455556666\",\"State\":\"A_NEW_WORD\"}"
                                                "],\"NextToken\":\"t/+\"}";
    struct organizations_page page;
    assert_int_equal(parse(json, &page, NULL), 0);
    assert_int_equal(page.len, 3);
    const struct account *a = page.accounts;
    assert_string_equal(a[0].id, "000011112222");
    assert_string_equal(a[0].name, "tab\there\a\xef\xbf\xbd.");
    assert_string_equal(a[0].email, "a@b");
    assert_string_equal(a[0].state, "ACTIVE");
    assert_int_equal(a[0].joined_ms, 1600000000000);
    assert_true(a[0].management);
    assert_string_equal(a[1].state, "SUSPENDED");
    assert_int_equal(a[1].joined_ms, 1600000000123);
    assert_false(a[1].management);
    assert_null(a[1].name);
    assert_string_equal(a[2].state, "A_NEW_WORD");
    assert_false(a[2].management);
    assert_string_equal(page.next_token, "t/+");
    organizations_page_clear(&page);
    assert_null(page.accounts);
}

static void test_ends(void **state)
{
    (void)state;
    static const struct {
        const char *json, *token;
    } cases[] = {{"{\"Accounts\":[]}", NULL},
                 {"{\"Accounts\":[],\"NextToken\":null}", NULL},
                 {"{\"Accounts\":[],\"NextToken\":\"\"}", NULL},
                 {" {\"NextToken\":\"x\",\"Accounts\":[]}\n", "x"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct organizations_page page;
        assert_int_equal(parse(cases[i].json, &page, NULL), 0);
        assert_int_equal(page.len, 0);
        if (cases[i].token)
            assert_string_equal(page.next_token, cases[i].token);
        else
            assert_null(page.next_token);
        organizations_page_clear(&page);
    }
}

#define CANNOT "cannot read the ListAccounts answer: "
static void test_bad_pages(void **state)
{
    (void)state;
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"", CANNOT "no JSON: '[' or '{' expected near end of file"},
        {"[]", CANNOT "there is no list of Accounts"},
        {"{\"Accounts\":{}}", CANNOT "there is no list of Accounts"},
        {"{\"Accounts\":[1]}", CANNOT "an account has no Id of 12 digits"},
        {"{\"Accounts\":[{\"Id\":111122223333}]}", CANNOT "an account has no Id of 12 digits"},
        {"{\"Accounts\":[{\"Id\":\"1111\"}]}", CANNOT "an account has no Id of 12 digits"},
        {"{\"Accounts\":[{\"Id\":\"111122223333\\u0000\",\"State\":\"A\"}]}",
         CANNOT "an account has no Id of 12 digits"},
        {"{\"Accounts\":[{\"Id\":\"111122223333\"}]}",
         CANNOT "account 111122223333 has neither State nor Status"},
        {"{\"Accounts\":[{\"Id\":\"111122223333\",\"State\":\"\"}]}",
         CANNOT "account 111122223333 has neither State nor Status"},
        {"{\"Accounts\":[{\"Id\":\"111122223333\",\"State\":1}]}", CANNOT "State is no text"},
        {"{\"Accounts\":[{\"Id\":\"111122223333\",\"State\":\"A\",\"Name\":[]}]}",
         CANNOT "Name is no text"},
        {"{\"Accounts\":[],\"NextToken\":7}", CANNOT "NextToken is no text"},
        {"{\"Accounts\":[],\"Accounts\":[]}",
         CANNOT "no JSON: duplicate object key near '\"Accounts\"'"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct organizations_page page;
        struct orgrun_error err = {0};
        int rc = parse(cases[i].json, &page, &err);
        assert_error(rc, err, ORGRUN_EPROTOCOL, cases[i].message);
    }
}

/* A client whose fake answers at once, so that a waiting call can be tested on one thread. */
struct instant {
    struct fake_http http;
    const struct http_ops *ops;
    int status;
    const char *body;
};

static int submit(void *self, const struct http_request *request, http_done_fn *done, void *user,
                  struct orgrun_error *err)
{
    struct instant *in = self;
    int rc = in->ops->submit(&in->http, request, done, user, err);
    if (!rc)
        fake_http_answer(&in->http, in->http.len - 1, in->status, NULL, in->body);
    return rc;
}

static int after(void *self, int64_t delay_ms, http_timer_fn *fire, void *user,
                 struct orgrun_error *err)
{
    struct instant *in = self;
    (void)delay_ms;
    (void)err;
    assert_non_null(in);
    fire(user, false);
    return 0;
}

static const struct http_ops instant_ops = {.submit = submit, .after = after};

static int list(struct instant *in, const char *token, struct organizations_page *page,
                struct aws_answer *answer)
{
    struct retry_bucket bucket;
    fake_http_init(&in->http);
    retry_bucket_init(&bucket, 500);
    in->ops = fake_http_client(&in->http).ops;
    struct aws_client client = {.http = {.ops = &instant_ops, .self = in},
                                .clock = fake_http_clock(&in->http),
                                .retry = retry_standard,
                                .bucket = &bucket};
    const struct endpoint endpoint = {.url = "https://organizations.us-east-1.amazonaws.com"};
    struct aws_pending *pending = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(
        organizations_list_accounts_begin(&pending, &client, &endpoint, NULL, token, &err), 0);
    int rc = organizations_list_accounts_end(pending, page, answer);
    retry_bucket_clear(&bucket);
    return rc;
}

static void test_request(void **state)
{
    (void)state;
    static const struct {
        const char *token, *body;
    } cases[] = {{NULL, "{\"MaxResults\":20}"},
                 {"a\"\\b", "{\"MaxResults\":20,\"NextToken\":\"a\\\"\\\\b\"}"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct instant in = {.status = 200, .body = "{\"Accounts\":[]}"};
        struct organizations_page page;
        struct aws_answer answer;
        assert_int_equal(list(&in, cases[i].token, &page, &answer), 0);
        assert_int_equal(page.len, 0);
        organizations_page_clear(&page);
        aws_answer_clear(&answer);
        assert_string_equal(in.http.requests[0].body, cases[i].body);
        assert_string_equal(fake_http_header(&in.http, 0, "X-Amz-Target"),
                            "AWSOrganizationsV20161128.ListAccounts");
        assert_string_equal(fake_http_header(&in.http, 0, "Content-Type"),
                            "application/x-amz-json-1.1");
        fake_http_clear(&in.http);
    }
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        int code, requests;
        const char *message, *hint;
    } cases[] = {
        {400,
         "{\"__type\":\"AWSOrganizationsNotInUseException\",\"Message\":\"Your account is not a "
         "member of an organization.\"}",
         ORGRUN_EAWS, 1,
         "organizations:ListAccounts: AWSOrganizationsNotInUseException: Your account is not a "
         "member of an organization. (HTTP 400, 1 attempt)",
         "The account of these credentials is in no organization. Use credentials of the "
         "organization's management account, or give the accounts as a list or a file."},
        {400, "{\"__type\":\"com.amazonaws#AccessDeniedException\",\"Message\":\"no\"}",
         ORGRUN_EAWS, 1,
         "organizations:ListAccounts: AccessDeniedException: no (HTTP 400, 1 attempt)",
         "Only the management account or a delegated administrator may list the accounts, and the "
         "caller needs organizations:ListAccounts. Otherwise give the accounts as a list or a "
         "file."},
        {200, "{\"Accounts\":[", ORGRUN_EPROTOCOL, 3,
         "organizations:ListAccounts: the answer of https://organizations.us-east-1.amazonaws.com "
         "cannot be understood (HTTP 200, 3 attempts)",
         "Something between here and AWS may answer in its place: a proxy, a login page, a wrong "
         "endpoint URL."},
        {200, "{}", ORGRUN_EPROTOCOL, 1, CANNOT "there is no list of Accounts", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct instant in = {.status = cases[i].status, .body = cases[i].body};
        struct organizations_page page;
        struct aws_answer answer;
        int rc = list(&in, NULL, &page, &answer);
        assert_error(rc, answer.err, cases[i].code, cases[i].message);
        assert_int_equal(answer.rc, rc);
        assert_string_equal(answer.err.hint, cases[i].hint);
        assert_int_equal(in.http.len, cases[i].requests);
        aws_answer_clear(&answer);
        fake_http_clear(&in.http);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page),      cmocka_unit_test(test_ends),
        cmocka_unit_test(test_bad_pages), cmocka_unit_test(test_request),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
