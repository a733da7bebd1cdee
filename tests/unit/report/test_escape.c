// SPDX-License-Identifier: MIT
// The escaping of each format, as tables.
#include "unit/unit.h"

#include "report/escape.h"

#include <string.h>

#define R "\xef\xbf\xbd" /* U+FFFD */

typedef int escape_fn(struct buf *out, const char *text, size_t len);

struct row {
    const char *text, *wanted;
    size_t len; /* 0: up to the NUL */
};

static void check(escape_fn *escape, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buf out;
        buf_init(&out, 4096);
        size_t len = rows[i].len ? rows[i].len : strlen(rows[i].text);
        assert_int_equal(escape(&out, rows[i].text, len), 0);
        assert_string_equal(buf_str(&out), rows[i].wanted);
        buf_clear(&out);
    }
}

static void terminal(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"plain", "plain", 0},
        {"caf\xc3\xa9 \xe6\x9d\xb1", "caf\xc3\xa9 \xe6\x9d\xb1", 0},
        {"\x1b[31mred\x1b[0m", "red", 0},
        {"\x1b]0;title\x07"
         "a\x1b]8;;http://x\x1b\\b",
         "ab", 0},
        {"two\nlines\ttab", "two lines tab", 0},
        {"bell\a\b", "bell  ", 0},
        {"\xe2\x80\xae"
         "abc",
         " abc", 0}, /* U+202E turns the text around */
        {"\xc2\x9b"
         "31m",
         " 31m", 0}, /* C1's CSI */
        {"a\0b", "a b", 3},
        {"\xff\xfe"
         "a\xc3",
         R R "a" R, 0},
        {"\xed\xa0\x80", R R R, 0}, /* a surrogate */
    };
    check(escape_terminal, rows, COUNT(rows));
}

static void xml(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"<a b=\"c\">&amp;", "<a b=\"c\">&amp;", 0}, /* libxml2 does the markup */
        {"line\r\n\ttab", "line\r\n\ttab", 0},
        {"\x01\x08", R R, 0},
        {"a\0b", "a" R "b", 3},
        {"\xef\xbf\xbe|\xef\xbf\xbf", R "|" R, 0}, /* the noncharacters */
        {"\x1b[1mbold\x1b[0m \x1b", "bold " R, 0},
        {"\xf4\x90\x80\x80", R R R R, 0}, /* past U+10FFFF */
    };
    check(escape_xml, rows, COUNT(rows));
}

static void html(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;", 0},
        {"\" onclick='x' &amp;", "&quot; onclick=&#39;x&#39; &amp;amp;", 0},
        {"\x1b[31m<\xff>", "&lt;" R "&gt;", 0},
    };
    check(escape_html, rows, COUNT(rows));
}

static void json(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"\"quoted\"\n", "\"quoted\"\n", 0}, /* jansson does the quotes */
        {"\xff", R, 0},
    };
    check(escape_json, rows, COUNT(rows));
}

static void maximum(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 10);
    assert_int_equal(escape_html(&out, "<<<<<<<<", 8), -1);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal), cmocka_unit_test(xml),     cmocka_unit_test(html),
        cmocka_unit_test(json),     cmocka_unit_test(maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
