// SPDX-License-Identifier: MIT
// The probe's `credentials`: an environment to the source credentials that orgrun would use there.
// The network is the real one; the shared files are those that the environment names.
#include "helpers/probe/probe.h"

#include "aws/http.h"
#include "aws/provider.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/strv.h"
#include "helpers/probe/probe_field.h"

#include <stdio.h>
#include <string.h>

static json_t *secret_of(const struct secret *s)
{
    return secret_len(s) ? json_stringn(secret_reveal(s), secret_len(s)) : json_null();
}

static json_t *answer_of(const struct credentials *c)
{
    int64_t expires = credentials_expires_ms(c);
    return json_pack("{s:s, s:o, s:o, s:o, s:s}", "access_key_id", credentials_access_key_id(c),
                     "secret_access_key", secret_of(credentials_secret_key(c)), "session_token",
                     secret_of(credentials_session_token(c)), "expires_ms",
                     expires == CREDENTIALS_NEVER ? json_null() : json_integer(expires), "provider",
                     credentials_provider(c));
}

DEFINE_CLEANUP(drop_http, struct http, http_free)
DEFINE_CLEANUP(drop_credentials, struct credentials, credentials_unref)

json_t *probe_credentials(const json_t *request, char *error, size_t error_size)
{
    AUTO(strv_clear) struct strv environment = {0};
    AUTO(profile_set_clear) struct profile_set files = {0};
    AUTO(drop_credentials) struct credentials *found = NULL;
    struct orgrun_error err = {0};
    static const struct log log = {0};
    if (probe_environment(request, &environment)) {
        (void)snprintf(error, error_size, "out of memory");
        return NULL;
    }
    struct retry_bucket bucket;
    struct retry_policy retry = retry_standard;
    retry.max_attempts = 2;
    retry_bucket_init(&bucket, retry.bucket_size);
    struct provider_env env = {.env = (const char *const *)strv_array(&environment),
                               .profile = probe_field_text(request, "input", "profile"),
                               .files = &files,
                               .clock = clock_system,
                               .log = &log};
    const struct http_opts opts = {.ca_bundle = provider_getenv(env.env, "AWS_CA_BUNDLE"),
                                   .user_agent = "orgrun-probe",
                                   .log = &log};
    AUTO(drop_http) struct http *http = NULL;
    int rc = profile_set_load(&files, env.env, &log, &err);
    env.region = provider_region(&env) ? provider_region(&env) : "us-east-1";
    if (rc == 0)
        rc = http_new(&http, &opts, &err);
    struct aws_client client = {
        .clock = clock_system, .log = &log, .retry = retry, .bucket = &bucket};
    if (rc == 0) {
        client.http = http_client_of(http);
        env.client = &client;
        rc = provider_chain_load(&env, &found, &err);
    }
    json_t *answer =
        rc ? json_pack("{s:o, s:o}", "error", probe_text(err.message), "hint", probe_text(err.hint))
           : answer_of(found);
    http_free(TAKE_PTR(http)); /* before what it may still call is gone */
    retry_bucket_clear(&bucket);
    return answer;
}
