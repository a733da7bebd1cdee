// SPDX-License-Identifier: MIT
// Guard: while a source's keys or a login are had, a stop request ends the network.
#include "fanout/guard.h"

#include "base/thread.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void *guard_main(void *arg)
{
    struct guard *g = arg;
    struct orgrun_ctx *ctx = g->source->ctx;
    struct pollfd fds[] = {{.fd = ctx->stop_fd, .events = POLLIN},
                           {.fd = g->over_fd, .events = POLLIN}};
    while (!(fds[1].revents & POLLIN)) {
        if (poll(fds, 2, -1) <= 0)
            continue;
        if ((fds[0].revents & POLLIN) && atomic_load(&ctx->stop_count)) {
            source_stop(g->source);
            return NULL;
        }
        if (fds[0].revents & POLLIN)
            fds[0].fd = -1; /* a wake-up that was meant for somebody else */
    }
    return NULL;
}

int guard_begin(struct guard *g, struct source *source, struct orgrun_error *err)
{
    *g = (struct guard){.source = source, .over_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (g->over_fd < 0)
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot create an eventfd");
    int errnum = thread_create(&g->thread, guard_main, g);
    g->running = errnum == 0;
    return errnum ? error_set_errno(err, ORGRUN_ENOMEM, errnum, "cannot start a thread") : 0;
}

int guard_end(struct guard *g, int rc, struct orgrun_error *err)
{
    const struct orgrun_ctx *ctx = g->source->ctx;
    if (g->running) {
        uint64_t one = 1;
        ssize_t written = write(g->over_fd, &one, sizeof one);
        (void)written; /* the counter is at zero */
        pthread_join(g->thread, NULL);
    }
    if (g->over_fd >= 0)
        (void)close(g->over_fd);
    g->running = false;
    g->over_fd = -1;
    if (rc == 0 || atomic_load(&ctx->stop_count) == 0)
        return rc;
    const char *name = sigabbrev_np(atomic_load(&ctx->stop_signal));
    return error_set(err, ORGRUN_ECANCELLED, "interrupted by SIG%s", name ? name : "?");
}
