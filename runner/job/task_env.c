// SPDX-License-Identifier: MIT
// The environment a task asks for: what it sets, what it lets through, how the session gets in.
#include "base/text.h"
#include "job/loading.h"
#include "job/template.h"

#include <string.h>

#define NAME_MAX_LEN 255
#define FIRST "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

/* AWS_* variables that carry no credentials and choose no account. A trailing "*" stands for any
 * ending. */
static const char *const aws_settings[] = {
    "AWS_PAGER",
    "AWS_RETRY_MODE",
    "AWS_MAX_ATTEMPTS",
    "AWS_DEFAULT_OUTPUT",
    "AWS_CLI_AUTO_PROMPT",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_*",
    "AWS_CA_BUNDLE",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
};

static bool is_name(const char *s)
{
    size_t len = strlen(s);
    return len >= 1 && len <= NAME_MAX_LEN && strspn(s, FIRST) > 0 &&
           strspn(s, FIRST "0123456789") == len;
}

static bool is_aws_setting(const char *name)
{
    for (size_t i = 0; i < sizeof aws_settings / sizeof *aws_settings; i++) {
        size_t len = strlen(aws_settings[i]);
        if (aws_settings[i][len - 1] == '*' ? strncmp(name, aws_settings[i], len - 1) == 0
                                            : strcmp(name, aws_settings[i]) == 0)
            return true;
    }
    return false;
}

static int check_name(const struct node_mark *mark, const char *name, struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    if (is_name(name))
        return 0;
    return node_error(mark, err,
                      "\"%s\" is not the name of an environment variable (letters, digits and _)",
                      node_quote(name, quote));
}

static int set_read(const struct field_at *at, const struct node_item *item, struct strv *env,
                    struct orgrun_error *err)
{
    const struct node *value = item->value;
    int rc = check_name(&item->mark, item->key, err);
    if (rc)
        return rc;
    if (text_starts(item->key, "ORGRUN_") ||
        (text_starts(item->key, "AWS_") && !is_aws_setting(item->key))) {
        rc = node_error(&item->mark, err,
                        "\"%s\" cannot be set in %s: orgrun sets the variables that %s itself",
                        item->key, at->noun,
                        item->key[0] == 'A' ? "name the account's session" : "describe the target");
        if (item->key[0] == 'A')
            (void)error_hint(err, "Settings without credentials, such as AWS_PAGER, "
                                  "AWS_RETRY_MODE or AWS_ENDPOINT_URL, may be set.");
        return rc;
    }
    if (node_is_nothing(value))
        return node_error(&value->mark, err, "\"%s\" in env of %s has no value; \"\" is empty text",
                          item->key, at->noun);
    char found[NODE_FOUND_SIZE];
    if (value->kind != NODE_TEXT)
        return node_error(&value->mark, err, "\"%s\" in env of %s must be text, not %s", item->key,
                          at->noun, node_found(value, found));
    rc = loading_check_template(value, TEMPLATE_ALL, err);
    if (rc == 0 && strv_printf(env, "%s=%s", item->key, value->text))
        rc = error_nomem(err);
    return rc;
}

int task_env_read(const struct field_at *at, const struct node *value, void *dst,
                  struct orgrun_error *err)
{
    if (value->kind != NODE_MAP)
        return field_wrong(at, value, err, "a mapping of names to text");
    int rc = 0;
    for (size_t i = 0; i < value->len && rc == 0; i++)
        rc = set_read(at, &value->items[i], dst, err);
    return rc;
}

int job_inject_read(const struct field_at *at, const struct node *value, void *dst,
                    struct orgrun_error *err)
{
    static const char *const words[] = {"env", "endpoint", NULL};
    static const enum job_inject meanings[] = {JOB_INJECT_ENV, JOB_INJECT_ENDPOINT};
    size_t word;
    int rc = field_word(at, value, words, &word, err);
    enum job_inject *inject = dst;
    if (rc == 0)
        *inject = meanings[word];
    return rc;
}

int task_pass_env_read(const struct field_at *at, const struct node *value, void *dst,
                       struct orgrun_error *err)
{
    static const struct {
        const char *prefix, *why;
    } refused[] = {
        {"AWS_", "orgrun's own credentials and settings never reach a task"},
        {"LD_", "it would change what the dynamic linker loads"},
        {"ORGRUN_", "orgrun sets the variables that describe the target itself"},
    };
    int rc = field_check_list(at, value, "names of environment variables", err);
    for (size_t i = 0; rc == 0 && i < value->len; i++) {
        const struct node *name = value->items[i].value;
        if (!node_is_text(name))
            return field_wrong_item(at, name, err, "the name of an environment variable");
        rc = check_name(&name->mark, name->text, err);
        for (size_t j = 0; rc == 0 && j < sizeof refused / sizeof *refused; j++)
            if (text_starts(name->text, refused[j].prefix))
                rc = node_error(&name->mark, err, "\"%s\" cannot be passed to %s: %s", name->text,
                                at->noun, refused[j].why);
        if (rc == 0 && strv_push(dst, name->text))
            rc = error_nomem(err);
    }
    return rc;
}
