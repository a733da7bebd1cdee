// SPDX-License-Identifier: MIT
// Templates filled: values quoted, lines left out, texts within texts.
#include "fanout/setup_fill.h"
#include "unit/unit.h"

#include <string.h>

static void fills(void **state)
{
    (void)state;
    static const struct setup_value inner[] = {{"a", "in"}, {NULL}};
    static const struct setup_value table[] = {
        {"a", "one"},
        {"none", NULL},
        {"hard", "\"q\" \\ # 'x': {y} @a@"},
        {"text", NULL, "k: \"@a@\"\n\n  l: \"@b@\"\n  m: 1\n", inner},
        {"plain", NULL, "k: \"@a@\"\nend", NULL},
        {NULL},
    };
    static const struct {
        const char *template, *filled;
    } rows[] = {
        {"", ""},
        {"a: b\n\n  c: d\n", "a: b\n\n  c: d\n"},
        {"no newline", "no newline\n"},
        {"x: \"@a@\"\n", "x: \"one\"\n"},
        {"x: \"@a@\" # why\n", "x: \"one\" # why\n"},
        {"x: @a@\n", "x: @a@\n"},
        {"x: \"@none@\"\ny: 1\n", "y: 1\n"},
        {"x: \"@unknown@\"\ny: 1\n", "y: 1\n"},
        {"x: \"@hard@\"\n", "x: \"\\\"q\\\" \\\\ # 'x': {y} @a@\"\n"},
        {"x: \"@a\n", "x: \"@a\n"},
        {"x:\n  # @text@\ny: 1\n", "x:\n  k: \"in\"\n\n    m: 1\ny: 1\n"},
        {"# @plain@\n", "end\n"},
        {"# @none@\n# @unknown@\n# a comment\n", "# a comment\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out;
        buf_init(&out, 4096);
        setup_fill(&out, rows[i].template, table);
        assert_false(out.failed);
        if (strcmp(buf_str(&out), rows[i].filled) != 0)
            fail_msg("row %zu: \"%s\"", i, buf_str(&out));
        buf_clear(&out);
    }
}

static void says_what_does_not_fit(void **state)
{
    (void)state;
    static const struct setup_value table[] = {{"text", NULL, "0123456789\n", NULL}, {NULL}};
    struct orgrun_error err = {0};
    struct buf out;
    buf_init(&out, 8);
    setup_fill(&out, "# @text@\n", table);
    assert_error(buf_check(&out, "the template", &err), err, ORGRUN_ELIMIT,
                 "the template is larger than 8 bytes");
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills),
        cmocka_unit_test(says_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
