// SPDX-License-Identifier: MIT
// The list of waits, in the order in which they end, and the thread that watches it.
#include "sandbox/delay.h"

#include "base/clock.h"

static struct delay_entry *take_first(struct delay *d)
{
    struct delay_entry *e = d->first;
    d->first = e->later;
    if (d->first)
        d->first->earlier = NULL;
    else
        d->last = NULL;
    return e;
}

static void *watch(void *user)
{
    struct delay *d = user;
    pthread_mutex_lock(&d->lock);
    while (!d->stopping || d->first) {
        if (!d->first) {
            pthread_cond_wait(&d->changed, &d->lock);
        } else if (d->stopping || d->first->due_ms <= clock_mono_ms(clock_system)) {
            MHD_resume_connection(take_first(d)->connection);
        } else {
            struct timespec due = clock_deadline(d->first->due_ms);
            pthread_cond_clockwait(&d->changed, &d->lock, CLOCK_MONOTONIC, &due);
        }
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

int delay_init(struct delay *d)
{
    *d = (struct delay){0};
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, NULL);
    return pthread_create(&d->thread, NULL, watch, d) == 0 ? 0 : -1;
}

void delay_suspend(struct delay *d, struct delay_entry *entry, struct MHD_Connection *connection,
                   int64_t ms)
{
    entry->connection = connection;
    entry->due_ms = clock_mono_ms(clock_system) + ms;
    MHD_suspend_connection(connection);
    pthread_mutex_lock(&d->lock);
    struct delay_entry *before = d->last;
    while (before && before->due_ms > entry->due_ms)
        before = before->earlier;
    entry->earlier = before;
    entry->later = before ? before->later : d->first;
    *(before ? &before->later : &d->first) = entry;
    *(entry->later ? &entry->later->earlier : &d->last) = entry;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

void delay_clear(struct delay *d)
{
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
}
