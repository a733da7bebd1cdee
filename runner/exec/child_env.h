// SPDX-License-Identifier: MIT
// A child's environment: an allow-list of the parent's, never an AWS_* of it, then what is put in.
#ifndef ORGRUN_EXEC_CHILD_ENV_H
#define ORGRUN_EXEC_CHILD_ENV_H

#include "base/secret.h"
#include "base/strv.h"

/* Values may be secrets, so the whole block is wiped by child_env_clear. */
struct child_env {
    struct strv vars; /* "NAME=value"; no name twice */
};

/* Starts from `parent` ("NAME=value", NULL-terminated): PATH, HOME, USER, LOGNAME, SHELL, LANG,
 * LC_*, TZ, TMPDIR, TERM, the proxy variables, SSL_CERT_FILE, SSL_CERT_DIR, XDG_*, and the names in
 * `pass` (may be NULL). A name that begins with AWS_ is dropped whatever `pass` says, as are LD_*,
 * ORGRUN_* and malformed entries. 0 or ORGRUN_ENOMEM. */
int child_env_init(struct child_env *env, const char *const *parent, const struct strv *pass,
                   struct orgrun_error *err);

/* Sets or replaces. 0, ORGRUN_ENOMEM, ORGRUN_EUSAGE for a name that is empty or holds '='. */
int child_env_set(struct child_env *env, const char *name, const char *value,
                  struct orgrun_error *err);
int child_env_set_secret(struct child_env *env, const char *name, const struct secret *value,
                         struct orgrun_error *err);

/* The value, or NULL; borrowed. */
const char *child_env_get(const struct child_env *env, const char *name);
char *const *child_env_array(const struct child_env *env);
void child_env_clear(struct child_env *env);

#endif
