// SPDX-License-Identifier: MIT
// AWS API calls for threads that wait for the answer, whole or piece by piece.
#include "aws/call.h"
#include "aws/stream.h"

#include <pthread.h>
#include <stdlib.h>

/* A call that a thread will wait for. */
struct aws_pending {
    struct stream *stream; /* of its body, to be ended with it; or NULL */
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool over;
    struct aws_answer answer;
};

static void wake(void *user, struct aws_answer *answer)
{
    struct aws_pending *p = user;
    if (p->stream)
        stream_end(p->stream);
    pthread_mutex_lock(&p->lock);
    p->answer = *answer;
    p->over = true;
    pthread_cond_signal(&p->cond);
    pthread_mutex_unlock(&p->lock);
}

static void pending_free(struct aws_pending *p)
{
    pthread_cond_destroy(&p->cond);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static int begin(struct aws_pending **out, struct aws_client *client,
                 const struct aws_call_spec *spec, struct stream *stream, struct orgrun_error *err)
{
    struct aws_pending *p = calloc(1, sizeof *p);
    if (!p)
        return error_nomem(err);
    p->stream = stream;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->cond, NULL);
    int rc = aws_call_start(client, spec, wake, p, err);
    if (rc)
        pending_free(p);
    else
        *out = p;
    return rc;
}

int aws_call_begin(struct aws_pending **out, struct aws_client *client,
                   const struct aws_call_spec *spec, struct orgrun_error *err)
{
    return begin(out, client, spec, NULL, err);
}

int aws_call_end(struct aws_pending *p, struct aws_answer *answer)
{
    pthread_mutex_lock(&p->lock);
    while (!p->over)
        pthread_cond_wait(&p->cond, &p->lock);
    pthread_mutex_unlock(&p->lock);
    *answer = p->answer;
    pending_free(p);
    return answer->rc;
}

int aws_call(struct aws_client *client, const struct aws_call_spec *spec, struct aws_answer *answer)
{
    struct aws_pending *p = NULL;
    *answer = (struct aws_answer){0};
    answer->rc = aws_call_begin(&p, client, spec, &answer->err);
    return p ? aws_call_end(p, answer) : answer->rc;
}

/* Gives out what comes until it ends or is not wanted any more; true for the latter. */
static bool pass_on(struct aws_client *client, struct stream *stream, aws_body_fn *on_body,
                    void *user)
{
    struct buf piece;
    bool put_off, stopped = false;
    while (stream_take(stream, &piece, &put_off)) {
        if (!stopped && on_body(user, piece.data, piece.len)) {
            stopped = true;
            put_off = stream_stop(stream) || put_off;
        }
        buf_clear(&piece);
        if (put_off)
            client->http.ops->resume(client->http.self);
    }
    return stopped;
}

int aws_call_streamed(struct aws_client *client, const struct aws_call_spec *spec,
                      aws_body_fn *on_body, void *user, struct aws_answer *answer)
{
    struct stream stream;
    struct aws_pending *p = NULL;
    struct aws_call_spec streamed = *spec;
    stream_init(&stream);
    streamed.on_piece = stream_put;
    streamed.piece_user = &stream;
    *answer = (struct aws_answer){0};
    answer->rc = begin(&p, client, &streamed, &stream, &answer->err);
    if (p) {
        bool stopped = pass_on(client, &stream, on_body, user);
        (void)aws_call_end(p, answer);
        if (stopped)
            answer->rc =
                error_set(&answer->err, ORGRUN_ECANCELLED,
                          "%s: whoever takes the answer in wants no more of it", spec->operation);
    }
    stream_clear(&stream);
    return answer->rc;
}
