// SPDX-License-Identifier: MIT
// A job of one command: put into a tree of its own and checked as a job file is.
#include "base/cleanup.h"
#include "job/accounts_stdin.h"
#include "job/loading.h"
#include "job/yaml_writer.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_ROLE "rol_sts_cross_account"

static const struct node_mark nowhere;

/* Each of these adds to a mapping; 0 or ORGRUN_ENOMEM. A NULL text or list adds nothing. */

static int add_text(struct node *map, const char *key, const char *text, bool plain)
{
    return text ? node_add(map, key, nowhere, node_new_text(nowhere, text, strlen(text), plain))
                : 0;
}

static int add_list(struct node *map, const char *key, const char *const *items)
{
    if (!items)
        return 0;
    struct node *list = node_new(NODE_LIST, nowhere);
    for (size_t i = 0; list && items[i]; i++)
        if (node_add(list, NULL, nowhere,
                     node_new_text(nowhere, items[i], strlen(items[i]), false))) {
            node_free(list);
            return ORGRUN_ENOMEM;
        }
    return node_add(map, key, nowhere, list);
}

/* An empty mapping within map, or NULL when out of memory. */
static struct node *add_map(struct node *map, const char *key)
{
    struct node *inner = node_new(NODE_MAP, nowhere);
    return node_add(map, key, nowhere, inner) ? NULL : inner;
}

/* The role to assume, or what stands in its place. */
static int add_access(struct node *root, const struct job_command *cmd)
{
    if (cmd->sso_session) {
        struct node *access = add_map(root, "access");
        struct node *sso = access ? add_map(access, "sso") : NULL;
        return sso && !add_text(sso, "session", cmd->sso_session, false)
                   ? add_text(sso, "role", cmd->sso_role, false)
                   : ORGRUN_ENOMEM;
    }
    struct node *role = add_map(root, "role");
    return role && !add_text(role, "name", cmd->role ? cmd->role : DEFAULT_ROLE, false)
               ? add_text(role, "external_id", cmd->external_id, false)
               : ORGRUN_ENOMEM;
}

/* Splits each "KEY=VALUE" into the values of its key. */
static int read_tags(struct node *map, const char *const *tags, struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    for (; tags && *tags; tags++) {
        const char *equals = strchr(*tags, '=');
        if (!equals || equals == *tags)
            return error_set(err, ORGRUN_EUSAGE, "the tag \"%s\" is not KEY=VALUE",
                             node_quote(*tags, quote));
        AUTO(free_ptr) char *key = strndup(*tags, (size_t)(equals - *tags));
        if (!key)
            return error_nomem(err);
        if (!node_find(map, key) && node_add(map, key, nowhere, node_new(NODE_LIST, nowhere)))
            return error_nomem(err);
        if (node_add(node_find(map, key)->value, NULL, nowhere,
                     node_new_text(nowhere, equals + 1, strlen(equals + 1), false)))
            return error_nomem(err);
    }
    return 0;
}

/* Takes tags over. */
static int add_organization(struct node *accounts, const struct job_command *cmd, struct node *tags)
{
    AUTO(node_freep) struct node *wanted = tags;
    bool tagged = wanted && wanted->len > 0;
    if (!cmd->organization)
        return 0;
    if (!cmd->ous && !cmd->joined_after && !tagged)
        return add_text(accounts, "organization", "true", true);
    struct node *rules = add_map(accounts, "organization");
    if (!rules || add_list(rules, "ous", cmd->ous) ||
        add_text(rules, "joined_after", cmd->joined_after, false))
        return ORGRUN_ENOMEM;
    return tagged ? node_add(rules, "tags", nowhere, TAKE_PTR(wanted)) : 0;
}

/* Takes tags over. */
static int add_accounts(struct node *root, const struct job_command *cmd, struct node *tags)
{
    AUTO(node_freep) struct node *wanted = tags;
    struct node *accounts = add_map(root, "accounts");
    if (!accounts || add_organization(accounts, cmd, TAKE_PTR(wanted)))
        return ORGRUN_ENOMEM;
    return add_list(accounts, "list", cmd->accounts) ||
                   add_text(accounts, "file", cmd->accounts_file, false) ||
                   add_list(accounts, "include", cmd->include) ||
                   add_list(accounts, "exclude", cmd->exclude)
               ? ORGRUN_ENOMEM
               : 0;
}

/* Takes env over. */
static int add_task(struct node *root, const struct job_command *cmd, struct node *env)
{
    AUTO(node_freep) struct node *variables = env;
    char timeout[32];
    (void)snprintf(timeout, sizeof timeout, "%lldms", (long long)cmd->timeout_ms);
    struct node *tasks = node_new(NODE_LIST, nowhere);
    if (node_add(root, "tasks", nowhere, tasks))
        return ORGRUN_ENOMEM;
    struct node *task = node_new(NODE_MAP, nowhere);
    if (node_add(tasks, NULL, nowhere, task) || add_list(task, "command", cmd->argv) ||
        (variables && variables->len && node_add(task, "env", nowhere, TAKE_PTR(variables))))
        return ORGRUN_ENOMEM;
    if (cmd->inject == JOB_INJECT_ENDPOINT && add_text(task, "inject", "endpoint", true))
        return ORGRUN_ENOMEM;
    return cmd->timeout_ms ? add_text(task, "timeout", timeout, false) : 0;
}

/* Splits each "NAME=VALUE"; a task's reader checks names and values. */
static int read_env(struct node *map, const char *const *env, struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    for (; env && *env; env++) {
        const char *equals = strchr(*env, '=');
        if (!equals)
            return error_set(err, ORGRUN_EUSAGE, "\"%s\" is not NAME=VALUE",
                             node_quote(*env, quote));
        AUTO(free_ptr) char *name = strndup(*env, (size_t)(equals - *env));
        if (!name)
            return error_nomem(err);
        if (node_find(map, name))
            return error_set(err, ORGRUN_EUSAGE, "\"%s\" is set twice", node_quote(name, quote));
        if (map->len >= NODE_KEYS_MAX)
            return error_set(err, ORGRUN_EUSAGE, "more than %d variables are set", NODE_KEYS_MAX);
        if (add_text(map, name, equals + 1, false))
            return error_nomem(err);
    }
    return 0;
}

/* The tree of the job, or NULL when out of memory. Takes env and tags over. */
static struct node *describe(const struct job_command *cmd, struct node *env, struct node *tags)
{
    AUTO(node_freep) struct node *variables = env, *wanted = tags;
    AUTO(node_freep) struct node *root = node_new(NODE_MAP, nowhere);
    if (!root || add_text(root, "name", "exec", false) || add_accounts(root, cmd, TAKE_PTR(wanted)))
        return NULL;
    if (add_access(root, cmd) || add_list(root, "regions", cmd->regions) ||
        add_task(root, cmd, TAKE_PTR(variables)))
        return NULL;
    return TAKE_PTR(root);
}

static int check_access(const struct job_command *cmd, struct orgrun_error *err)
{
    if (!cmd->sso_session != !cmd->sso_role)
        return error_set(
            err, ORGRUN_EUSAGE,
            "sso-session and sso-role (the permission set) go together: one is missing");
    if (cmd->sso_session && (cmd->role || cmd->external_id))
        return error_set(err, ORGRUN_EUSAGE,
                         "a role to assume and a permission set of an sso-session exclude one "
                         "another");
    return 0;
}

int job_from_command(struct job **out, const struct job_command *cmd, struct orgrun_error *err)
{
    *out = NULL;
    int sources = (cmd->accounts != NULL) + (cmd->accounts_file != NULL) + cmd->organization;
    if (sources != 1) {
        int rc = error_set(err, ORGRUN_EUSAGE, "%s",
                           sources ? "more than one source of accounts is named"
                                   : "no accounts are named");
        (void)error_hint(err, "Give exactly one of: a list of account ids, an accounts file, or "
                              "the whole organization.");
        return rc;
    }
    if (!cmd->organization && (cmd->ous || cmd->tags || cmd->joined_after))
        return error_set(err, ORGRUN_EUSAGE,
                         "OUs, tags and times of joining choose among the organization's accounts");
    if (!cmd->argv || !cmd->argv[0])
        return error_set(err, ORGRUN_EUSAGE, "no command is given");
    int rc = check_access(cmd, err);
    if (rc)
        return rc;
    AUTO(node_freep) struct node *env = node_new(NODE_MAP, nowhere);
    rc = env ? read_env(env, cmd->env, err) : error_nomem(err);
    if (rc)
        return rc;
    AUTO(node_freep) struct node *tags = node_new(NODE_MAP, nowhere);
    rc = tags ? read_tags(tags, cmd->tags, err) : error_nomem(err);
    if (rc)
        return rc;
    AUTO(node_freep) struct node *root = describe(cmd, TAKE_PTR(env), TAKE_PTR(tags));
    if (!root)
        return error_nomem(err);
    bool changed;
    rc = accounts_stdin_take(root, NULL, &changed, err);
    if (rc)
        return rc;
    struct buf text;
    buf_init(&text, JOB_TEXT_MAX);
    rc = yaml_writer_write(&text, root, err);
    if (rc) {
        buf_clear(&text);
        return rc;
    }
    return job_build(out, root, NULL, buf_take(&text, err), NULL, err);
}
