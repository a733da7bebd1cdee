// SPDX-License-Identifier: MIT
// Tests of where a program is looked for.
#include "exec/program.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void table(void **state)
{
    (void)state;
    static const struct {
        const char *name, *path, *want;
        bool searched;
    } cases[] = {
        {"aws", "/usr/bin:/bin", "/usr/bin/aws|/bin/aws|", true},
        {"aws", NULL, "/usr/bin/aws|/bin/aws|", true},
        {"aws", "/bin", "/bin/aws|", true},
        {"aws", "", "aws|", true},
        {"aws", ":/bin:", "aws|/bin/aws|aws|", true},
        {"aws", "rel:/bin/", "rel/aws|/bin//aws|", true},
        {"./aws", "/bin", "./aws|", false},
        {"/opt/aws", NULL, "/opt/aws|", false},
        {"", "/bin", "|", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct program p;
        assert_int_equal(program_init(&p, cases[i].name, cases[i].path, NULL), 0);
        struct buf joined;
        buf_init(&joined, 1024);
        for (char **path = p.paths; *path; path++)
            buf_printf(&joined, "%s|", *path);
        assert_string_equal(buf_str(&joined), cases[i].want);
        assert_int_equal(p.searched, cases[i].searched);
        buf_clear(&joined);
        program_clear(&p);
    }
}

static void long_name_is_not_searched(void **state)
{
    (void)state;
    char name[300];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct program p;
    assert_int_equal(program_init(&p, name, "/a:/b", NULL), 0);
    assert_string_equal(p.paths[0], name);
    assert_null(p.paths[1]);
    program_clear(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(table),
                                              cmocka_unit_test(long_name_is_not_searched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
