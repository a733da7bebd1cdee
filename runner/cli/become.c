// SPDX-License-Identifier: MIT
// Becoming another program, with a session's variables and without the source's.
#include "cli/become.h"

#include "cli/complain.h"
#include "cli/words.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern char **environ;

/* Everything of AWS that orgrun was started with leaves the environment, but where its endpoints,
 * Region and certificates are. */
static void drop_source(void)
{
    static const char *const kept[] = {
        "AWS_ENDPOINT_URL", "AWS_REGION=", "AWS_DEFAULT_REGION=", "AWS_CA_BUNDLE=", NULL};
    for (size_t i = 0; environ[i];) {
        bool keep = strncmp(environ[i], "AWS_", 4) != 0;
        for (const char *const *k = kept; *k && !keep; k++)
            keep = strncmp(environ[i], *k, strlen(*k)) == 0;
        if (keep) {
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
