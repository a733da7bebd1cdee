// SPDX-License-Identifier: MIT
// Secrets: held, replaced, copied, and gone from memory when cleared.
#include "base/secret.h"
#include "unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static void holds_and_copies(void **state)
{
    (void)state;
    struct secret s = {0}, t = {0};
    assert_string_equal(secret_reveal(&s), "");
    assert_true(secret_empty(&s));
    assert_int_equal(secret_set(&s, "hunter2-and-more", 7), 0);
    assert_string_equal(secret_reveal(&s), "hunter2");
    assert_int_equal(secret_len(&s), 7);
    assert_int_equal(secret_copy(&t, &s), 0);
    assert_int_equal(secret_set(&s, secret_reveal(&s) + 3, 4), 0); /* from itself */
    assert_string_equal(secret_reveal(&s), "ter2");
    assert_string_equal(secret_reveal(&t), "hunter2");
    secret_clear(&s);
    secret_clear(&s);
    secret_clear(&t);
    assert_true(secret_empty(&t));
}

/* Does the flag stand in the VmFlags of the mapping that holds p? */
static int has_vm_flag(const void *p, const char *flag)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    assert_non_null(f);
    char line[512];
    int in = 0, found = 0;
    while (fgets(line, sizeof line, f)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            in = (unsigned long)p >= from && (unsigned long)p < to;
        else if (in && strncmp(line, "VmFlags:", 8) == 0)
            found = strstr(line, flag) != NULL;
    }
    fclose(f);
    return found;
}

static void stays_out_of_core_dumps(void **state)
{
    (void)state;
    struct secret s = {0};
    assert_int_equal(secret_set(&s, "x", 1), 0);
    assert_true(has_vm_flag(secret_reveal(&s), " dd"));
    secret_clear(&s);
}

static void wipes_plain_memory(void **state)
{
    (void)state;
    char text[] = "planted";
    secret_wipe(text, sizeof text);
    static const char zeros[sizeof text];
    assert_memory_equal(text, zeros, sizeof text);
    secret_wipe(NULL, 0);
    secret_free_str(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_and_copies),
        cmocka_unit_test(stays_out_of_core_dumps),
        cmocka_unit_test(wipes_plain_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
