// SPDX-License-Identifier: MIT
// One account's session as the broker keeps it. Not thread-safe; the broker locks.
#ifndef ORGRUN_AWS_BROKER_SESSION_H
#define ORGRUN_AWS_BROKER_SESSION_H

#include "aws/broker.h"
#include "base/account.h"

#include <pthread.h>
#include <stdbool.h>

enum session_state {
    SESSION_WAITING = 0, /* in the queue */
    SESSION_ASSUMING,    /* a call is under way */
    SESSION_READY,       /* credentials are set */
    SESSION_FAILED       /* failure is set */
};

struct session {
    char account[ACCOUNT_ID_SIZE];
    struct session *next, *prev; /* the queue, while SESSION_WAITING */
    struct broker *broker;
    char *role_arn, *session_name, *external_id;
    int64_t duration_s;
    int64_t lifetime_ms; /* of credentials, from ended_ms on */
    int64_t ended_ms;    /* when the last call did */
    enum session_state state;
    bool asked;             /* somebody wanted it: it no longer counts as assumed ahead */
    bool told;              /* its failure was given to somebody */
    bool last;              /* it could not be assumed anew, and is used to its end */
    unsigned source_no;     /* which source credentials its call was made with */
    int renewals;           /* how often its call waited for new ones */
    bool refused;           /* AWS calls its credentials expired */
    bool orphan;            /* all users are done: out of the set, it goes when its call ends */
    int users;              /* announced and not yet released */
    int waiters;            /* threads inside broker_get */
    struct opening opening; /* while SESSION_ASSUMING */
    pthread_cond_t cond;    /* SESSION_ASSUMING ended */
    struct credentials *credentials;
    struct session_failure *failure;
};

/* Copies the request; NULL when out of memory. */
struct session *session_new(struct broker *b, const struct broker_request *request);
void session_free(struct session *s); /* NULL is fine */

/* The request it was made of. Borrowed. */
struct broker_request session_request(const struct session *s);

/* Checks that credentials are of the account they were asked for; another's are dropped and wiped,
 * and that is ORGRUN_EPROTOCOL. */
int session_check_account(const struct session *s, struct credentials **credentials,
                          struct session_failure *failure);

/* Does it take up a place in the window of those assumed ahead? */
bool session_is_ahead(const struct session *s);

/* The failure of whoever asks once the broker was cancelled; ORGRUN_ECANCELLED. */
int session_cancelled(struct session_failure *out);

/* Ends an attempt, at ended_ms: takes credentials over, or copies failure. */
void session_set_ready(struct session *s, struct credentials *credentials);
void session_set_failed(struct session *s, const struct session_failure *failure);

/* How long its credentials last yet; 0 when it has none. */
int64_t session_left_ms(const struct session *s, int64_t now_ms);

/* Is one that is ready to be assumed anew for an asker who uses it at once? */
bool session_is_due(const struct session *s, int64_t now_ms, int64_t refresh_before_ms);
/* The same for one who keeps it (broker_get_lasting), and of one that has failed too. */
bool session_is_due_lasting(const struct session *s, int64_t now_ms);

/* The sessions by account: a balanced tree of the C library. */
struct session_set {
    void *root;
};
struct session *session_set_find(const struct session_set *set, const char *account);
/* 0, or ORGRUN_ENOMEM. The account must not be in it. */
int session_set_add(struct session_set *set, struct session *s);
void session_set_remove(struct session_set *set, const struct session *s);
/* Wakes whoever waits for any of them. */
void session_set_wake(const struct session_set *set);
/* Frees all. */
void session_set_clear(struct session_set *set);

/* First in, first out, with removal from the middle. */
struct session_queue {
    struct session *first, *last;
};
void session_queue_push(struct session_queue *q, struct session *s);
void session_queue_remove(struct session_queue *q, struct session *s);

#endif
