// SPDX-License-Identifier: MIT
// A child's environment: an allow-list of the parent's, never an AWS_* of it, then what is put in.
#include "exec/child_env.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const allowed_names[] = {
    "PATH",       "HOME",        "USER",          "LOGNAME",      "SHELL",
    "LANG",       "TZ",          "TMPDIR",        "TERM",         "http_proxy",
    "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",   "no_proxy",     "NO_PROXY",
    "all_proxy",  "ALL_PROXY",   "SSL_CERT_FILE", "SSL_CERT_DIR", NULL};
static const char *const allowed_prefixes[] = {"LC_", "XDG_", NULL};

/* Stronger than any permission: these carry source credentials, change what code a child runs, or
 * are ours to set. */
static const char *const dropped_prefixes[] = {"AWS_", "LD_", "ORGRUN_", NULL};

static bool has_prefix(const char *entry, const char *const *prefixes)
{
    for (size_t i = 0; prefixes[i]; i++)
        if (text_starts(entry, prefixes[i]))
            return true;
    return false;
}

static bool is_named(const char *entry, size_t name_len, const char *name)
{
    return strncmp(entry, name, name_len) == 0 && name[name_len] == '\0';
}

static bool is_allowed(const char *entry, size_t name_len, const struct strv *pass)
{
    if (has_prefix(entry, dropped_prefixes))
        return false;
    if (has_prefix(entry, allowed_prefixes))
        return true;
    for (size_t i = 0; allowed_names[i]; i++)
        if (is_named(entry, name_len, allowed_names[i]))
            return true;
    for (size_t i = 0; pass && i < pass->len; i++)
        if (is_named(entry, name_len, pass->items[i]))
            return true;
    return false;
}

/* The index of the variable, or vars.len. */
static size_t find(const struct child_env *env, const char *name, size_t name_len)
{
    size_t i = 0;
    for (; i < env->vars.len; i++)
        if (strncmp(env->vars.items[i], name, name_len) == 0 && env->vars.items[i][name_len] == '=')
            break;
    return i;
}

int child_env_init(struct child_env *env, const char *const *parent, const struct strv *pass,
                   struct orgrun_error *err)
{
    *env = (struct child_env){0};
    for (size_t i = 0; parent && parent[i]; i++) {
        const char *equals = strchr(parent[i], '=');
        if (!equals || equals == parent[i])
            continue;
        size_t name_len = (size_t)(equals - parent[i]);
        if (!is_allowed(parent[i], name_len, pass) ||
            find(env, parent[i], name_len) < env->vars.len)
            continue; /* of a name that comes twice the first counts, as for getenv */
        if (strv_push(&env->vars, parent[i])) {
            child_env_clear(env);
            return error_nomem(err);
        }
    }
    return 0;
}

static int set(struct child_env *env, const char *name, const char *value, size_t value_len,
               struct orgrun_error *err)
{
    size_t name_len = strlen(name);
    if (name_len == 0 || strchr(name, '='))
        return error_set(err, ORGRUN_EUSAGE, "'%s' cannot be the name of an environment variable",
                         name);
    char *entry = malloc(name_len + value_len + 2);
    if (!entry)
        return error_nomem(err);
    memcpy(entry, name, name_len);
    entry[name_len] = '=';
    memcpy(entry + name_len + 1, value, value_len);
    entry[name_len + 1 + value_len] = '\0';

    size_t i = find(env, name, name_len);
    if (i == env->vars.len && strv_push(&env->vars, "")) {
        secret_free_str(entry);
        return error_nomem(err);
    }
    secret_free_str(env->vars.items[i]);
    env->vars.items[i] = entry;
    return 0;
}

int child_env_set(struct child_env *env, const char *name, const char *value,
                  struct orgrun_error *err)
{
    return set(env, name, value, strlen(value), err);
}

int child_env_set_secret(struct child_env *env, const char *name, const struct secret *value,
                         struct orgrun_error *err)
{
    return set(env, name, secret_reveal(value), secret_len(value), err);
}

const char *child_env_get(const struct child_env *env, const char *name)
{
    size_t name_len = strlen(name), i = find(env, name, name_len);
    return i < env->vars.len ? env->vars.items[i] + name_len + 1 : NULL;
}

char *const *child_env_array(const struct child_env *env)
{
    return strv_array(&env->vars);
}

void child_env_clear(struct child_env *env)
{
    for (size_t i = 0; i < env->vars.len; i++)
        secret_wipe(env->vars.items[i], strlen(env->vars.items[i]));
    strv_clear(&env->vars);
}
