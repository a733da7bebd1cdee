// SPDX-License-Identifier: MIT
// From a prepared request to a running program: one clone that shares memory until execve.
#include "exec/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child borrows our memory, and with it the sanitizers' and libc's records of descriptors and
 * signal handlers. So it is not instrumented, and makes its system calls bare: a wrapper that
 * keeps a record would write the child's doings into ours. */
#if defined(__clang__)
#define CHILD_CODE __attribute__((disable_sanitizer_instrumentation))
#else
#define CHILD_CODE                                                                                 \
    __attribute__((no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))
#endif
/* TSan's wrapper of clone takes every child for a fork, and afterwards ignores what the caller
 * does; the C library's other name for it is not wrapped. */
#if defined(__SANITIZE_THREAD__)
int __clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
#define clone __clone
#endif
#define STACK_SIZE 16384
#define SIGSET_SIZE ((NSIG - 1) / 8)

struct start {
    const struct spawn_request *request;
    pid_t parent;
};

/* The kernel's signal set, which unlike libc's has the signals libc keeps for itself. */
struct kernel_sigset {
    unsigned long words[SIGSET_SIZE / sizeof(unsigned long)];
};

CHILD_CODE static _Noreturn void give_up(const struct spawn_request *request,
                                         enum spawn_stage stage, int errnum, int path)
{
    request->slot->report =
        (struct warden_report){.stage = (int)stage, .errnum = errnum, .path = path};
    for (;;)
        syscall(SYS_exit_group, 127);
}

/* Handlers are ours and must not run in the child; ignored signals would stay ignored in the
 * program. All zeros is the default disposition on every architecture. */
CHILD_CODE static void reset_signals(void)
{
    static const unsigned long default_action[8] = {0};
    for (int sig = 1; sig < NSIG; sig++)
        syscall(SYS_rt_sigaction, sig, default_action, NULL, SIGSET_SIZE);
}

CHILD_CODE static void set_up(const struct start *start)
{
    const struct spawn_request *request = start->request;
    /* A session of its own: a program that asks a question on the terminal fails at once, where
     * in our session it would be stopped without a word. */
    if (syscall(SYS_setsid) < 0)
        give_up(request, SPAWN_SETUP, errno, 0);
    atomic_store(&request->slot->group, (pid_t)syscall(SYS_getpid));
    if (syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        give_up(request, SPAWN_SETUP, errno, 0);
    if ((pid_t)syscall(SYS_getppid) != start->parent)
        give_up(request, SPAWN_SETUP, ECHILD, 0); /* it died before we asked to die with it */
    reset_signals();
    for (int fd = 0; fd < 3; fd++)
        if (syscall(SYS_dup3, request->fds[fd], fd, 0) < 0)
            give_up(request, SPAWN_SETUP, errno, 0);
    if (syscall(SYS_close_range, 3U, ~0U, 0U) < 0)
        give_up(request, SPAWN_SETUP, errno, 0);
    if (request->cwd && syscall(SYS_chdir, request->cwd) < 0)
        give_up(request, SPAWN_CHDIR, errno, 0);
    static const struct kernel_sigset none = {{0}};
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, SIGSET_SIZE);
}

/* The rules of execvp: a path where nothing is, or which may not be used, is passed over. */
CHILD_CODE static int become_program(void *arg)
{
    const struct start *start = arg;
    const struct spawn_request *request = start->request;
    set_up(start);
    int denied = -1, i = 0;
    for (; request->program->paths[i]; i++) {
        syscall(SYS_execve, request->program->paths[i], request->argv, request->envp);
        if (errno == EACCES && denied < 0)
            denied = i;
        else if (errno != EACCES && errno != ENOENT && errno != ENOTDIR)
            give_up(request, SPAWN_EXEC, errno, i);
    }
    if (denied >= 0)
        give_up(request, SPAWN_EXEC, EACCES, denied);
    give_up(request, SPAWN_EXEC, errno, i - 1);
}

/* Returns the child's pid, or -1 with errno set. We are suspended until the child has become its
 * program or is gone, so it may use our stack's memory and the request. No handler of ours may run
 * in it meanwhile, hence the blocked signals. */
static pid_t clone_child(struct start *start, int *pidfd)
{
    _Alignas(16) char stack[STACK_SIZE];
    struct kernel_sigset all, before;
    for (size_t i = 0; i < sizeof all.words / sizeof *all.words; i++)
        all.words[i] = ~0UL;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, SIGSET_SIZE);
    pid_t pid = clone(become_program, stack + sizeof stack,
                      CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, start, pidfd);
    int saved = errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, SIGSET_SIZE);
    errno = saved;
    return pid;
}

static int system_spawn(void *self, const struct spawn_request *request, struct spawn_child *child)
{
    (void)self;
    struct warden_slot *slot = request->slot;
    struct start start = {.request = request, .parent = getpid()};
    slot->report = (struct warden_report){0};
    child->pid = clone_child(&start, &child->pidfd);
    if (child->pid < 0) {
        slot->report = (struct warden_report){.stage = SPAWN_CLONE, .errnum = errno};
        return -1;
    }
    if (slot->report.stage == SPAWN_STARTED)
        return 0;
    siginfo_t info;
    while (waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED) < 0 && errno == EINTR)
        ;
    atomic_store(&slot->group, 0);
    close(child->pidfd);
    return -1;
}

const struct spawn_ops spawn_system = {system_spawn};
