// SPDX-License-Identifier: MIT
// Selection as a table: which accounts run, which do not, and why.
#include "job/selection.h"
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <string.h>

static char id_name[] = "prod-data", id_email[] = "data@example.org", id_ou[] = "Root/Work/Prod";

static struct account account_with(const char *state, bool management, char *copy)
{
    struct account a = {.name = id_name, .email = id_email, .ou_path = id_ou};
    memcpy(a.id, "111122223333", ACCOUNT_ID_SIZE);
    a.management = management;
    if (state)
        a.state = strcpy(copy, state);
    return a;
}

static void matches_any_of_its_names(void **state)
{
    (void)state;
    static const struct {
        const char *glob;
        bool matches;
    } rows[] = {
        {"111122223333", true},
        {"1111*", true},
        {"11112222333", false},
        {"prod-data", true},
        {"prod-*", true},
        {"PROD-*", false},
        {"prod", false},
        {"prod-d?ta", true},
        {"*@example.org", true},
        {"prod-[a-d]ata", true},
        {"prod-[!a-d]ata", false},
        {"Root/*/Prod", true},
        {"Root/*", true},
        {"Root/Work", false},
        {"*", true},
        {"", false},
        {"prod-data\\", false},
        {"prod-[", false},
    };
    char copy[20];
    const struct account a = account_with(NULL, false, copy);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(selection_matches(rows[i].glob, &a), rows[i].matches);
    const struct account bare = {.id = "111122223333"}; /* a listed account without a name */
    assert_true(selection_matches("*", &bare));
    assert_false(selection_matches("prod*", &bare));
}

static void decides(void **state)
{
    (void)state;
    static const struct {
        const char *choices, *account_state;
        bool management;
        enum selection_verdict verdict;
        const char *reason;
    } rows[] = {
        {"", NULL, false, SELECTION_RUN, ""},
        {"", "ACTIVE", false, SELECTION_RUN, ""},
        {"", "", false, SELECTION_RUN, ""},
        {"", "SUSPENDED", false, SELECTION_SKIPPED, "account is SUSPENDED"},
        {"", "PENDING_CLOSURE", false, SELECTION_SKIPPED, "account is PENDING_CLOSURE"},
        {"", "FROM_THE_FUTURE", false, SELECTION_SKIPPED, "account is FROM_THE_FUTURE"},
        {"", "active", false, SELECTION_SKIPPED, "account is active"},
        {", include: [prod-*]", "ACTIVE", false, SELECTION_RUN, ""},
        {", include: [dev-*, 1111*]", NULL, false, SELECTION_RUN, ""},
        {", include: [dev-*]", NULL, false, SELECTION_EXCLUDED, "not in include"},
        {", include: [dev-*]", "SUSPENDED", true, SELECTION_EXCLUDED, "not in include"},
        {", exclude: [prod-*]", NULL, false, SELECTION_EXCLUDED, "excluded: matches \"prod-*\""},
        {", exclude: [{match: '*', reason: no workloads}]", "SUSPENDED", false, SELECTION_EXCLUDED,
         "excluded: no workloads"},
        {", exclude: [{match: x, reason: a}, {match: '11*', reason: b}, {match: '*', reason: c}]",
         NULL, false, SELECTION_EXCLUDED, "excluded: b"},
        {", include: [prod-*], exclude: [prod-data]", NULL, false, SELECTION_EXCLUDED,
         "excluded: matches \"prod-data\""},
        {"", "ACTIVE", true, SELECTION_RUN, ""},
        {", management: source", "ACTIVE", true, SELECTION_RUN, ""},
        {", management: skip", "ACTIVE", false, SELECTION_RUN, ""},
        {", management: skip", "ACTIVE", true, SELECTION_EXCLUDED,
         "management account (management: skip)"},
        {", management: skip, include: [dev-*]", "ACTIVE", true, SELECTION_EXCLUDED,
         "not in include"},
        {", management: skip", "SUSPENDED", true, SELECTION_EXCLUDED,
         "management account (management: skip)"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char reason[SELECTION_REASON_SIZE] = "stale", copy[20];
        struct job *job = job_format("role: r\ntasks: [{name: t, command: [a]}]\n"
                                     "accounts: {organization: true%s}\n",
                                     rows[i].choices);
        const struct account a = account_with(rows[i].account_state, rows[i].management, copy);
        assert_int_equal(selection_decide(job, &a, NULL, reason), rows[i].verdict);
        assert_string_equal(reason, rows[i].reason);
        job_free(job);
    }
}

/* A reason that does not fit is cut at a character, and says so. */
static void cuts_long_reasons(void **state)
{
    (void)state;
    char glob[900] = "[p", reason[SELECTION_REASON_SIZE];
    for (size_t i = 0; i < 400; i++)
        strcat(glob, "\xc3\xa4");
    struct job *job = job_format("role: r\ntasks: [{name: t, command: [a]}]\n"
                                 "accounts: {organization: true, exclude: ['%s]*']}\n",
                                 glob);
    char copy[20];
    const struct account a = account_with(NULL, false, copy);
    assert_int_equal(selection_decide(job, &a, NULL, reason), SELECTION_EXCLUDED);
    size_t len = strlen(reason);
    assert_in_range(len, SELECTION_REASON_SIZE - 4, SELECTION_REASON_SIZE - 1);
    assert_string_equal(reason + len - 3, "...");
    assert_memory_equal(reason, "excluded: matches \"[p\xc3\xa4", 23);
    assert_int_equal((unsigned char)reason[len - 4], 0xa4);
    job_free(job);
}

static void holds_coverage(void **state)
{
    (void)state;
    static const struct {
        const char *expect;
        size_t selected;
        const char *reason; /* "" where it holds */
    } rows[] = {
        {"", 0, ""},
        {", expect: 26", 26, ""},
        {", expect: 26", 25, "expected 26 accounts, selected 25"},
        {", expect: 26", 27, "expected 26 accounts, selected 27"},
        {", expect: 1", 0, "expected 1 account, selected 0"},
        {", expect: 0", 1, "expected 0 accounts, selected 1"},
        {", expect: {min: 3}", 2, "expected at least 3 accounts, selected 2"},
        {", expect: {min: 1}", 0, "expected at least 1 account, selected 0"},
        {", expect: {min: 3}", 100000, ""},
        {", expect: {max: 3}", 0, ""},
        {", expect: {max: 3}", 4, "expected at most 3 accounts, selected 4"},
        {", expect: {min: 2, max: 3}", 2, ""},
        {", expect: {min: 2, max: 3}", 3, ""},
        {", expect: {min: 2, max: 3}", 1, "expected 2 to 3 accounts, selected 1"},
        {", expect: {min: 2, max: 3}", 4, "expected 2 to 3 accounts, selected 4"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char reason[SELECTION_REASON_SIZE] = "stale";
        struct job *job = job_format("role: r\ntasks: [{name: t, command: [a]}]\n"
                                     "accounts: {organization: true%s}\n",
                                     rows[i].expect);
        assert_int_equal(selection_coverage(job, rows[i].selected, reason), !rows[i].reason[0]);
        assert_string_equal(reason, rows[i].reason);
        job_free(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_any_of_its_names),
        cmocka_unit_test(decides),
        cmocka_unit_test(cuts_long_reasons),
        cmocka_unit_test(holds_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
