// SPDX-License-Identifier: MIT
// What the broker keeps. Internal to the room.
#ifndef ORGRUN_AWS_BROKER_STATE_H
#define ORGRUN_AWS_BROKER_STATE_H

#include "aws/broker_assume.h"
#include "aws/broker_session.h"

#include <pthread.h>
#include <stdbool.h>

struct broker {
    struct aws_client *client;
    struct broker_assume assume; /* when no other opener was named */
    struct opener opener;
    int ahead;
    bool ask_again;
    int64_t refresh_before_ms;
    void (*renew)(void *user);
    void *renew_user;
    pthread_mutex_t lock;
    pthread_cond_t idle; /* cancelled, and nothing is under way any more */
    /* Under the lock. */
    struct credentials *source;
    unsigned source_no; /* of how many so far it is */
    bool renewing;      /* new ones were asked for; nothing is begun until they are there */
    struct session_set set;
    struct session_queue queue; /* SESSION_WAITING */
    int ahead_len;              /* sessions for which session_is_ahead() holds */
    int in_flight;              /* calls begun and not ended */
    int inside;                 /* threads in broker_get */
    bool cancelled;
    bool source_expired;
    struct session_failure expired; /* what AWS said then */
    struct broker_stats stats;
};

#endif
