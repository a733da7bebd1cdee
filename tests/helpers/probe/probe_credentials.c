// SPDX-License-Identifier: MIT
// The probe's `credentials`: an environment to the source credentials that orgrun would use there.
// The network is the real one, or recorded exchanges that a server on the loopback replays.
#include "helpers/probe/probe.h"

#include "aws/http.h"
#include "aws/provider.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "helpers/probe/probe_field.h"
#include "helpers/probe/probe_home.h"
#include "helpers/probe/probe_replay.h"

#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(drop_http, struct http, http_free)
DEFINE_CLEANUP(drop_replay, struct replay, replay_free)
DEFINE_CLEANUP(drop_credentials, struct credentials, credentials_unref)

/* Time as the request has it: `now` when it begins, then as the system's goes on. */
static int64_t shifted_wall_ms(void *self)
{
    return clock_wall_ms(clock_system) + *(const int64_t *)self;
}

static int64_t system_mono_ms(void *self)
{
    (void)self;
    return clock_mono_ms(clock_system);
}

static const struct clock_ops shifted_clock = {shifted_wall_ms, system_mono_ms};

/* Milliseconds from the system's time to the request's. */
static int read_shift(const json_t *request, int64_t *shift, struct orgrun_error *err)
{
    const char *text = probe_field_text(request, "input", "now");
    int64_t now = 0;
    if (text && clock_parse(text, &now))
        return error_set(err, ORGRUN_EUSAGE, "\"now\" is \"%s\", which is not a time", text);
    *shift = text ? now - clock_wall_ms(clock_system) : 0;
    return 0;
}

static json_t *secret_of(const struct secret *s)
{
    return secret_len(s) ? json_stringn(secret_reveal(s), secret_len(s)) : json_null();
}

static json_t *found_answer(const struct credentials *c)
{
    char iso[CLOCK_ISO_SIZE];
    int64_t expires = credentials_expires_ms(c);
    bool ends = expires != CREDENTIALS_NEVER;
    clock_format_iso(ends ? expires : 0, iso);
    return json_pack(
        "{s:s, s:o, s:o, s:s?, s:o, s:s}", "access_key_id", credentials_access_key_id(c),
        "secret_access_key", secret_of(credentials_secret_key(c)), "session_token",
        secret_of(credentials_session_token(c)), "expiration", ends ? iso : NULL, "expires_ms",
        ends ? json_integer(expires) : json_null(), "provider", credentials_provider(c));
}

static json_t *error_answer(const struct probe_home *home, const struct orgrun_error *err)
{
    static const char *const classes[] = {
        [-ORGRUN_ENOMEM] = "memory",
        [-ORGRUN_EUSAGE] = "usage",
        [-ORGRUN_EJOB] = "job",
        [-ORGRUN_EIO] = "io",
        [-ORGRUN_ESTATE] = "state",
        [-ORGRUN_ECREDENTIALS] = "credentials",
        [-ORGRUN_ENETWORK] = "network",
        [-ORGRUN_EAWS] = "aws",
        [-ORGRUN_EPROTOCOL] = "protocol",
        [-ORGRUN_ELIMIT] = "limit",
        [-ORGRUN_ENOTFOUND] = "not found",
        [-ORGRUN_ECANCELLED] = "cancelled",
        [-ORGRUN_ESPAWN] = "spawn",
    };
    return json_pack("{s:o, s:o, s:s}", "error", probe_home_text(home, err->message), "hint",
                     probe_home_text(home, err->hint), "error_class", classes[-(int)err->code]);
}

/* The chain over the client, which is stopped before what it may still call is gone. */
static int load(const json_t *request, const struct probe_home *home, struct clock clock,
                struct replay *replay, struct credentials **out, struct orgrun_error *err)
{
    static const struct log log = {0};
    AUTO(profile_set_clear) struct profile_set files = {0};
    struct retry_bucket bucket;
    struct retry_policy retry = retry_standard;
    struct provider_env env = {.env = (const char *const *)strv_array(&home->env),
                               .profile = probe_field_text(request, "input", "profile"),
                               .files = &files,
                               .clock = clock,
                               .log = &log};
    const struct http_opts opts = {.ca_bundle = provider_getenv(env.env, "AWS_CA_BUNDLE"),
                                   .user_agent = "orgrun-probe",
                                   .log = &log};
    AUTO(drop_http) struct http *http = NULL;
    int rc = profile_set_load(&files, env.env, &log, err);
    if (rc == 0)
        rc = http_new(&http, &opts, err);
    if (rc)
        return rc;
    retry.max_attempts = 2;
    retry_bucket_init(&bucket, retry.bucket_size);
    struct http_client real = http_client_of(http);
    struct aws_client client = {.http = replay ? replay_client(replay, real) : real,
                                .clock = clock,
                                .log = &log,
                                .retry = retry,
                                .bucket = &bucket};
    env.region = provider_region(&env) ? provider_region(&env) : "us-east-1";
    env.client = &client;
    rc = provider_chain_load(&env, out, err);
    http_free(TAKE_PTR(http));
    retry_bucket_clear(&bucket);
    return rc;
}

json_t *probe_credentials(const json_t *request, char *error, size_t error_size)
{
    AUTO(probe_home_clear) struct probe_home home = {0};
    AUTO(drop_credentials) struct credentials *found = NULL;
    AUTO(drop_replay) struct replay *replay = NULL;
    const json_t *exchanges = probe_field(request, "input", "http");
    struct orgrun_error err = {0};
    int64_t shift = 0;
    if (read_shift(request, &shift, &err) || probe_home_open(&home, request, &err) ||
        (exchanges && replay_start(&replay, exchanges, &err))) {
        (void)snprintf(error, error_size, "%s", err.message);
        return NULL;
    }
    const struct clock clock = {&shifted_clock, &shift};
    int rc = load(request, &home, clock, replay, &found, &err);
    json_t *answer = rc ? error_answer(&home, &err) : found_answer(found);
    if (replay) {
        replay_stop(replay);
        (void)json_object_set_new(answer, "requests", replay_asked(replay));
    }
    return answer;
}
