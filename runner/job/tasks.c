// SPDX-License-Identifier: MIT
// The tasks of a job: what each runs, and under which name.
#include "base/text.h"
#include "job/loading.h"
#include "job/template.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000
#define HOUR (3600 * SECOND)
#define DAY (24LL * HOUR)
#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_CHARS ALNUM "._-"
#define NAME_MAX_LEN 64

static bool is_name(const char *s)
{
    size_t len = strlen(s);
    return len >= 1 && len <= NAME_MAX_LEN && strspn(s, ALNUM) > 0 && strspn(s, NAME_CHARS) == len;
}

static int name_read(const struct field_at *at, const struct node *value, void *dst,
                     struct orgrun_error *err)
{
    if (!node_is_text(value) || !is_name(value->text))
        return field_wrong(at, value, err,
                           "1 to 64 letters, digits and ._- that begin with a letter or digit");
    char **name = dst;
    *name = strdup(value->text);
    return *name ? 0 : error_nomem(err);
}

static int command_read(const struct field_at *at, const struct node *value, void *dst,
                        struct orgrun_error *err)
{
    static const char hint[] = "Write the command as a list, such as [aws, sts, "
                               "get-caller-identity], or use \"script\" for shell text.";
    int rc = field_check_list(at, value, "text", err);
    if (rc) {
        if (value->kind == NODE_TEXT)
            (void)error_hint(err, hint);
        return rc;
    }
    for (size_t i = 0; i < value->len && rc == 0; i++) {
        const struct node *word = value->items[i].value;
        if (word->kind == NODE_TEXT && node_is_nothing(word))
            return field_wrong_item(at, word, err, "text (quote it if it is meant)");
        if (word->kind != NODE_TEXT)
            return field_wrong_item(at, word, err, "text");
        if (i == 0 && !word->text[0])
            return node_error(&word->mark, err, "the program of \"command\" in %s is empty",
                              at->noun);
        rc = loading_check_template(word, TEMPLATE_ALL, err);
        if (rc == 0 && strv_push(dst, word->text))
            rc = error_nomem(err);
    }
    return rc;
}

static int script_read(const struct field_at *at, const struct node *value, void *dst,
                       struct orgrun_error *err)
{
    if (!node_is_text(value))
        return field_wrong(at, value, err, "shell text");
    if (value->text[strspn(value->text, " \t\n")] == '\0')
        return node_error(&value->mark, err, "\"script\" in %s is empty", at->noun);
    char **script = dst;
    *script = strdup(value->text);
    return *script ? 0 : error_nomem(err);
}

static int shell_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    if (!node_is_text(value) || !value->text[0] || strpbrk(value->text, " \t\n"))
        return field_wrong(at, value, err, "one program without arguments");
    char **shell = dst;
    free(*shell);
    *shell = strdup(value->text);
    return *shell ? 0 : error_nomem(err);
}

static int regions_read(const struct field_at *at, const struct node *value, void *dst,
                        struct orgrun_error *err)
{
    struct job_task *task = dst;
    return region_list_read(at, value, &task->regions, &task->per_account, err);
}

static int cwd_read(const struct field_at *at, const struct node *value, void *dst,
                    struct orgrun_error *err)
{
    /* An account's name may be anything, "../.." too, so it cannot be part of a directory. */
    int rc = field_text(at, value, dst, err);
    return rc ? rc : loading_check_template(value, TEMPLATE_ALL & ~TEMPLATE_ACCOUNT_NAME, err);
}

static int retry_on_read(const struct field_at *at, const struct node *value, void *dst,
                         struct orgrun_error *err)
{
    static const char *const words[] = {"error", "failed", "timeout", NULL};
    static const unsigned bits[] = {JOB_RETRY_ERROR, JOB_RETRY_FAILED, JOB_RETRY_TIMEOUT};
    unsigned *on = dst;
    size_t word;
    *on = 0;
    if (node_is_text(value)) {
        int rc = field_word(at, value, words, &word, err);
        *on = rc ? 0 : bits[word];
        return rc;
    }
    int rc = field_check_list(at, value, "error, failed and timeout", err);
    for (size_t i = 0; rc == 0 && i < value->len; i++) {
        rc = field_word(at, value->items[i].value, words, &word, err);
        *on |= rc ? 0 : bits[word];
    }
    return rc;
}

static const struct field retry_fields[] = {
    {"attempts", field_whole, offsetof(struct job_retry, attempts), 1, 10},
    {"on", retry_on_read, offsetof(struct job_retry, on), 1, 3},
    {"backoff", field_duration, offsetof(struct job_retry, backoff_ms), 0, 60 * SECOND},
};

static int retry_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    char noun[FIELD_NOUN_SIZE + 16];
    (void)snprintf(noun, sizeof noun, "retry of %s", at->noun);
    return field_read_map(at->loading, value, noun, retry_fields,
                          sizeof retry_fields / sizeof *retry_fields, dst, err);
}

static const struct field fields[] = {
    {"name", name_read, offsetof(struct job_task, name)},
    {"command", command_read, offsetof(struct job_task, command), 1, 10000},
    {"script", script_read, offsetof(struct job_task, script)},
    {"shell", shell_read, offsetof(struct job_task, shell)},
    {"regions", regions_read},
    {"exit", task_exit_read, offsetof(struct job_task, exit)},
    {"env", task_env_read, offsetof(struct job_task, env)},
    {"pass_env", task_pass_env_read, offsetof(struct job_task, pass_env), 1, NODE_KEYS_MAX},
    {"timeout", field_duration, offsetof(struct job_task, timeout_ms), 0, 30 * DAY},
    {"kill_after", field_duration, offsetof(struct job_task, kill_after_ms), 0, HOUR},
    {"cwd", cwd_read, offsetof(struct job_task, cwd), 1, 4096},
    {"retry", retry_read, offsetof(struct job_task, retry)},
    {"inject", job_inject_read, offsetof(struct job_task, inject)},
};

/* The name of a lone task: its program's, made safe in a path. */
static char *default_name(const struct job_task *task)
{
    const char *word = task->kind == JOB_SCRIPT ? "script" : task->command.items[0];
    const char *slash = strrchr(word, '/');
    word = slash ? slash + 1 : word;
    word += strcspn(word, ALNUM);
    char *name = strndup(*word ? word : "command", NAME_MAX_LEN);
    for (char *p = name; p && *p; p++)
        if (!strchr(NAME_CHARS, *p))
            *p = '-';
    return name;
}

/* What only the whole task shows: one thing to run, and a name. */
static int finish(const struct loading *l, const struct node *value, const char *noun,
                  struct job_task *task, struct orgrun_error *err)
{
    const struct node_item *script = node_find(value, "script");
    const struct node_item *shell = node_find(value, "shell");
    if (task->command.len && script)
        return node_error(&script->mark, err, "%s has both \"command\" and \"script\"", noun);
    if (!task->command.len && !script)
        return node_error(&value->mark, err, "%s has neither \"command\" nor \"script\"", noun);
    if (shell && !script)
        return node_error(&shell->mark, err, "\"shell\" in %s goes with \"script\" only", noun);
    task->kind = script ? JOB_SCRIPT : JOB_COMMAND;
    if (task->name)
        return 0;
    if (!l->default_task_names)
        return node_error(&value->mark, err, "\"name\" is missing in %s", noun);
    task->name = default_name(task);
    return task->name ? 0 : error_nomem(err);
}

static int task_read(struct loading *l, const struct node *value, size_t index,
                     struct orgrun_error *err)
{
    struct job *job = l->job;
    struct job_task *task = &job->tasks[job->tasks_len++];
    task->shell = strdup("bash");
    task->kill_after_ms = 10 * SECOND;
    task->retry = (struct job_retry){.attempts = 1, .on = JOB_RETRY_ERROR, .backoff_ms = SECOND};
    memset(task->exit.of, ORGRUN_FAILED, sizeof task->exit.of);
    task->exit.of[0] = ORGRUN_PASSED;
    if (!task->shell)
        return error_nomem(err);
    char noun[FIELD_NOUN_SIZE], quote[NODE_QUOTE_SIZE];
    const struct node_item *name = node_find(value, "name");
    if (name && node_is_text(name->value))
        (void)snprintf(noun, sizeof noun, "task \"%s\"", node_quote(name->value->text, quote));
    else
        (void)snprintf(noun, sizeof noun, "task %zu", index + 1);
    int rc = field_read_map(l, value, noun, fields, sizeof fields / sizeof *fields, task, err);
    if (rc == 0)
        rc = finish(l, value, noun, task, err);
    assert(rc || name || index == 0); /* of several, each has its own */
    for (size_t i = 0; rc == 0 && i < index; i++)
        if (strcmp(job->tasks[i].name, task->name) == 0)
            rc = node_error(&name->value->mark, err, "tasks %zu and %zu are both named \"%s\"",
                            i + 1, index + 1, task->name);
    return rc;
}

int job_tasks_read(const struct field_at *at, const struct node *value, void *dst,
                   struct orgrun_error *err)
{
    struct job *job = dst;
    int rc = field_check_list(at, value, "tasks", err);
    if (rc)
        return rc;
    job->tasks = calloc(value->len, sizeof *job->tasks);
    if (!job->tasks)
        return error_nomem(err);
    at->loading->default_task_names = value->len == 1;
    for (size_t i = 0; rc == 0 && i < value->len; i++)
        rc = task_read(at->loading, value->items[i].value, i, err);
    return rc;
}
