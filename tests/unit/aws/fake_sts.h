// SPDX-License-Identifier: MIT
// A broker over a fake HTTP client, for tests of who asks it.
#ifndef ORGRUN_TESTS_FAKE_STS_H
#define ORGRUN_TESTS_FAKE_STS_H

#include "aws/broker.h"

#include "unit/aws/fake_http.h"
#include "unit/unit.h"

struct fake_sts {
    struct fake_http http;
    struct retry_bucket bucket;
    struct aws_client client;
    struct credentials *source;
    struct broker *broker;
};

void fake_sts_init(struct fake_sts *f);
void fake_sts_clear(struct fake_sts *f);

/* Announces an account, for its role x. */
void fake_sts_expect(struct fake_sts *f, const char *account, int users);

/* Moves the fake clock. */
void fake_sts_pass(struct fake_sts *f, int64_t seconds);

/* Answers the i-th request: with a session named by its key (secret "secret-of-<key>", token
 * "token-of-<key>") that ends in so many seconds of the fake clock, or with an error. */
void fake_sts_answer(struct fake_sts *f, int i, const char *account, const char *key,
                     int64_t seconds);
void fake_sts_deny(struct fake_sts *f, int i, int status, const char *code, const char *message);

#endif
