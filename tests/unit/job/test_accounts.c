// SPDX-License-Identifier: MIT
// The accounts of a job: listed ones, include and exclude, expect, management.
#include "base/buf.h"
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <string.h>

#define FRAME "role: r\ntasks: [{name: t, command: [a]}]\naccounts: %s\n"
#define LIST "list: ['111122223333']"

static void lists_accounts(void **state)
{
    (void)state;
    /* An id without quotes is text too: nothing here makes numbers of digits, octal or other. */
    struct job *job = job_format(
        FRAME, "{list: ['111122223333', 000000000001, 011111111117, {id: '444455556666', name: "
               "\"d\xc3\xa4ta\", email: a@b, ou_path: Root/P, state: SUSPENDED, role: p/other, "
               "regions: [eu-west-1, us-east-1]}, {id: 999999999999}]}");
    const struct job_accounts *a = &job->accounts;
    static const char *const ids[] = {"111122223333", "000000000001", "011111111117",
                                      "444455556666", "999999999999"};
    assert_false(a->organization);
    assert_int_equal(a->list_len, COUNT(ids));
    for (size_t i = 0; i < COUNT(ids); i++) {
        assert_string_equal(a->list[i].account.id, ids[i]);
        assert_ptr_equal(job_entry_find(job, ids[i]), &a->list[i]);
        if (i != 3) {
            assert_null(a->list[i].account.name);
            assert_null(a->list[i].role);
            assert_int_equal(a->list[i].regions.len, 0);
        }
    }
    const struct job_entry *data = &a->list[3];
    assert_string_equal(data->account.name, "d\xc3\xa4ta");
    assert_string_equal(data->account.email, "a@b");
    assert_string_equal(data->account.ou_path, "Root/P");
    assert_string_equal(data->account.state, "SUSPENDED");
    assert_string_equal(data->role, "p/other");
    assert_int_equal(data->regions.len, 2);
    assert_string_equal(data->regions.items[1], "us-east-1");
    assert_null(job_entry_find(job, "000000000000"));
    assert_null(job_entry_find(job, ""));
    job_free(job);
}

static void finds_each_of_many(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, JOB_FILE_MAX);
    (void)buf_puts(&text, "role: r\ntasks: [{name: t, command: [a]}]\naccounts:\n  list:\n");
    for (int i = 0; i < 5000; i++)
        (void)buf_printf(&text, "  - '%012d'\n", i * 7919 % 5000);
    struct job *job = job_of(buf_str(&text));
    for (int i = 0; i < 5000; i++) {
        char id[ACCOUNT_ID_SIZE];
        (void)snprintf(id, sizeof id, "%012d", i);
        assert_string_equal(job_entry_find(job, id)->account.id, id);
    }
    job_free(job);
    buf_clear(&text);
}

static void refuses_ids(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"12345678901", "job.yaml:3:19: \"12345678901\" has 11 digits; account ids have 12 and "
                        "leading zeros count: quote it as \"012345678901\""},
        {"'1'", "job.yaml:3:19: \"1\" has 1 digit; account ids have 12 and leading zeros count: "
                "write it as \"000000000001\""},
        {"{id: 42}", "job.yaml:3:24: \"42\" has 2 digits; account ids have 12 and leading zeros "
                     "count: quote it as \"000000000042\""},
        {"1234567890123", "job.yaml:3:19: \"1234567890123\" has 13 digits; account ids have 12"},
        {"1111-2222-3333",
         "job.yaml:3:19: \"1111-2222-3333\" is not an account id, which has 12 digits",
         "Write it as \"111122223333\"."},
        {"'1111 2222 3333'",
         "job.yaml:3:19: \"1111 2222 3333\" is not an account id, which has 12 digits",
         "Write it as \"111122223333\"."},
        {"1.11122E+11", "job.yaml:3:19: \"1.11122E+11\" is not an account id, which has 12 digits",
         "A spreadsheet or a number type has rounded it; write all 12 digits as text."},
        {"111122223333.0",
         "job.yaml:3:19: \"111122223333.0\" is not an account id, which has 12 digits",
         "A spreadsheet or a number type has rounded it; write all 12 digits as text."},
        {"0o1750", "job.yaml:3:19: \"0o1750\" is not an account id, which has 12 digits", ""},
        {"0x19DE50F8D5",
         "job.yaml:3:19: \"0x19DE50F8D5\" is not an account id, which has 12 "
         "digits",
         ""},
        {"111122223333x",
         "job.yaml:3:19: \"111122223333x\" is not an account id, which has 12 digits", ""},
        {"' 111122223333'",
         "job.yaml:3:19: \" 111122223333\" is not an account id, which has 12 digits",
         "Write it as \"111122223333\"."},
        {"\"\xd9\xa1\"", "job.yaml:3:19: \"\xd9\xa1\" is not an account id, which has 12 digits",
         ""},
        {"''", "job.yaml:3:19: \"\" is not an account id, which has 12 digits", ""},
        {"prod-*", "job.yaml:3:19: \"prod-*\" is not an account id, which has 12 digits", ""},
        {"~", "job.yaml:3:19: each item of \"list\" in accounts must be an account id or a mapping "
              "with an id, not nothing"},
        {"[a]", "job.yaml:3:19: each item of \"list\" in accounts must be an account id or a "
                "mapping with an id, not a list"},
        {"{name: x}", "job.yaml:3:19: \"id\" is missing in an account"},
        {"{id: }", "job.yaml:3:24: \"id\" in an account must be an account id of 12 digits, not "
                   "nothing"},
        {"{id: [1]}", "job.yaml:3:24: \"id\" in an account must be an account id of 12 digits, not "
                      "a list"},
        {"{Id: '111122223333'}",
         "job.yaml:3:20: unknown key \"Id\" in an account; did you mean \"id\"? (allowed: id, "
         "name, email, ou_path, state, role, external_id, regions)"},
        {"{id: '111122223333', name: [x]}",
         "job.yaml:3:46: \"name\" in an account must be text, not a list"},
        {"{id: '111122223333', role: 'a b'}",
         "job.yaml:3:46: \"a b\" is not a role: a name holds only letters, digits and _+=,.@-"},
        {"{id: '111122223333', regions: none}",
         "job.yaml:3:49: \"none\" is not the name of a Region (such as eu-west-1)"},
        {"{id: '111122223333', regions: []}", "job.yaml:3:49: \"regions\" in an account is empty"},
        {"'111122223333', '444455556666', {id: '111122223333'}",
         "job.yaml:3:51: account 111122223333 is listed twice (first at job.yaml:3:19)"},
    };
    assert_refused_in("role: r\ntasks: [{name: t, command: [a]}]\naccounts: {list: [%s]}\n", rows,
                      COUNT(rows));
}

/* Of several accounts that are there twice the first in the file is named. */
static void names_the_first_duplicate(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"\n  - '999999999999'\n  - '111122223333'\n  - '999999999999'\n  - '111122223333'\n"
         "  - '999999999999'\n",
         "job.yaml:7:5: account 999999999999 is listed twice (first at job.yaml:5:5)"},
    };
    assert_refused_in("role: r\ntasks: [{name: t, command: [a]}]\naccounts:\n list:%s", rows,
                      COUNT(rows));
}

static void reads_choices(void **state)
{
    (void)state;
    struct job *job = job_format(
        FRAME, "{organization: true, include: ['prod-*', 1111*], exclude: [{match: 'sandbox-*', "
               "reason: no workloads}, 'old-*'], expect: {min: 20}, management: skip}");
    const struct job_accounts *a = &job->accounts;
    assert_true(a->organization);
    assert_int_equal(a->include.len, 2);
    assert_string_equal(a->include.items[1], "1111*");
    assert_int_equal(a->exclude_len, 2);
    assert_string_equal(a->exclude[0].match, "sandbox-*");
    assert_string_equal(a->exclude[0].reason, "no workloads");
    assert_string_equal(a->exclude[1].match, "old-*");
    assert_string_equal(a->exclude[1].reason, "matches \"old-*\"");
    assert_int_equal(a->management, JOB_MANAGEMENT_SKIP);
    job_free(job);
    static const struct {
        const char *text;
        int64_t min, max;
        enum job_management management;
    } rows[] = {
        {"expect: 26", 26, 26, JOB_MANAGEMENT_ASSUME},
        {"expect: 0, management: assume", 0, 0, JOB_MANAGEMENT_ASSUME},
        {"expect: {min: 20}, management: source", 20, INT64_MAX, JOB_MANAGEMENT_SOURCE},
        {"expect: {max: 30}, exclude: []", 0, 30, JOB_MANAGEMENT_ASSUME},
        {"expect: {max: 30, min: 30}", 30, 30, JOB_MANAGEMENT_ASSUME},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "{organization: true, %s}", rows[i].text);
        job = job_format(FRAME, text);
        assert_true(job->accounts.has_expect);
        assert_int_equal(job->accounts.expect_min, rows[i].min);
        assert_int_equal(job->accounts.expect_max, rows[i].max);
        assert_int_equal(job->accounts.management, rows[i].management);
        job_free(job);
    }
}

static void refuses_choices(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"['111122223333']", "job.yaml:3:11: accounts must be a mapping, not a list"},
        {"all", "job.yaml:3:11: accounts must be a mapping, not \"all\""},
        {"{}", "job.yaml:3:11: accounts names no source: give organization: true, list or file"},
        {"{organization: false}",
         "job.yaml:3:11: accounts names no source: give organization: true, list or file"},
        {"{organization: 'true'}",
         "job.yaml:3:26: \"organization\" in accounts must be true, false, or a mapping of ous, "
         "recursive, tags, state and joined_after, not \"true\""},
        {"{organization: yes}",
         "job.yaml:3:26: \"organization\" in accounts must be true, false, or a mapping of ous, "
         "recursive, tags, state and joined_after, not \"yes\""},
        {"{organisation: true}",
         "job.yaml:3:12: unknown key \"organisation\" in accounts; did you mean \"organization\"? "
         "(allowed: organization, list, file, include, exclude, expect, management, cover)"},
        {"{tags: {a: b}}",
         "job.yaml:3:12: unknown key \"tags\" in accounts (allowed: "
         "organization, list, file, include, exclude, expect, management, cover)"},
        {"{list: '111122223333'}", "job.yaml:3:18: \"list\" in accounts must be a list of account "
                                   "ids, or of mappings with an id, not \"111122223333\""},
        {"{list: []}", "job.yaml:3:18: \"list\" in accounts is empty"},
        {"{" LIST ", include: prod-*}", "job.yaml:3:45: \"include\" in accounts must be a list of "
                                        "globs on id, name, email or OU path, not \"prod-*\""},
        {"{" LIST ", include: []}", "job.yaml:3:45: \"include\" in accounts is empty"},
        {"{" LIST ", include: [~]}", "job.yaml:3:46: each item of \"include\" in accounts must be "
                                     "a glob such as \"prod-*\", not nothing"},
        {"{" LIST ", include: ['']}", "job.yaml:3:46: each item of \"include\" in accounts must be "
                                      "a glob such as \"prod-*\", not \"\""},
        {"{" LIST ", exclude: x}",
         "job.yaml:3:45: \"exclude\" in accounts must be a list of globs, or of mappings of match "
         "and reason, not \"x\""},
        {"{" LIST ", exclude: [[x]]}",
         "job.yaml:3:46: each item of \"exclude\" in accounts must be a glob or a mapping of match "
         "and reason, not a list"},
        {"{" LIST ", exclude: [~]}",
         "job.yaml:3:46: each item of \"exclude\" in accounts must be a glob or a mapping of match "
         "and reason, not nothing"},
        {"{" LIST ", exclude: [{reason: x}]}",
         "job.yaml:3:46: \"match\" is missing in an item of exclude"},
        {"{" LIST ", exclude: [{match: x, why: y}]}",
         "job.yaml:3:57: unknown key \"why\" in an item of exclude (allowed: match, reason)"},
        {"{" LIST ", exclude: [{match: x, reason: ''}]}",
         "job.yaml:3:65: \"reason\" in an item of exclude must have 1 to 200 bytes, not 0"},
        {"{" LIST ", expect: many}", "job.yaml:3:44: \"expect\" in accounts must be a whole number "
                                     "from 0 to 100000, not \"many\""},
        {"{" LIST ", expect: '26'}", "job.yaml:3:44: \"expect\" in accounts must be a whole number "
                                     "from 0 to 100000, not \"26\""},
        {"{" LIST ", expect: 026}", "job.yaml:3:44: \"expect\" in accounts must be a whole number "
                                    "from 0 to 100000, not \"026\""},
        {"{" LIST ", expect: -1}", "job.yaml:3:44: \"expect\" in accounts must be a whole number "
                                   "from 0 to 100000, not \"-1\""},
        {"{" LIST ", expect: [1]}", "job.yaml:3:44: \"expect\" in accounts must be a whole number, "
                                    "or a mapping of min and max, not a list"},
        {"{" LIST ", expect: {}}", "job.yaml:3:44: \"expect\" needs \"min\", \"max\" or both"},
        {"{" LIST ", expect: {minimum: 1}}",
         "job.yaml:3:45: unknown key \"minimum\" in expect (allowed: min, max)"},
        {"{" LIST ", expect: {min: 3, max: 2}}",
         "job.yaml:3:44: \"expect\" has a min of 3 above its max of 2"},
        {"{" LIST ", management: source_}",
         "job.yaml:3:48: \"management\" in accounts must be assume, source or skip, not "
         "\"source_\"",
         "Did you mean \"source\"?"},
        {"{" LIST ", management: [skip]}",
         "job.yaml:3:48: \"management\" in accounts must be assume, source or skip, not a list",
         ""},
    };
    assert_refused_in(FRAME, rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_accounts), cmocka_unit_test(finds_each_of_many),
        cmocka_unit_test(refuses_ids),    cmocka_unit_test(names_the_first_duplicate),
        cmocka_unit_test(reads_choices),  cmocka_unit_test(refuses_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
