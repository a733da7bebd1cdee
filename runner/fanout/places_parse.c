// SPDX-License-Identifier: MIT
// The book of places out of JSON: whoever wrote the file, what is read is whole or nothing.
#include "fanout/places_book.h"

#include "base/text.h"
#include "fanout/places_json.h"

#include <string.h>

static int damaged(struct orgrun_error *err, const char *what)
{
    return error_set(err, ORGRUN_EPROTOCOL, "it is damaged: %s", what);
}

static int check_whose(const json_t *root, const struct places_key *key, struct orgrun_error *err)
{
    const struct {
        const char *member, *wanted;
    } all[] = {{"schema", PLACES_SCHEMA},
               {"endpoint", key->endpoint},
               {"partition", key->partition},
               {"organization", key->organization}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const char *found = json_string_value(json_object_get(root, all[i].member));
        if (!found)
            return damaged(err, "it does not say whose it is");
        if (strcmp(found, all[i].wanted) != 0)
            return error_set(err, ORGRUN_ENOTFOUND, "its %s is \"%s\", not \"%s\"", all[i].member,
                             found, all[i].wanted);
    }
    return 0;
}

/* A time that is not to come; least 0. */
static bool read_time(const json_t *value, int64_t now_ms, int64_t *out)
{
    *out = json_integer_value(value);
    return json_is_integer(value) && *out >= 0 && *out <= now_ms;
}

static bool read_index(const json_t *value, size_t below, size_t *out)
{
    json_int_t n = json_integer_value(value);
    *out = (size_t)n;
    return json_is_integer(value) && n >= 0 && (size_t)n < below;
}

static int read_ous(const json_t *list, struct organizations_tree *t, struct orgrun_error *err)
{
    if (!json_is_array(list))
        return damaged(err, "no list of OUs");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const json_t *parent = json_object_get(item, "parent");
        const char *id = json_string_value(json_object_get(item, "id"));
        const char *name = json_string_value(json_object_get(item, "name"));
        size_t at = ORGANIZATIONS_NO_OU;
        if (!id || !name || (!json_is_null(parent) && !read_index(parent, i, &at)))
            return damaged(err, "an OU is not whole");
        if (json_is_null(parent))
            at = ORGANIZATIONS_NO_OU;
        int rc = organizations_tree_add(t, at, id, name, NULL, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int read_accounts(json_t *map, struct organizations_tree *t, struct orgrun_error *err)
{
    const char *account;
    json_t *value;
    if (!json_is_object(map))
        return damaged(err, "no accounts");
    json_object_foreach(map, account, value)
    {
        size_t ou;
        if (!text_is_account_id(account) || !read_index(value, t->len, &ou))
            return damaged(err, "the place of an account");
        int rc = organizations_tree_place(t, account, ou, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int read_entry(struct places_book *b, const char *account, const json_t *value,
                      int64_t now_ms, struct orgrun_error *err)
{
    const json_t *list = json_object_get(value, "tags");
    int64_t as_of;
    if (!text_is_account_id(account) || !json_is_array(list) || json_array_size(list) % 2 ||
        !read_time(json_object_get(value, "as_of"), now_ms, &as_of))
        return damaged(err, "the tags of an account");
    AUTO(strv_clear) struct strv tags = {0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text)
            return damaged(err, "a tag is no text");
        if (strv_push(&tags, text))
            return error_nomem(err);
    }
    return places_book_put(b, account, as_of, &tags, err);
}

static int read_tags(struct places_book *b, json_t *map, int64_t now_ms, struct orgrun_error *err)
{
    const char *account;
    json_t *value;
    if (!json_is_object(map))
        return damaged(err, "no tags");
    json_object_foreach(map, account, value)
    {
        int rc = read_entry(b, account, value, now_ms, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int read_book(struct places_book *b, const json_t *root, const struct places_key *key,
                     int64_t now_ms, struct orgrun_error *err)
{
    if (!json_is_object(root))
        return damaged(err, "no JSON object");
    int rc = check_whose(root, key, err);
    if (rc == 0 && !read_time(json_object_get(root, "tree_as_of"), now_ms, &b->tree_ms))
        rc = damaged(err, "its time");
    if (rc == 0)
        rc = read_ous(json_object_get(root, "ous"), &b->tree, err);
    if (rc == 0)
        rc = read_accounts(json_object_get(root, "accounts"), &b->tree, err);
    if (rc == 0)
        rc = read_tags(b, json_object_get(root, "tags"), now_ms, err);
    if (rc == 0 && b->tree_ms && b->tree.len == 0)
        rc = damaged(err, "it has a time and no OUs");
    return rc;
}

int places_book_parse(struct places_book *b, const char *text, size_t len,
                      const struct places_key *key, int64_t now_ms, struct orgrun_error *err)
{
    json_error_t where;
    AUTO(free_json) json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
    int rc = read_book(b, root, key, now_ms, err);
    if (rc)
        places_book_clear(b);
    return rc;
}
