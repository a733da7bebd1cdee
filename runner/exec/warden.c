// SPDX-License-Identifier: MIT
// The warden: a process that outlives us long enough to end our children's groups.
#include "exec/warden.h"

#include "exec/child_io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct warden {
    struct warden_slot *table; /* MAP_SHARED */
    unsigned slots;
    int control; /* our end of the pipe; nothing is ever written to it */
    pid_t pid;
};

static void ignore_signals(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    for (int sig = 1; sig < NSIG; sig++)
        (void)sigaction(sig, &ignore, NULL); /* KILL, STOP and libc's own stay as they are */
}

static void kill_all(const struct warden *w)
{
    for (unsigned i = 0; i < w->slots; i++) {
        pid_t group = atomic_load(&w->table[i].group);
        if (group > 0)
            (void)kill(-group, SIGKILL);
    }
}

/* The warden's whole life. It keeps nothing of ours open: not a terminal, a pipe to a reader, or a
 * lock. */
static _Noreturn void live(const struct warden *w, int control)
{
    ignore_signals();
    (void)setsid();
    (void)prctl(PR_SET_NAME, "orgrun-warden");
    (void)prctl(PR_SET_DUMPABLE, 0); /* its memory is a copy of ours, secrets included */
    (void)dup2(control, 0);
    (void)close_range(1, ~0U, 0);
    (void)!chdir("/");

    char byte;
    ssize_t n;
    do {
        n = read(0, &byte, 1);
    } while (n > 0 || (n < 0 && errno == EINTR));
    kill_all(w);
    _exit(0);
}

static int start(struct warden *w, struct orgrun_error *err)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot make a pipe");
    w->pid = fork();
    if (w->pid < 0) {
        int errnum = errno;
        close(fds[0]);
        close(fds[1]);
        return error_set_errno(err, ORGRUN_ESPAWN, errnum, "cannot start the warden process");
    }
    if (w->pid == 0)
        live(w, fds[0]);
    close(fds[0]);
    w->control = child_io_above_stdio(fds[1]);
    if (w->control >= 0)
        return 0;
    return error_set_errno(err, ORGRUN_EIO, errno, "cannot make a pipe");
}

int warden_new(struct warden **out, unsigned slots, struct orgrun_error *err)
{
    struct warden *w = calloc(1, sizeof *w);
    if (!w)
        return error_nomem(err);
    w->control = -1;
    w->slots = slots;
    w->table = mmap(NULL, slots * sizeof *w->table, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (w->table == MAP_FAILED) {
        free(w);
        return error_nomem(err);
    }
    int rc = start(w, err);
    if (rc) {
        warden_free(w, NULL);
        return rc;
    }
    *out = w;
    return 0;
}

void warden_free(struct warden *w, const struct log *log)
{
    if (!w)
        return;
    if (w->control >= 0)
        close(w->control);
    int status = 0;
    pid_t pid = w->pid > 0 ? w->pid : 0, waited = 0;
    while (pid && (waited = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
        ;
    if (waited > 0 && status != 0)
        log_warn(log, "the warden process had ended before its time (status %d)", status);
    munmap(w->table, w->slots * sizeof *w->table);
    free(w);
}

struct warden_slot *warden_slot(struct warden *w, unsigned i)
{
    return &w->table[i];
}

pid_t warden_pid(const struct warden *w)
{
    return w->pid;
}
