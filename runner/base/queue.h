// SPDX-License-Identifier: MIT
// A bounded queue between threads: a full one is back-pressure, a closed one lets its readers
// drain.
#ifndef ORGRUN_BASE_QUEUE_H
#define ORGRUN_BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t readable;
    pthread_cond_t writable;
    void **ring;
    size_t cap, len, head;
    bool closed;
};

/* 0 or ORGRUN_ENOMEM. */
int queue_init(struct queue *q, size_t cap);
/* No thread may be inside. Items still held are the caller's to have drained. */
void queue_clear(struct queue *q);

/* Waits while full. Ownership of item passes on 0; -1 when the queue was closed (item stays yours).
 */
int queue_push(struct queue *q, void *item);

/* Waits while empty. The item, or NULL once closed and drained. */
void *queue_pop(struct queue *q);

/* As queue_pop for up to max items at once: waits for the first, takes what else is there.
 * The number taken; 0 once closed and drained. */
size_t queue_pop_many(struct queue *q, void **items, size_t max);

/* Takes one if there is one now, else NULL. */
void *queue_try_pop(struct queue *q);

/* No push succeeds from now on; readers drain what is left. Idempotent. */
void queue_close(struct queue *q);

#endif
