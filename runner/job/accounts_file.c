// SPDX-License-Identifier: MIT
// A file of accounts: its format, and the list within what was read.
#include "job/accounts_file.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "job/csv_reader.h"
#include "job/ids_reader.h"
#include "job/job.h"
#include "job/json_reader.h"
#include "job/yaml_reader.h"

#include <string.h>
#include <strings.h>

typedef int parse_fn(struct node **out, const char *text, size_t len, const char *path,
                     struct orgrun_error *err);

static int parse_yaml(struct node **out, const char *text, size_t len, const char *path,
                      struct orgrun_error *err)
{
    return yaml_reader_parse(out, text, len, path, true, err);
}

struct accounts_file_format {
    const char *extension;
    parse_fn *parse;
};

static const struct accounts_file_format formats[] = {
    {".csv", csv_reader_parse},
    {".json", json_reader_parse},
    {".yaml", parse_yaml},
    {".yml", parse_yaml},
};

const struct accounts_file_format *accounts_file_format(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
        if (strcasecmp(dot, formats[i].extension) == 0)
            return &formats[i];
    return NULL;
}

static const struct accounts_file_format plain = {"", ids_reader_parse};

static const struct accounts_file_format *format_with(parse_fn *parse)
{
    size_t i = 0;
    while (formats[i].parse != parse)
        i++;
    return &formats[i];
}

const struct accounts_file_format *accounts_file_sniff(const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3;
    while (p < end && (*p == '#' || strchr(" \t\r\n", *p))) { /* to the first word */
        const char *stop = *p == '#' ? memchr(p, '\n', (size_t)(end - p)) : p;
        p = stop ? stop + 1 : end;
    }
    const char *stop = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    size_t line = (size_t)((stop ? stop : end) - p);
    if (line && (*p == '{' || *p == '['))
        return format_with(json_reader_parse);
    if (line && (memchr(p, ':', line) || *p == '-'))
        return format_with(parse_yaml);
    size_t quote = line && *p == '"';
    bool header = line >= 2 + quote && strncasecmp(p + quote, "id", 2) == 0; /* of one column */
    return line && (memchr(p, ',', line) || header) ? format_with(csv_reader_parse) : &plain;
}

/* What AWS calls an account's fields, and what a job does. The later of two with one name holds. */
static const struct {
    const char *theirs, *ours;
} names[] = {
    {"Id", "id"}, {"Name", "name"}, {"Email", "email"}, {"State", "state"}, {"Status", "state"}};

/* One account as AWS describes it; keys that a job has no use for are left out. */
static int convert_account(struct node *list, const struct node *theirs, struct orgrun_error *err)
{
    char found[NODE_FOUND_SIZE];
    if (theirs->kind != NODE_MAP)
        return node_error(&theirs->mark, err, "each item of \"Accounts\" must be a mapping, not %s",
                          node_found(theirs, found));
    AUTO(node_freep) struct node *ours = node_new(NODE_MAP, theirs->mark);
    for (size_t i = 0; ours && i < sizeof names / sizeof *names; i++) {
        const struct node_item *item = node_find(theirs, names[i].theirs);
        if (!item || node_find(ours, names[i].ours))
            continue;
        const struct node *v = item->value;
        if (v->kind != NODE_TEXT)
            return node_error(&v->mark, err, "\"%s\" of an account must be text, not %s",
                              names[i].theirs, node_found(v, found));
        if (node_add(ours, names[i].ours, item->mark,
                     node_new_text(v->mark, v->text, strlen(v->text), v->plain)))
            return error_nomem(err);
    }
    return ours && node_add(list, NULL, theirs->mark, TAKE_PTR(ours)) == 0 ? 0 : error_nomem(err);
}

/* What `aws organizations list-accounts` prints. */
static int convert_listing(struct node **out, const struct node *listing,
                           const struct node *accounts, struct orgrun_error *err)
{
    static const char *const tokens[] = {"NextToken", "nextToken"};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        const struct node_item *token = node_find(listing, tokens[i]);
        if (token && !node_is_nothing(token->value))
            return node_error(&token->mark, err,
                              "the list is not whole: it holds a \"%s\"; make it without a "
                              "maximum number of items",
                              tokens[i]);
    }
    char found[NODE_FOUND_SIZE];
    if (accounts->kind != NODE_LIST)
        return node_error(&accounts->mark, err, "\"Accounts\" must be a list, not %s",
                          node_found(accounts, found));
    AUTO(node_freep) struct node *list = node_new(NODE_LIST, accounts->mark);
    if (!list)
        return error_nomem(err);
    for (size_t i = 0; i < accounts->len; i++) {
        int rc = convert_account(list, accounts->items[i].value, err);
        if (rc)
            return rc;
    }
    *out = TAKE_PTR(list);
    return 0;
}

/* The list of accounts within a tree, which is taken over. */
static int unwrap(struct node **out, struct node *tree, struct orgrun_error *err)
{
    AUTO(node_freep) struct node *root = tree;
    char found[NODE_FOUND_SIZE];
    struct node_item *ours = node_find(root, "accounts");
    const struct node_item *theirs = node_find(root, "Accounts");
    if (theirs && !ours)
        return convert_listing(out, root, theirs->value, err);
    struct node **list = ours && root->len == 1 ? &ours->value : &root;
    if ((*list)->kind != NODE_LIST)
        return node_error(&(*list)->mark, err,
                          "an accounts file holds a list of accounts, or a mapping with the one "
                          "key \"accounts\", not %s",
                          ours && root->len > 1 ? "other keys besides" : node_found(*list, found));
    *out = *list;
    *list = list == &root ? NULL : node_new(NODE_LIST, root->mark);
    return 0;
}

int accounts_file_parse(struct node **out, const char *text, size_t len, const char *path,
                        const struct accounts_file_format *format, struct orgrun_error *err)
{
    *out = NULL;
    struct node *tree = NULL;
    int rc = format->parse(&tree, text, len, path, err);
    if (rc)
        return rc;
    AUTO(node_freep) struct node *list = NULL;
    rc = tree ? unwrap(&list, tree, err) : 0;
    if (rc)
        return rc;
    const struct node_mark whole = {.origin = path};
    if (!list || list->len == 0)
        return node_error(&whole, err, "it lists no accounts");
    *out = TAKE_PTR(list);
    return 0;
}

int accounts_file_read(struct node **out, const char *path,
                       const struct accounts_file_format *format, bool *read,
                       struct orgrun_error *err)
{
    struct buf text;
    *out = NULL;
    int rc = fs_read_file(path, JOB_ACCOUNTS_FILE_MAX, &text, err);
    *read = rc == 0;
    if (rc)
        return rc;
    rc = accounts_file_parse(out, buf_str(&text), text.len, path, format, err);
    buf_clear(&text);
    return rc;
}
