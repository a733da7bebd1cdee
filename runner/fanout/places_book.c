// SPDX-License-Identifier: MIT
// The book of places: entries by account, and JSON out of it.
#include "fanout/places_book.h"

#include "fanout/places_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void entry_free(struct places_tags *entry)
{
    strv_clear(&entry->tags);
    free(entry);
}

void places_book_clear(struct places_book *b)
{
    organizations_tree_clear(&b->tree);
    for (size_t i = 0; i < b->tags_len; i++)
        entry_free(b->tags[i]);
    free(b->tags);
    *b = (struct places_book){0};
}

static size_t index_of(const struct places_book *b, const char *account)
{
    size_t low = 0, high = b->tags_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(b->tags[middle]->account, account) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct places_book *b, size_t i, const char *account)
{
    return i < b->tags_len && strcmp(b->tags[i]->account, account) == 0;
}

const struct places_tags *places_book_find(const struct places_book *b, const char *account)
{
    size_t i = index_of(b, account);
    return is_at(b, i, account) ? b->tags[i] : NULL;
}

/* A new, empty entry at index i. */
static int insert(struct places_book *b, size_t i, const char *account, struct orgrun_error *err)
{
    if (b->tags_len == b->tags_cap) {
        size_t cap = b->tags_cap ? b->tags_cap * 2 : 64;
        struct places_tags **tags = reallocarray(b->tags, cap, sizeof(*tags));
        if (!tags)
            return error_nomem(err);
        b->tags = tags;
        b->tags_cap = cap;
    }
    struct places_tags *entry = calloc(1, sizeof *entry);
    if (!entry)
        return error_nomem(err);
    (void)snprintf(entry->account, sizeof entry->account, "%s", account);
    memmove(&b->tags[i + 1], &b->tags[i], (b->tags_len - i) * sizeof(*b->tags));
    b->tags[i] = entry;
    b->tags_len++;
    return 0;
}

int places_book_put(struct places_book *b, const char *account, int64_t as_of_ms, struct strv *tags,
                    struct orgrun_error *err)
{
    size_t i = index_of(b, account);
    int rc = is_at(b, i, account) ? 0 : insert(b, i, account, err);
    if (rc)
        return rc;
    strv_clear(&b->tags[i]->tags);
    b->tags[i]->tags = *tags;
    b->tags[i]->as_of_ms = as_of_ms;
    *tags = (struct strv){0};
    return 0;
}

/* [{"id", "name", "parent": index or null}, ...], parents first. */
static json_t *ous_json(const struct organizations_tree *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->len; i++) {
        const struct organizations_ou *ou = &t->ous[i];
        json_t *parent =
            ou->parent == ORGANIZATIONS_NO_OU ? json_null() : json_integer((json_int_t)ou->parent);
        json_t *item =
            json_pack("{s:s, s:s, s:o}", "id", ou->id, "name", ou->name, "parent", parent);
        if (json_array_append_new(list, item)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* {"<account>": index of its OU}. */
static json_t *accounts_json(const struct organizations_tree *t)
{
    json_t *map = json_object();
    for (size_t i = 0; i < t->places_len; i++)
        if (json_object_set_new(map, t->places[i].account,
                                json_integer((json_int_t)t->places[i].ou))) {
            json_decref(map);
            return NULL;
        }
    return map;
}

/* {"<account>": {"as_of", "tags": [key, value, key, value, ...]}}. */
static json_t *tags_json(const struct places_book *b, int64_t least_ms)
{
    json_t *map = json_object();
    for (size_t i = 0; i < b->tags_len; i++) {
        const struct places_tags *entry = b->tags[i];
        if (entry->as_of_ms < least_ms)
            continue;
        json_t *list = json_array();
        for (size_t k = 0; k < entry->tags.len; k++)
            (void)json_array_append_new(list, json_string(entry->tags.items[k]));
        bool whole = list && json_array_size(list) == entry->tags.len;
        json_t *item = json_pack("{s:I, s:o}", "as_of", (json_int_t)entry->as_of_ms, "tags", list);
        if (!whole || json_object_set_new(map, entry->account, item)) {
            json_decref(map);
            return NULL;
        }
    }
    return map;
}

char *places_book_text(const struct places_book *b, const struct places_key *key, int64_t least_ms,
                       struct orgrun_error *err)
{
    AUTO(free_json)
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "schema", PLACES_SCHEMA, "endpoint",
                  key->endpoint, "partition", key->partition, "organization", key->organization,
                  "tree_as_of", (json_int_t)b->tree_ms, "ous", ous_json(&b->tree), "accounts",
                  accounts_json(&b->tree), "tags", tags_json(b, least_ms));
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    if (!text)
        (void)error_nomem(err);
    return text;
}
