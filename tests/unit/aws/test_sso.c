// SPDX-License-Identifier: MIT
// Unit tests of aws/sso and aws/sso_login: answers of the portal, and the sections that name it.
#include "aws/sso.h"

#include "aws/sso_login.h"
#include "unit/unit.h"

#include <string.h>

#define ROLE_CREDENTIALS(key, secret, token, expiration)                                           \
    "{\"roleCredentials\":{\"accessKeyId\":" key ",\"secretAccessKey\":" secret                    \
    ",\"sessionToken\":" token ",\"expiration\":" expiration "}}"

static void reads_answers(void **state)
{
    (void)state;
    static const char json[] = ROLE_CREDENTIALS("\"ASIA1\"", "\"s\"", "\"t\"", "1795503600123");
    struct credentials *c = NULL;
    assert_int_equal(sso_parse_role_credentials(json, strlen(json), "Identity Center", &c, NULL),
                     0);
    assert_string_equal(credentials_access_key_id(c), "ASIA1");
    assert_string_equal(secret_reveal(credentials_secret_key(c)), "s");
    assert_string_equal(secret_reveal(credentials_session_token(c)), "t");
    assert_int_equal(credentials_expires_ms(c), 1795503600123);
    assert_string_equal(credentials_account_id(c), "");
    assert_string_equal(credentials_provider(c), "Identity Center");
    credentials_unref(c);
}

static void refuses_answers(void **state)
{
    (void)state;
    static const struct {
        const char *json, *message;
    } rows[] = {
        {"", "P gave no JSON document of credentials"},
        {"<html>", "P gave no JSON document of credentials"},
        {"[]", "P gave no JSON document of credentials"},
        {"{}", "P gave no JSON document of credentials"},
        {"{\"roleCredentials\":null}", "P gave no JSON document of credentials"},
        {"{\"roleCredentials\":{}}", "P gave no accessKeyId"},
        {ROLE_CREDENTIALS("\"\"", "\"s\"", "\"t\"", "1"), "P gave no accessKeyId"},
        {ROLE_CREDENTIALS("1", "\"s\"", "\"t\"", "1"), "P gave no accessKeyId"},
        {ROLE_CREDENTIALS("\"A\"", "null", "\"t\"", "1"), "P gave no secretAccessKey"},
        {ROLE_CREDENTIALS("\"A\"", "\"s\"", "\"\"", "1"), "P gave no sessionToken"},
        {ROLE_CREDENTIALS("\"A\"", "\"s\"", "\"t\"", "null"), "P gave no expiration"},
        {ROLE_CREDENTIALS("\"A\"", "\"s\"", "\"t\"", "1.5"),
         "P gave an expiration that is no time"},
        {ROLE_CREDENTIALS("\"A\"", "\"s\"", "\"t\"", "\"soon\""),
         "P gave an expiration that is no time"},
        {ROLE_CREDENTIALS("\"A\\n\"", "\"s\"", "\"t\"", "1"),
         "the access key id from P holds a control character"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct credentials *c = NULL;
        struct orgrun_error err = {0};
        int rc = sso_parse_role_credentials(rows[i].json, strlen(rows[i].json), "P", &c, &err);
        assert_error(rc, err, ORGRUN_ECREDENTIALS, rows[i].message);
        assert_null(c);
    }
}

static void judges_failures(void **state)
{
    (void)state;
    static const struct {
        struct aws_answer answer;
        enum sso_failure failure;
    } rows[] = {
        {{.aws = {.status = 401, .code = "UnauthorizedException"}}, SSO_LOGIN_ENDED},
        {{.aws = {.status = 401}}, SSO_LOGIN_ENDED},
        {{.aws = {.status = 403, .code = "ForbiddenException"}}, SSO_NO_ROLE},
        {{.aws = {.status = 404, .code = "ResourceNotFoundException"}}, SSO_NO_ROLE},
        {{.aws = {.status = 400, .code = "InvalidRequestException"}}, SSO_OTHER},
        {{.aws = {.status = 429, .code = "TooManyRequestsException"}}, SSO_OTHER},
        {{.aws = {.status = 500}}, SSO_OTHER},
        {{.fault = HTTP_CONNECT}, SSO_OTHER},
        {{.fault = HTTP_CONNECT, .aws = {.status = 401}}, SSO_OTHER},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(sso_failure_of(&rows[i].answer), rows[i].failure);
}

static void finds_sections(void **state)
{
    (void)state;
    static const char config[] = "[sso-session corp]\nsso_start_url = https://u\nsso_region = r\n"
                                 "[sso-session half]\nsso_region = r\n"
                                 "[sso-session empty]\nsso_start_url = u\nsso_region =\n";
    static const struct {
        const char *config, *session, *message, *hint;
    } rows[] = {
        {config, "corp", NULL, NULL},
        {config, "half", "the sso-session \"half\" has no sso_start_url", ""},
        {config, "empty", "the sso-session \"empty\" has no sso_region", ""},
        {config, "Corp", "there is no [sso-session Corp] section in the shared config file",
         "There are: corp, half, empty"},
        {"", "corp", "there is no [sso-session corp] section in the shared config file",
         "Make one with: aws configure sso-session"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct profile_set files;
        struct sso_place place = {0};
        struct orgrun_error err = {0};
        assert_int_equal(
            profile_set_parse(&files, rows[i].config, "config", NULL, NULL, NULL, NULL), 0);
        int rc = sso_place_find(&files, rows[i].session, &place, &err);
        if (rows[i].message) {
            assert_error(rc, err, ORGRUN_ECREDENTIALS, rows[i].message);
            assert_string_equal(err.hint, rows[i].hint);
        } else {
            assert_int_equal(rc, 0);
            assert_string_equal(place.session, "corp");
            assert_string_equal(place.start_url, "https://u");
            assert_string_equal(place.region, "r");
            assert_null(place.profile);
        }
        profile_set_clear(&files);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_answers),
        cmocka_unit_test(refuses_answers),
        cmocka_unit_test(judges_failures),
        cmocka_unit_test(finds_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
