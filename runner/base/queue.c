// SPDX-License-Identifier: MIT
// A bounded queue between threads.
#include "base/queue.h"

#include "orgrun/error.h"

#include <stdlib.h>

int queue_init(struct queue *q, size_t cap)
{
    *q = (struct queue){.cap = cap, .ring = calloc(cap, sizeof(void *))};
    if (!q->ring)
        return ORGRUN_ENOMEM;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->readable, NULL);
    pthread_cond_init(&q->writable, NULL);
    return 0;
}

void queue_clear(struct queue *q)
{
    if (!q->ring)
        return;
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->readable);
    pthread_cond_destroy(&q->writable);
    free(q->ring);
    q->ring = NULL;
}

int queue_push(struct queue *q, void *item)
{
    pthread_mutex_lock(&q->lock);
    while (q->len == q->cap && !q->closed)
        pthread_cond_wait(&q->writable, &q->lock);
    bool closed = q->closed;
    if (!closed) {
        q->ring[(q->head + q->len++) % q->cap] = item;
        pthread_cond_signal(&q->readable);
    }
    pthread_mutex_unlock(&q->lock);
    return closed ? -1 : 0;
}

static void *take_first(struct queue *q)
{
    void *item = q->ring[q->head];
    q->head = (q->head + 1) % q->cap;
    q->len--;
    return item;
}

size_t queue_pop_many(struct queue *q, void **items, size_t max)
{
    size_t n = 0;
    pthread_mutex_lock(&q->lock);
    while (q->len == 0 && !q->closed)
        pthread_cond_wait(&q->readable, &q->lock);
    while (n < max && q->len > 0)
        items[n++] = take_first(q);
    if (n > 0)
        pthread_cond_broadcast(&q->writable);
    pthread_mutex_unlock(&q->lock);
    return n;
}

void *queue_pop(struct queue *q)
{
    void *item = NULL;
    return queue_pop_many(q, &item, 1) ? item : NULL;
}

void *queue_try_pop(struct queue *q)
{
    void *item = NULL;
    pthread_mutex_lock(&q->lock);
    if (q->len > 0) {
        item = take_first(q);
        pthread_cond_signal(&q->writable);
    }
    pthread_mutex_unlock(&q->lock);
    return item;
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->readable);
    pthread_cond_broadcast(&q->writable);
    pthread_mutex_unlock(&q->lock);
}
