// SPDX-License-Identifier: MIT
// The book of places: what is read back of what was written, and what is refused.
#include "base/cleanup.h"
#include "fanout/places_book.h"
#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1800000000000)

static const struct places_key key = {"https://o.example", "aws", "o-abcdefghij"};

static void put(struct places_book *b, const char *account, int64_t as_of, const char *k,
                const char *v)
{
    struct strv tags = {0};
    assert_int_equal(strv_push(&tags, k), 0);
    assert_int_equal(strv_push(&tags, v), 0);
    assert_int_equal(places_book_put(b, account, as_of, &tags, NULL), 0);
    assert_null(tags.items);
}

static void remembers(void **state)
{
    (void)state;
    struct places_book b = {0}, again = {0};
    size_t root, ou;
    organizations_tree_add(&b.tree, ORGANIZATIONS_NO_OU, "r-abcd", "Root", &root, NULL);
    organizations_tree_add(&b.tree, root, "ou-abcd-11111111", "W\"\xc3\xb6rk", &ou, NULL);
    organizations_tree_place(&b.tree, "111122223333", ou, NULL);
    organizations_tree_place(&b.tree, "000000000001", root, NULL);
    b.tree_ms = NOW - 5;
    put(&b, "111122223333", NOW - 7, "env", "prod");
    put(&b, "000000000001", NOW - 9, "env", "");
    put(&b, "000000000001", NOW - 8, "env", "dev"); /* in its place */
    put(&b, "222233334444", 3, "old", "x");
    AUTO(free_ptr) char *text = places_book_text(&b, &key, NOW - 100, NULL);
    assert_int_equal(places_book_parse(&again, text, strlen(text), &key, NOW, NULL), 0);
    assert_int_equal(again.tree_ms, NOW - 5);
    assert_string_equal(again.tree.ous[1].path, "Root/W\"\xc3\xb6rk");
    assert_int_equal(organizations_tree_of(&again.tree, "111122223333"), 1);
    assert_int_equal(organizations_tree_of(&again.tree, "000000000001"), 0);
    assert_int_equal(again.tags_len, 2);
    assert_string_equal(places_book_find(&again, "000000000001")->tags.items[1], "dev");
    assert_int_equal(places_book_find(&again, "000000000001")->as_of_ms, NOW - 8);
    assert_null(places_book_find(&again, "222233334444")); /* too old to keep */
    assert_null(places_book_find(&again, "999999999999"));
    places_book_clear(&b);
    places_book_clear(&again);
}

#define WHOSE                                                                                      \
    "{\"schema\":\"orgrun.organization/1\",\"endpoint\":\"https://o.example\","                    \
    "\"partition\":\"aws\",\"organization\":\"o-abcdefghij\","
#define ROOT "\"ous\":[{\"id\":\"r-abcd\",\"name\":\"Root\",\"parent\":null}],"
#define EMPTY "\"accounts\":{},\"tags\":{}}"
#define TAGS(text) WHOSE "\"tree_as_of\":1," ROOT "\"accounts\":{},\"tags\":{" text "}}"

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int rc;
        const char *message;
    } rows[] = {
        {WHOSE "\"tree_as_of\":1," ROOT EMPTY, 0, ""},
        {WHOSE "\"tree_as_of\":0,\"ous\":[]," EMPTY, 0, ""},
        {"", ORGRUN_EPROTOCOL, "it is damaged: no JSON object"},
        {"[]", ORGRUN_EPROTOCOL, "it is damaged: no JSON object"},
        {"{}", ORGRUN_EPROTOCOL, "it is damaged: it does not say whose it is"},
        {"{\"schema\":\"orgrun.organization/2\"}", ORGRUN_ENOTFOUND,
         "its schema is \"orgrun.organization/2\", not \"orgrun.organization/1\""},
        {"{\"schema\":\"orgrun.organization/1\",\"endpoint\":\"https://other\"}", ORGRUN_ENOTFOUND,
         "its endpoint is \"https://other\", not \"https://o.example\""},
        {WHOSE "\"tree_as_of\":1800000000001," ROOT EMPTY, ORGRUN_EPROTOCOL,
         "it is damaged: its time"},
        {WHOSE "\"tree_as_of\":-1," ROOT EMPTY, ORGRUN_EPROTOCOL, "it is damaged: its time"},
        {WHOSE "\"tree_as_of\":1,\"ous\":[]," EMPTY, ORGRUN_EPROTOCOL,
         "it is damaged: it has a time and no OUs"},
        {WHOSE "\"tree_as_of\":1," EMPTY, ORGRUN_EPROTOCOL, "it is damaged: no list of OUs"},
        {WHOSE
         "\"tree_as_of\":1,\"ous\":[{\"id\":\"r-abcd\",\"name\":\"Root\",\"parent\":0}]," EMPTY,
         ORGRUN_EPROTOCOL, "it is damaged: an OU is not whole"},
        {WHOSE "\"tree_as_of\":1," ROOT "\"accounts\":{\"111122223333\":1},\"tags\":{}}",
         ORGRUN_EPROTOCOL, "it is damaged: the place of an account"},
        {WHOSE "\"tree_as_of\":1," ROOT "\"accounts\":{\"11112222333\":0},\"tags\":{}}",
         ORGRUN_EPROTOCOL, "it is damaged: the place of an account"},
        {TAGS("\"111122223333\":{\"as_of\":1,\"tags\":[]}"), 0, ""},
        {TAGS("\"111122223333\":{\"as_of\":1,\"tags\":[\"a\"]}"), ORGRUN_EPROTOCOL,
         "it is damaged: the tags of an account"},
        {TAGS("\"111122223333\":{\"as_of\":1800000000001,\"tags\":[]}"), ORGRUN_EPROTOCOL,
         "it is damaged: the tags of an account"},
        {TAGS("\"111122223333\":{\"as_of\":1,\"tags\":[\"a\",1]}"), ORGRUN_EPROTOCOL,
         "it is damaged: a tag is no text"},
        {TAGS("\"111122223333\":{\"as_of\":1,\"tags\":[]},\"111122223333\":1"), ORGRUN_EPROTOCOL,
         "it is damaged: no JSON object"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct places_book b = {0};
        struct orgrun_error err = {0};
        int rc = places_book_parse(&b, rows[i].text, strlen(rows[i].text), &key, NOW, &err);
        assert_error(rc, err, rows[i].rc, rows[i].message);
        if (rc)
            assert_true(!b.tree.ous && !b.tags && !b.tree_ms);
        places_book_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
