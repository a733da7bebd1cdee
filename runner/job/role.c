// SPDX-License-Identifier: MIT
// The role to assume: its name or ARN, session name, duration and external id.
#include "base/text.h"
#include "job/loading.h"
#include "job/template.h"

#include <string.h>

#define NAME_MAX_LEN 64
#define PATH_MAX_LEN 512
#define WORD_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
#define SESSION_CHARS WORD_CHARS "+=,.@-"

static bool holds_only(const char *s, const char *chars)
{
    return s[strspn(s, chars)] == '\0';
}

/* Why "path/name" is no role, or NULL. */
static const char *path_fault(const char *s)
{
    const char *slash = strrchr(s, '/');
    const char *name = slash ? slash + 1 : s;
    size_t len = strlen(name);
    if (s[0] == '/')
        return "a path is written without the leading \"/\"";
    if (strstr(s, "//"))
        return "a part of the path is empty";
    if (len == 0)
        return "the name after the path is missing";
    if (len > NAME_MAX_LEN)
        return "the name is longer than 64 characters";
    if (!holds_only(name, SESSION_CHARS))
        return "a name holds only letters, digits and _+=,.@-";
    if (slash && slash - s > PATH_MAX_LEN - 2)
        return "the path is longer than 512 characters";
    for (const char *p = s; p < name; p++)
        if (*p < 0x21 || *p > 0x7e)
            return "a path holds only printable ASCII characters without spaces";
    return NULL;
}

/* Takes prefix off *s if it is there. */
static bool skip(const char **s, const char *prefix)
{
    if (!text_starts(*s, prefix))
        return false;
    *s += strlen(prefix);
    return true;
}

/* Why an ARN names no role, or NULL. */
static const char *arn_fault(const char *s)
{
    static const char form[] = "a role's ARN is arn:PARTITION:iam::ACCOUNT:role/NAME";
    s += strlen("arn:");
    size_t partition = strspn(s, "abcdefghijklmnopqrstuvwxyz-");
    s += partition;
    if (partition == 0 || !skip(&s, ":iam::"))
        return form;
    size_t digits = strspn(s, "0123456789");
    if (digits == 12)
        s += digits;
    else if (digits > 0 || (!skip(&s, "*") && !skip(&s, "{account.id}")))
        return "the account in an ARN is 12 digits, {account.id} or *";
    return skip(&s, ":role/") ? path_fault(s) : form;
}

const char *job_role_fault(const char *role)
{
    return text_starts(role, "arn:") ? arn_fault(role) : path_fault(role);
}

int role_name_read(const struct field_at *at, const struct node *value, void *dst,
                   struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    if (!node_is_text(value))
        return field_wrong(at, value, err, "the name or ARN of a role");
    const char *fault = job_role_fault(value->text);
    if (fault)
        return node_error(&value->mark, err, "\"%s\" is not a role: %s",
                          node_quote(value->text, quote), fault);
    char **name = dst;
    *name = strdup(value->text);
    return *name ? 0 : error_nomem(err);
}

int role_arn_read(const struct field_at *at, const struct node *value, void *dst,
                  struct orgrun_error *err)
{
    const char *owner = node_is_text(value) ? strstr(value->text, ":iam::") : NULL;
    if (!owner || strspn(owner + strlen(":iam::"), "0123456789") != 12)
        return field_wrong(at, value, err,
                           "the whole ARN of a role, such as arn:aws:iam::111122223333:role/hub");
    return role_name_read(at, value, dst, err);
}

static int session_name_read(const struct field_at *at, const struct node *value, void *dst,
                             struct orgrun_error *err)
{
    int rc = field_text(at, value, dst, err);
    if (rc == 0)
        rc = loading_check_template(value, TEMPLATE_ACCOUNT_ID | TEMPLATE_RUN_ID, err);
    if (rc)
        return rc;
    const struct template_vars longest = {.account_id = "000000000000",
                                          .run_id = "000000000000000000000000"};
    struct buf name;
    buf_init(&name, 4096);
    int over = template_expand(&name, value->text, &longest);
    bool nomem = name.nomem;
    size_t len = name.len;
    bool good = holds_only(buf_str(&name), SESSION_CHARS);
    buf_clear(&name);
    if (nomem)
        return error_nomem(err);
    if (over || !good)
        return node_error(&value->mark, err,
                          "\"%s\" in %s may hold only letters, digits, _+=,.@- and templates",
                          at->field->key, at->noun);
    if (len < 2 || len > 64)
        return node_error(&value->mark, err, "\"%s\" in %s must have 2 to 64 characters, not %zu%s",
                          at->field->key, at->noun, len,
                          strchr(value->text, '{') ? " once expanded" : "");
    return 0;
}

static int duration_read(const struct field_at *at, const struct node *value, void *dst,
                         struct orgrun_error *err)
{
    int64_t ms;
    int rc = field_duration(at, value, &ms, err);
    if (rc)
        return rc;
    if (ms % 1000)
        return field_wrong(at, value, err, "whole seconds");
    int64_t *seconds = dst;
    *seconds = ms / 1000;
    return 0;
}

int role_external_id_read(const struct field_at *at, const struct node *value, void *dst,
                          struct orgrun_error *err)
{
    if (node_is_text(value) && !holds_only(value->text, SESSION_CHARS ":/"))
        return node_error(&value->mark, err,
                          "\"%s\" in %s may hold only letters, digits and _+=,.@:/-",
                          at->field->key, at->noun);
    return field_text(at, value, dst, err);
}

static const struct field fields[] = {
    {"name", role_name_read, offsetof(struct job_role, name)},
    {"session_name", session_name_read, offsetof(struct job_role, session_name), 1, 256},
    {"duration", duration_read, offsetof(struct job_role, duration_s), 900000, 43200000},
    {"external_id", role_external_id_read, offsetof(struct job_role, external_id), 2, 1224},
    {"policy", role_policy_read, offsetof(struct job_role, terms.policy)},
    {"policy_file", role_policy_file_read, offsetof(struct job_role, terms.policy)},
    {"policy_arns", role_policy_arns_read, offsetof(struct job_role, terms.policy_arns), 1, 10},
    {"tags", role_tags_read, offsetof(struct job_role, terms.tags)},
    {"transitive_tag_keys", role_transitive_read,
     offsetof(struct job_role, terms.transitive_tag_keys), 1, 50},
    {"source_identity", role_source_identity_read, offsetof(struct job_role, terms.source_identity),
     2, 64},
    {"via", role_via_read, offsetof(struct job_role, terms), 1, 8},
};

int job_role_read(const struct field_at *at, const struct node *value, void *dst,
                  struct orgrun_error *err)
{
    struct job_role *role = dst;
    if (node_is_text(value))
        return role_name_read(at, value, &role->name, err);
    if (value->kind != NODE_MAP)
        return field_wrong(at, value, err, "the name or ARN of a role, or a mapping");
    int rc = field_read_map(at->loading, value, "role", fields, sizeof fields / sizeof *fields, dst,
                            err);
    return rc ? rc : role_terms_check(role, value, err);
}
