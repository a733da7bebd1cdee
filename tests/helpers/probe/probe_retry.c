// SPDX-License-Identifier: MIT
// The probe's `retry`: a list of outcomes through one bucket, in the words of the SDKs' test cases
// for the standard retry mode. Jitter is fixed at 1. An end begins the next call.
#include "helpers/probe/probe.h"

#include "aws/retry.h"
#include "base/cleanup.h"
#include "helpers/probe/probe_field.h"

#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(free_headers, char *, probe_headers_free)

static const char *outcome_name(enum retry_verdict v)
{
    static const char *const names[] = {
        [RETRY_SUCCESS] = "success",
        [RETRY_AGAIN] = "retry_request",
        [RETRY_NOT_RETRYABLE] = "not_retryable",
        [RETRY_ATTEMPTS_EXCEEDED] = "max_attempts_exceeded",
        [RETRY_QUOTA_EXCEEDED] = "retry_quota_exceeded",
        [RETRY_TIME_EXCEEDED] = "max_time_exceeded",
    };
    return names[v];
}

static const json_t *given(const json_t *request, const char *names)
{
    const json_t *value = probe_field(request, "given", names);
    return json_is_number(value) ? value : NULL;
}

static void set_int(const json_t *request, const char *names, int *out)
{
    const json_t *value = given(request, names);
    if (value)
        *out = (int)json_number_value(value);
}

/* Seconds in the suites; a name with _ms is milliseconds. */
static void set_ms(const json_t *request, const char *seconds, const char *ms, int64_t *out)
{
    const json_t *s = given(request, seconds), *m = given(request, ms);
    if (s)
        *out = (int64_t)(json_number_value(s) * 1000 + 0.5);
    if (m)
        *out = (int64_t)json_number_value(m);
}

/* The suites' exponential_base is the jitter (always 1) and exponential_power the factor (2). */
static struct retry_policy policy_of(const json_t *request)
{
    struct retry_policy p = retry_standard;
    const char *service = probe_field_text(request, "given", "service");
    if (service && strcmp(service, "dynamodb") == 0) {
        p.base_ms = 25;
        p.max_attempts = 4;
    }
    set_int(request, "max_attempts", &p.max_attempts);
    set_int(request, "initial_retry_tokens|bucket_size", &p.bucket_size);
    set_int(request, "retry_cost", &p.retry_cost);
    set_int(request, "throttling_cost|throttling_retry_cost", &p.throttling_cost);
    set_ms(request, "base|base_delay", "base_ms", &p.base_ms);
    set_ms(request, "throttling_base|throttling_base_delay", "throttling_base_ms",
           &p.throttling_base_ms);
    set_ms(request, "max_backoff_time|max_backoff", "max_backoff_ms", &p.max_backoff_ms);
    set_ms(request, "max_total_time", "max_total_ms", &p.max_total_ms);
    return p;
}

struct attempt {
    enum awserror_class class_;
    long retry_after_ms;
};

/* "success", "transient", "throttling", ... or a status, alone or in "outcome" or "class". */
static int read_short(const json_t *value, struct attempt *out)
{
    const char *word = json_string_value(value);
    if (json_is_integer(value)) {
        out->class_ = awserror_classify((int)json_integer_value(value), "");
        return 0;
    }
    if (word && strcmp(word, "success") == 0)
        word = awserror_class_name(AWSERROR_NONE);
    for (int c = AWSERROR_NONE; word && c <= AWSERROR_SERVER; c++)
        if (strcmp(word, awserror_class_name((enum awserror_class)c)) == 0) {
            out->class_ = (enum awserror_class)c;
            return 0;
        }
    return -1;
}

static int read_attempt(const json_t *item, struct attempt *out)
{
    *out = (struct attempt){.retry_after_ms = -1};
    if (!json_is_object(item))
        return read_short(item, out);
    const json_t *status = probe_field(item, "response", "status_code|status");
    AUTO(free_headers) char **headers = probe_headers(probe_field(item, "response", "headers"));
    if (!status)
        return read_short(probe_field(item, "response", "outcome|class"), out);
    if (!json_is_integer(status) || !headers)
        return -1;
    struct awserror e;
    awserror_parse((int)json_integer_value(status), (const char *const *)headers, NULL, 0, &e);
    const char *code = probe_field_text(item, "response", "error_code|code");
    out->class_ = code ? awserror_classify(e.status, code) : e.class_;
    out->retry_after_ms =
        (long)probe_field_number(item, "response", "retry_after_ms", (double)e.retry_after_ms);
    return 0;
}

static json_t *step(const struct retry_policy *policy, struct retry_bucket *bucket,
                    struct retry_state *state, const struct attempt *a)
{
    struct retry_decision d =
        retry_decide(policy, bucket, state, a->class_, a->retry_after_ms, state->waited_ms, 1.0);
    json_t *answer =
        json_pack("{s:s, s:s, s:i}", "outcome", outcome_name(d.verdict), "verdict",
                  retry_verdict_name(d.verdict), "retry_quota", retry_bucket_tokens(bucket));
    if (d.verdict == RETRY_AGAIN) {
        (void)json_object_set_new(answer, "delay", json_real((double)d.delay_ms / 1000));
        (void)json_object_set_new(answer, "delay_ms", json_integer(d.delay_ms));
    } else {
        *state = (struct retry_state){0};
    }
    return answer;
}

json_t *probe_retry(const json_t *request, char *error, size_t error_size)
{
    const json_t *items = probe_field(request, "input", "responses|outcomes");
    if (!json_is_array(items)) {
        (void)snprintf(error, error_size, "\"outcomes\" (or \"responses\") is missing or no array");
        return NULL;
    }
    struct retry_policy policy = policy_of(request);
    struct retry_bucket bucket;
    struct retry_state state = {0};
    retry_bucket_init(&bucket, policy.bucket_size);
    json_t *steps = json_array();
    size_t i;
    const json_t *item;
    json_array_foreach(items, i, item)
    {
        struct attempt a;
        if (read_attempt(item, &a)) {
            (void)snprintf(error, error_size, "outcome %zu is not understood", i);
            json_decref(steps);
            retry_bucket_clear(&bucket);
            return NULL;
        }
        (void)json_array_append_new(steps, step(&policy, &bucket, &state, &a));
    }
    retry_bucket_clear(&bucket);
    return steps;
}
