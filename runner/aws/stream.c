// SPDX-License-Identifier: MIT
// A body on its way from the network thread to the thread that takes it in.
#include "aws/stream.h"

void stream_init(struct stream *s)
{
    *s = (struct stream){0};
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->cond, NULL);
    buf_init_secret(&s->held, SIZE_MAX);
}

void stream_clear(struct stream *s)
{
    buf_clear(&s->held);
    pthread_cond_destroy(&s->cond);
    pthread_mutex_destroy(&s->lock);
}

enum http_piece stream_put(void *user, const void *data, size_t len)
{
    struct stream *s = user;
    enum http_piece piece = HTTP_PIECE_TAKEN;
    pthread_mutex_lock(&s->lock);
    if (s->stopped) {
        piece = HTTP_PIECE_STOP;
    } else if (s->held.len >= STREAM_HELD_MAX) {
        s->put_off = true;
        piece = HTTP_PIECE_LATER;
    } else if (buf_append(&s->held, data, len)) {
        s->nomem = true;
        piece = HTTP_PIECE_STOP;
    } else {
        pthread_cond_signal(&s->cond);
    }
    pthread_mutex_unlock(&s->lock);
    return piece;
}

void stream_end(struct stream *s)
{
    pthread_mutex_lock(&s->lock);
    s->over = true;
    pthread_cond_signal(&s->cond);
    pthread_mutex_unlock(&s->lock);
}

bool stream_take(struct stream *s, struct buf *out, bool *put_off)
{
    pthread_mutex_lock(&s->lock);
    while (!s->held.len && !s->over)
        pthread_cond_wait(&s->cond, &s->lock);
    *out = s->held;
    buf_init_secret(&s->held, SIZE_MAX);
    *put_off = s->put_off;
    s->put_off = false;
    pthread_mutex_unlock(&s->lock);
    return out->len > 0;
}

bool stream_stop(struct stream *s)
{
    pthread_mutex_lock(&s->lock);
    bool put_off = s->put_off;
    s->put_off = false;
    s->stopped = true;
    buf_clear(&s->held);
    pthread_mutex_unlock(&s->lock);
    return put_off;
}
