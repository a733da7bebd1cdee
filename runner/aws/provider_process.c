// SPDX-License-Identifier: MIT
// credential_process: a program that prints credentials.
#include "aws/provider_process.h"

#include "aws/provider_json.h"
#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STDERR_MAX 2048
#define STDERR_SHOWN 300

struct process {
    pid_t pid;
    int out, err;     /* our ends; -1 once at their end */
    struct buf text;  /* of standard output; a secret */
    struct buf moans; /* of standard error, its beginning */
};

static void process_clear(struct process *p)
{
    if (p->pid > 0) {
        (void)kill(-p->pid, SIGKILL);
        while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (p->out >= 0)
        close(p->out);
    if (p->err >= 0)
        close(p->err);
    buf_clear(&p->text);
    buf_clear(&p->moans);
}

/* The child gets the writing ends as 1 and 2, /dev/null as 0, default signals, its own group. */
static int spawn_shell(pid_t *pid, const char *command, char *const *envp, int out, int err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    char name[] = "sh", option[] = "-c";
    char *const argv[] = {name, option, (char *)(uintptr_t)command, NULL};
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, err, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                        POSIX_SPAWN_SETSIGDEF);
    int errnum = posix_spawn(pid, "/bin/sh", &actions, &attr, argv, envp);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return errnum;
}

static int start(struct process *p, const struct provider_env *env, const char *command,
                 struct orgrun_error *err)
{
    AUTO(close_fd) int out = -1;
    AUTO(close_fd) int moans = -1;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot make a pipe");
    p->out = ends[0];
    out = ends[1];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot make a pipe");
    p->err = ends[0];
    moans = ends[1];
    int errnum = spawn_shell(&p->pid, command, (char *const *)(uintptr_t)env->env, out, moans);
    return errnum ? error_set_errno(err, ORGRUN_EIO, errnum, "cannot run a shell") : 0;
}

/* Takes what is there; what standard error has past its maximum is let go. */
static int drain(int *fd, struct buf *into, bool all, struct orgrun_error *err)
{
    char chunk[4096];
    ssize_t n = read(*fd, chunk, sizeof chunk);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (n <= 0) {
        close(*fd);
        *fd = -1;
        return 0;
    }
    size_t room = into->max - into->len;
    bool fits = (size_t)n <= room;
    (void)buf_append(into, chunk, fits ? (size_t)n : room);
    secret_wipe(chunk, sizeof chunk);
    return fits || !all ? 0
                        : error_set(err, ORGRUN_ECREDENTIALS, "it printed more than %d bytes",
                                    PROVIDER_JSON_MAX);
}

/* Until both ends are closed; *status as waitpid gives it. */
static int finish(struct process *p, const struct provider_env *env, int64_t timeout_ms,
                  int *status, struct orgrun_error *err)
{
    int64_t end = clock_mono_ms(env->clock) + timeout_ms;
    while (p->out >= 0 || p->err >= 0) {
        struct pollfd fds[] = {{p->out, POLLIN, 0},
                               {p->err, POLLIN, 0},
                               {env->stop_fd > 0 ? env->stop_fd : -1, POLLIN, 0}};
        int64_t left = end - clock_mono_ms(env->clock);
        int n = left > 0 ? poll(fds, 3, (int)left) : 0;
        if (n > 0 && fds[2].revents)
            return error_set(err, ORGRUN_ECANCELLED, "it was not waited for");
        if (n == 0) {
            char limit[DURATION_SIZE];
            duration_format(timeout_ms, limit);
            return error_set(err, ORGRUN_ECREDENTIALS, "it did not end within %s", limit);
        }
        int rc = n > 0 && fds[0].revents ? drain(&p->out, &p->text, true, err) : 0;
        if (rc == 0 && n > 0 && fds[1].revents)
            rc = drain(&p->err, &p->moans, false, err);
        if (rc)
            return rc;
    }
    while (waitpid(p->pid, status, 0) < 0)
        if (errno != EINTR)
            return error_set_errno(err, ORGRUN_EIO, errno, "cannot wait for it");
    p->pid = 0;
    return 0;
}

static int failed(const struct process *p, int status, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf shown;
    buf_init(&shown, 4 * STDERR_MAX);
    (void)text_clean(&shown, buf_str(&p->moans), p->moans.len, true);
    char how[64];
    if (WIFSIGNALED(status))
        (void)snprintf(how, sizeof how, "it was ended by signal %d", WTERMSIG(status));
    else
        (void)snprintf(how, sizeof how, "it ended with exit code %d", WEXITSTATUS(status));
    return error_set(err, ORGRUN_ECREDENTIALS, "%s%s%.*s", how, shown.len ? ": " : "", STDERR_SHOWN,
                     buf_str(&shown));
}

int provider_process_load(const struct provider_env *env, const char *profile, const char *command,
                          int64_t timeout_ms, struct credentials **out, struct orgrun_error *err)
{
    static const struct provider_json_names names = {.key = "AccessKeyId",
                                                     .secret = "SecretAccessKey",
                                                     .token = "SessionToken",
                                                     .expiration = "Expiration",
                                                     .versioned = true};
    AUTO(process_clear) struct process p = {.out = -1, .err = -1};
    buf_init_secret(&p.text, PROVIDER_JSON_MAX);
    buf_init_secret(&p.moans, STDERR_MAX);
    char from[160];
    (void)snprintf(from, sizeof from, "credential_process of the profile %s", profile);
    int status = 0;
    int rc = start(&p, env, command, err);
    if (rc == 0)
        rc = finish(&p, env, timeout_ms, &status, err);
    if (rc == 0 && status != 0)
        rc = failed(&p, status, err);
    if (rc)
        return error_context(err, "%s", from);
    return provider_json_read(buf_str(&p.text), p.text.len, &names, from, out, err);
}
