// SPDX-License-Identifier: MIT
// The environment that the program was started with, and the keys in it.
#include "cli/environment.h"

#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <unistd.h>

void environment_hide(void)
{
    (void)prctl(PR_SET_DUMPABLE, 0); /* the children's execve sets it anew */
}

void environment_wipe(void)
{
    static const char *const names[] = {
        "AWS_SECRET_ACCESS_KEY=", "AWS_SESSION_TOKEN=", "AWS_SECURITY_TOKEN=", "AWS_ACCESS_KEY_ID=",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN="};
    for (char **variable = environ; variable && *variable; variable++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strncmp(*variable, names[i], strlen(names[i])) == 0)
                explicit_bzero(*variable + strlen(names[i]), strlen(*variable + strlen(names[i])));
}
