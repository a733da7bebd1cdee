// SPDX-License-Identifier: MIT
// The bounded buffer and the string vector.
#include "base/buf.h"
#include "base/strv.h"
#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

static void grows_to_its_maximum_and_no_further(void **state)
{
    (void)state;
    struct buf b;
    struct orgrun_error err = {0};
    buf_init(&b, 5);
    assert_int_equal(buf_puts(&b, "abc"), 0);
    assert_int_equal(buf_puts(&b, "de"), 0);
    assert_int_equal(buf_check(&b, "it", &err), 0);
    assert_int_equal(buf_putc(&b, 'f'), -1);
    assert_int_equal(buf_puts(&b, ""), -1); /* failed once, failed for good */
    assert_string_equal(buf_str(&b), "abcde");
    assert_error(buf_check(&b, "the answer", &err), err, ORGRUN_ELIMIT,
                 "the answer is larger than 5 bytes");
    assert_null(buf_take(&b, &err));
    buf_clear(&b);
    assert_string_equal(buf_str(&b), "");
    assert_int_equal(buf_puts(&b, "again"), 0);
    buf_clear(&b);
}

static void formats_and_hands_out(void **state)
{
    (void)state;
    struct buf b;
    buf_init_secret(&b, 10000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(buf_printf(&b, "%d,", i % 10), 0);
    assert_int_equal(b.len, 2000);
    char *text = buf_take(&b, NULL);
    assert_int_equal(strlen(text), 2000);
    assert_memory_equal(text, "0,1,2,", 6);
    free(text);
    text = buf_take(&b, NULL);
    assert_string_equal(text, "");
    free(text);
    buf_clear(&b);
}

static void vector_owns_and_terminates(void **state)
{
    (void)state;
    struct strv v = {0};
    assert_null(strv_array(&v)[0]);
    for (int i = 0; i < 100; i++)
        assert_int_equal(strv_printf(&v, "item %d", i), 0);
    assert_int_equal(v.len, 100);
    assert_null(strv_array(&v)[100]);
    assert_true(strv_contains(&v, "item 99"));
    assert_false(strv_contains(&v, "item 100"));
    assert_int_equal(strv_take(&v, NULL), ORGRUN_ENOMEM);
    struct strv w = {0};
    assert_int_equal(strv_extend(&w, &v), 0);
    assert_string_equal(w.items[7], "item 7");
    strv_clear(&v);
    strv_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_to_its_maximum_and_no_further),
        cmocka_unit_test(formats_and_hands_out),
        cmocka_unit_test(vector_owns_and_terminates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
