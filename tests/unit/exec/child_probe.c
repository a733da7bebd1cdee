// SPDX-License-Identifier: MIT
// A child that says what it was born with: `child_probe fds|signals|ids|tty`.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int fds(void)
{
    for (int fd = 0; fd < 4096; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d:%s ", fd, fcntl(fd, F_GETFL) & O_NONBLOCK ? "nonblocking" : "blocking");
    char byte;
    printf("stdin %zd\n", read(0, &byte, 1));
    return 0;
}

/* Sanitizer runtimes set handlers of their own before main, so only what execve keeps counts. */
static int signals(void)
{
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    for (int sig = 1; sig < NSIG; sig++) {
        struct sigaction action;
        if (sigismember(&blocked, sig) == 1)
            printf("%d blocked ", sig);
        if (sigaction(sig, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            printf("%d ignored ", sig);
    }
    int death = 0;
    prctl(PR_GET_PDEATHSIG, &death);
    printf("death %d\n", death);
    return 0;
}

static int ids(void)
{
    printf("%s %s\n", getpgrp() == getpid() ? "leader" : "member",
           getsid(0) == getpid() ? "session" : "no session");
    return 0;
}

static int tty(void)
{
    int fd = open("/dev/tty", O_RDWR);
    printf("%s\n", fd < 0 ? "no terminal" : "a terminal");
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } probes[] = {{"fds", fds}, {"signals", signals}, {"ids", ids}, {"tty", tty}};
    for (size_t i = 0; argc > 1 && i < sizeof probes / sizeof *probes; i++)
        if (strcmp(argv[1], probes[i].name) == 0)
            return probes[i].run();
    return 99;
}
