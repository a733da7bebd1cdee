// SPDX-License-Identifier: MIT
// accounts.organization as a mapping: what is read, what is refused, and what it rules out.
#include "job/organization.h"
#include "job/selection.h"
#include "unit/job/job_fixture.h"

#include <string.h>

#define FRAME "role: r\ntasks: [{name: t, command: [a]}]\naccounts: {organization: %s}\n"
#define K43 "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
#define LONG_KEY K43 K43 K43
#define AT "job.yaml:3:26: "

static void reads_rules(void **state)
{
    (void)state;
    struct job *job = job_format(
        FRAME, "{ous: [/Workloads/Prod, ou-abcd-12345678, r-abcd, Root, Root/A b, /], recursive: "
               "false, tags: {env: [prod, stage], 'cost center': 7, empty: ''}, state: [ACTIVE, "
               "PENDING_CLOSURE], joined_after: 2025-01-31}");
    const struct job_organization *r = &job->accounts.rules;
    static const char *const ous[] = {
        "/Workloads/Prod", "ou-abcd-12345678", "r-abcd", "Root", "Root/A b", "/"};
    assert_true(job->accounts.organization);
    assert_true(r->direct);
    assert_int_equal(r->ous_len, COUNT(ous));
    for (size_t i = 0; i < COUNT(ous); i++)
        assert_string_equal(r->ous[i].name, ous[i]);
    assert_string_equal(r->ous[0].place, "job.yaml:3:33");
    assert_int_equal(r->tags_len, 3);
    assert_string_equal(r->tags[0].values.items[1], "stage");
    assert_string_equal(r->tags[1].key, "cost center");
    assert_string_equal(r->tags[1].values.items[0], "7");
    assert_string_equal(r->tags[2].values.items[0], "");
    assert_int_equal(r->states.len, 2);
    assert_string_equal(r->joined_after, "2025-01-31");
    assert_int_equal(r->joined_after_ms, 1738281600000);
    job_free(job);
    job = job_format(FRAME, "{ous: /, joined_after: '2025-01-31T01:00:00+01:00', state: ACTIVE, "
                            "recursive: true}");
    assert_false(job->accounts.rules.direct);
    assert_int_equal(job->accounts.rules.ous_len, 1);
    assert_int_equal(job->accounts.rules.joined_after_ms, 1738281600000);
    job_free(job);
    job = job_format(FRAME, "{}");
    assert_true(job->accounts.organization);
    job_free(job);
}

static void refuses_rules(void **state)
{
    (void)state;
    static const char words[] = "job.yaml:3:35: \"state\" in organization must be ACTIVE, "
                                "PENDING_ACTIVATION, SUSPENDED, PENDING_CLOSURE or CLOSED, not "
                                "\"ACTVE\"";
    static const struct job_refusal rows[] = {
        {"{ou: [/A]}", "job.yaml:3:27: unknown key \"ou\" in organization; did you mean \"ous\"? "
                       "(allowed: ous, recursive, tags, state, joined_after)"},
        {"[a]", AT "\"organization\" in accounts must be true, false, or a mapping of ous, "
                   "recursive, tags, state and joined_after, not a list"},
        {"{ous: []}", "job.yaml:3:32: \"ous\" in organization is empty"},
        {"{ous: [~]}", "job.yaml:3:33: each item of \"ous\" in organization must be the id or the "
                       "path of an OU, not nothing"},
        {"{ous: [Workloads/Prod]}",
         "job.yaml:3:33: \"Workloads/Prod\" is neither the id of an OU (ou-abcd-12345678, or "
         "r-abcd for the root) nor a path (/Workloads/Prod); did you mean \"/Workloads/Prod\"?"},
        {"{ous: [root/Prod/]}",
         "job.yaml:3:33: \"root/Prod/\" is neither the id of an OU (ou-abcd-12345678, or r-abcd "
         "for the root) nor a path (/Workloads/Prod); did you mean \"/Prod\"?"},
        {"{ous: [ou-abcd-1234]}",
         "job.yaml:3:33: \"ou-abcd-1234\" is neither the id of an OU (ou-abcd-12345678, or r-abcd "
         "for the root) nor a path (/Workloads/Prod)"},
        {"{ous: [/A//B]}",
         "job.yaml:3:33: \"/A//B\" is neither the id of an OU (ou-abcd-12345678, or r-abcd for the "
         "root) nor a path (/Workloads/Prod)"},
        {"{recursive: false}", AT "\"recursive\" in organization needs \"ous\""},
        {"{ous: /, recursive: no}",
         "job.yaml:3:46: \"recursive\" in organization must be true or false, not \"no\""},
        {"{tags: [env=prod]}", "job.yaml:3:33: \"tags\" in organization must be a mapping of tag "
                               "keys to a value or a list of values, not a list"},
        {"{tags: {}}", "job.yaml:3:33: \"tags\" in organization must be a mapping of tag keys to a "
                       "value or a list of values, not a mapping"},
        {"{tags: {env: ~}}",
         "job.yaml:3:39: tag \"env\" must have a value or a list of values, not nothing"},
        {"{tags: {env: []}}", "job.yaml:3:39: tag \"env\" has no value"},
        {"{tags: {env: [[x]]}}",
         "job.yaml:3:40: tag \"env\" must have a value or a list of values, not a list"},
        {"{tags: {" LONG_KEY ": x}}",
         "job.yaml:3:34: the key of a tag must have 1 to 128 bytes, not 129"},
        {"{state: [ACTVE]}", words},
        {"{joined_after: 2025-02-30}",
         "job.yaml:3:41: \"joined_after\" in organization must be a date such as 2025-01-31, or a "
         "time such as 2025-01-31T12:00:00Z, not \"2025-02-30\""},
        {"{joined_after: yesterday}",
         "job.yaml:3:41: \"joined_after\" in organization must be a date such as 2025-01-31, or a "
         "time such as 2025-01-31T12:00:00Z, not \"yesterday\""},
        {"{joined_after: 2025-1-1}",
         "job.yaml:3:41: \"joined_after\" in organization must be a date such as 2025-01-31, or a "
         "time such as 2025-01-31T12:00:00Z, not \"2025-1-1\""},
    };
    assert_refused_in(FRAME, rows, COUNT(rows));
}

static void knows_ids(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"r-abcd", true},
        {"r-0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p", true},
        {"r-0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5pq", false},
        {"r-abc", false},
        {"r-ABCD", false},
        {"r-abcd-12345678", false},
        {"ou-abcd-12345678", true},
        {"ou-abcd-1234567", false},
        {"ou-abc-12345678", false},
        {"ou-abcd-12345678-", false},
        {"ou-abcd12345678", false},
        {"ou-abcd-1234567X", false},
        {"ou-", false},
        {"", false},
        {"/ou-abcd-12345678", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (organization_ou_is_id(rows[i].text) != rows[i].is)
            fail_msg("%s", rows[i].text);
}

static char name[] = "data", active[] = "ACTIVE", suspended[] = "SUSPENDED";
static char env_key[] = "env", env_value[] = "prod", team_key[] = "team", team_value[] = "data";
static char *prod[] = {env_key, env_value, team_key, team_value, NULL};
static const struct strv tags_prod = {.items = prod, .len = 4};
static const struct strv no_tags = {0};

/* A row: the job's accounts, what is known of the account, and the verdict. */
struct decision {
    const char *accounts;
    char *state;
    int64_t joined_ms;
    bool management;
    struct selection_facts facts;
    enum selection_verdict verdict;
    const char *reason;
};

static void assert_decisions(const struct decision *rows, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char reason[SELECTION_REASON_SIZE] = "stale";
        struct job *job = job_format("role: r\ntasks: [{name: t, command: [a]}]\naccounts: {%s}\n",
                                     rows[i].accounts);
        struct account a = {.id = "111122223333",
                            .name = name,
                            .state = rows[i].state,
                            .joined_ms = rows[i].joined_ms,
                            .management = rows[i].management};
        enum selection_verdict verdict = selection_decide(job, &a, &rows[i].facts, reason);
        if (verdict != rows[i].verdict || strcmp(reason, rows[i].reason) != 0)
            fail_msg("row %zu: %d %s", i, verdict, reason);
        job_free(job);
    }
}

#define ORG "organization: "
static void rules_out(void **state)
{
    (void)state;
    const struct selection_facts outside = {.outside = true}, tagged = {.tags = &tags_prod},
                                 bare = {.tags = &no_tags}, listed = {true, .outside = true};
    const struct selection_facts none = {0};
    const struct decision rows[] = {
        {ORG "{ous: /A}", active, 0, false, none, SELECTION_RUN, ""},
        {ORG "{ous: /A}", active, 0, false, outside, SELECTION_EXCLUDED, "not in the OU /A"},
        {ORG "{ous: [/A, r-abcd]}", active, 0, false, outside, SELECTION_EXCLUDED,
         "not in the OUs /A, r-abcd"},
        {ORG "{ous: /A, recursive: false}", suspended, 0, false, outside, SELECTION_EXCLUDED,
         "not directly in the OU /A"},
        {ORG "{ous: /A}", active, 0, false, listed, SELECTION_RUN, ""},
        {ORG "{ous: /A}", suspended, 0, false, listed, SELECTION_SKIPPED, "account is SUSPENDED"},
        {ORG "{tags: {env: prod}}", active, 0, false, none, SELECTION_RUN, ""},
        {ORG "{tags: {env: prod}}", active, 0, false, tagged, SELECTION_RUN, ""},
        {ORG "{tags: {env: [dev, prod], team: data}}", active, 0, false, tagged, SELECTION_RUN, ""},
        {ORG "{tags: {env: [dev, prod], team: web}}", active, 0, false, tagged, SELECTION_EXCLUDED,
         "tag team is \"data\", not web"},
        {ORG "{tags: {env: [dev, test, stage]}}", active, 0, false, tagged, SELECTION_EXCLUDED,
         "tag env is \"prod\", not dev, test or stage"},
        {ORG "{tags: {Env: prod}}", active, 0, false, tagged, SELECTION_EXCLUDED,
         "tag Env is not set"},
        {ORG "{tags: {env: prod}}", active, 0, false, bare, SELECTION_EXCLUDED,
         "tag env is not set"},
        {ORG "{tags: {env: dev}}", suspended, 0, false, tagged, SELECTION_SKIPPED,
         "account is SUSPENDED"},
        {ORG "{state: ACTIVE}", suspended, 0, false, none, SELECTION_EXCLUDED,
         "state is SUSPENDED, not ACTIVE"},
        {ORG "{state: [ACTIVE, SUSPENDED]}", suspended, 0, false, none, SELECTION_RUN, ""},
        {ORG "{joined_after: 2025-01-31}", active, 1738281600000, false, none, SELECTION_RUN, ""},
        {ORG "{joined_after: 2025-01-31}", active, 1738281599999, false, none, SELECTION_EXCLUDED,
         "joined 2025-01-30, not after 2025-01-31"},
        {ORG "{joined_after: 2025-01-31}", active, 0, false, none, SELECTION_EXCLUDED,
         "when it joined is not known, but must be after 2025-01-31"},
        {ORG "{ous: /A}, exclude: [data]", active, 0, false, outside, SELECTION_EXCLUDED,
         "excluded: matches \"data\""},
        {ORG "{ous: /A}, include: [x]", active, 0, false, outside, SELECTION_EXCLUDED,
         "not in include"},
    };
    assert_decisions(rows, COUNT(rows));
}

#define COVER ", cover: organization"
static void names_what_is_uncovered(void **state)
{
    (void)state;
    static const char list[] = "list: ['111122223333']" COVER;
    const struct selection_facts none = {0}, listed = {.listed = true},
                                 unknown = {.listed = true, .unknown = true},
                                 outside = {.outside = true};
    const struct decision rows[] = {
        {list, active, 0, false, listed, SELECTION_RUN, ""},
        {list, active, 0, false, none, SELECTION_UNCOVERED, "neither run nor excluded: not listed"},
        {list, suspended, 0, false, none, SELECTION_EXCLUDED, "not listed"},
        {list, NULL, 0, false, unknown, SELECTION_UNCOVERED,
         "the organization has no such account"},
        {"list: ['111122223333'], exclude: [data]" COVER, NULL, 0, false, unknown,
         SELECTION_EXCLUDED, "excluded: matches \"data\""},
        {"list: ['111122223333'], exclude: [data]" COVER, active, 0, false, none,
         SELECTION_EXCLUDED, "excluded: matches \"data\""},
        {ORG "true, include: [x]" COVER, active, 0, false, none, SELECTION_UNCOVERED,
         "neither run nor excluded: not in include"},
        {ORG "{ous: /A}" COVER, active, 0, false, outside, SELECTION_UNCOVERED,
         "neither run nor excluded: not in the OU /A"},
        {ORG "true, management: skip" COVER, active, 0, true, none, SELECTION_EXCLUDED,
         "management account (management: skip)"},
        {ORG "true, management: skip, include: [x]" COVER, active, 0, true, none,
         SELECTION_EXCLUDED, "not in include"},
        {ORG "true" COVER, suspended, 0, false, none, SELECTION_SKIPPED, "account is SUSPENDED"},
        {"list: ['111122223333']", active, 0, false, none, SELECTION_EXCLUDED, "not listed"},
        {"list: ['111122223333'], cover: none", NULL, 0, false, unknown, SELECTION_RUN, ""},
    };
    assert_decisions(rows, COUNT(rows));
}

static void wants_ous(void **state)
{
    (void)state;
    static const struct {
        const char *accounts;
        bool wants;
    } rows[] = {
        {ORG "true", false},
        {ORG "true, include: [prod-*], exclude: ['*@x']", false},
        {ORG "true, include: ['Root/*']", true},
        {ORG "true, exclude: ['*/Dev']", true},
        {ORG "{tags: {a: b}}", false},
        {ORG "{ous: r-abcd}", true},
        {"list: ['111122223333'], include: ['*/x']", false},
        {"list: ['111122223333'], exclude: ['*/x']" COVER, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job *job = job_format("role: r\ntasks: [{name: t, command: [a]}]\naccounts: {%s}\n",
                                     rows[i].accounts);
        if (selection_wants_ous(job) != rows[i].wants)
            fail_msg("%s", rows[i].accounts);
        job_free(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rules), cmocka_unit_test(refuses_rules),
        cmocka_unit_test(knows_ids),   cmocka_unit_test(rules_out),
        cmocka_unit_test(wants_ous),   cmocka_unit_test(names_what_is_uncovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
