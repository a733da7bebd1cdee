// SPDX-License-Identifier: MIT
// Sessions opened by AssumeRole: the request, the answer, and what is said of it.
#include "aws/broker_assume.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

#define PACKED_WARN 90 /* percent */

/* Tells once when policies and tags nearly fill what STS takes. */
static void check_packed_size(struct broker_assume *a, const char *role_arn, const struct buf *body)
{
    const struct sts_terms *t = a->terms;
    bool packs = t && (t->policy || t->policy_arns || t->tags);
    int percent = packs ? sts_parse_packed_size(buf_str(body), body->len) : -1;
    if (percent <= PACKED_WARN)
        return;
    pthread_mutex_lock(&a->lock);
    bool warn = !a->packed_warned && a->log;
    a->packed_warned = true;
    pthread_mutex_unlock(&a->lock);
    if (warn)
        log_warn(a->log,
                 "session policies and tags of %s fill %d %% of what STS takes; past 100 %% it "
                 "refuses with PackedPolicyTooLarge",
                 role_arn, percent);
}

static void on_answer(void *user, struct aws_answer *answer)
{
    struct opening *o = user;
    struct broker_assume *a = o->opener;
    struct credentials *credentials = NULL;
    struct session_failure failure = {0};
    if (answer->rc) {
        pthread_mutex_lock(&a->lock);
        const struct session_ask ask = {o->request.role_arn, o->request.external_id, a->terms,
                                        a->caller_arn};
        session_cause_explain(&ask, answer, &failure);
        pthread_mutex_unlock(&a->lock);
    } else if (sts_parse_assume_role(buf_str(&answer->body), answer->body.len, &credentials,
                                     &failure.err)) {
        failure.cause = SESSION_CAUSE_ANSWER;
        error_context(&failure.err, "cannot assume %s", o->request.role_arn);
    } else {
        check_packed_size(a, o->request.role_arn, &answer->body);
    }
    enum awserror_class class_ = answer->aws.class_;
    aws_answer_clear(answer);
    o->done(o, credentials, class_, &failure);
}

static int start(void *self, struct credentials *source, struct opening *o,
                 struct orgrun_error *err)
{
    struct broker_assume *a = self;
    const struct broker_request *r = &o->request;
    const struct sts_assume_role in = {.role_arn = r->role_arn,
                                       .session_name = r->session_name,
                                       .duration_s = r->duration_s,
                                       .external_id = r->external_id,
                                       .terms = a->terms};
    o->opener = a;
    int rc = sts_assume_role_start(a->client, &a->sts, source, &in, on_answer, o, err);
    return rc ? error_context(err, "cannot assume %s", r->role_arn), rc : 0;
}

struct opener broker_assume_opener(struct broker_assume *a)
{
    return (struct opener){a, start};
}

void broker_assume_set_caller(struct broker_assume *a, const char *arn)
{
    char *copy = strdup(arn);
    if (!copy)
        return;
    pthread_mutex_lock(&a->lock);
    free(a->caller_arn);
    a->caller_arn = copy;
    pthread_mutex_unlock(&a->lock);
}

int broker_assume_init(struct broker_assume *a, const struct broker_opts *opts,
                       struct orgrun_error *err)
{
    *a = (struct broker_assume){
        .client = opts->client, .sts = opts->sts, .terms = opts->terms, .log = opts->log};
    a->caller_arn = opts->caller_arn ? strdup(opts->caller_arn) : NULL;
    if (opts->caller_arn && !a->caller_arn)
        return error_nomem(err);
    pthread_mutex_init(&a->lock, NULL);
    return 0;
}

void broker_assume_clear(struct broker_assume *a)
{
    free(a->caller_arn);
    pthread_mutex_destroy(&a->lock);
}
