// SPDX-License-Identifier: MIT
// Latency without a thread per request: waiting connections are suspended, and one thread resumes
// each when it is due.
#ifndef SANDBOX_DELAY_H
#define SANDBOX_DELAY_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* One wait; embedded in whatever waits, and free again once the connection was resumed. */
struct delay_entry {
    struct MHD_Connection *connection;
    int64_t due_ms; /* monotonic */
    struct delay_entry *earlier, *later;
};

struct delay {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct delay_entry *first, *last; /* by due_ms */
    bool stopping;
};

/* 0, or -1 when the thread cannot be started. */
int delay_init(struct delay *d);

/* Suspends connection (on the HTTP thread, inside its handler) for ms. */
void delay_suspend(struct delay *d, struct delay_entry *entry, struct MHD_Connection *connection,
                   int64_t ms);

/* Resumes all that wait, and ends the thread. Before MHD_stop_daemon. */
void delay_clear(struct delay *d);

#endif
