// SPDX-License-Identifier: MIT
// A broker over a fake HTTP client, answers to it, and askers on threads of their own.
#ifndef ORGRUN_TESTS_BROKER_FIXTURE_H
#define ORGRUN_TESTS_BROKER_FIXTURE_H

#include "aws/broker.h"
#include "unit/aws/fake_http.h"
#include "unit/unit.h"

#include <pthread.h>

#define A "111122223333"
#define B "444455556666"
#define C "777788889999"
#define CALLER "arn:aws:sts::000011112222:assumed-role/runner/me"
#define ROLE(account) "arn:aws:iam::" account ":role/x"
#define ASKERS 16
#define IN_AN_HOUR "2026-11-24T07:00:00Z"
#define IN_A_MINUTE "2026-11-24T06:01:00Z"

struct fixture {
    struct fake_http http;
    struct retry_bucket bucket;
    struct aws_client client;
    struct credentials *source;
    struct broker *broker;
};

struct asker {
    struct fixture *f;
    const char *account;
    pthread_t thread;
    struct credentials *credentials;
    struct orgrun_error err;
    int rc;
};

int set_up(void **state);
int tear_down(void **state);

/* Makes the broker. */
void make(struct fixture *f, int ahead, const char *caller);
/* The same with whatever else is set in opts. */
void make_with(struct fixture *f, struct broker_opts opts);

void expect_with(struct fixture *f, const char *account, int users, const char *external_id);
void expect(struct fixture *f, const char *account, int users);

/* Answers the i-th request with a session of the account, named by its key; or with an error. */
void answer(struct fixture *f, int i, const char *account, const char *key, const char *expires);
void deny(struct fixture *f, int i, int status, const char *code, const char *message);

/* The accounts of the requests so far, by their role's ARN: "A B". */
void assert_sent(struct fixture *f, const char *wanted);
void assert_key(struct fixture *f, const char *account, const char *key);
void assert_no_session(struct fixture *f, const char *account, int code, const char *message);
void assert_stats(struct fixture *f, struct broker_stats wanted);

/* Asks for the account on a thread of its own. */
void start(struct asker *a, struct fixture *f, const char *account);

/* A thread that frees the broker. */
void *free_broker(void *fixture);

#endif
