// SPDX-License-Identifier: MIT
// The request to end children early, which any thread or signal handler may raise.
#include "exec/stop.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int stop_init(struct stop *s, struct orgrun_error *err)
{
    atomic_init(&s->level, 0);
    for (int i = 0; i < 2; i++) {
        s->fds[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (s->fds[i] < 0) {
            int errnum = errno;
            if (i > 0)
                close(s->fds[0]);
            return error_set_errno(err, ORGRUN_EIO, errnum, "cannot make an event descriptor");
        }
    }
    return 0;
}

void stop_clear(struct stop *s)
{
    close(s->fds[0]);
    close(s->fds[1]);
}

void stop_raise(struct stop *s, enum exec_stop_level level)
{
    int saved = errno;
    int old = atomic_load(&s->level);
    while (old < (int)level && !atomic_compare_exchange_weak(&s->level, &old, (int)level))
        ;
    for (int i = 0; i < (int)level; i++) {
        uint64_t one = 1;
        ssize_t n = write(s->fds[i], &one, sizeof one);
        (void)n; /* it fails only when the counter is full, and then it is readable */
    }
    errno = saved;
}

int stop_level(const struct stop *s)
{
    return atomic_load(&s->level);
}
