// SPDX-License-Identifier: MIT
// The table for the terminal, whole, at two widths.
#include "report_fixture.h"

#include <stdlib.h>
#include <string.h>

static const char wide[] =
    "nightly  run 20261124T034500Z-3f9c2a\n"
    "\n"
    "Failed  2 of 10 targets\n"
    "  \xe2\x9c\x97 exit code 1\n"
    "    root user without MFA\n"
    "      111122223333  data-prod                  mfa    5ms\n"
    "      222233334444  <script>alert(1)</script>  mfa    5ms\n"
    "\n"
    "Error  1 of 10 targets\n"
    "  ! timed out after 5m\n"
    "      111122223333  data-prod                  trail  5ms\n"
    "    Raise the task's timeout.\n"
    "\n"
    "Cancelled  1 of 10 targets\n"
    "  \xe2\x88\x85 ended: interrupted by SIGINT\n"
    "      222233334444  <script>alert(1)</script>  trail  5ms\n"
    "\n"
    "Skipped  2 of 10 targets\n"
    "  - account is SUSPENDED\n"
    "      444455556666  closed-01                  mfa\n"
    "      444455556666  closed-01                  trail\n"
    "\n"
    "Excluded  1 of 6 accounts\n"
    "    555566667777  sandbox-1: no workloads\n"
    "\n"
    "  task   passed  failed  error  skipped  cancelled\n"
    "  mfa         2       2      0        1          0\n"
    "  trail       2       0      1        1          1\n"
    "\n"
    "4 passed, 2 failed, 1 error, 2 skipped, 1 cancelled  \xc2\xb7  10 targets in 5 accounts  "
    "\xc2\xb7  12.3s\n"
    "exit code 3: 1 target gave no answer (error), 2 failed\n";

static void golden(void **state)
{
    char *text = report_fixture_render(*state, "table",
                                       &(struct report_opts){.width = 100, .unicode = true});
    assert_string_equal(text, wide);
    free(text);
}

/* No line is longer than the page where words allow it, none ends in a space. */
static void narrow(void **state)
{
    char *text = report_fixture_render(*state, "table", &(struct report_opts){.width = 60});
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t len = strlen(line);
        assert_true(line[len - 1] != ' ');
        for (size_t i = 0; i < len; i++)
            assert_true((unsigned char)line[i] < 0x80); /* and no more than ASCII was asked for */
    }
    free(text);
}

static void verbose_lists_what_passed(void **state)
{
    char *text = report_fixture_render(*state, "table",
                                       &(struct report_opts){.verbose = true, .unicode = true});
    assert_non_null(strstr(text, "\xe2\x9c\x93 055394133325  payments-dev"));
    assert_non_null(strstr(text, "web \xe6\x9d\xb1\xe4\xba\xac"));
    free(text);
}

static void colour_only_when_asked_for(void **state)
{
    char *plain = report_fixture_render(*state, "table", &(struct report_opts){0});
    char *coloured = report_fixture_render(*state, "table", &(struct report_opts){.colour = true});
    assert_null(strchr(plain, 0x1b));
    assert_non_null(strstr(coloured, "\033[31m"));
    free(plain);
    free(coloured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(narrow),
        cmocka_unit_test(verbose_lists_what_passed),
        cmocka_unit_test(colour_only_when_asked_for),
    };
    return cmocka_run_group_tests(tests, report_fixture_setup, report_fixture_teardown);
}
