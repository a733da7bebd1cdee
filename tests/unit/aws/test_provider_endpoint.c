// SPDX-License-Identifier: MIT
// Unit tests of the endpoint in force: environment before profile, the service's before the common.
#include "aws/provider.h"

#include "unit/unit.h"

#define ALL "[default]\nendpoint_url = https://common\nservices = mine\n"
#define MINE                                                                                       \
    "[services mine]\ns3 =\n  endpoint_url = https://mine-s3\nelastic_load_balancing_v2 =\n"       \
    "  endpoint_url = https://mine-elb\nsso_oidc =\n  endpoint_url = https://mine-oidc\n"

static const struct {
    const char *env[3];
    const char *config;
    const char *service;
    const char *url;
} cases[] = {
    {{NULL}, NULL, "s3", "https://s3.eu-west-1.amazonaws.com"},
    {{"AWS_ENDPOINT_URL=https://e"}, NULL, "s3", "https://e"},
    {{"AWS_ENDPOINT_URL=https://e", "AWS_ENDPOINT_URL_S3=https://e-s3"},
     NULL,
     "s3",
     "https://e-s3"},
    {{"AWS_ENDPOINT_URL_SFN=https://e-sfn"}, NULL, "stepfunctions", "https://e-sfn"},
    {{"AWS_ENDPOINT_URL_SFN=https://e-sfn"}, NULL, "states", "https://e-sfn"},
    {{NULL}, ALL MINE, "s3", "https://mine-s3"},
    {{NULL}, ALL MINE, "elbv2", "https://mine-elb"},
    {{NULL}, ALL MINE, "oidc", "https://mine-oidc"},
    {{NULL}, ALL MINE, "iam", "https://common"},
    {{NULL}, ALL, "s3", "https://common"},
    {{"AWS_ENDPOINT_URL=https://e"}, ALL MINE, "s3", "https://e"},
    {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", "AWS_ENDPOINT_URL=https://e"},
     ALL MINE,
     "s3",
     "https://s3.eu-west-1.amazonaws.com"},
    {{NULL},
     ALL "ignore_configured_endpoint_urls = true\n",
     "s3",
     "https://s3.eu-west-1.amazonaws.com"},
    {{"AWS_USE_FIPS_ENDPOINT=true"}, NULL, "kms", "https://kms-fips.eu-west-1.amazonaws.com"},
    {{NULL},
     "[default]\nuse_fips_endpoint = true\n",
     "kms",
     "https://kms-fips.eu-west-1.amazonaws.com"},
    {{"AWS_USE_FIPS_ENDPOINT=false"},
     "[default]\nuse_fips_endpoint = true\n",
     "kms",
     "https://kms.eu-west-1.amazonaws.com"},
    {{"AWS_PROFILE=p"},
     "[default]\n[profile p]\nuse_dualstack_endpoint = TRUE\n",
     "ec2",
     "https://ec2.eu-west-1.api.aws"},
    {{NULL}, "[default]\nsts_regional_endpoints = legacy\n", "sts", "https://sts.amazonaws.com"},
};

static void each_setting_has_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct profile_set files;
        struct endpoint endpoint;
        struct orgrun_error err = {0};
        assert_int_equal(
            profile_set_parse(&files, cases[i].config, "config", NULL, NULL, NULL, NULL), 0);
        const struct provider_env env = {.env = cases[i].env, .files = &files};
        int rc = provider_endpoint(&env, cases[i].service, "eu-west-1", &endpoint, &err);
        assert_string_equal(err.message, "");
        assert_int_equal(rc, 0);
        assert_string_equal(endpoint.url, cases[i].url);
        profile_set_clear(&files);
    }
}

static void what_is_wrong_names_service_and_region(void **state)
{
    (void)state;
    static const char *const set[] = {"AWS_ENDPOINT_URL_S3=ftp://x", NULL};
    struct profile_set files = {0};
    struct endpoint endpoint;
    struct orgrun_error err = {0};
    const struct provider_env env = {.env = set, .files = &files};
    int rc = provider_endpoint(&env, "s3", "eu-west-1", &endpoint, &err);
    assert_error(rc, err, ORGRUN_EUSAGE,
                 "endpoint of s3 in eu-west-1: Invalid Configuration: the custom endpoint is not "
                 "an http or https URL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_setting_has_its_place),
        cmocka_unit_test(what_is_wrong_names_service_and_region),
    };
    return cmocka_run_group_tests_name("provider endpoint", tests, NULL, NULL);
}
