// SPDX-License-Identifier: MIT
// Tests of a stream: its first line, and redaction before everything else.
#include "exec/stream.h"

#include "base/fs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/orgrun-stream-XXXXXX";

static int make_path(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void first_line_of(const char *text, size_t piece, struct redact_set *set,
                          char out[STREAM_LINE_SIZE])
{
    struct stream s;
    struct capture_result result;
    assert_int_equal(stream_open(&s, path, 1u << 20, set, NULL), 0);
    for (size_t at = 0, len = strlen(text); at < len; at += piece)
        assert_int_equal(stream_write(&s, text + at, piece < len - at ? piece : len - at, NULL), 0);
    assert_int_equal(stream_close(&s, &result, NULL), 0);
    assert_int_equal(stream_first_line(&s, out, NULL), 0);
    stream_abort(&s);
}

static void first_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        {"", ""},
        {"\n \t\r\n", ""},
        {"one", "one"},
        {"one\ntwo\n", "one"},
        {"\n\n  \t one  \r\ntwo\n", "one"},
        {"a\tb\x1b[31mc\n", "a bc"},
        {"bad \xff byte\n", "bad \xef\xbf\xbd byte"},
        {"gr\xc3\xbc\xc3\x9f dich\n", "gr\xc3\xbc\xc3\x9f dich"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t piece = 1; piece < 30; piece += 7) {
            char line[STREAM_LINE_SIZE];
            first_line_of(cases[i].text, piece, NULL, line);
            assert_string_equal(line, cases[i].want);
        }
}

static void long_lines_are_cut_at_a_character(void **state)
{
    (void)state;
    char text[3001], line[STREAM_LINE_SIZE];
    memset(text, 'x', 255);
    text[255] = '\0';
    first_line_of(text, 100, NULL, line);
    assert_string_equal(line, text);

    for (size_t i = 0; i < 3000; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    text[3000] = '\0';
    first_line_of(text, 100, NULL, line);
    assert_int_equal(strlen(line), 255);
    assert_memory_equal(line, text, 252);
    assert_string_equal(line + 252, "...");

    memset(text, 'x', 3000);
    memcpy(text + 251, "\xe2\x82\xac", 3);
    first_line_of(text, 3000, NULL, line);
    assert_int_equal(strlen(line), 254);
    assert_string_equal(line + 250, "x...");
}

static void redacted_first(void **state)
{
    (void)state;
    struct redact_set *set;
    char line[STREAM_LINE_SIZE];
    assert_int_equal(redact_set_new(&set, NULL), 0);
    assert_int_equal(redact_set_add(set, "FwoGZXIvYXdzEXAMPLE", 19, NULL), 0);
    for (size_t piece = 1; piece < 40; piece += 3) {
        first_line_of("\ntoken FwoGZXIvYXdzEXAMPLE refused\nmore FwoGZXIvYXdz", piece, set, line);
        assert_string_equal(line, "token [redacted] refused");
        struct buf text;
        assert_int_equal(fs_read_file(path, 1000, &text, NULL), 0);
        assert_string_equal(buf_str(&text), "\ntoken [redacted] refused\nmore FwoGZXIvYXdz");
        buf_clear(&text);
    }
    redact_set_free(set);
}

static void abort_of_nothing(void **state)
{
    (void)state;
    struct stream s = {0};
    stream_abort(&s);
    struct orgrun_error err = {0};
    assert_int_equal(stream_open(&s, "/nowhere/out", 10, NULL, &err), ORGRUN_EIO);
    stream_abort(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_lines),
        cmocka_unit_test(long_lines_are_cut_at_a_character),
        cmocka_unit_test(redacted_first),
        cmocka_unit_test(abort_of_nothing),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
