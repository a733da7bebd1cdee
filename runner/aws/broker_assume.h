// SPDX-License-Identifier: MIT
// Sessions opened by AssumeRole, and what is said of the answers.
#ifndef ORGRUN_AWS_BROKER_ASSUME_H
#define ORGRUN_AWS_BROKER_ASSUME_H

#include "aws/broker.h"

#include <pthread.h>

struct broker_assume {
    struct aws_client *client;
    struct endpoint sts;
    const struct sts_terms *terms;
    const struct log *log;
    pthread_mutex_t lock;
    /* Under the lock. */
    char *caller_arn;
    bool packed_warned;
};

/* What it needs of opts. ORGRUN_ENOMEM. broker_assume_clear only after 0. */
int broker_assume_init(struct broker_assume *a, const struct broker_opts *opts,
                       struct orgrun_error *err);
void broker_assume_clear(struct broker_assume *a);

void broker_assume_set_caller(struct broker_assume *a, const char *arn);

struct opener broker_assume_opener(struct broker_assume *a);

#endif
