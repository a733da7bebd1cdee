// SPDX-License-Identifier: MIT
// Unit tests of aws/uri: encoding, recoding, path normalisation, canonical queries, limits.
#include "aws/uri.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define UNRESERVED "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

struct pair {
    const char *in, *out;
};

/* Checks each pair, and that the answer is its own answer. */
static void check_idempotent(const struct pair *pairs, size_t len,
                             int (*function)(struct buf *out, const char *text))
{
    for (size_t i = 0; i < len; i++) {
        AUTO(buf_clear) struct buf once, twice;
        buf_init(&once, 4096);
        buf_init(&twice, 4096);
        assert_int_equal(function(&once, pairs[i].in), 0);
        assert_string_equal(buf_str(&once), pairs[i].out);
        assert_int_equal(function(&twice, buf_str(&once)), 0);
        assert_string_equal(buf_str(&twice), pairs[i].out);
    }
}

static void encodes_all_but_unreserved_and_kept(void **state)
{
    (void)state;
    static const struct {
        const char *in, *keep, *out;
    } cases[] = {
        {"", "", ""},
        {UNRESERVED, "", UNRESERVED},
        {"/a b", "/", "/a%20b"},
        {"/a b", "", "%2Fa%20b"},
        {"\xe1\x88\xb4", "/", "%E1%88%B4"},
        {"%20", "/", "%2520"},
        {"%20", "/%", "%20"},
        {"!\"#$&'()*+,:;<=>?@[\\]^`{|}", "",
         "%21%22%23%24%26%27%28%29%2A%2B%2C%3A%3B%3C%3D%3E%3F"
         "%40%5B%5C%5D%5E%60%7B%7C%7D"},
        {"\x01\x7f\xff", "", "%01%7F%FF"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(buf_clear) struct buf out;
        buf_init(&out, 4096);
        assert_int_equal(uri_encode(&out, cases[i].in, strlen(cases[i].in), cases[i].keep), 0);
        assert_string_equal(buf_str(&out), cases[i].out);
    }
}

static void encodes_nul_even_though_it_ends_keep(void **state)
{
    (void)state;
    AUTO(buf_clear) struct buf out;
    buf_init(&out, 64);
    assert_int_equal(uri_encode(&out, "a\0b", 3, "/"), 0);
    assert_string_equal(buf_str(&out), "a%00b");
}

static int recode_text(struct buf *out, const char *text)
{
    return uri_recode(out, text, strlen(text));
}

static void recodes_to_one_form(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"", ""},         {"%7e b", "~%20b"}, {"~%20b", "~%20b"}, {"%e1%88%b4", "%E1%88%B4"},
        {"a+b", "a%2Bb"}, {"100%", "100%25"}, {"%", "%25"},       {"%4", "%254"},
        {"%zz", "%25zz"}, {"%41%", "A%25"},   {"%2541", "%2541"}, {"%00", "%00"},
        {"%%41", "%25A"},
    };
    check_idempotent(pairs, sizeof pairs / sizeof *pairs, recode_text);
}

static void normalizes_paths(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"", "/"},
        {"/", "/"},
        {"//", "/"},
        {"/./", "/"},
        {"/.", "/"},
        {"/..", "/"},
        {"/../..", "/"},
        {"/./example", "/example"},
        {"//example//", "/example/"},
        {"/example/..", "/"},
        {"/example1/example2/../..", "/"},
        {"/a/b/..", "/a"},
        {"/a/b/../", "/a/"},
        {"/a/./b/", "/a/b/"},
        {"/a/../../b", "/b"},
        {"/...", "/..."},
        {"/.a/..b", "/.a/..b"},
        {"/%2E%2E/a", "/%2E%2E/a"},
        {"/example space/", "/example space/"},
        {"relative", "/relative"},
    };
    check_idempotent(pairs, sizeof pairs / sizeof *pairs, uri_normalize_path);
}

static void normalizing_appends_and_keeps_what_was_there(void **state)
{
    (void)state;
    AUTO(buf_clear) struct buf out;
    buf_init(&out, 64);
    (void)buf_puts(&out, "GET /keep");
    assert_int_equal(uri_normalize_path(&out, "/a/../../.."), 0);
    assert_string_equal(buf_str(&out), "GET /keep/");
}

static void sorts_queries_by_encoded_name_then_value(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"", ""},
        {"&", ""},
        {"&&&", ""},
        {"=", "="},
        {"=&=", "=&="},
        {"Param2=value2&Param1=value1", "Param1=value1&Param2=value2"},
        {"Param1=b&Param1=a&Param1=", "Param1=&Param1=a&Param1=b"},
        {"Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
         "%E1%88%B4=Value1&Param=Value2&Param-3=Value3"},
        {"b&a", "a=&b="},
        {"a&&b=1&", "a=&b=1"},
        {"=value&a=1", "=value&a=1"},
        {"a=b=c", "a=b%3Dc"},
        {"a=1&A=1&B=1", "A=1&B=1&a=1"},
        {"a=%7e&a=%20&a= ", "a=%20&a=%20&a=~"},
        {"ab=1&a=2&a-b=3", "a=2&a-b=3&ab=1"},
        {"\xe1\x88\xb4=bar", "%E1%88%B4=bar"},
        {UNRESERVED "=" UNRESERVED, UNRESERVED "=" UNRESERVED},
        {"a?b=/x:y", "a%3Fb=%2Fx%3Ay"},
    };
    check_idempotent(pairs, sizeof pairs / sizeof *pairs, uri_canonical_query);
}

static void tells_what_passes_the_maximum(void **state)
{
    (void)state;
    static int (*const functions[])(struct buf * out, const char *text) = {
        recode_text, uri_normalize_path, uri_canonical_query};
    for (size_t i = 0; i < 3; i++) {
        AUTO(buf_clear) struct buf out;
        struct orgrun_error err = {0};
        buf_init(&out, 4);
        assert_int_equal(functions[i](&out, "/longer"), -1);
        assert_int_equal(buf_check(&out, "the text", &err), ORGRUN_ELIMIT);
        assert_string_equal(err.message, "the text is larger than 4 bytes");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_all_but_unreserved_and_kept),
        cmocka_unit_test(encodes_nul_even_though_it_ends_keep),
        cmocka_unit_test(recodes_to_one_form),
        cmocka_unit_test(normalizes_paths),
        cmocka_unit_test(normalizing_appends_and_keeps_what_was_there),
        cmocka_unit_test(sorts_queries_by_encoded_name_then_value),
        cmocka_unit_test(tells_what_passes_the_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
