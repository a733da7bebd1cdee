// SPDX-License-Identifier: MIT
// The accounts a job is for: where they come from, which are taken and how many are expected.
#include "job/organization.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GLOB_MAX 1024
#define REASON_MAX 200

static bool is_glob(const struct node *value)
{
    return node_is_text(value) && value->text[0] && strlen(value->text) <= GLOB_MAX;
}

static int include_read(const struct field_at *at, const struct node *value, void *dst,
                        struct orgrun_error *err)
{
    int rc = field_check_list(at, value, "globs on id, name, email or OU path", err);
    for (size_t i = 0; rc == 0 && i < value->len; i++) {
        const struct node *item = value->items[i].value;
        if (!is_glob(item))
            return field_wrong_item(at, item, err, "a glob such as \"prod-*\"");
        if (strv_push(dst, item->text))
            rc = error_nomem(err);
    }
    return rc;
}

static int match_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    if (!is_glob(value))
        return field_wrong(at, value, err, "a glob such as \"sandbox-*\"");
    char **match = dst;
    *match = strdup(value->text);
    return *match ? 0 : error_nomem(err);
}

static const struct field exclude_fields[] = {
    {"match", match_read, offsetof(struct job_exclude, match), .required = true},
    {"reason", field_text, offsetof(struct job_exclude, reason), 1, REASON_MAX},
};

static int exclude_one(const struct field_at *at, const struct node *value,
                       struct job_exclude *exclude, struct orgrun_error *err)
{
    if (value->kind == NODE_LIST || node_is_nothing(value))
        return field_wrong_item(at, value, err, "a glob or a mapping of match and reason");
    int rc = value->kind == NODE_TEXT
                 ? match_read(at, value, &exclude->match, err)
                 : field_read_map(at->loading, value, "an item of exclude", exclude_fields,
                                  sizeof exclude_fields / sizeof *exclude_fields, exclude, err);
    if (rc || exclude->reason)
        return rc;
    if (asprintf(&exclude->reason, "matches \"%s\"", exclude->match) < 0) {
        exclude->reason = NULL;
        return error_nomem(err);
    }
    return 0;
}

static int exclude_read(const struct field_at *at, const struct node *value, void *dst,
                        struct orgrun_error *err)
{
    struct job_accounts *accounts = dst;
    int rc = field_check_list(at, value, "globs, or of mappings of match and reason", err);
    if (rc || value->len == 0)
        return rc;
    accounts->exclude = calloc(value->len, sizeof *accounts->exclude);
    if (!accounts->exclude)
        return error_nomem(err);
    for (size_t i = 0; rc == 0 && i < value->len; i++)
        rc = exclude_one(at, value->items[i].value, &accounts->exclude[accounts->exclude_len++],
                         err);
    return rc;
}

static const struct field expect_fields[] = {
    {"min", field_whole, offsetof(struct job_accounts, expect_min), 0, JOB_ACCOUNTS_MAX},
    {"max", field_whole, offsetof(struct job_accounts, expect_max), 0, JOB_ACCOUNTS_MAX},
};

static int expect_read(const struct field_at *at, const struct node *value, void *dst,
                       struct orgrun_error *err)
{
    struct job_accounts *accounts = dst;
    accounts->has_expect = true;
    accounts->expect_max = INT64_MAX;
    if (value->kind == NODE_TEXT) {
        int rc = field_whole(at, value, &accounts->expect_min, err);
        accounts->expect_max = accounts->expect_min;
        return rc;
    }
    if (value->kind != NODE_MAP)
        return field_wrong(at, value, err, "a whole number, or a mapping of min and max");
    int rc = field_read_map(at->loading, value, "expect", expect_fields,
                            sizeof expect_fields / sizeof *expect_fields, accounts, err);
    if (rc)
        return rc;
    if (value->len == 0)
        return node_error(&value->mark, err, "\"expect\" needs \"min\", \"max\" or both");
    if (accounts->expect_min > accounts->expect_max)
        return node_error(&value->mark, err, "\"expect\" has a min of %lld above its max of %lld",
                          (long long)accounts->expect_min, (long long)accounts->expect_max);
    return 0;
}

static int management_read(const struct field_at *at, const struct node *value, void *dst,
                           struct orgrun_error *err)
{
    static const char *const words[] = {[JOB_MANAGEMENT_ASSUME] = "assume",
                                        [JOB_MANAGEMENT_SOURCE] = "source",
                                        [JOB_MANAGEMENT_SKIP] = "skip",
                                        NULL};
    enum job_management *management = dst;
    size_t word = 0;
    int rc = field_word(at, value, words, &word, err);
    *management = (enum job_management)word;
    return rc;
}

static int cover_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    static const char *const words[] = {"none", "organization", NULL};
    size_t word = 0;
    int rc = field_word(at, value, words, &word, err);
    *(bool *)dst = word == 1;
    return rc;
}

static const struct field fields[] = {
    {"organization", organization_read, 0},
    {"list", entry_list_read, 0, 1, JOB_ACCOUNTS_MAX},
    {"file", entry_file_read, 0, 1, JOB_ACCOUNTS_MAX},
    {"include", include_read, offsetof(struct job_accounts, include), 1, 10000},
    {"exclude", exclude_read, 0, 0, 10000},
    {"expect", expect_read, 0, 0, JOB_ACCOUNTS_MAX},
    {"management", management_read, offsetof(struct job_accounts, management)},
    {"cover", cover_read, offsetof(struct job_accounts, cover)},
};

int job_accounts_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    struct job_accounts *accounts = dst;
    if (at->loading->opts->offline_files && value->kind == NODE_TEXT &&
        strcmp(value->text, "-") == 0) {
        at->loading->file_unread = true;
        return 0;
    }
    int rc = field_read_map(at->loading, value, "accounts", fields, sizeof fields / sizeof *fields,
                            accounts, err);
    if (rc)
        return rc;
    if (!accounts->organization && !node_find(value, "list") && !node_find(value, "file"))
        return node_error(&value->mark, err,
                          "accounts names no source: give organization: true, list or file");
    return entry_list_finish(at->loading, err);
}
