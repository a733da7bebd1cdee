// SPDX-License-Identifier: MIT
// Where a program may be: the paths to try in turn, worked out before the child is made.
#ifndef ORGRUN_EXEC_PROGRAM_H
#define ORGRUN_EXEC_PROGRAM_H

#include "base/error.h"

#include <stdbool.h>

struct program {
    const char *name; /* as asked for; borrowed */
    char **paths;     /* NULL-terminated; one allocation */
    bool searched;    /* in PATH */
};

/* POSIX's rules: a name with a slash is its own path; else each directory of path, an empty one
 * being the working directory. path NULL: /usr/bin:/bin. 0 or ORGRUN_ENOMEM. */
int program_init(struct program *p, const char *name, const char *path, struct orgrun_error *err);
void program_clear(struct program *p);

#endif
