// SPDX-License-Identifier: MIT
// Retry in the SDKs' standard mode (2026 revision): a pure verdict, a shared token bucket.
#ifndef ORGRUN_AWS_RETRY_H
#define ORGRUN_AWS_RETRY_H

#include "aws/awserror.h"

#include <pthread.h>
#include <stdint.h>

struct retry_policy {
    int max_attempts;           /* in all */
    int64_t base_ms;            /* 50 */
    int64_t throttling_base_ms; /* 1000 */
    int64_t max_backoff_ms;     /* 20000 */
    int64_t max_total_ms;       /* all tries together; 0 = no limit */
    int retry_cost;             /* 14 */
    int throttling_cost;        /* 5 */
    int bucket_size;            /* 500 */
    bool wait_out_throttling; /* throttled tries cost no tokens and count only against max_total_ms:
                                 a sweep is to be slow rather than to fail */
};
extern const struct retry_policy retry_standard; /* the SDKs' numbers, 3 attempts */

/* One token bucket for a (service, Region, caller); shared by every call of a run. Thread-safe. */
struct retry_bucket {
    pthread_mutex_t lock;
    int tokens, size;
};
void retry_bucket_init(struct retry_bucket *b, int size);
void retry_bucket_clear(struct retry_bucket *b);
int retry_bucket_tokens(struct retry_bucket *b);

enum retry_verdict {
    RETRY_SUCCESS,           /* done; tokens refunded */
    RETRY_AGAIN,             /* after delay_ms */
    RETRY_NOT_RETRYABLE,     /* fail now */
    RETRY_ATTEMPTS_EXCEEDED, /* fail now */
    RETRY_QUOTA_EXCEEDED,    /* fail now */
    RETRY_TIME_EXCEEDED      /* fail now */
};
const char *retry_verdict_name(enum retry_verdict v);

/* One call's memory between its attempts; zero-initialise. */
struct retry_state {
    int attempts;      /* finished so far */
    int throttled;     /* of those, waited out */
    int held;          /* tokens taken for the attempt under way */
    int64_t waited_ms; /* delays so far */
};

struct retry_decision {
    enum retry_verdict verdict;
    int64_t delay_ms;
};

/* Takes the outcome of one attempt (class and x-amz-retry-after of it, elapsed since the call
 * began), moves tokens, says what is next. jitter in [0,1) is the caller's, so that tests are
 * exact. With unlimited attempts wanted, set max_attempts high and max_total_ms. */
struct retry_decision retry_decide(const struct retry_policy *policy, struct retry_bucket *bucket,
                                   struct retry_state *state, enum awserror_class outcome,
                                   long retry_after_ms, int64_t elapsed_ms, double jitter);

#endif
