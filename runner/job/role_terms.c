// SPDX-License-Identifier: MIT
// What a role is assumed with besides its name: session policy, managed policies, session tags,
// source identity, and the hubs on the way. Limits are those of the STS API Reference, AssumeRole.
#include "base/cleanup.h"
#include "base/fs.h"
#include "base/text.h"
#include "job/loading.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define POLICY_MAX 2048 /* characters; with the policy ARNs */
#define POLICY_FILE_MAX (64 * 1024)
#define TAGS_MAX 50
#define TAG_KEY_MAX 128
#define TAG_VALUE_MAX 256
#define SERIAL_MAX 256

/* Is it what a policy document looks like? AWS judges the rest. */
static int check_policy(const struct node_mark *mark, const char *text, size_t len,
                        struct orgrun_error *err)
{
    json_error_t why;
    json_t *policy = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
    if (!policy)
        return node_error(mark, err, "the session policy is not JSON: line %d, column %d: %s",
                          why.line, why.column, why.text);
    bool good = json_is_object(policy) && json_object_get(policy, "Statement");
    json_decref(policy);
    if (!good)
        return node_error(mark, err,
                          "the session policy must be a JSON object with a \"Statement\"");
    return 0;
}

static int keep_policy(const struct node *value, const char *text, size_t len, void *dst,
                       struct orgrun_error *err)
{
    char **policy = dst;
    if (*policy)
        return node_error(&value->mark, err, "there is a policy and a policy_file: give one");
    int rc = check_policy(&value->mark, text, len, err);
    if (rc == 0 && !(*policy = strndup(text, len)))
        rc = error_nomem(err);
    return rc;
}

int role_policy_read(const struct field_at *at, const struct node *value, void *dst,
                     struct orgrun_error *err)
{
    if (!node_is_text(value))
        return field_wrong(at, value, err, "the text of a policy document in JSON");
    return keep_policy(value, value->text, strlen(value->text), dst, err);
}

int role_policy_file_read(const struct field_at *at, const struct node *value, void *dst,
                          struct orgrun_error *err)
{
    if (!node_is_text(value) || !value->text[0])
        return field_wrong(at, value, err, "the name of a file that holds a policy document");
    if (at->loading->opts->offline_files)
        return 0;
    AUTO(free_ptr) char *path = loading_resolve(at->loading, value->text);
    AUTO(buf_clear) struct buf text;
    buf_init(&text, POLICY_FILE_MAX);
    if (!path)
        return error_nomem(err);
    int rc = fs_read_file(path, POLICY_FILE_MAX, &text, err);
    return rc ? node_error_at(&value->mark, rc, err)
              : keep_policy(value, buf_str(&text), text.len, dst, err);
}

/* "arn:<partition>:iam::<account or aws>:policy/<path/name>" */
static bool is_policy_arn(const char *s)
{
    char account[13] = "";
    int end = 0;
    if (sscanf(s, "arn:%*31[a-z0-9-]:iam::%12[0-9a-z]:policy/%n", account, &end) != 1 || !end)
        return false;
    return (text_is_account_id(account) || strcmp(account, "aws") == 0) && s[end] &&
           strlen(s) <= 2048;
}

int role_policy_arns_read(const struct field_at *at, const struct node *value, void *dst,
                          struct orgrun_error *err)
{
    int rc = field_check_list(at, value, "ARNs of managed policies", err);
    for (size_t i = 0; rc == 0 && i < value->len; i++) {
        const struct node *item = value->items[i].value;
        if (!node_is_text(item) || !is_policy_arn(item->text))
            return field_wrong_item(at, item, err,
                                    "the ARN of a managed policy, such as "
                                    "arn:aws:iam::aws:policy/ReadOnlyAccess");
        if (strv_push(dst, item->text))
            rc = error_nomem(err);
    }
    return rc;
}

/* Characters of [\p{L}\p{Z}\p{N}_.:/=+\-@]: of ASCII exactly; beyond it AWS judges. */
static bool is_tag_text(const char *s, size_t least, size_t most)
{
    size_t characters = 0;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x80 && !isalnum(c) && !strchr(" _.:/=+-@", c))
            return false;
        characters += (c & 0xc0) != 0x80;
    }
    return characters >= least && characters <= most;
}

static int tag_read(const struct field_at *at, const struct node_item *item, struct strv *tags,
                    struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    if (!is_tag_text(item->key, 1, TAG_KEY_MAX) || strncasecmp(item->key, "aws:", 4) == 0)
        return node_error(&item->mark, err,
                          "\"%s\" is not the key of a session tag: 1 to 128 letters, digits, "
                          "spaces and _.:/=+-@, not beginning with aws:",
                          node_quote(item->key, quote));
    for (size_t i = 0; i < tags->len; i += 2)
        if (strcasecmp(tags->items[i], item->key) == 0)
            return node_error(&item->mark, err,
                              "the session tags \"%s\" and \"%s\" differ only in case, which AWS "
                              "does not tell apart",
                              tags->items[i], item->key);
    const struct node *value = item->value;
    if (value->kind != NODE_TEXT || node_is_nothing(value) ||
        !is_tag_text(value->text, 0, TAG_VALUE_MAX))
        return node_error(&value->mark, err,
                          "the session tag \"%s\" in %s must be text of at most 256 letters, "
                          "digits, spaces and _.:/=+-@",
                          item->key, at->noun);
    return strv_push(tags, item->key) || strv_push(tags, value->text) ? error_nomem(err) : 0;
}

int role_tags_read(const struct field_at *at, const struct node *value, void *dst,
                   struct orgrun_error *err)
{
    if (value->kind != NODE_MAP || value->len == 0 || value->len > TAGS_MAX)
        return field_wrong(at, value, err, "a mapping of 1 to 50 keys to text");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < value->len; i++)
        rc = tag_read(at, &value->items[i], dst, err);
    return rc;
}

int role_transitive_read(const struct field_at *at, const struct node *value, void *dst,
                         struct orgrun_error *err)
{
    int rc = field_check_list(at, value, "keys of session tags", err);
    for (size_t i = 0; rc == 0 && i < value->len; i++) {
        const struct node *item = value->items[i].value;
        if (!node_is_text(item))
            return field_wrong_item(at, item, err, "the key of a session tag");
        if (strv_push(dst, item->text))
            rc = error_nomem(err);
    }
    return rc;
}

int role_source_identity_read(const struct field_at *at, const struct node *value, void *dst,
                              struct orgrun_error *err)
{
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
                                "+=,.@-";
    if (node_is_text(value) &&
        (value->text[strspn(value->text, chars)] || strncasecmp(value->text, "aws:", 4) == 0))
        return node_error(&value->mark, err,
                          "\"%s\" in %s may hold only letters, digits and _+=,.@-", at->field->key,
                          at->noun);
    return field_text(at, value, dst, err);
}

static const struct field hop_fields[] = {
    {"role", role_arn_read, offsetof(struct job_hop, role), .required = true},
    {"external_id", role_external_id_read, offsetof(struct job_hop, external_id), 2, 1224},
    {"mfa_serial", field_text, offsetof(struct job_hop, mfa_serial), 9, SERIAL_MAX},
};

int role_via_read(const struct field_at *at, const struct node *value, void *dst,
                  struct orgrun_error *err)
{
    struct job_terms *terms = dst;
    int rc = field_check_list(at, value, "ARNs of roles, or of mappings with a role", err);
    if (rc)
        return rc;
    terms->via = calloc(value->len, sizeof *terms->via);
    if (!terms->via)
        return error_nomem(err);
    for (size_t i = 0; rc == 0 && i < value->len; i++) {
        const struct node *item = value->items[i].value;
        struct job_hop *hop = &terms->via[terms->via_len++];
        rc = item->kind == NODE_MAP
                 ? field_read_map(at->loading, item, "a hub of via", hop_fields,
                                  sizeof hop_fields / sizeof *hop_fields, hop, err)
                 : role_arn_read(at, item, &hop->role, err);
    }
    return rc;
}

static bool has_tag(const struct job_terms *terms, const char *key)
{
    for (size_t i = 0; i < terms->tags.len; i += 2)
        if (strcasecmp(terms->tags.items[i], key) == 0)
            return true;
    return false;
}

int role_terms_check(const struct job_role *role, const struct node *map, struct orgrun_error *err)
{
    const struct job_terms *terms = &role->terms;
    size_t characters = terms->policy ? strlen(terms->policy) : 0;
    for (size_t i = 0; i < terms->policy_arns.len; i++)
        characters += strlen(terms->policy_arns.items[i]);
    if (characters > POLICY_MAX)
        return node_error(&map->mark, err,
                          "the session policy and the policy ARNs have %zu characters together; "
                          "STS takes 2048",
                          characters);
    for (size_t i = 0; i < terms->transitive_tag_keys.len; i++)
        if (!has_tag(terms, terms->transitive_tag_keys.items[i]))
            return node_error(&map->mark, err,
                              "transitive_tag_keys names \"%s\", which is no key "
                              "of tags",
                              terms->transitive_tag_keys.items[i]);
    if (terms->via_len && role->duration_s > 3600) {
        int rc =
            node_error(&map->mark, err, "a session assumed through a hub (via) lasts at most 1h");
        (void)error_hint(err, "AWS caps role chaining at one hour, whatever the role allows: "
                              "leave duration out, or set it to 1h or less.");
        return rc;
    }
    return 0;
}

void job_terms_clear(struct job_terms *terms)
{
    free(terms->policy);
    strv_clear(&terms->policy_arns);
    strv_clear(&terms->tags);
    strv_clear(&terms->transitive_tag_keys);
    free(terms->source_identity);
    for (size_t i = 0; i < terms->via_len; i++) {
        free(terms->via[i].role);
        free(terms->via[i].external_id);
        free(terms->via[i].mfa_serial);
    }
    free(terms->via);
    *terms = (struct job_terms){0};
}
