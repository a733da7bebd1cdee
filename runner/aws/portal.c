// SPDX-License-Identifier: MIT
// The portal: a queue of accounts, the pacer it is emptied by, and the two calls each takes.
#include "aws/portal.h"

#include "aws/pacer.h"
#include "aws/sso.h"
#include "aws/sso_login.h"
#include "aws/sts.h"
#include "base/cleanup.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* IAM Identity Center User Guide, "Quotas": its APIs take 20 transactions a second together. No
 * burst is documented; this one is a second's worth. */
#define RATE 20
#define BURST 20

/* One account: in the queue, or asked for. */
struct ask {
    struct ask *next;
    struct portal *portal;
    struct opening *opening;
    struct credentials *keys; /* not known yet whose they are */
};

struct portal {
    const struct provider_env *env;
    struct aws_client *client;
    struct endpoint endpoint, sts;
    char *role_name;
    struct sso_place place; /* of what follows */
    char *session, *start_url, *region;
    pthread_mutex_t lock;
    /* Under the lock. */
    struct sso_login login;
    struct pacer pacer;
    struct ask *first, **last; /* the queue */
    bool armed;                /* a timer will come for it */
};

static void on_timer(void *user, bool cancelled);

/* Ends an ask; credentials are taken over. */
static void finish(struct ask *a, struct credentials *credentials, enum awserror_class class_,
                   const struct session_failure *failure)
{
    struct opening *o = a->opening;
    credentials_unref(a->keys);
    free(a);
    o->done(o, credentials, class_, failure);
}

int portal_login_ended(const struct portal *p, struct orgrun_error *err)
{
    error_set(err, ORGRUN_ECREDENTIALS,
              "the login to Identity Center (sso-session \"%s\") has ended; log in again: aws sso "
              "login --sso-session %s",
              p->session, p->session);
    return err ? (int)err->code : ORGRUN_ECREDENTIALS;
}

/* What a failed GetRoleCredentials means, and what a person reads of it. */
static enum awserror_class explain(const struct ask *a, const struct aws_answer *answer,
                                   struct session_failure *out)
{
    const struct portal *p = a->portal;
    const char *account = a->opening->request.account_id;
    out->err = answer->err;
    switch (sso_failure_of(answer)) {
    case SSO_LOGIN_ENDED:
        out->cause = SESSION_CAUSE_LOGIN;
        (void)portal_login_ended(p, &out->err);
        return AWSERROR_EXPIRED;
    case SSO_NO_ROLE:
        out->cause = SESSION_CAUSE_PERMISSION_SET;
        error_context(&out->err, "the user has no permission set \"%s\" in account %s",
                      p->role_name, account);
        error_hint(&out->err,
                   "Assign the permission set \"%s\" to the user in that account in IAM Identity "
                   "Center, or leave the account out.",
                   p->role_name);
        return AWSERROR_DENIED;
    default:
        out->cause = session_cause_of(&answer->aws, answer->fault);
        error_context(&out->err, "cannot open a session in account %s", account);
        return answer->aws.class_;
    }
}

/* Whose the session is, together with it. */
static int with_identity(const struct credentials *keys, const struct aws_answer *answer,
                         struct credentials **out, struct orgrun_error *err)
{
    struct sts_identity identity = {0};
    int rc = sts_parse_identity(buf_str(&answer->body), answer->body.len, &identity, err);
    const struct credentials_parts parts = {
        .access_key_id = credentials_access_key_id(keys),
        .secret_key = secret_reveal(credentials_secret_key(keys)),
        .session_token = secret_reveal(credentials_session_token(keys)),
        .expires_ms = credentials_expires_ms(keys),
        .account_id = identity.account,
        .arn = identity.arn,
        .provider = credentials_provider(keys),
    };
    if (rc == 0)
        rc = credentials_new(out, &parts, err);
    sts_identity_clear(&identity);
    return rc;
}

static void on_identity(void *user, struct aws_answer *answer)
{
    struct ask *a = user;
    struct credentials *credentials = NULL;
    struct session_failure failure = {.cause = SESSION_CAUSE_ANSWER, .err = answer->err};
    /* Whatever is wrong with the new session, the login is good. */
    enum awserror_class class_ =
        answer->aws.class_ == AWSERROR_EXPIRED ? AWSERROR_CLIENT : answer->aws.class_;
    int rc = answer->rc ? answer->rc : with_identity(a->keys, answer, &credentials, &failure.err);
    if (answer->fault != HTTP_OK)
        failure.cause = session_cause_of(&answer->aws, answer->fault);
    if (rc)
        error_context(&failure.err, "cannot tell whether the session is of account %s",
                      a->opening->request.account_id);
    aws_answer_clear(answer);
    finish(a, credentials, class_, &failure);
}

static void on_keys(void *user, struct aws_answer *answer)
{
    struct ask *a = user;
    struct portal *p = a->portal;
    struct session_failure failure = {.cause = SESSION_CAUSE_ANSWER};
    enum awserror_class class_ = AWSERROR_CLIENT;
    if (answer->attempts > 1) { /* AWS's bucket is emptier than ours */
        pthread_mutex_lock(&p->lock);
        pacer_drain(&p->pacer, clock_mono_ms(p->client->clock));
        pthread_mutex_unlock(&p->lock);
    }
    int rc = answer->rc;
    if (rc)
        class_ = explain(a, answer, &failure);
    else
        rc = sso_parse_role_credentials(buf_str(&answer->body), answer->body.len, "Identity Center",
                                        &a->keys, &failure.err);
    aws_answer_clear(answer);
    if (rc == 0)
        rc = sts_get_caller_identity_start(p->client, &p->sts, a->keys, on_identity, a,
                                           &failure.err);
    if (rc == ORGRUN_ECANCELLED)
        failure.cause = SESSION_CAUSE_CANCELLED;
    if (rc)
        finish(a, NULL, class_, &failure);
}

/* Ends one that was not sent, or not wholly. */
static void give_up(struct ask *a, const struct orgrun_error *err)
{
    const struct session_failure failure = {
        .cause = err->code == ORGRUN_ECANCELLED ? SESSION_CAUSE_CANCELLED : SESSION_CAUSE_OTHER,
        .err = *err};
    finish(a, NULL, AWSERROR_CLIENT, &failure);
}

static void send_ask(struct ask *a)
{
    struct portal *p = a->portal;
    struct orgrun_error err = {0};
    pthread_mutex_lock(&p->lock); /* over the token */
    const struct sso_role_credentials in = {.token = sso_login_token(&p->login),
                                            .role_name = p->role_name,
                                            .account_id = a->opening->request.account_id};
    int rc = sso_role_credentials_start(p->client, &p->endpoint, &in, on_keys, a, &err);
    pthread_mutex_unlock(&p->lock);
    if (rc)
        give_up(a, &err);
}

/* Under the lock: takes as many off the queue as may be sent now, or all. */
static struct ask *take(struct portal *p, bool all, int64_t *wait_ms)
{
    struct ask *batch = p->first, **end = &batch;
    *wait_ms = 0;
    while (*end &&
           (all || (*wait_ms = pacer_take(&p->pacer, clock_mono_ms(p->client->clock))) == 0))
        end = &(*end)->next;
    p->first = *end;
    *end = NULL;
    if (!p->first)
        p->last = &p->first;
    return batch;
}

/* Under the lock. */
static int arm(struct portal *p, int64_t delay_ms, struct orgrun_error *err)
{
    const struct http_client *http = &p->client->http;
    int rc = p->armed ? 0 : http->ops->after(http->self, delay_ms, on_timer, p, err);
    p->armed = rc == 0;
    return rc;
}

/* The network thread. Once the last ask is finished the portal may be gone. */
static void on_timer(void *user, bool cancelled)
{
    struct portal *p = user;
    struct orgrun_error err = {0};
    int64_t wait_ms;
    if (cancelled)
        (void)error_set(&err, ORGRUN_ECANCELLED, "sso:GetRoleCredentials was cancelled");
    pthread_mutex_lock(&p->lock);
    p->armed = false;
    struct ask *batch = take(p, cancelled, &wait_ms), *failed = NULL;
    if (p->first && arm(p, wait_ms, &err))
        failed = take(p, true, &wait_ms);
    pthread_mutex_unlock(&p->lock);
    for (struct ask *next; batch; batch = next) {
        next = batch->next;
        if (cancelled)
            give_up(batch, &err);
        else
            send_ask(batch);
    }
    for (struct ask *next; failed; failed = next) {
        next = failed->next;
        give_up(failed, &err);
    }
}

/* Nothing is sent but by the timer, so that done is called on the network thread alone. */
static int start(void *self, struct credentials *source, struct opening *o,
                 struct orgrun_error *err)
{
    (void)source;
    struct portal *p = self;
    struct ask *a = calloc(1, sizeof *a);
    if (!a)
        return error_nomem(err);
    a->portal = p;
    a->opening = o;
    pthread_mutex_lock(&p->lock);
    int rc = arm(p, 0, err);
    if (rc == 0) {
        *p->last = a;
        p->last = &a->next;
    }
    pthread_mutex_unlock(&p->lock);
    if (rc)
        free(a);
    return rc;
}

struct opener portal_opener(struct portal *p)
{
    return (struct opener){p, start};
}

int64_t portal_expires_ms(struct portal *p)
{
    pthread_mutex_lock(&p->lock);
    int64_t expires = p->login.expires_ms;
    pthread_mutex_unlock(&p->lock);
    return expires;
}

int portal_copy_token(struct portal *p, struct secret *out, struct orgrun_error *err)
{
    pthread_mutex_lock(&p->lock);
    const char *token = sso_login_token(&p->login);
    int rc = secret_set(out, token, strlen(token));
    pthread_mutex_unlock(&p->lock);
    return rc ? error_nomem(err) : 0;
}

int portal_renew(struct portal *p, struct orgrun_error *err)
{
    struct sso_login login = {0};
    /* The login is replaced by this function alone, so it may be read without the lock. */
    int rc = sso_login_renew(p->env, &p->place, &p->login, &login, err);
    if (rc)
        return rc;
    pthread_mutex_lock(&p->lock);
    sso_login_clear(&p->login);
    p->login = login;
    pthread_mutex_unlock(&p->lock);
    return 0;
}

static int set_place(struct portal *p, const struct portal_opts *opts, struct orgrun_error *err)
{
    struct sso_place place;
    int rc = sso_place_find(opts->env->files, opts->session, &place, err);
    if (rc)
        return rc;
    p->session = strdup(opts->session);
    p->role_name = strdup(opts->role_name);
    p->start_url = strdup(place.start_url);
    p->region = strdup(place.region);
    p->place =
        (struct sso_place){.session = p->session, .start_url = p->start_url, .region = p->region};
    if (!p->session || !p->role_name || !p->start_url || !p->region)
        return error_nomem(err);
    return provider_endpoint(p->env, "sso", p->region, &p->endpoint, err);
}

int portal_new(struct portal **out, const struct portal_opts *opts, struct orgrun_error *err)
{
    struct portal *p = calloc(1, sizeof *p);
    *out = NULL;
    if (!p)
        return error_nomem(err);
    p->env = opts->env;
    p->client = opts->env->client;
    p->sts = *opts->sts;
    p->last = &p->first;
    pacer_init(&p->pacer, RATE, BURST);
    pthread_mutex_init(&p->lock, NULL);
    int rc = set_place(p, opts, err);
    if (rc == 0)
        rc = sso_login_open(p->env, &p->place, &p->login, err);
    if (rc)
        portal_free(p);
    else
        *out = p;
    return rc;
}

void portal_free(struct portal *p)
{
    if (!p)
        return;
    sso_login_clear(&p->login);
    pthread_mutex_destroy(&p->lock);
    free(p->session);
    free(p->role_name);
    free(p->start_url);
    free(p->region);
    free(p);
}
