// SPDX-License-Identifier: MIT
// Fuzzes the reader of the cached organization: never a crash; a book that is read is a tree with
// accounts in it, and is the same when it is written and read again.
#include "base/cleanup.h"
#include "fanout/places_book.h"
#include "fuzz/fuzz_text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1800000000000)

static const struct places_key key = {"https://organizations.us-east-1.amazonaws.com", "aws",
                                      "o-abcdefghij"};

static void require_tree(const struct organizations_tree *t)
{
    for (size_t i = 0; i < t->len; i++) {
        const struct organizations_ou *ou = &t->ous[i];
        bool root = ou->parent == ORGANIZATIONS_NO_OU;
        require(root ? ou->level == 0 : ou->parent < i);
        require(root || ou->level == t->ous[ou->parent].level + 1);
        require(ou->level < ORGANIZATIONS_LEVELS_MAX && text_ends(ou->path, ou->name));
        require(organizations_tree_find(t, ou->id) == i);
    }
    for (size_t i = 0; i < t->places_len; i++) {
        require(t->places[i].ou < t->len && text_is_account_id(t->places[i].account));
        require(i == 0 || strcmp(t->places[i - 1].account, t->places[i].account) < 0);
    }
}

static void require_same(const struct places_book *a, const struct places_book *b)
{
    require(a->tree_ms == b->tree_ms && a->tree.len == b->tree.len);
    for (size_t i = 0; i < a->tree.len; i++)
        require(same_text(a->tree.ous[i].path, b->tree.ous[i].path));
    require(a->tree.places_len == b->tree.places_len && a->tags_len == b->tags_len);
    for (size_t i = 0; i < a->tree.places_len; i++)
        require(a->tree.places[i].ou == b->tree.places[i].ou);
    for (size_t i = 0; i < a->tags_len; i++) {
        const struct places_tags *x = a->tags[i], *y = b->tags[i];
        require(places_book_find(a, x->account) == x && same_text(x->account, y->account));
        require(x->as_of_ms == y->as_of_ms && x->as_of_ms <= NOW && x->tags.len == y->tags.len);
        require(x->tags.len % 2 == 0);
        for (size_t k = 0; k < x->tags.len; k++)
            require(same_text(x->tags.items[k], y->tags.items[k]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct places_book book = {0}, again = {0};
    struct orgrun_error err = {0};
    int rc = places_book_parse(&book, (const char *)data, size, &key, NOW, &err);
    require(rc == err.code);
    if (rc) {
        require(rc == ORGRUN_EPROTOCOL || rc == ORGRUN_ENOTFOUND);
        require(!book.tree.ous && !book.tags && !book.tree_ms);
        require_readable(err.message, false);
        return 0;
    }
    require_tree(&book.tree);
    AUTO(free_ptr) char *text = places_book_text(&book, &key, 0, &err);
    require(text);
    require(places_book_parse(&again, text, strlen(text), &key, NOW, &err) == 0);
    require_same(&book, &again);
    places_book_clear(&book);
    places_book_clear(&again);
    return 0;
}
