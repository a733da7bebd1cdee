// SPDX-License-Identifier: MIT
// The error object: codes, context, hints, cleaning and cutting.
#include "base/error.h"
#include "unit/unit.h"

#include <errno.h>
#include <string.h>

static void sets_and_adds_context(void **state)
{
    (void)state;
    struct orgrun_error err = {0};
    int rc = error_set(&err, ORGRUN_EJOB, "unknown key \"%s\"", "x");
    assert_error(rc, err, ORGRUN_EJOB, "unknown key \"x\"");
    assert_int_equal(error_hint(&err, "allowed: %s", "a\nb"), ORGRUN_EJOB);
    assert_string_equal(err.hint, "allowed: a\nb");
    rc = error_context(&err, "job.yaml:%d:%d", 3, 4);
    assert_error(rc, err, ORGRUN_EJOB, "job.yaml:3:4: unknown key \"x\"");
    assert_string_equal(err.hint, "allowed: a\nb");
    rc = error_set(&err, ORGRUN_EIO, "next");
    assert_error(rc, err, ORGRUN_EIO, "next");
    assert_string_equal(err.hint, ""); /* an old hint must not advise on a new error */
}

static void appends_errno(void **state)
{
    (void)state;
    struct orgrun_error err = {0};
    int rc = error_set_errno(&err, ORGRUN_EIO, ENOENT, "cannot open %s", "f");
    assert_error(rc, err, ORGRUN_EIO, "cannot open f: No such file or directory");
}

static void cleans_control_bytes(void **state)
{
    (void)state;
    struct orgrun_error err = {0};
    (void)error_set(&err, ORGRUN_EAWS, "a\033[31mb\nc\x7f");
    assert_string_equal(err.message, "a?[31mb?c?");
    (void)error_set(&err, ORGRUN_EAWS,
                    "c1 \xc2\x9b"
                    "31m, not UTF-8 \xff\xc3, fine \xc3\xa4");
    assert_string_equal(err.message, "c1 ??31m, not UTF-8 ??, fine \xc3\xa4");
    (void)error_hint(&err, "\xed\xa0\x80\n\t");
    assert_string_equal(err.hint, "???\n?");
}

static void cuts_at_a_character(void **state)
{
    (void)state;
    struct orgrun_error err = {0};
    char text[2048] = "";
    for (int i = 0; i < 600; i++)
        strcat(text, "\xc3\xa4");
    (void)error_set(&err, ORGRUN_EAWS, "%s", text);
    size_t len = strlen(err.message);
    assert_true(len < sizeof err.message);
    assert_string_equal(err.message + len - 3, "...");
    assert_int_equal((len - 3) % 2, 0); /* no half character */
}

static void accepts_no_error_object(void **state)
{
    (void)state;
    assert_int_equal(error_set(NULL, ORGRUN_EIO, "x"), ORGRUN_EIO);
    assert_int_equal(error_set_errno(NULL, ORGRUN_EIO, EIO, "x"), ORGRUN_EIO);
    assert_int_equal(error_nomem(NULL), ORGRUN_ENOMEM);
    assert_int_equal(error_context(NULL, "x"), ORGRUN_EUSAGE);
    assert_int_equal(error_hint(NULL, "x"), ORGRUN_EUSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_and_adds_context),   cmocka_unit_test(appends_errno),
        cmocka_unit_test(cleans_control_bytes),    cmocka_unit_test(cuts_at_a_character),
        cmocka_unit_test(accepts_no_error_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
