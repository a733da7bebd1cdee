// SPDX-License-Identifier: MIT
// One command that orgrun stays beside, giving it a session.
#include "cli/companion.h"

#include "cli/become.h"
#include "cli/complain.h"
#include "cli/words.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct companion {
    sigset_t handled, before;
};

/* Blocks what is waited for. The library's threads block everything anyway. */
static void block(struct companion *c)
{
    static const int handled[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD};
    (void)sigemptyset(&c->handled);
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        (void)sigaddset(&c->handled, handled[i]);
    struct sigaction plain = {.sa_handler = SIG_DFL};
    (void)sigaction(SIGCHLD, &plain, NULL); /* ignored, its end would not be known */
    (void)sigprocmask(SIG_BLOCK, &c->handled, &c->before);
}

/* 0, or an errno. The command starts with the signals as orgrun found them. */
static int start(const struct companion *c, char *const *argv, const char *const *variables,
                 pid_t *pid)
{
    posix_spawnattr_t attributes;
    sigset_t plain; /* which orgrun ignores */
    (void)sigemptyset(&plain);
    (void)sigaddset(&plain, SIGPIPE);
    int rc = posix_spawnattr_init(&attributes);
    if (rc)
        return rc;
    (void)posix_spawnattr_setsigmask(&attributes, &c->before);
    (void)posix_spawnattr_setsigdefault(&attributes, &plain);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const union {
        const char *const *read;
        char *const *borrowed; /* as the interface has it */
    } envp = {.read = variables};
    rc = posix_spawnp(pid, argv[0], NULL, &attributes, argv, envp.borrowed);
    (void)posix_spawnattr_destroy(&attributes);
    return rc;
}

/* Until it has ended: its wait status. */
static int attend(const struct companion *c, pid_t pid)
{
    int status;
    for (;;) {
        siginfo_t info;
        int signum = sigwaitinfo(&c->handled, &info);
        if (signum == SIGCHLD && waitpid(pid, &status, WNOHANG) == pid)
            return status;
        /* What the terminal sends, it sends to the command as well. */
        if (signum > 0 && signum != SIGCHLD && info.si_code != SI_KERNEL)
            (void)kill(pid, signum);
    }
}

static bool is_named_in(const char *const *variables, const char *variable)
{
    size_t len = strcspn(variable, "=") + 1;
    while (*variables && strncmp(*variables, variable, len) != 0)
        variables++;
    return *variables != NULL;
}

/* A list of its own, since other threads read orgrun's environment. The words are borrowed. */
static void choose_variables(const char *const *served, const char *account, struct words *out)
{
    const char *const own[] = {account, NULL};
    for (char **v = environ; *v; v++)
        if (!become_drops(*v) && !is_named_in(served, *v) && !is_named_in(own, *v))
            words_add(out, *v);
    for (; *served; served++)
        words_add(out, *served);
    words_add(out, account);
}

/* The signal that came before the command was started and would have ended orgrun, or 0. */
static int pending(const struct companion *c)
{
    sigset_t fatal = c->handled;
    static const struct timespec at_once;
    (void)sigdelset(&fatal, SIGCHLD);
    int signum = sigtimedwait(&fatal, NULL, &at_once);
    return signum > 0 ? signum : 0;
}

int companion_run(struct cli *cli, struct orgrun_session *session)
{
    struct companion companion, *c = &companion;
    struct orgrun_error err = {0};
    const char *const *served;
    char account[64];
    struct words variables = {0};
    pid_t pid;
    block(c);
    if (orgrun_session_serve(session, &served, &err))
        return complain_error(cli, &err);
    (void)snprintf(account, sizeof account, "ORGRUN_ACCOUNT_ID=%s", cli->argv[0]);
    choose_variables(served, account, &variables);
    (void)fflush(stdout);
    int early = pending(c);
    int rc = early ? 0 : start(c, cli->argv + 1, variables.at, &pid);
    words_clear(&variables);
    if (early)
        return 128 + early;
    if (rc) {
        err.code = ORGRUN_EIO;
        (void)snprintf(err.message, sizeof err.message, "cannot start %s: %s", cli->argv[1],
                       strerror(rc));
        return complain_error(cli, &err);
    }
    int status = attend(c, pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
