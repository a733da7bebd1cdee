// SPDX-License-Identifier: MIT
// Becoming another program, with a session's variables and without the source's.
#include "cli/become.h"

#include "cli/complain.h"
#include "cli/words.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern char **environ;

bool become_drops(const char *variable)
{
    static const char *const kept[] = {
        "AWS_ENDPOINT_URL", "AWS_REGION=", "AWS_DEFAULT_REGION=", "AWS_CA_BUNDLE=", NULL};
    for (const char *const *k = kept; *k; k++)
        if (strncmp(variable, *k, strlen(*k)) == 0)
            return false;
    return strncmp(variable, "AWS_", 4) == 0;
}

static void drop_source(void)
{
    for (size_t i = 0; environ[i];) {
        if (!become_drops(environ[i])) {
            i++;
            continue;
        }
        char *name = words_copy(environ[i], strcspn(environ[i], "="));
        (void)unsetenv(name);
        free(name);
    }
}

int become_command(struct cli *cli, char *const *argv, const struct become_variable *variables,
                   size_t n)
{
    drop_source();
    for (size_t i = 0; i < n; i++)
        (void)setenv(variables[i].name, variables[i].value, 1);
    (void)fflush(stdout);
    (void)signal(SIGPIPE, SIG_DFL); /* orgrun ignores it; a command need not */
    (void)execvp(argv[0], argv);
    struct orgrun_error err = {.code = ORGRUN_EIO};
    (void)snprintf(err.message, sizeof err.message, "cannot start %s: %s", argv[0],
                   strerror(errno));
    return complain_error(cli, &err);
}

/* bash reads its own file last, which sets PS1 again: this one comes after it. No name on disk. */
static int bash_file(const char *prompt)
{
    int fd = memfd_create("orgrun-bashrc", 0);
    if (fd >= 0 && dprintf(fd,
                           "[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc\n"
                           "[ -r ~/.bashrc ] && . ~/.bashrc\n"
                           "PS1='%s'\"$PS1\"\n",
                           prompt) < 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

int become_shell(struct cli *cli, const char *account, const struct become_variable *variables,
                 size_t n)
{
    const char *shell = getenv("SHELL");
    shell = shell && shell[0] ? shell : "/bin/sh";
    const char *slash = strrchr(shell, '/');
    char prompt[64], file[64];
    (void)snprintf(prompt, sizeof prompt, "(orgrun %s) ", account);
    int fd = strcmp(slash ? slash + 1 : shell, "bash") == 0 ? bash_file(prompt) : -1;
    (void)snprintf(file, sizeof file, "/dev/fd/%d", fd);
    char name[PATH_MAX], option[] = "--rcfile";
    (void)snprintf(name, sizeof name, "%s", shell);
    char *bash[] = {name, fd < 0 ? NULL : option, file, NULL};
    char ps1[80];
    (void)snprintf(ps1, sizeof ps1, "%s$ ", prompt);
    (void)setenv("PS1", ps1, 1); /* what other shells take over */
    return become_command(cli, bash, variables, n);
}
