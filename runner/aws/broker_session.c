// SPDX-License-Identifier: MIT
// One account's session as the broker keeps it, the set of them, and their queue.
#include "aws/broker_session.h"

#include "base/cleanup.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of those who keep them: the SDKs ask again when 15 minutes or less are left. */
#define LASTING_BEFORE_MS (20 * 60 * 1000)
#define LASTING_RETRY_MS (60 * 1000)

struct session *session_new(struct broker *b, const struct broker_request *request)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    pthread_cond_init(&s->cond, NULL);
    (void)snprintf(s->account, sizeof s->account, "%s", request->account_id);
    s->broker = b;
    s->duration_s = request->duration_s;
    s->role_arn = strdup(request->role_arn);
    s->session_name = strdup(request->session_name);
    s->external_id = request->external_id ? strdup(request->external_id) : NULL;
    if (!s->role_arn || !s->session_name || (request->external_id && !s->external_id)) {
        session_free(s);
        return NULL;
    }
    return s;
}

void session_free(struct session *s)
{
    if (!s)
        return;
    credentials_unref(s->credentials);
    free(s->failure);
    free(s->role_arn);
    free(s->session_name);
    free(s->external_id);
    pthread_cond_destroy(&s->cond);
    free(s);
}

struct broker_request session_request(const struct session *s)
{
    return (struct broker_request){.account_id = s->account,
                                   .role_arn = s->role_arn,
                                   .session_name = s->session_name,
                                   .duration_s = s->duration_s,
                                   .external_id = s->external_id};
}

int session_check_account(const struct session *s, struct credentials **credentials,
                          struct session_failure *failure)
{
    const char *account = credentials_account_id(*credentials);
    if (strcmp(account, s->account) == 0)
        return 0;
    *failure = (struct session_failure){.cause = SESSION_CAUSE_WRONG_ACCOUNT};
    error_set(&failure->err, ORGRUN_EPROTOCOL,
              "asked for a session of account %s (%.256s), got one of %s", s->account, s->role_arn,
              account);
    error_hint(&failure->err,
               "Nothing was run with it. Check the role's ARN and the endpoint URL.");
    credentials_unref(TAKE_PTR(*credentials));
    return ORGRUN_EPROTOCOL;
}

int session_cancelled(struct session_failure *out)
{
    out->cause = SESSION_CAUSE_CANCELLED;
    return error_set(&out->err, ORGRUN_ECANCELLED, "the run is being stopped");
}

bool session_is_ahead(const struct session *s)
{
    return !s->asked && (s->state == SESSION_ASSUMING || s->state == SESSION_READY);
}

void session_set_ready(struct session *s, struct credentials *credentials)
{
    credentials_unref(s->credentials);
    s->credentials = credentials;
    s->last = s->refused = false;
    s->lifetime_ms = session_left_ms(s, s->ended_ms);
    s->renewals = 0;
    s->state = SESSION_READY;
}

void session_set_failed(struct session *s, const struct session_failure *failure)
{
    credentials_unref(s->credentials);
    s->credentials = NULL;
    s->last = s->refused = s->told = false;
    s->state = SESSION_FAILED;
    free(s->failure);
    s->failure =
        malloc(sizeof *s->failure); /* NULL later reads as out of memory, which is the truth */
    if (s->failure)
        *s->failure = *failure;
}

int64_t session_left_ms(const struct session *s, int64_t now_ms)
{
    return s->credentials ? credentials_expires_ms(s->credentials) - now_ms : 0;
}

bool session_is_due(const struct session *s, int64_t now_ms, int64_t refresh_before_ms)
{
    return s->state == SESSION_READY &&
           session_left_ms(s, now_ms) < (s->last ? 1 : refresh_before_ms);
}

bool session_is_due_lasting(const struct session *s, int64_t now_ms)
{
    bool again = now_ms - s->ended_ms >= LASTING_RETRY_MS;
    if (s->state == SESSION_FAILED)
        return again;
    int64_t third = s->lifetime_ms / 3;
    int64_t before = s->last && !again ? 1 : third < LASTING_BEFORE_MS ? third : LASTING_BEFORE_MS;
    return s->state == SESSION_READY && session_left_ms(s, now_ms) < before;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct session *)a)->account, ((const struct session *)b)->account);
}

struct session *session_set_find(const struct session_set *set, const char *account)
{
    struct session key = {0};
    (void)snprintf(key.account, sizeof key.account, "%s", account);
    struct session **found = tfind(&key, &set->root, compare);
    return found ? *found : NULL;
}

int session_set_add(struct session_set *set, struct session *s)
{
    return tsearch(s, &set->root, compare) ? 0 : ORGRUN_ENOMEM;
}

void session_set_remove(struct session_set *set, const struct session *s)
{
    (void)tdelete(s, &set->root, compare);
}

static void wake_node(const void *node, VISIT visit, void *unused)
{
    (void)unused;
    if (visit == postorder || visit == leaf)
        pthread_cond_broadcast(&(*(struct session *const *)node)->cond);
}

void session_set_wake(const struct session_set *set)
{
    twalk_r(set->root, wake_node, NULL);
}

static void free_node(void *node)
{
    session_free(node);
}

void session_set_clear(struct session_set *set)
{
    tdestroy(set->root, free_node);
    set->root = NULL;
}

void session_queue_push(struct session_queue *q, struct session *s)
{
    s->next = NULL;
    s->prev = q->last;
    if (q->last)
        q->last->next = s;
    else
        q->first = s;
    q->last = s;
}

void session_queue_remove(struct session_queue *q, struct session *s)
{
    if (s->prev)
        s->prev->next = s->next;
    else
        q->first = s->next;
    if (s->next)
        s->next->prev = s->prev;
    else
        q->last = s->prev;
    s->next = s->prev = NULL;
}
