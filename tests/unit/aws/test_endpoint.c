// SPDX-License-Identifier: MIT
// Unit tests of aws/endpoint: partitions, rule sets, custom URLs, the environment.
#include "aws/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void regions_have_partitions(void **state)
{
    (void)state;
    static const struct {
        const char *region, *partition;
    } table[] = {
        {"us-east-1", "aws"},
        {"mx-central-1", "aws"},
        {"il-central-1", "aws"},
        {"aws-global", "aws"},
        {"cn-northwest-1", "aws-cn"},
        {"aws-cn-global", "aws-cn"},
        {"us-gov-east-1", "aws-us-gov"},
        {"aws-us-gov-global", "aws-us-gov"},
        {"us-iso-west-1", "aws-iso"},
        {"us-isob-east-1", "aws-iso-b"},
        {"eu-isoe-west-1", "aws-iso-e"},
        {"us-isof-south-1", "aws-iso-f"},
        {"eusc-de-east-1", "aws-eusc"},
        {"us-new-99", "aws"},
        {"xx-north-1", "aws"},
        {"", "aws"},
        {"us-iso-east", "aws"},
        {"cn-north-1x", "aws"},
        {"us-gov--1", "aws"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_string_equal(partition_of_region(table[i].region)->name, table[i].partition);
    assert_string_equal(partition_of_region(NULL)->name, "aws");
}

static void partitions_are_found_by_name(void **state)
{
    (void)state;
    const struct partition *cn = partition_find("aws-cn");
    assert_non_null(cn);
    assert_string_equal(cn->dns_suffix, "amazonaws.com.cn");
    assert_string_equal(cn->implicit_global_region, "cn-northwest-1");
    assert_string_equal(partition_find("aws-us-gov")->implicit_global_region, "us-gov-west-1");
    assert_string_equal(partition_find("aws")->implicit_global_region, "us-east-1");
    assert_null(partition_find("azure"));
    assert_null(partition_find(""));
    assert_null(partition_find(NULL));
}

static void region_names_have_a_form(void **state)
{
    (void)state;
    static const char *const valid[] = {"us-east-1", "eu-isoe-west-1", "eusc-de-east-1",
                                        "us-gov-west-12", "ap-southeast-7"};
    static const char *const invalid[] = {"",
                                          "us-east",
                                          "us-east-",
                                          "US-EAST-1",
                                          "us_east_1",
                                          "us-east-1a",
                                          "us--east-1",
                                          "useast1",
                                          "1-us-east",
                                          " us-east-1",
                                          "us-east-1 ",
                                          "us-1",
                                          "aws-global",
                                          "us-east-1\n",
                                          "u-east-1",
                                          "us-east-1-2",
                                          "us-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1"};
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        assert_true(region_is_valid(valid[i]));
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        assert_false(region_is_valid(invalid[i]));
    assert_false(region_is_valid(NULL));
}

enum { FIPS = 1, DUAL = 2, LEGACY = 4 };

struct case_ {
    const char *service, *region, *endpoint;
    int flags;
    const char *url, *signing_region, *signing_name; /* url NULL = an error */
    const char *message;
};

static struct endpoint_params params_of(const struct case_ *c)
{
    return (struct endpoint_params){.service = c->service,
                                    .region = c->region,
                                    .endpoint = c->endpoint,
                                    .use_fips = c->flags & FIPS,
                                    .use_dual_stack = c->flags & DUAL,
                                    .use_global_endpoint = c->flags & LEGACY};
}

static void check(const struct case_ *table, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const struct case_ *c = &table[i];
        struct endpoint_params params = params_of(c);
        struct endpoint got;
        struct orgrun_error err = {0};
        int rc = endpoint_resolve(&params, &got, &err);
        assert_string_equal(err.message, c->message ? c->message : "");
        assert_int_equal(rc, c->url ? 0 : ORGRUN_EUSAGE);
        if (!c->url)
            continue;
        assert_string_equal(got.url, c->url);
        assert_string_equal(got.signing_region, c->signing_region);
        assert_string_equal(got.signing_name, c->signing_name);
    }
}
#define CHECK(table) check(table, sizeof table / sizeof *table)

static void rule_sets_are_followed(void **state)
{
    (void)state;
    static const struct case_ table[] = {
        {"sts", "eu-west-1", NULL, 0, "https://sts.eu-west-1.amazonaws.com", "eu-west-1", "sts"},
        {"sts", "eu-west-1", "", 0, "https://sts.eu-west-1.amazonaws.com", "eu-west-1", "sts"},
        {"sts", "eu-west-1", NULL, LEGACY, "https://sts.amazonaws.com", "us-east-1", "sts"},
        {"sts", "ap-east-1", NULL, LEGACY, "https://sts.ap-east-1.amazonaws.com", "ap-east-1",
         "sts"},
        {"sts", "eu-west-1", NULL, LEGACY | FIPS, "https://sts-fips.eu-west-1.amazonaws.com",
         "eu-west-1", "sts"},
        {"sts", "aws-global", NULL, 0, "https://sts.amazonaws.com", "us-east-1", "sts"},
        {"sts", "us-gov-west-1", NULL, FIPS, "https://sts.us-gov-west-1.amazonaws.com",
         "us-gov-west-1", "sts"},
        {"sts", "us-gov-west-1", NULL, FIPS | DUAL, "https://sts-fips.us-gov-west-1.api.aws",
         "us-gov-west-1", "sts"},
        {"sts", "cn-north-1", NULL, DUAL, "https://sts.cn-north-1.api.amazonwebservices.com.cn",
         "cn-north-1", "sts"},
        {"organizations", "eu-west-1", NULL, 0, "https://organizations.us-east-1.amazonaws.com",
         "us-east-1", "organizations"},
        {"organizations", "eu-west-1", NULL, FIPS,
         "https://organizations-fips.us-east-1.amazonaws.com", "us-east-1", "organizations"},
        {"organizations", "us-gov-east-1", NULL, FIPS,
         "https://organizations.us-gov-west-1.amazonaws.com", "us-gov-west-1", "organizations"},
        {"organizations", "cn-north-1", NULL, 0,
         "https://organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1",
         "organizations"},
        {"organizations", "us-isob-east-1", NULL, 0,
         "https://organizations.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", "organizations"},
        {"organizations", "eu-isoe-west-1", NULL, 0,
         "https://organizations.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1", "organizations"},
        {"organizations", "eu-west-1", NULL, DUAL, "https://organizations.eu-west-1.api.aws",
         "eu-west-1", "organizations"},
        {"sso", "eu-west-1", NULL, 0, "https://portal.sso.eu-west-1.amazonaws.com", "eu-west-1",
         "awsssoportal"},
        {"sso", "eu-west-1", NULL, FIPS, "https://portal.sso-fips.eu-west-1.amazonaws.com",
         "eu-west-1", "awsssoportal"},
        {"oidc", "eu-west-1", NULL, 0, "https://oidc.eu-west-1.amazonaws.com", "eu-west-1",
         "sso-oauth"},
        {"sso-oidc", "us-gov-west-1", NULL, FIPS, "https://oidc.us-gov-west-1.amazonaws.com",
         "us-gov-west-1", "sso-oauth"},
        {"account", "eu-west-1", NULL, 0, "https://account.us-east-1.amazonaws.com", "us-east-1",
         "account"},
        {"account", "cn-north-1", NULL, 0, "https://account.cn-northwest-1.amazonaws.com.cn",
         "cn-northwest-1", "account"},
        {"ec2", "eusc-de-east-1", NULL, DUAL, "https://ec2.eusc-de-east-1.api.amazonwebservices.eu",
         "eusc-de-east-1", "ec2"},
        {"config", "us-gov-west-1", NULL, FIPS, "https://config.us-gov-west-1.amazonaws.com",
         "us-gov-west-1", "config"},
        {"config", "eu-west-1", NULL, FIPS, "https://config-fips.eu-west-1.amazonaws.com",
         "eu-west-1", "config"},
        {"iam", "eu-west-1", NULL, 0, "https://iam.amazonaws.com", "us-east-1", "iam"},
        {"iam", "cn-north-1", NULL, 0, "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1",
         "iam"},
        {"route53", "us-gov-east-1", NULL, FIPS, "https://route53.us-gov.amazonaws.com",
         "us-gov-west-1", "route53"},
        {"s3", "us-east-1", NULL, 0, "https://s3.us-east-1.amazonaws.com", "us-east-1", "s3"},
        {"s3", "eu-west-1", NULL, FIPS | DUAL, "https://s3-fips.dualstack.eu-west-1.amazonaws.com",
         "eu-west-1", "s3"},
        {"elbv2", "eu-west-1", NULL, 0, "https://elasticloadbalancing.eu-west-1.amazonaws.com",
         "eu-west-1", "elasticloadbalancing"},
        {"monitoring", "us-gov-west-1", NULL, FIPS | DUAL,
         "https://monitoring.us-gov-west-1.api.aws", "us-gov-west-1", "monitoring"},
        {"dsql", "eu-west-1", NULL, 0, "https://dsql.eu-west-1.api.aws", "eu-west-1", "dsql"},
        {"of-tomorrow", "eu-west-1", NULL, 0, "https://of-tomorrow.eu-west-1.amazonaws.com",
         "eu-west-1", "of-tomorrow"},
    };
    CHECK(table);
}

static void custom_endpoints_stand(void **state)
{
    (void)state;
    static const struct case_ table[] = {
        {"sts", "eu-west-1", "https://sts.example.org", 0, "https://sts.example.org", "eu-west-1",
         "sts"},
        {"sts", "eu-west-1", "https://h:8443/base/", 0, "https://h:8443/base", "eu-west-1", "sts"},
        {"sts", "eu-west-1", "https://h", LEGACY, "https://h", "eu-west-1", "sts"},
        {"organizations", "eu-west-1", "http://localhost:4566", 0, "http://localhost:4566",
         "eu-west-1", "organizations"},
        {"sts", NULL, "http://127.0.0.1:5000", 0, "http://127.0.0.1:5000", "us-east-1", "sts"},
        {"sts", NULL, "http://[::1]:5000/", 0, "http://[::1]:5000", "us-east-1", "sts"},
        {"sts", "aws-global", "http://127.9.9.9", 0, "http://127.9.9.9", "aws-global", "sts"},
    };
    CHECK(table);
}

#define MISSING "Invalid Configuration: Missing Region"
#define NOT_A_URL "Invalid Configuration: the custom endpoint is not an http or https URL"
#define TOO_MUCH                                                                                   \
    "Invalid Configuration: the custom endpoint has a user, query or fragment, which an endpoint " \
    "cannot have"
#define PLAIN(host) "Invalid Configuration: the custom endpoint http://" host " is not encrypted"

static void wrong_parameters_are_refused(void **state)
{
    (void)state;
    static const struct case_ table[] = {
        {"sts", NULL, NULL, 0, .message = MISSING},
        {"sts", "", NULL, LEGACY, .message = MISSING},
        {"account", NULL, NULL, FIPS, .message = MISSING},
        {"evil.example/", "us-east-1", NULL, 0,
         .message =
             "Invalid Configuration: the service \"evil.example/\" is not a valid host label"},
        {"", "us-east-1", NULL, 0,
         .message = "Invalid Configuration: the service \"\" is not a valid host label"},
        {"sts", "a b", NULL, 0,
         .message = "Invalid Configuration: the Region \"a b\" is not a valid host label"},
        {"sts", "evil.example/", NULL, 0,
         .message =
             "Invalid Configuration: the Region \"evil.example/\" is not a valid host label"},
        {"sts", "-us", NULL, 0,
         .message = "Invalid Configuration: the Region \"-us\" is not a valid host label"},
        {"sts", "us-east-1", "https://h", FIPS,
         .message = "Invalid Configuration: FIPS and custom endpoint are not supported"},
        {"sts", "us-east-1", "https://h", DUAL,
         .message = "Invalid Configuration: Dualstack and custom endpoint are not supported"},
        {"sts", "us-east-1", "http://example.org", FIPS | DUAL,
         .message = "Invalid Configuration: FIPS and custom endpoint are not supported"},
        {"sts", "us-east-1", "http://example.org", 0, .message = PLAIN("example.org")},
        {"sts", "us-east-1", "http://localhost.example.org", 0,
         .message = PLAIN("localhost.example.org")},
        {"sts", "us-east-1", "http://10.0.0.1:80", 0, .message = PLAIN("10.0.0.1")},
        {"sts", "us-east-1", "http://[::2]", 0, .message = PLAIN("[::2]")},
        {"sts", "us-east-1", "example.org", 0, .message = NOT_A_URL},
        {"sts", "us-east-1", "ftp://localhost", 0, .message = NOT_A_URL},
        {"sts", "us-east-1", "file:///etc/passwd", 0, .message = NOT_A_URL},
        {"sts", "us-east-1", "https://", 0, .message = NOT_A_URL},
        {"sts", "us-east-1", "https://h\r\nx", 0, .message = NOT_A_URL},
        {"sts", "us-east-1", "https://user:pw@h", 0, .message = TOO_MUCH},
        {"sts", "us-east-1", "https://h/?a=b", 0, .message = TOO_MUCH},
        {"sts", "us-east-1", "https://h/#f", 0, .message = TOO_MUCH},
    };
    CHECK(table);
}

static void a_long_endpoint_is_refused(void **state)
{
    (void)state;
    char url[ENDPOINT_URL_SIZE + 8] = "https://h/";
    memset(url + 10, 'a', ENDPOINT_URL_SIZE - 10);
    struct endpoint_params params = {.service = "sts", .region = "us-east-1", .endpoint = url};
    struct endpoint got;
    struct orgrun_error err = {0};
    assert_int_equal(endpoint_resolve(&params, &got, &err), ORGRUN_EUSAGE);
    assert_string_equal(err.message, "Invalid Configuration: the custom endpoint is too long");
    url[ENDPOINT_URL_SIZE - 1] = '\0';
    assert_int_equal(endpoint_resolve(&params, &got, &err), 0);
    assert_string_equal(got.url, url);
}

static void loopback_is_told_from_the_rest(void **state)
{
    (void)state;
    static const char *const yes[] = {"http://localhost", "https://LOCALHOST:1/x",
                                      "http://127.0.0.1:80", "http://127.255.255.255",
                                      "http://[::1]:8080"};
    static const char *const no[] = {"http://128.0.0.1",
                                     "http://[::]",
                                     "http://0.0.0.0",
                                     "http://localhost.evil",
                                     "http://127.0.0.1.evil",
                                     "http://127.0.0.1@evil",
                                     "",
                                     "localhost",
                                     "http://"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(endpoint_is_loopback(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(endpoint_is_loopback(no[i]));
}

static void environment_gives_endpoints(void **state)
{
    (void)state;
    static const char *const env[] = {"AWS_ENDPOINT_URL=https://all",
                                      "AWS_ENDPOINT_URL_STS=https://sts",
                                      "AWS_ENDPOINT_URL_SSO_OIDC=https://oidc",
                                      "AWS_ENDPOINT_URL_ORGANIZATIONS=",
                                      "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2=https://elb",
                                      NULL};
    assert_string_equal(endpoint_from_env(env, "sts"), "https://sts");
    assert_string_equal(endpoint_from_env(env, "oidc"), "https://oidc");
    assert_string_equal(endpoint_from_env(env, "sso-oidc"), "https://oidc");
    assert_string_equal(endpoint_from_env(env, "organizations"), "https://all");
    assert_string_equal(endpoint_from_env(env, "elbv2"), "https://elb");
    static const char *const ignored[] = {"AWS_ENDPOINT_URL=https://all",
                                          "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=True", NULL};
    assert_null(endpoint_from_env(ignored, "sts"));
    static const char *const kept[] = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
                                       "AWS_ENDPOINT_URL=https://all", NULL};
    assert_string_equal(endpoint_from_env(kept, "sts"), "https://all");
    static const char *const none[] = {"AWS_ENDPOINT_URL_S3=https://s3", NULL};
    assert_null(endpoint_from_env(none, "sts"));
    assert_null(endpoint_from_env(NULL, "sts"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_have_partitions),
        cmocka_unit_test(partitions_are_found_by_name),
        cmocka_unit_test(region_names_have_a_form),
        cmocka_unit_test(rule_sets_are_followed),
        cmocka_unit_test(custom_endpoints_stand),
        cmocka_unit_test(wrong_parameters_are_refused),
        cmocka_unit_test(a_long_endpoint_is_refused),
        cmocka_unit_test(loopback_is_told_from_the_rest),
        cmocka_unit_test(environment_gives_endpoints),
    };
    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
