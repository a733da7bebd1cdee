// SPDX-License-Identifier: MIT
// Stopping: one place where a signal, the deadline, a brake or a failing store ends the starting of
// targets.
#include "fanout/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void run_stop(struct run *r, enum stop_cause cause, const char *fmt, ...)
{
    pthread_mutex_lock(&r->lock);
    bool first = r->stop == STOP_NONE;
    if (first) {
        va_list ap;
        va_start(ap, fmt);
        (void)vsnprintf(r->stop_reason, sizeof r->stop_reason, fmt, ap);
        va_end(ap);
        r->stop = cause;
        r->stop_signal = cause == STOP_SIGNAL ? atomic_load(&r->ctx->stop_signal) : 0;
        pthread_cond_broadcast(&r->changed);
    }
    pthread_mutex_unlock(&r->lock);
    if (first)
        log_info(&r->ctx->log, "stopping: %s", r->stop_reason);
}

enum stop_cause run_stopping(struct run *r, char *text, size_t size)
{
    pthread_mutex_lock(&r->lock);
    enum stop_cause stop = r->stop;
    (void)snprintf(text, size, "%s", r->stop_reason);
    pthread_mutex_unlock(&r->lock);
    return stop;
}

void run_sleep(struct run *r, int64_t ms)
{
    struct timespec until = clock_deadline(clock_mono_ms(clock_system) + ms);
    pthread_mutex_lock(&r->lock);
    while (r->stop == STOP_NONE &&
           pthread_cond_clockwait(&r->changed, &r->lock, CLOCK_MONOTONIC, &until) == 0)
        ;
    pthread_mutex_unlock(&r->lock);
}

/* Sessions are no longer waited for, and children end: gently at first, at once when asked again.
 * The network goes with them only where the list of accounts is not wanted any more either. */
static void end_all(struct run *r, enum exec_stop_level level, bool network)
{
    if (network)
        source_stop(&r->source);
    if (r->broker)
        broker_cancel(r->broker);
    exec_stop(r->exec, level);
}

static bool is_over(struct run *r)
{
    pthread_mutex_lock(&r->lock);
    bool over = r->over;
    pthread_mutex_unlock(&r->lock);
    return over;
}

/* Milliseconds to the deadline, -1 when there is none or it has passed. */
static int to_deadline(const struct run *r, bool passed)
{
    if (passed || r->job->limits.deadline_ms <= 0)
        return -1;
    int64_t left = r->started_mono_ms + r->job->limits.deadline_ms - clock_mono_ms(r->ctx->clock);
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void on_request(struct run *r)
{
    uint64_t count;
    while (read(r->ctx->stop_fd, &count, sizeof count) > 0)
        ;
    int times = atomic_load(&r->ctx->stop_count);
    if (times == 0)
        return;
    const char *name = sigabbrev_np(atomic_load(&r->ctx->stop_signal));
    run_stop(r, STOP_SIGNAL, "interrupted by SIG%s", name ? name : "?");
    end_all(r, times > 1 ? EXEC_AT_ONCE : EXEC_GENTLY, true);
}

static void *control_main(void *arg)
{
    struct run *r = arg;
    bool passed = false;
    while (!is_over(r)) {
        struct pollfd p = {.fd = r->ctx->stop_fd, .events = POLLIN};
        int n = poll(&p, 1, to_deadline(r, passed));
        if (n > 0)
            on_request(r);
        if (!passed && to_deadline(r, false) == 0) {
            char limit[DURATION_SIZE];
            duration_format(r->job->limits.deadline_ms, limit);
            run_stop(r, STOP_DEADLINE, "the deadline of %s has passed", limit);
            end_all(r, EXEC_GENTLY, false);
            passed = true;
        }
    }
    return NULL;
}

int control_start(struct run *r, struct orgrun_error *err)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int errnum = pthread_create(&r->control, NULL, control_main, r);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (errnum)
        return error_set_errno(err, ORGRUN_ENOMEM, errnum, "cannot start a thread");
    r->control_running = true;
    return 0;
}

void control_end(struct run *r)
{
    if (!r->control_running)
        return;
    pthread_mutex_lock(&r->lock);
    r->over = true;
    pthread_mutex_unlock(&r->lock);
    uint64_t one = 1;
    ssize_t n = write(r->ctx->stop_fd, &one, sizeof one);
    (void)n; /* readable already if it cannot be written */
    pthread_join(r->control, NULL);
    r->control_running = false;
}
