// SPDX-License-Identifier: MIT
// Watching over one child.
#include "exec/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* A child's end does not mean the end of its output (those it has started may hold the pipes), nor
 * the end of its output its own (it may close them and live on). So both are awaited apart. */
enum { WATCH_CHILD = CHILD_STREAMS, WATCH_STOP, WATCHED };

#define NEVER INT64_MAX
#define LONGEST_POLL_MS 3600000
/* What may lie in a pipe after all its writers are dead: a pipe of the largest unprivileged size,
 * in chunks. It bounds the reading from a process that has left the group and writes on. */
#define LAST_READS 16

struct watch {
    const struct supervise_opts *opts;
    struct supervise_result *result;
    struct orgrun_error *err;
    struct pollfd polls[WATCHED]; /* fd -1: over */
    int64_t end_at;               /* timeout: TERM */
    int64_t kill_at;              /* after TERM: KILL */
    int64_t drain_until;          /* after the child's death */
    int rc;                       /* first failure; output is dropped from then on */
};

static int64_t later(int64_t now, int64_t ms)
{
    return ms < NEVER - now ? now + ms : NEVER;
}

static bool is_alive(const struct watch *w)
{
    return w->polls[WATCH_CHILD].fd >= 0;
}

/* While the child is not reaped its pid cannot be another's, so this can only reach its group. */
static void signal_group(const struct watch *w, int sig)
{
    (void)kill(-w->opts->child->pid, sig);
}

/* The first failure counts; the child is of no use any more. */
static void fail(struct watch *w, int rc)
{
    w->rc = rc;
    signal_group(w, SIGKILL);
}

static void fail_errno(struct watch *w, const char *what)
{
    if (w->rc == 0)
        fail(w, error_set_errno(w->err, ORGRUN_EIO, errno, "%s", what));
}

/* A child that is dead has ended for its own reason, whatever its group is told later. */
static void blame(struct watch *w, enum wait_cause cause)
{
    if (is_alive(w) && w->result->cause == WAIT_NONE)
        w->result->cause = cause;
}

static void end_gently(struct watch *w, int64_t now, enum wait_cause cause)
{
    blame(w, cause);
    if (!is_alive(w) || w->kill_at != NEVER)
        return;
    signal_group(w, SIGTERM);
    signal_group(w, SIGCONT); /* one that is stopped would not see the first */
    w->end_at = NEVER;
    w->kill_at = later(now, w->opts->kill_after_ms);
}

static void end_at_once(struct watch *w, enum wait_cause cause)
{
    blame(w, cause);
    signal_group(w, SIGKILL);
    w->end_at = w->kill_at = NEVER;
}

/* One read. True when there may be more. */
static bool read_stream(struct watch *w, int i)
{
    ssize_t n = read(w->polls[i].fd, w->opts->chunk, w->opts->chunk_size);
    if (n > 0) {
        if ((size_t)n > w->result->most_read)
            w->result->most_read = (size_t)n;
        if (w->rc == 0) {
            int rc = w->opts->on_data(w->opts->user, i, w->opts->chunk, (size_t)n);
            if (rc)
                fail(w, rc);
        }
        return true;
    }
    if (n < 0 && errno == EINTR)
        return true;
    if (n < 0 && errno == EAGAIN)
        return false;
    if (n < 0)
        fail_errno(w, "cannot read a child's output");
    w->polls[i].fd = -1;
    return false;
}

static void see_stop(struct watch *w, int64_t now)
{
    int level = stop_level(w->opts->stop);
    if (level >= EXEC_AT_ONCE) {
        w->polls[WATCH_STOP].fd = -1;
        end_at_once(w, WAIT_STOP);
        if (!is_alive(w))
            w->drain_until = now;
    } else if (level == EXEC_GENTLY) {
        w->polls[WATCH_STOP].fd = w->opts->stop->fds[EXEC_AT_ONCE - 1];
        end_gently(w, now, WAIT_STOP);
    }
}

static void see_deadlines(struct watch *w, int64_t now)
{
    if (now >= w->end_at)
        end_gently(w, now, WAIT_TIMEOUT);
    if (now >= w->kill_at) {
        log_info(w->opts->log, "%s (pid %d) went on after SIGTERM: killed", w->opts->name,
                 (int)w->opts->child->pid);
        end_at_once(w, w->result->cause);
    }
}

static void see_death(struct watch *w, int64_t now)
{
    w->polls[WATCH_CHILD].fd = -1;
    w->result->ended_mono_ms = now;
    /* A shell dies of SIGTERM at once, where what it has started may have locks to give back: that
     * keeps the time it was promised. */
    w->drain_until = w->kill_at != NEVER ? w->kill_at : later(now, SUPERVISE_DRAIN_MS);
    w->end_at = w->kill_at = NEVER;
}

static bool is_over(const struct watch *w, int64_t now)
{
    bool drained = w->polls[CHILD_OUT].fd < 0 && w->polls[CHILD_ERR].fd < 0;
    return !is_alive(w) && (drained || now >= w->drain_until);
}

static int poll_timeout(const struct watch *w, int64_t now)
{
    int64_t next = w->end_at;
    if (w->kill_at < next)
        next = w->kill_at;
    if (w->drain_until < next)
        next = w->drain_until;
    if (next <= now)
        return 0;
    return next - now < LONGEST_POLL_MS ? (int)(next - now) : LONGEST_POLL_MS;
}

static void turn(struct watch *w, int64_t now)
{
    int n = poll(w->polls, WATCHED, poll_timeout(w, now));
    if (n < 0 && errno != EINTR)
        fail_errno(w, "cannot wait for a child");
    if (n < 0)
        return;
    for (int i = 0; i < CHILD_STREAMS; i++)
        if (w->polls[i].fd >= 0 && w->polls[i].revents)
            (void)read_stream(w, i);
    now = clock_mono_ms(w->opts->clock);
    if (is_alive(w) && w->polls[WATCH_CHILD].revents)
        see_death(w, now);
    if (w->polls[WATCH_STOP].fd >= 0 && w->polls[WATCH_STOP].revents)
        see_stop(w, now);
    see_deadlines(w, now);
}

int supervise(const struct supervise_opts *opts, struct supervise_result *result,
              struct orgrun_error *err)
{
    int64_t now = clock_mono_ms(opts->clock);
    *result = (struct supervise_result){.cause = WAIT_NONE, .ended_mono_ms = now};
    struct watch w = {.opts = opts,
                      .result = result,
                      .err = err,
                      .polls = {{.fd = opts->io->read_fd[CHILD_OUT], .events = POLLIN},
                                {.fd = opts->io->read_fd[CHILD_ERR], .events = POLLIN},
                                {.fd = opts->child->pidfd, .events = POLLIN},
                                {.fd = opts->stop->fds[EXEC_GENTLY - 1], .events = POLLIN}},
                      .end_at = opts->timeout_ms > 0 ? later(now, opts->timeout_ms) : NEVER,
                      .kill_at = NEVER,
                      .drain_until = NEVER};
    while (!is_over(&w, now)) {
        turn(&w, now);
        now = clock_mono_ms(opts->clock);
    }
    signal_group(&w, SIGKILL);
    for (int i = 0; i < CHILD_STREAMS; i++)
        for (int reads = 0; w.polls[i].fd >= 0 && reads < LAST_READS && read_stream(&w, i); reads++)
            ;
    return w.rc;
}
