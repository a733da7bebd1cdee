// SPDX-License-Identifier: MIT
// Signal handlers and the one piece of state that they need.
#include "cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define SHOW_CURSOR "\033[?25h"

static void on_stop(int signum);
static void on_resize(int signum);
static void on_leave(int signum);

/* What is caught during a run. */
static const struct {
    int signum;
    void (*handler)(int);
} catches[] = {
    {SIGINT, on_stop},     {SIGTERM, on_stop},  {SIGHUP, on_stop},
    {SIGWINCH, on_resize}, {SIGTSTP, on_leave}, {SIGQUIT, on_leave},
};
#define CATCHES (sizeof catches / sizeof *catches)

/* A handler is given nothing but its number, so this cannot be passed. */
static struct {
    _Atomic(struct orgrun_ctx *) ctx;
    atomic_int wake_fd;
    atomic_uint stops;
    atomic_int last;
    atomic_bool cursor_hidden;
    atomic_bool resumed;
    struct sigaction before[CATCHES];
} caught;

static void wake(void)
{
    uint64_t one = 1;
    (void)!write(atomic_load(&caught.wake_fd), &one, sizeof one);
}

static void on_stop(int signum)
{
    int saved = errno;
    atomic_store(&caught.last, signum);
    atomic_fetch_add(&caught.stops, 1);
    struct orgrun_ctx *ctx = atomic_load(&caught.ctx);
    if (ctx)
        orgrun_run_stop(ctx, signum);
    wake();
    errno = saved;
}

static void on_resize(int signum)
{
    int saved = errno;
    (void)signum;
    wake();
    errno = saved;
}

/* Shows the cursor, then lets the signal do what it does; after a suspension goes on from here. */
static void on_leave(int signum)
{
    int saved = errno;
    if (atomic_load(&caught.cursor_hidden))
        (void)!write(STDERR_FILENO, SHOW_CURSOR, sizeof SHOW_CURSOR - 1);
    struct sigaction mine, plain = {.sa_handler = SIG_DFL};
    sigset_t only, old;
    (void)sigaction(signum, &plain, &mine);
    (void)raise(signum);
    (void)sigemptyset(&only);
    (void)sigaddset(&only, signum);
    (void)pthread_sigmask(SIG_UNBLOCK, &only, &old);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    (void)sigaction(signum, &mine, NULL);
    atomic_store(&caught.resumed, true);
    wake();
    errno = saved;
}

void signals_ignore_pipe(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

void signals_catch(struct orgrun_ctx *ctx, int wake_fd)
{
    atomic_store(&caught.wake_fd, wake_fd);
    atomic_store(&caught.stops, 0);
    atomic_store(&caught.ctx, ctx);
    for (size_t i = 0; i < CATCHES; i++) {
        (void)sigaction(catches[i].signum, NULL, &caught.before[i]);
        if (caught.before[i].sa_handler == SIG_IGN)
            continue;
        struct sigaction action = {.sa_handler = catches[i].handler, .sa_flags = SA_RESTART};
        (void)sigaction(catches[i].signum, &action, NULL);
    }
}

void signals_release(void)
{
    for (size_t i = 0; i < CATCHES; i++)
        (void)sigaction(catches[i].signum, &caught.before[i], NULL);
    atomic_store(&caught.ctx, NULL);
    atomic_store(&caught.wake_fd, -1);
}

unsigned signals_stops(int *signum)
{
    unsigned stops = atomic_load(&caught.stops);
    *signum = atomic_load(&caught.last);
    return stops;
}

void signals_cursor_hidden(bool hidden)
{
    atomic_store(&caught.cursor_hidden, hidden);
}

bool signals_resumed(void)
{
    return atomic_exchange(&caught.resumed, false);
}
