// SPDX-License-Identifier: MIT
// Unit tests of aws/organizations_tree: building, places, and what a name of an OU means.
#include "aws/organizations_tree.h"

#include "unit/unit.h"

#include <stdio.h>
#include <string.h>

#define NONE ORGANIZATIONS_NO_OU

static struct organizations_tree tree_of_six(void)
{
    static const struct {
        size_t parent;
        const char *id, *name;
    } ous[] = {{NONE, "r-abcd", "Root"},
               {0, "ou-abcd-11111111", "Workloads"},
               {0, "ou-abcd-22222222", "Root"},
               {1, "ou-abcd-33333333", "Prod"},
               {1, "ou-abcd-44444444", "Prod/Old"},
               {3, "ou-abcd-55555555", "Old"}};
    struct organizations_tree t = {0};
    for (size_t i = 0; i < COUNT(ous); i++) {
        size_t ou = 99;
        assert_int_equal(
            organizations_tree_add(&t, ous[i].parent, ous[i].id, ous[i].name, &ou, NULL), 0);
        assert_int_equal(ou, i);
    }
    return t;
}

static void resolves_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t ou;
        int rc;
        const char *message, *hint;
    } rows[] = {
        {"r-abcd", 0, 0, "", ""},
        {"ou-abcd-33333333", 3, 0, "", ""},
        {"/", 0, 0, "", ""},
        {"Root", 0, 0, "", ""},
        {"/Root", 2, 0, "", ""},
        {"Root/Root", 2, 0, "", ""},
        {"/Workloads", 1, 0, "", ""},
        {"/Workloads/Prod", 3, 0, "", ""},
        {"Root/Workloads/Prod", 3, 0, "", ""},
        {"/Workloads/Prod/Old", NONE, ORGRUN_EUSAGE,
         "\"/Workloads/Prod/Old\" is the path of both ou-abcd-44444444 and ou-abcd-55555555: use "
         "an id",
         ""},
        {"/workloads", NONE, ORGRUN_ENOTFOUND,
         "the organization has no OU \"/workloads\"; did you mean \"/Workloads\"?", ""},
        {"Root/Workload/Prod", NONE, ORGRUN_ENOTFOUND,
         "the organization has no OU \"Root/Workload/Prod\"; did you mean \"Root/Workloads/Prod\"?",
         ""},
        {"ou-abcd-33333334", NONE, ORGRUN_ENOTFOUND,
         "the organization has no OU \"ou-abcd-33333334\"; did you mean \"ou-abcd-33333333\"?", ""},
        {"/Nothing/Like/This", NONE, ORGRUN_ENOTFOUND,
         "the organization has no OU \"/Nothing/Like/This\"",
         "There are: /, /Workloads, /Root, /Workloads/Prod, /Workloads/Prod/Old, "
         "/Workloads/Prod/Old"},
        {"r-zzzzzzzzzzzz", NONE, ORGRUN_ENOTFOUND, "the organization has no OU \"r-zzzzzzzzzzzz\"",
         "There are: r-abcd, ou-abcd-11111111, ou-abcd-22222222, ou-abcd-33333333, "
         "ou-abcd-44444444, ou-abcd-55555555"},
    };
    struct organizations_tree t = tree_of_six();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct orgrun_error err = {0};
        size_t ou;
        int rc = organizations_tree_resolve(&t, rows[i].name, &ou, &err);
        assert_error(rc, err, rows[i].rc, rows[i].message);
        assert_string_equal(err.hint, rows[i].hint);
        if (rc == 0)
            assert_int_equal(ou, rows[i].ou);
    }
    assert_string_equal(t.ous[5].path, "Root/Workloads/Prod/Old");
    assert_int_equal(t.ous[5].level, 3);
    organizations_tree_clear(&t);
}

static void refuses_what_is_no_tree(void **state)
{
    (void)state;
    static const struct {
        size_t parent;
        const char *id, *name, *message;
    } rows[] = {
        {0, "ou-abcd-33333333", "Again", "the OU ou-abcd-33333333 is there twice"},
        {3, "r-abcd", "Root", "the OU r-abcd is there twice"}, /* a circle */
        {0, "", "x", "an OU has no id or no name"},
        {0, "ou-abcd-66666666", "", "an OU has no id or no name"},
    };
    struct organizations_tree t = tree_of_six();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct orgrun_error err = {0};
        int rc = organizations_tree_add(&t, rows[i].parent, rows[i].id, rows[i].name, NULL, &err);
        assert_error(rc, err, ORGRUN_EPROTOCOL, rows[i].message);
        assert_int_equal(t.len, 6);
    }
    size_t at = 0;
    struct orgrun_error err = {0};
    for (int i = 1; i < ORGANIZATIONS_LEVELS_MAX; i++) {
        char id[20];
        (void)snprintf(id, sizeof id, "ou-deep-%08d", i);
        assert_int_equal(organizations_tree_add(&t, at, id, "x", &at, NULL), 0);
    }
    int rc = organizations_tree_add(&t, at, "ou-deep-99999999", "x", NULL, &err);
    assert_error(rc, err, ORGRUN_EPROTOCOL, "OUs lie more than 16 levels deep");
    organizations_tree_clear(&t);
}

static void places_accounts(void **state)
{
    (void)state;
    struct organizations_tree t = tree_of_six();
    for (int i = 0; i < 1000; i++) {
        char id[ACCOUNT_ID_SIZE];
        (void)snprintf(id, sizeof id, "%012d", i * 7919 % 1000);
        assert_int_equal(organizations_tree_place(&t, id, (size_t)(i * 7919 % 1000) % 6, NULL), 0);
    }
    assert_int_equal(t.places_len, 1000);
    for (int i = 0; i < 1000; i++) {
        char id[ACCOUNT_ID_SIZE];
        (void)snprintf(id, sizeof id, "%012d", i);
        assert_int_equal(organizations_tree_of(&t, id), i % 6);
    }
    assert_int_equal(organizations_tree_place(&t, "000000000007", 5, NULL), 0); /* it moved */
    assert_int_equal(t.places_len, 1000);
    assert_int_equal(organizations_tree_of(&t, "000000000007"), 5);
    assert_true(organizations_tree_of(&t, "000000001000") == NONE);
    organizations_tree_clear(&t);
    assert_true(organizations_tree_of(&t, "000000000007") == NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_names),
        cmocka_unit_test(refuses_what_is_no_tree),
        cmocka_unit_test(places_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
