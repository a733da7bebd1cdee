// SPDX-License-Identifier: MIT
// A body on its way from the network thread to the thread that takes it in.
#ifndef ORGRUN_AWS_STREAM_H
#define ORGRUN_AWS_STREAM_H

#include "aws/http.h"

#include <pthread.h>

#define STREAM_HELD_MAX ((size_t)256 * 1024) /* when so much lies here, what comes is put off */

/* One writer, one reader. */
struct stream {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    struct buf held; /* secret */
    bool put_off, stopped, over;
    bool nomem; /* why a piece was refused that was wanted */
};

void stream_init(struct stream *s);
void stream_clear(struct stream *s); /* after its end */

/* An http_piece_fn; `user` is the stream. */
enum http_piece stream_put(void *user, const void *data, size_t len);
/* Nothing more will come. */
void stream_end(struct stream *s);

/* Waits for something, and moves it all to *out (to be cleared); false at the end, with *out empty.
 * *put_off says that the writer was told to come again: http_ops.resume has it do so. */
bool stream_take(struct stream *s, struct buf *out, bool *put_off);
/* Nothing more is wanted: what comes is refused, what lies here is dropped. True when the writer
 * was told to come again, as in stream_take. */
bool stream_stop(struct stream *s);

#endif
