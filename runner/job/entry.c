// SPDX-License-Identifier: MIT
// The listed accounts of a job: each entry of accounts.list and accounts.file, no id twice.
#include "base/text.h"
#include "job/accounts_file.h"
#include "job/loading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Why a text is no account id, as an error. */
static int refuse_id(const struct node *value, struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE], digits[64] = "";
    const char *text = node_quote(value->text, quote);
    size_t len = strlen(value->text), only = strspn(value->text, "0123456789"), n = 0;
    if (len > 0 && only == len && len < 12) {
        memset(digits, '0', 12 - len);
        memcpy(digits + 12 - len, value->text, len + 1);
        return node_error(&value->mark, err,
                          "\"%s\" has %zu digit%s; account ids have 12 and leading zeros count: "
                          "%s it as \"%s\"",
                          text, len, len == 1 ? "" : "s", value->plain ? "quote" : "write", digits);
    }
    if (len > 0 && only == len)
        return node_error(&value->mark, err, "\"%s\" has %zu digits; account ids have 12", text,
                          len);
    for (const char *p = value->text; *p && n < sizeof digits - 1; p++)
        if (*p != '-' && *p != ' ')
            digits[n++] = *p;
    digits[n] = '\0';
    int rc =
        node_error(&value->mark, err, "\"%s\" is not an account id, which has 12 digits", text);
    if (text_is_account_id(digits))
        (void)error_hint(err, "Write it as \"%s\".", digits);
    else if (strspn(value->text, "0123456789.eE+") == len && len > 0)
        (void)error_hint(err, "A spreadsheet or a number type has rounded it; write all 12 digits "
                              "as text.");
    return rc;
}

static int id_read(const struct field_at *at, const struct node *value, void *dst,
                   struct orgrun_error *err)
{
    if (!node_is_text(value))
        return field_wrong(at, value, err, "an account id of 12 digits");
    if (!text_is_account_id(value->text))
        return refuse_id(value, err);
    memcpy(dst, value->text, ACCOUNT_ID_SIZE);
    return 0;
}

/* Names and addresses come from Organizations and may hold anything but nothing. */
static int label_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    if (!node_is_text(value))
        return field_wrong(at, value, err, "text");
    char **text = dst;
    *text = strdup(value->text);
    return *text ? 0 : error_nomem(err);
}

static int regions_read(const struct field_at *at, const struct node *value, void *dst,
                        struct orgrun_error *err)
{
    return region_list_read(at, value, dst, NULL, err);
}

static const struct field fields[] = {
    {"id", id_read, offsetof(struct job_entry, account.id), .required = true},
    {"name", label_read, offsetof(struct job_entry, account.name)},
    {"email", label_read, offsetof(struct job_entry, account.email)},
    {"ou_path", label_read, offsetof(struct job_entry, account.ou_path)},
    {"state", label_read, offsetof(struct job_entry, account.state)},
    {"role", role_name_read, offsetof(struct job_entry, role)},
    {"external_id", role_external_id_read, offsetof(struct job_entry, external_id), 2, 1224},
    {"regions", regions_read, offsetof(struct job_entry, regions)},
};

/* Room for len entries more, and for their marks. */
static int reserve(struct loading *l, size_t len)
{
    struct job_accounts *accounts = &l->job->accounts;
    size_t need = accounts->list_len + len;
    if (need <= l->marks_cap)
        return 0;
    struct job_entry *list = reallocarray(accounts->list, need, sizeof *list);
    if (!list)
        return ORGRUN_ENOMEM;
    accounts->list = list;
    struct node_mark *marks = reallocarray(l->marks, need, sizeof *marks);
    if (!marks)
        return ORGRUN_ENOMEM;
    l->marks = marks;
    l->marks_cap = need;
    return 0;
}

static int entry_read(const struct field_at *at, const struct node *value, struct job_entry *entry,
                      struct orgrun_error *err)
{
    if (value->kind == NODE_MAP)
        return field_read_map(at->loading, value, "an account", fields,
                              sizeof fields / sizeof *fields, entry, err);
    if (!node_is_text(value))
        return field_wrong_item(at, value, err, "an account id or a mapping with an id");
    return id_read(at, value, entry->account.id, err);
}

int entry_list_read(const struct field_at *at, const struct node *value, void *dst,
                    struct orgrun_error *err)
{
    struct loading *l = at->loading;
    struct job_accounts *accounts = dst;
    int rc = field_check_list(at, value, "account ids, or of mappings with an id", err);
    if (rc)
        return rc;
    if (accounts->list_len + value->len > JOB_ACCOUNTS_MAX)
        return node_error(&value->mark, err, "more than %d accounts are listed", JOB_ACCOUNTS_MAX);
    if (reserve(l, value->len))
        return error_nomem(err);
    for (size_t i = 0; rc == 0 && i < value->len; i++) {
        const struct node *item = value->items[i].value;
        struct job_entry *entry = &accounts->list[accounts->list_len];
        l->marks[accounts->list_len++] = item->mark;
        *entry = (struct job_entry){0};
        rc = entry_read(at, item, entry, err);
    }
    return rc;
}

char *loading_resolve(const struct loading *l, const char *name)
{
    const char *slash = l->file ? strrchr(l->file, '/') : NULL;
    if (name[0] == '/' || !slash)
        return strdup(name);
    char *path = NULL;
    if (asprintf(&path, "%.*s/%s", (int)(slash - l->file), l->file, name) < 0)
        return NULL;
    return path;
}

int entry_file_read(const struct field_at *at, const struct node *value, void *dst,
                    struct orgrun_error *err)
{
    struct loading *l = at->loading;
    if (!node_is_text(value) || !value->text[0])
        return field_wrong(at, value, err, "the name of a csv, json or yaml file");
    if (l->opts->offline_files && strcmp(value->text, "-") == 0) {
        l->file_unread = true;
        return 0;
    }
    const struct accounts_file_format *format = accounts_file_format(value->text);
    if (!format)
        return field_wrong(at, value, err, "a file whose name ends in .csv, .json, .yaml or .yml");
    if (l->opts->offline_files) {
        l->file_unread = true;
        return 0;
    }
    l->accounts_path = loading_resolve(l, value->text);
    if (!l->accounts_path)
        return error_nomem(err);
    bool read = false;
    int rc = accounts_file_read(&l->tree, l->accounts_path, format, &read, err);
    if (rc)
        return read ? rc : node_error_at(&value->mark, rc, err);
    return entry_list_read(at, l->tree, dst, err);
}

static int compare(const void *a, const void *b)
{
    const struct job_entry *x = *(const struct job_entry *const *)a;
    const struct job_entry *y = *(const struct job_entry *const *)b;
    int by_id = strcmp(x->account.id, y->account.id);
    return by_id ? by_id : (x > y) - (x < y);
}

int entry_list_finish(struct loading *l, struct orgrun_error *err)
{
    struct job_accounts *accounts = &l->job->accounts;
    if (accounts->list_len == 0)
        return 0;
    accounts->by_id = calloc(accounts->list_len, sizeof(*accounts->by_id));
    if (!accounts->by_id)
        return error_nomem(err);
    for (size_t i = 0; i < accounts->list_len; i++)
        accounts->by_id[i] = &accounts->list[i];
    qsort(accounts->by_id, accounts->list_len, sizeof(*accounts->by_id), compare);
    const struct job_entry *first = NULL, *second = NULL;
    for (size_t i = 1; i < accounts->list_len; i++) {
        const struct job_entry *a = accounts->by_id[i - 1], *b = accounts->by_id[i];
        if (strcmp(a->account.id, b->account.id) == 0 && (!second || b < second)) {
            first = a;
            second = b;
        }
    }
    if (!second)
        return 0;
    char place[NODE_PLACE_SIZE];
    const struct node_mark *mark = &l->marks[first - accounts->list];
    return node_error(&l->marks[second - accounts->list], err, "account %s is listed twice%s%s%s",
                      second->account.id, mark->origin ? " (first at " : "",
                      mark->origin ? node_place(mark, place) : "", mark->origin ? ")" : "");
}
