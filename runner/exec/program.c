// SPDX-License-Identifier: MIT
// Where a program may be.
#include "exec/program.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_PATH "/usr/bin:/bin"

int program_init(struct program *p, const char *name, const char *path, struct orgrun_error *err)
{
    size_t name_len = strlen(name);
    /* A name that no file can have is tried as it is, so that the kernel says so. */
    bool search = name_len > 0 && name_len <= NAME_MAX && !strchr(name, '/');
    if (!search)
        path = "";
    else if (!path)
        path = DEFAULT_PATH;

    size_t count = 1;
    for (const char *c = path; *c; c++)
        count += *c == ':';
    size_t text_len = strlen(path) + count * (name_len + 2);
    char **paths = malloc((count + 1) * sizeof *paths + text_len);
    if (!paths)
        return error_nomem(err);

    char *to = (char *)(paths + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t dir_len = strcspn(path, ":");
        paths[i] = to;
        memcpy(to, path, dir_len);
        to += dir_len;
        if (dir_len > 0)
            *to++ = '/';
        memcpy(to, name, name_len + 1);
        to += name_len + 1;
        path += dir_len + 1;
    }
    paths[count] = NULL;
    *p = (struct program){.name = name, .paths = paths, .searched = search};
    return 0;
}

void program_clear(struct program *p)
{
    free(p->paths);
    *p = (struct program){0};
}
