// SPDX-License-Identifier: MIT
// The SDKs' standard retry mode: verdict, delay, and the token bucket that bounds the extra load.
#include "aws/retry.h"

#define RETRY_AFTER_SLACK_MS 5000
#define FIRST_TRY_REFUND 1

const struct retry_policy retry_standard = {
    .max_attempts = 3,
    .base_ms = 50,
    .throttling_base_ms = 1000,
    .max_backoff_ms = 20000,
    .max_total_ms = 0,
    .retry_cost = 14,
    .throttling_cost = 5,
    .bucket_size = 500,
};

void retry_bucket_init(struct retry_bucket *b, int size)
{
    pthread_mutex_init(&b->lock, NULL);
    b->size = size;
    b->tokens = size;
}

void retry_bucket_clear(struct retry_bucket *b)
{
    pthread_mutex_destroy(&b->lock);
    b->tokens = 0;
}

int retry_bucket_tokens(struct retry_bucket *b)
{
    pthread_mutex_lock(&b->lock);
    int tokens = b->tokens;
    pthread_mutex_unlock(&b->lock);
    return tokens;
}

static bool bucket_take(struct retry_bucket *b, int cost)
{
    pthread_mutex_lock(&b->lock);
    bool enough = b->tokens >= cost;
    if (enough)
        b->tokens -= cost;
    pthread_mutex_unlock(&b->lock);
    return enough;
}

static void bucket_refund(struct retry_bucket *b, int tokens)
{
    pthread_mutex_lock(&b->lock);
    if (tokens > b->size - b->tokens)
        tokens = b->size - b->tokens;
    if (tokens > 0)
        b->tokens += tokens;
    pthread_mutex_unlock(&b->lock);
}

const char *retry_verdict_name(enum retry_verdict v)
{
    static const char *const names[] = {
        [RETRY_SUCCESS] = "success",
        [RETRY_AGAIN] = "again",
        [RETRY_NOT_RETRYABLE] = "not retryable",
        [RETRY_ATTEMPTS_EXCEEDED] = "attempts exceeded",
        [RETRY_QUOTA_EXCEEDED] = "quota exceeded",
        [RETRY_TIME_EXCEEDED] = "time exceeded",
    };
    return (unsigned)v < sizeof names / sizeof *names ? names[v] : "unknown";
}

/* jitter x min(base x 2^retry, max), then the server's wish within [that, that + 5 s]. */
static int64_t delay(const struct retry_policy *p, int retry, bool throttled, long retry_after_ms,
                     double jitter)
{
    int64_t longest = throttled ? p->throttling_base_ms : p->base_ms;
    for (int i = 0; i < retry && longest < p->max_backoff_ms; i++)
        longest = longest > INT64_MAX / 2 ? INT64_MAX : longest * 2;
    if (longest > p->max_backoff_ms)
        longest = p->max_backoff_ms;
    int64_t ms = (int64_t)(jitter * (double)longest + 0.5);
    if (retry_after_ms > ms)
        ms =
            retry_after_ms - ms > RETRY_AFTER_SLACK_MS ? ms + RETRY_AFTER_SLACK_MS : retry_after_ms;
    return ms;
}

struct retry_decision retry_decide(const struct retry_policy *policy, struct retry_bucket *bucket,
                                   struct retry_state *state, enum awserror_class outcome,
                                   long retry_after_ms, int64_t elapsed_ms, double jitter)
{
    int retry = state->attempts++;
    int held = state->held;
    state->held = 0;
    if (outcome == AWSERROR_NONE) {
        bucket_refund(bucket, held > 0 ? held : FIRST_TRY_REFUND);
        return (struct retry_decision){.verdict = RETRY_SUCCESS};
    }
    bool throttled = outcome == AWSERROR_THROTTLING;
    if (!throttled && outcome != AWSERROR_TRANSIENT)
        return (struct retry_decision){.verdict = RETRY_NOT_RETRYABLE};
    bool patient = throttled && policy->wait_out_throttling && policy->max_total_ms > 0;
    if (patient)
        state->throttled++;
    if (!patient && state->attempts - state->throttled >= policy->max_attempts)
        return (struct retry_decision){.verdict = RETRY_ATTEMPTS_EXCEEDED};

    int64_t ms = delay(policy, retry, throttled, retry_after_ms, jitter);
    if (policy->max_total_ms > 0 && ms > policy->max_total_ms - elapsed_ms)
        return (struct retry_decision){.verdict = RETRY_TIME_EXCEEDED};
    int cost = patient ? 0 : throttled ? policy->throttling_cost : policy->retry_cost;
    if (!bucket_take(bucket, cost))
        return (struct retry_decision){.verdict = RETRY_QUOTA_EXCEEDED};
    state->held = cost;
    state->waited_ms += ms;
    return (struct retry_decision){.verdict = RETRY_AGAIN, .delay_ms = ms};
}
