// SPDX-License-Identifier: MIT
// Which accounts of the organization a job means: by OU, tag, state and time of joining.
#include "job/organization.h"

#include "base/clock.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OUS_MAX 1000
#define OU_NAME_MAX 1024
#define TAGS_MAX 50
#define TAG_KEY_MAX 128 /* Organizations API Reference, Tag */
#define TAG_VALUE_MAX 256

#define LOWER_DIGITS "abcdefghijklmnopqrstuvwxyz0123456789"

/* A word of 4 (least) to 32 of [a-z0-9]; its length, or 0. */
static size_t id_word(const char *s, size_t least)
{
    size_t n = strspn(s, LOWER_DIGITS);
    return n >= least && n <= 32 ? n : 0;
}

bool organization_ou_is_id(const char *text)
{
    if (text_starts(text, "r-")) {
        size_t n = id_word(text + 2, 4);
        return n && text[2 + n] == '\0';
    }
    if (!text_starts(text, "ou-"))
        return false;
    size_t n = id_word(text + 3, 4);
    if (!n || text[3 + n] != '-')
        return false;
    const char *rest = text + 3 + n + 1;
    n = id_word(rest, 8);
    return n && rest[n] == '\0';
}

/* "/", "/A/B", "Root" or "Root/A/B", without an empty part. */
static bool is_path(const char *text)
{
    size_t len = strlen(text);
    if (strcmp(text, "/") == 0 || strcmp(text, "Root") == 0)
        return true;
    return (text[0] == '/' || text_starts(text, "Root/")) && text[len - 1] != '/' &&
           !strstr(text, "//");
}

/* What a name that is neither id nor path may have been meant for, or "". */
static void suggest_path(const char *text, char out[OU_NAME_MAX + 2])
{
    size_t len = strlen(text);
    bool ou = text_starts(text, "ou-") || text_starts(text, "r-");
    out[0] = '\0';
    if (ou || len > OU_NAME_MAX || strstr(text, "//"))
        return;
    (void)snprintf(out, OU_NAME_MAX + 2, "%s%s", text[0] == '/' ? "" : "/",
                   strncasecmp(text, "root/", 5) == 0 ? text + 5 : text);
    len = strlen(out);
    while (len > 1 && out[len - 1] == '/')
        out[--len] = '\0';
}

static int ou_read(const struct field_at *at, const struct node *value, struct job_ou *ou,
                   struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE], place[NODE_PLACE_SIZE], near[OU_NAME_MAX + 2];
    if (!node_is_text(value) || !value->text[0] || strlen(value->text) > OU_NAME_MAX)
        return field_wrong_item(at, value, err, "the id or the path of an OU");
    if (!organization_ou_is_id(value->text) && !is_path(value->text)) {
        suggest_path(value->text, near);
        return node_error(&value->mark, err,
                          "\"%s\" is neither the id of an OU (ou-abcd-12345678, or r-abcd for the "
                          "root) nor a path (/Workloads/Prod)%s%s%s",
                          node_quote(value->text, quote), near[0] ? "; did you mean \"" : "", near,
                          near[0] ? "\"?" : "");
    }
    ou->name = strdup(value->text);
    ou->place = strdup(value->mark.origin ? node_place(&value->mark, place) : "");
    return ou->name && ou->place ? 0 : error_nomem(err);
}

static int ous_read(const struct field_at *at, const struct node *value, void *dst,
                    struct orgrun_error *err)
{
    struct job_organization *rules = dst;
    bool single = node_is_text(value);
    int rc = single ? 0 : field_check_list(at, value, "ids or paths of OUs", err);
    size_t len = single ? 1 : value->len;
    if (rc)
        return rc;
    rules->ous = calloc(len, sizeof *rules->ous);
    if (!rules->ous)
        return error_nomem(err);
    for (size_t i = 0; rc == 0 && i < len; i++)
        rc =
            ou_read(at, single ? value : value->items[i].value, &rules->ous[rules->ous_len++], err);
    return rc;
}

static int recursive_read(const struct field_at *at, const struct node *value, void *dst,
                          struct orgrun_error *err)
{
    bool *direct = dst;
    *direct = value->kind == NODE_TEXT && value->plain && strcmp(value->text, "false") == 0;
    if (*direct || (value->kind == NODE_TEXT && value->plain && strcmp(value->text, "true") == 0))
        return 0;
    return field_wrong(at, value, err, "true or false");
}

static int tag_value_read(const struct node *value, const char *key, struct strv *values,
                          struct orgrun_error *err)
{
    char found[NODE_FOUND_SIZE], quote[NODE_QUOTE_SIZE];
    if (!node_is_text(value))
        return node_error(&value->mark, err,
                          "tag \"%s\" must have a value or a list of values, not %s",
                          node_quote(key, quote), node_found(value, found));
    if (strlen(value->text) > TAG_VALUE_MAX)
        return node_error(&value->mark, err, "a value of tag \"%s\" is longer than %d bytes",
                          node_quote(key, quote), TAG_VALUE_MAX);
    return strv_push(values, value->text) ? error_nomem(err) : 0;
}

static int tag_read(const struct node_item *item, struct job_tag *tag, struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    const struct node *value = item->value;
    size_t len = strlen(item->key);
    if (len < 1 || len > TAG_KEY_MAX)
        return node_error(&item->mark, err, "the key of a tag must have 1 to %d bytes, not %zu",
                          TAG_KEY_MAX, len);
    tag->key = strdup(item->key);
    if (!tag->key)
        return error_nomem(err);
    if (value->kind != NODE_LIST)
        return tag_value_read(value, item->key, &tag->values, err);
    if (value->len == 0)
        return node_error(&value->mark, err, "tag \"%s\" has no value",
                          node_quote(item->key, quote));
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < value->len; i++)
        rc = tag_value_read(value->items[i].value, item->key, &tag->values, err);
    return rc;
}

static int tags_read(const struct field_at *at, const struct node *value, void *dst,
                     struct orgrun_error *err)
{
    struct job_organization *rules = dst;
    if (value->kind != NODE_MAP || value->len == 0)
        return field_wrong(at, value, err, "a mapping of tag keys to a value or a list of values");
    if (value->len > TAGS_MAX)
        return node_error(&value->mark, err,
                          "\"tags\" has %zu keys, more than the %d that an "
                          "account can have",
                          value->len, TAGS_MAX);
    rules->tags = calloc(value->len, sizeof *rules->tags);
    if (!rules->tags)
        return error_nomem(err);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < value->len; i++)
        rc = tag_read(&value->items[i], &rules->tags[rules->tags_len++], err);
    return rc;
}

static int state_one(const struct field_at *at, const struct node *value, struct strv *states,
                     struct orgrun_error *err)
{
    /* Organizations API Reference, Account.State */
    static const char *const words[] = {
        "ACTIVE", "PENDING_ACTIVATION", "SUSPENDED", "PENDING_CLOSURE", "CLOSED", NULL};
    size_t word = 0;
    int rc = field_word(at, value, words, &word, err);
    return rc ? rc : strv_push(states, words[word]) ? error_nomem(err) : 0;
}

static int states_read(const struct field_at *at, const struct node *value, void *dst,
                       struct orgrun_error *err)
{
    if (node_is_text(value))
        return state_one(at, value, dst, err);
    int rc = field_check_list(at, value, "states of accounts", err);
    for (size_t i = 0; rc == 0 && i < value->len; i++)
        rc = state_one(at, value->items[i].value, dst, err);
    return rc;
}

/* "2025-01-31": its beginning in UTC. */
static int parse_date(const char *text, int64_t *ms)
{
    struct tm tm = {0};
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10)
        return -1;
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    int day = tm.tm_mday;
    if (!end || *end)
        return -1;
    time_t t = timegm(&tm);
    *ms = (int64_t)t * 1000;
    return tm.tm_mday == day ? 0 : -1; /* timegm turns 31 February into March */
}

static int joined_read(const struct field_at *at, const struct node *value, void *dst,
                       struct orgrun_error *err)
{
    struct job_organization *rules = dst;
    if (!node_is_text(value) || (parse_date(value->text, &rules->joined_after_ms) &&
                                 (!isdigit((unsigned char)value->text[0]) ||
                                  clock_parse(value->text, &rules->joined_after_ms))))
        return field_wrong(at, value, err,
                           "a date such as 2025-01-31, or a time such as "
                           "2025-01-31T12:00:00Z");
    rules->joined_after = strdup(value->text);
    return rules->joined_after ? 0 : error_nomem(err);
}

static const struct field fields[] = {
    {"ous", ous_read, 0, 1, OUS_MAX},
    {"recursive", recursive_read, offsetof(struct job_organization, direct)},
    {"tags", tags_read, 0},
    {"state", states_read, offsetof(struct job_organization, states), 1, 5},
    {"joined_after", joined_read, 0},
};

int organization_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    struct job_accounts *accounts = dst;
    if (value->kind == NODE_TEXT && value->plain && strcmp(value->text, "false") == 0)
        return 0;
    accounts->organization = true;
    if (value->kind == NODE_TEXT && value->plain && strcmp(value->text, "true") == 0)
        return 0;
    if (value->kind != NODE_MAP)
        return field_wrong(at, value, err,
                           "true, false, or a mapping of ous, recursive, tags, state and "
                           "joined_after");
    int rc = field_read_map(at->loading, value, "organization", fields,
                            sizeof fields / sizeof *fields, &accounts->rules, err);
    if (rc)
        return rc;
    if (accounts->rules.direct && accounts->rules.ous_len == 0)
        return node_error(&value->mark, err, "\"recursive\" in organization needs \"ous\"");
    return 0;
}

void organization_clear(struct job_organization *rules)
{
    for (size_t i = 0; i < rules->ous_len; i++) {
        free(rules->ous[i].name);
        free(rules->ous[i].place);
    }
    free(rules->ous);
    for (size_t i = 0; i < rules->tags_len; i++) {
        free(rules->tags[i].key);
        strv_clear(&rules->tags[i].values);
    }
    free(rules->tags);
    strv_clear(&rules->states);
    free(rules->joined_after);
}
