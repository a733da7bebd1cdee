// SPDX-License-Identifier: MIT
// The environment of a request, and its files in a directory of their own.
#ifndef ORGRUN_TESTS_PROBE_HOME_H
#define ORGRUN_TESTS_PROBE_HOME_H

#include "base/error.h"
#include "base/strv.h"

#include <jansson.h>

struct probe_home {
    char root[32];   /* where the files lie; "" when the request has none */
    struct strv env; /* "NAME=value" */
};

/* `env` {name: value} and `files` {path: text}. Paths are absolute or begin with "~/". With files,
 * HOME (by default /home/probe), the variables that name files, and the paths of these files in one
 * another's texts lead into a throw-away directory. ORGRUN_EUSAGE for a path that leads out of it;
 * ORGRUN_EIO. probe_home_clear either way. */
int probe_home_open(struct probe_home *h, const json_t *request, struct orgrun_error *err);
void probe_home_clear(struct probe_home *h);

/* Text as JSON, with paths as the request has them. */
json_t *probe_home_text(const struct probe_home *h, const char *text);

#endif
