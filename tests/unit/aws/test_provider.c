// SPDX-License-Identifier: MIT
// Unit tests of aws/provider: which source credentials are found, in what order, and what is said
// when none are.
#include "aws/provider.h"

#include "unit/unit.h"

#include <string.h>

#define NOW_MS 1795500000000 /* 2026-11-24T06:00:00Z */

static int64_t now_ms(void *self)
{
    (void)self;
    return NOW_MS;
}

static const struct clock_ops clock_ops = {.wall_ms = now_ms, .mono_ms = now_ms};

/* The settings of one search. */
struct given {
    const char *env[8];
    const char *profile;     /* of the command line */
    const char *credentials; /* the credentials file's text */
};

#define KEY "AWS_ACCESS_KEY_ID=AKIDENV"
#define SECRET "AWS_SECRET_ACCESS_KEY=e-secret"
#define DEFAULT "[default]\naws_access_key_id = AKIDDEF\naws_secret_access_key = d-secret\n"
#define PROD                                                                                       \
    "[prod]\naws_access_key_id = AKIDPROD\naws_secret_access_key = p-secret\n"                     \
    "aws_session_token = p-token\n"

static int load(const struct given *g, struct credentials **out, struct orgrun_error *err)
{
    struct profile_set files;
    assert_int_equal(
        profile_set_parse(&files, NULL, NULL, g->credentials, "credentials", NULL, NULL), 0);
    const struct provider_env env = {
        .env = g->env, .profile = g->profile, .files = &files, .clock = {.ops = &clock_ops}};
    int rc = provider_chain_load(&env, out, err);
    profile_set_clear(&files);
    return rc;
}

static const struct found {
    struct given given;
    const char *key, *secret, *token, *provider;
    int64_t expires_ms;
} founds[] = {
    {{{KEY, SECRET}, NULL, NULL}, "AKIDENV", "e-secret", "", "the environment", CREDENTIALS_NEVER},
    {{{KEY, SECRET, "AWS_SESSION_TOKEN=t"}, NULL, DEFAULT},
     "AKIDENV",
     "e-secret",
     "t",
     "the environment",
     CREDENTIALS_NEVER},
    {{{KEY, SECRET, "AWS_SESSION_TOKEN=t", "AWS_CREDENTIAL_EXPIRATION=2026-11-24T07:00:00+00:00"},
      NULL,
      NULL},
     "AKIDENV",
     "e-secret",
     "t",
     "the environment",
     NOW_MS + 3600 * 1000},
    /* AWS_PROFILE does not outrank keys in the environment, a profile on the command line does */
    {{{KEY, SECRET, "AWS_PROFILE=prod"}, NULL, PROD},
     "AKIDENV",
     "e-secret",
     "",
     "the environment",
     CREDENTIALS_NEVER},
    {{{KEY, SECRET}, "prod", DEFAULT PROD},
     "AKIDPROD",
     "p-secret",
     "p-token",
     "the profile prod",
     CREDENTIALS_NEVER},
    {{{"AWS_PROFILE=prod"}, NULL, DEFAULT PROD},
     "AKIDPROD",
     "p-secret",
     "p-token",
     "the profile prod",
     CREDENTIALS_NEVER},
    {{{"AWS_PROFILE=other"}, "prod", PROD},
     "AKIDPROD",
     "p-secret",
     "p-token",
     "the profile prod",
     CREDENTIALS_NEVER},
    /* what is empty is not set */
    {{{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_PROFILE="}, "", DEFAULT PROD},
     "AKIDDEF",
     "d-secret",
     "",
     "the profile default",
     CREDENTIALS_NEVER},
    /* static keys outrank these */
    {{{NULL}, NULL, DEFAULT "credential_process = x\nlogin_session = y\n"},
     "AKIDDEF",
     "d-secret",
     "",
     "the profile default",
     CREDENTIALS_NEVER},
};

static void test_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(founds); i++) {
        const struct found *w = &founds[i];
        struct credentials *c = NULL;
        struct orgrun_error err = {0};
        int rc = load(&w->given, &c, &err);
        assert_string_equal(err.message, "");
        assert_int_equal(rc, 0);
        assert_string_equal(credentials_access_key_id(c), w->key);
        assert_string_equal(secret_reveal(credentials_secret_key(c)), w->secret);
        assert_string_equal(secret_reveal(credentials_session_token(c)), w->token);
        assert_string_equal(credentials_provider(c), w->provider);
        assert_true(credentials_expires_ms(c) == w->expires_ms);
        credentials_unref(c);
    }
}

#define EXPORT(profile)                                                                            \
    "Put its credentials into the environment first:\n"                                            \
    "eval \"$(aws configure export-credentials --profile " profile " --format env)\""
#define NOWHERE(profile)                                                                           \
    "environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set\n"                       \
    "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set\n"                                       \
    "profile: " profile "\n"                                                                       \
    "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI "    \
    "are not set\n"                                                                                \
    "instance metadata: not asked without a network"

static const struct {
    struct given given;
    const char *message, *hint;
} missings[] = {
    {{{NULL}, NULL, NULL},
     "no source credentials were found",
     NOWHERE("there is no profile \"default\"")},
    {{{NULL}, NULL, "[default]\nregion = r\n"},
     "no source credentials were found",
     NOWHERE("the profile \"default\" holds no credentials")},
    {{{KEY}, NULL, DEFAULT},
     "AWS_ACCESS_KEY_ID is set in the environment, but AWS_SECRET_ACCESS_KEY is not",
     "set both, or unset both to use a profile"},
    {{{SECRET, "AWS_ACCESS_KEY_ID="}, NULL, DEFAULT},
     "AWS_SECRET_ACCESS_KEY is set in the environment, but AWS_ACCESS_KEY_ID is not",
     "set both, or unset both to use a profile"},
    {{{KEY, SECRET, "AWS_CREDENTIAL_EXPIRATION=soon"}, NULL, NULL},
     "AWS_CREDENTIAL_EXPIRATION is \"soon\", which is not a time",
     "write it as 2026-11-24T03:45:00Z, or unset it"},
    {{{KEY, SECRET, "AWS_CREDENTIAL_EXPIRATION=2026-11-24T05:30:00Z"}, NULL, DEFAULT},
     "the source credentials from the environment expired at 2026-11-24T05:30:00.000Z, 30m00s ago",
     "get new ones and run again"},
    {{{KEY, SECRET, "AWS_CREDENTIAL_EXPIRATION=2026-11-24T06:00:00Z"}, NULL, DEFAULT},
     "the source credentials from the environment expired at 2026-11-24T06:00:00.000Z, 0ms ago",
     "get new ones and run again"},
    {{{KEY, SECRET}, "prot", DEFAULT PROD},
     "there is no profile \"prot\" in the shared config and credentials files; did you mean "
     "\"prod\"?",
     "profiles that are there: default, prod"},
    {{{"AWS_PROFILE=quite-another"}, NULL, "[a]\n[b]\n[c]\n[d]\n[e]\n[f]\n[g]\n[h]\n[i]\n"},
     "there is no profile \"quite-another\" in the shared config and credentials files",
     "profiles that are there: a, b, c, d, e, f, g, h, ..."},
    {{{NULL}, "prod", NULL},
     "there is no profile \"prod\" in the shared config and credentials files",
     "the files hold no profile, or are not there; AWS_CONFIG_FILE and "
     "AWS_SHARED_CREDENTIALS_FILE say where they are"},
    {{{NULL}, "prod", "[prod]\nregion = r\n"}, "the profile \"prod\" holds no credentials", ""},
    {{{NULL}, NULL, "[default]\naws_access_key_id = A\n"},
     "the profile \"default\" has aws_access_key_id, but no aws_secret_access_key",
     ""},
    {{{NULL}, NULL, "[default]\naws_secret_access_key = s\naws_access_key_id =\n"},
     "the profile \"default\" has aws_secret_access_key, but no aws_access_key_id",
     ""},
    {{{NULL}, "prod", PROD "role_arn = r\n"},
     "the profile \"prod\" has role_arn, but no source_profile or credential_source",
     ""},
    {{{NULL},
      "prod",
      PROD "role_arn = r\nmfa_serial = m\nsource_profile = prod\n"
           "aws_access_key_id = A\naws_secret_access_key = s\n"},
     "the profile \"prod\" asks for a code of the MFA device m",
     "a code can be given on a terminal only, and once"},
    {{{NULL}, "prod", PROD "role_arn = r\nsource_profile = x\ncredential_source = y\n"},
     "the profile \"prod\" has both source_profile and credential_source",
     ""},
    {{{NULL}, "prod", PROD "role_arn = r\ncredential_source = Environment\n"},
     "the profile \"prod\" has credential_source = Environment, but AWS_ACCESS_KEY_ID and "
     "AWS_SECRET_ACCESS_KEY are not set",
     ""},
    {{{NULL}, NULL, "[default]\nweb_identity_token_file = f\n"},
     "no source credentials were found",
     NOWHERE("the profile \"default\" holds no credentials")},
    {{{NULL}, NULL, "[default]\nsso_session = s\nsso_account_id = a\n"},
     "the profile \"default\" names the sso-session \"s\", which is not there",
     ""},
    {{{NULL}, NULL, "[default]\nsso_start_url = u\nsso_account_id = a\n"},
     "the profile \"default\" has a part of Identity Center, but no sso_region",
     ""},
    {{{NULL}, NULL, "[default]\nlogin_session = s\n"},
     "the profile \"default\" uses a console login, which orgrun cannot use",
     EXPORT("default")},
    {{{NULL}, NULL, "[default]\ncredential_process = exit 3\n"},
     "credential_process of the profile default: it ended with exit code 3",
     ""},
};

static void test_not_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(missings); i++) {
        struct credentials *c = NULL;
        struct orgrun_error err = {0};
        int rc = load(&missings[i].given, &c, &err);
        assert_error(rc, err, ORGRUN_ECREDENTIALS, missings[i].message);
        assert_string_equal(err.hint, missings[i].hint);
        assert_null(c);
    }
}

static const struct {
    struct given given;
    const char *region;
} regions[] = {
    {{{NULL}, NULL, NULL}, NULL},
    {{{"AWS_REGION=a", "AWS_DEFAULT_REGION=b"}, NULL, "[default]\nregion = c\n"}, "a"},
    {{{"AWS_REGION=", "AWS_DEFAULT_REGION=b"}, NULL, "[default]\nregion = c\n"}, "b"},
    {{{NULL}, NULL, "[default]\nregion = c\n[prod]\nregion = d\n"}, "c"},
    {{{"AWS_PROFILE=prod"}, NULL, "[default]\nregion = c\n[prod]\nregion = d\n"}, "d"},
    {{{"AWS_PROFILE=none"}, "prod", "[default]\nregion = c\n[prod]\nregion = d\n"}, "d"},
    {{{"AWS_PROFILE=none"}, NULL, "[default]\nregion = c\n"}, NULL},
    {{{NULL}, NULL, "[default]\nregion =\n"}, NULL},
};

static void test_region(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(regions); i++) {
        const struct given *g = &regions[i].given;
        struct profile_set files;
        assert_int_equal(
            profile_set_parse(&files, NULL, NULL, g->credentials, "credentials", NULL, NULL), 0);
        const struct provider_env env = {.env = g->env, .profile = g->profile, .files = &files};
        const char *region = provider_region(&env);
        assert_string_equal(region ? region : "(none)",
                            regions[i].region ? regions[i].region : "(none)");
        profile_set_clear(&files);
    }
}

static void test_getenv(void **state)
{
    (void)state;
    static const char *const env[] = {"AB=1", "A=2", "A=3", "E=", "N", NULL};
    assert_string_equal(provider_getenv(env, "A"), "2");
    assert_string_equal(provider_getenv(env, "AB"), "1");
    assert_null(provider_getenv(env, "E"));
    assert_null(provider_getenv(env, "N"));
    assert_null(provider_getenv(env, "B"));
    assert_null(provider_getenv(NULL, "A"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_region),
        cmocka_unit_test(test_getenv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
