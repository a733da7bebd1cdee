// SPDX-License-Identifier: MIT
// Near misses, UTF-8 cleaning and account ids.
#include "base/text.h"
#include "unit/unit.h"

#include <string.h>

static void suggests_the_near_miss(void **state)
{
    (void)state;
    static const char *const words[] = {"timeout", "tasks", "regions", "role", "name", NULL};
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {"timout", "timeout"}, {"tiemout", "timeout"}, {"Role", "role"},      {"region", "regions"},
        {"task", "tasks"},     {"zzz", NULL},          {"description", NULL}, {"", NULL},
        {"nmae", "name"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = text_nearest(rows[i].word, words);
        if (rows[i].nearest)
            assert_string_equal(got ? got : "(none)", rows[i].nearest);
        else
            assert_null(got);
    }
}

static void cleans_text(void **state)
{
    (void)state;
    static const struct {
        const char *in, *raw, *printable;
    } rows[] = {
        {"plain \xc3\xa4", "plain \xc3\xa4", "plain \xc3\xa4"},
        {"a\x1b[2J\nb\t", "a\x1b[2J\nb\t", "a b "},
        {"bad \xff\xc3", "bad \xef\xbf\xbd\xef\xbf\xbd", "bad \xef\xbf\xbd\xef\xbf\xbd"},
        {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"rtl \xe2\x80\xae!", "rtl \xe2\x80\xae!", "rtl  !"},
        {"c1 \xc2\x9b!", "c1 \xc2\x9b!", "c1  !"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"\x1b[1;31mred\x1b[0m\x1b]0;title\aend", "\x1b[1;31mred\x1b[0m\x1b]0;title\aend",
         "redend"},
        {"\x1b[31", "\x1b[31", " [31"}, /* no whole sequence */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 1000);
        assert_int_equal(text_clean(&b, rows[i].in, strlen(rows[i].in), false), 0);
        assert_string_equal(buf_str(&b), rows[i].raw);
        buf_clear(&b);
        assert_int_equal(text_clean(&b, rows[i].in, strlen(rows[i].in), true), 0);
        assert_string_equal(buf_str(&b), rows[i].printable);
        buf_clear(&b);
    }
}

static void knows_account_ids(void **state)
{
    (void)state;
    assert_true(text_is_account_id("000000000001"));
    assert_false(text_is_account_id("00000000001"));
    assert_false(text_is_account_id("0000000000011"));
    assert_false(text_is_account_id("00000000000a"));
    assert_false(text_is_account_id(""));
    assert_true(text_starts("arn:aws", "arn:"));
    assert_true(text_ends("a.csv", ".csv"));
    assert_false(text_ends("csv", ".csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggests_the_near_miss),
        cmocka_unit_test(cleans_text),
        cmocka_unit_test(knows_account_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
