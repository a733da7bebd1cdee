// SPDX-License-Identifier: MIT
// An HTTP client that keeps what is submitted until the test answers it, on a clock of its own.
#ifndef ORGRUN_TESTS_FAKE_HTTP_H
#define ORGRUN_TESTS_FAKE_HTTP_H

#include "aws/http.h"
#include "base/clock.h"

#include <pthread.h>

#define FAKE_HTTP_MAX 512

struct fake_request {
    char *method, *url, *body;
    struct strv headers;
    http_done_fn *done;
    void *user;
};

struct fake_timer {
    int64_t delay_ms;
    http_timer_fn *fire;
    void *user;
};

/* Thread-safe: the threads under test submit, the test's own thread plays the network. */
struct fake_http {
    pthread_mutex_t lock;
    pthread_cond_t submitted;
    struct fake_request requests[FAKE_HTTP_MAX];
    int len; /* submitted so far */
    struct fake_timer timers[FAKE_HTTP_MAX];
    int timers_len, timers_fired;
    int64_t wall_ms, mono_ms;
    bool refuse; /* submit and after fail with ORGRUN_ECANCELLED */
};

void fake_http_init(struct fake_http *f);
void fake_http_clear(struct fake_http *f);
struct http_client fake_http_client(struct fake_http *f);
struct clock fake_http_clock(struct fake_http *f);

/* Waits until n requests have been submitted in all. */
void fake_http_wait(struct fake_http *f, int n);
int fake_http_len(struct fake_http *f);

/* Answers the i-th request submitted, on this thread. headers may be NULL. */
void fake_http_answer(struct fake_http *f, int i, int status, const char *const *headers,
                      const char *body);
void fake_http_fault(struct fake_http *f, int i, enum http_fault fault, const char *text);

/* Moves the clock to the next timer and fires it; its delay, or -1 when there is none. */
int64_t fake_http_fire(struct fake_http *f, bool cancelled);

/* The value of a header of the i-th request, or NULL. Borrowed. */
const char *fake_http_header(const struct fake_http *f, int i, const char *name);

#endif
