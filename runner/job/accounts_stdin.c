// SPDX-License-Identifier: MIT
// Accounts from standard input: read once, and from then on part of the job's own text.
#include "job/accounts_stdin.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "job/accounts_file.h"
#include "job/job.h"

#include <string.h>

#define ORIGIN "<stdin>"

static bool is_dash(const struct node *n)
{
    return n->kind == NODE_TEXT && strcmp(n->text, "-") == 0;
}

static int read_list(struct node **out, const struct node *where, const char *job_file,
                     struct orgrun_error *err)
{
    if (job_file && strcmp(job_file, "-") == 0)
        return node_error(&where->mark, err,
                          "the job comes from standard input, so its accounts cannot");
    struct buf text;
    int rc = fs_read_file("-", JOB_ACCOUNTS_FILE_MAX, &text, err);
    if (rc)
        return node_error_at(&where->mark, rc, err);
    rc = accounts_file_parse(out, buf_str(&text), text.len, ORIGIN,
                             accounts_file_sniff(buf_str(&text), text.len), err);
    buf_clear(&text);
    return rc;
}

/* Appends the items of a list to another. */
static int append(struct node *list, struct node *more)
{
    for (size_t i = 0; i < more->len; i++)
        if (node_add(list, NULL, more->items[i].mark, TAKE_PTR(more->items[i].value)))
            return ORGRUN_ENOMEM;
    return 0;
}

/* Puts the list in place of the item "file" of accounts. */
static int put_list(struct node *accounts, struct node_item *file, struct node *read,
                    struct orgrun_error *err)
{
    AUTO(node_freep) struct node *list = read;
    struct node_item *listed = node_find(accounts, "list");
    if (!listed) {
        char *key = strdup("list");
        if (!key)
            return error_nomem(err);
        free(file->key);
        file->key = key;
        node_free(file->value);
        file->value = TAKE_PTR(list);
        return 0;
    }
    if (listed->value->kind == NODE_LIST && append(listed->value, list))
        return error_nomem(err);
    size_t at = (size_t)(file - accounts->items);
    free(file->key);
    node_free(file->value);
    memmove(file, file + 1, (accounts->len - at - 1) * sizeof *file);
    accounts->len--;
    return 0;
}

int accounts_stdin_take(struct node *root, const char *job_file, bool *changed,
                        struct orgrun_error *err)
{
    struct node_item *accounts = node_find(root, "accounts");
    struct node_item *file = accounts ? node_find(accounts->value, "file") : NULL;
    struct node *list = NULL;
    *changed = false;
    if (!accounts || !(is_dash(accounts->value) || (file && is_dash(file->value))))
        return 0;
    int rc = read_list(&list, file ? file->value : accounts->value, job_file, err);
    if (rc || !list)
        return rc;
    *changed = true;
    if (file)
        return put_list(accounts->value, file, list, err);
    struct node *map = node_new(NODE_MAP, accounts->value->mark);
    if (!map) {
        node_free(list);
        return error_nomem(err);
    }
    if (node_add(map, "list", accounts->mark, list)) {
        node_free(map);
        return error_nomem(err);
    }
    node_free(accounts->value);
    accounts->value = map;
    return 0;
}
