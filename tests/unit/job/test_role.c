// SPDX-License-Identifier: MIT
// The role of a job: names, paths and ARNs, session names, durations, external ids.
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <string.h>

#define FRAME "accounts: {list: ['111122223333']}\ntasks: [{name: t, command: [a]}]\nrole: %s\n"

#define L64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void takes_roles(void **state)
{
    (void)state;
    static const char *const names[] = {
        "r",
        L64,
        "a_b+c=d,e.f@g-h",
        "path/r",
        "a/b/c/r",
        "arn:aws:iam::111122223333:role/r",
        "arn:aws-cn:iam::111122223333:role/a/b/r",
        "arn:aws-us-gov:iam::*:role/r",
        "arn:aws-iso-b:iam::{account.id}:role/p/r",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct job *job = job_format("accounts: {list: ['111122223333']}\ntasks: [{name: t, "
                                     "command: [a]}]\nrole: \"%s\"\n",
                                     names[i]);
        assert_string_equal(job->role.name, names[i]);
        job_free(job);
    }
}

static void takes_the_mapping(void **state)
{
    (void)state;
    struct job *job =
        job_of("accounts: {list: ['111122223333']}\ntasks: [{name: t, command: [a]}]\n"
               "role: {name: p/r, session_name: 'x@{account.id}-{run.id}', duration: 15m, "
               "external_id: 'a:b/c-1'}\n");
    assert_string_equal(job->role.name, "p/r");
    assert_string_equal(job->role.session_name, "x@{account.id}-{run.id}");
    assert_int_equal(job->role.duration_s, 900);
    assert_string_equal(job->role.external_id, "a:b/c-1");
    job_free(job);
    job = job_of("accounts: {list: ['111122223333']}\ntasks: [{name: t, command: [a]}]\n"
                 "role: {name: r, duration: 12h}\n");
    assert_int_equal(job->role.duration_s, 43200);
    assert_null(job->role.external_id);
    job_free(job);
}

static void refuses_names(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"[r]", "job.yaml:3:7: \"role\" in the job must be the name or ARN of a role, or a "
                "mapping, not a list"},
        {"~", "job.yaml:3:7: \"role\" in the job must be the name or ARN of a role, or a mapping, "
              "not nothing"},
        {"''", "job.yaml:3:7: \"\" is not a role: the name after the path is missing"},
        {"p/", "job.yaml:3:7: \"p/\" is not a role: the name after the path is missing"},
        {"/p/r", "job.yaml:3:7: \"/p/r\" is not a role: a path is written without the leading "
                 "\"/\""},
        {"p//r", "job.yaml:3:7: \"p//r\" is not a role: a part of the path is empty"},
        {"my role", "job.yaml:3:7: \"my role\" is not a role: a name holds only letters, digits "
                    "and _+=,.@-"},
        {"r\xc3\xb6le", "job.yaml:3:7: \"r\xc3\xb6le\" is not a role: a name holds only letters, "
                        "digits and _+=,.@-"},
        {"p q/r", "job.yaml:3:7: \"p q/r\" is not a role: a path holds only printable ASCII "
                  "characters without spaces"},
        {"a" L64, "job.yaml:3:7: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
                  "\" is not a role: the name is longer than 64 characters"},
        {"arn:aws:iam::1111:role/r", "job.yaml:3:7: \"arn:aws:iam::1111:role/r\" is not a role: "
                                     "the account in an ARN is 12 digits, {account.id} or *"},
        {"'arn:aws:iam:::role/r'", "job.yaml:3:7: \"arn:aws:iam:::role/r\" is not a role: "
                                   "the account in an ARN is 12 digits, {account.id} or *"},
        {"arn:aws:iam::111122223333:user/r",
         "job.yaml:3:7: \"arn:aws:iam::111122223333:user/r\" is not a role: a role's ARN is "
         "arn:PARTITION:iam::ACCOUNT:role/NAME"},
        {"arn:aws:sts::111122223333:assumed-role/r/s",
         "job.yaml:3:7: \"arn:aws:sts::111122223333:assumed-role/r/s\" is not a role: a role's ARN "
         "is arn:PARTITION:iam::ACCOUNT:role/NAME"},
        {"arn:aws:iam::111122223333:role/",
         "job.yaml:3:7: \"arn:aws:iam::111122223333:role/\" is not a role: the name after the path "
         "is missing"},
        {"'{account.name}'", "job.yaml:3:7: \"{account.name}\" is not a role: a name holds only "
                             "letters, digits and _+=,.@-"},
    };
    assert_refused_in(FRAME, rows, COUNT(rows));
}

static void refuses_keys(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"{nmae: r}", "job.yaml:3:8: unknown key \"nmae\" in role; did you mean \"name\"? "
                      "(allowed: name, session_name, duration, external_id, policy, policy_file, "
                      "policy_arns, tags, transitive_tag_keys, source_identity, via)"},
        {"{chain: r}",
         "job.yaml:3:8: unknown key \"chain\" in role (allowed: name, "
         "session_name, duration, external_id, policy, policy_file, policy_arns, tags, "
         "transitive_tag_keys, source_identity, via)"},
        {"{duration: 1h}", "job.yaml:3:7: \"name\" is missing in role"},
        {"{name: [a]}", "job.yaml:3:14: \"name\" in role must be the name or ARN of a role, not a "
                        "list"},
        {"{name: r, session_name: 5h!}", "job.yaml:3:31: \"session_name\" in role may hold only "
                                         "letters, digits, _+=,.@- and templates"},
        {"{name: r, session_name: 'x-{region}'}",
         "job.yaml:3:31: template \"{region}\" cannot be used here (allowed: {account.id}, "
         "{run.id})",
         "For the text \"{region}\" itself write \"{{region}}\"."},
        {"{name: r, session_name: '{runid}'}",
         "job.yaml:3:31: unknown template \"{runid}\"; did you mean \"{run.id}\"? (allowed: "
         "{account.id}, {run.id})"},
        {"{name: r, session_name: x}",
         "job.yaml:3:31: \"session_name\" in role must have 2 to 64 characters, not 1"},
        {"{name: r, session_name: '" L64 "-{run.id}'}",
         "job.yaml:3:31: \"session_name\" in role must have 2 to 64 characters, not 89 once "
         "expanded"},
        {"{name: r, session_name: ''}",
         "job.yaml:3:31: \"session_name\" in role must have 1 to 256 bytes, not 0"},
        {"{name: r, duration: 14m}", "job.yaml:3:27: \"duration\" in role must be a duration from "
                                     "15m to 12h, such as 90s, 5m or 2h, not \"14m\""},
        {"{name: r, duration: 13h}", "job.yaml:3:27: \"duration\" in role must be a duration from "
                                     "15m to 12h, such as 90s, 5m or 2h, not \"13h\""},
        {"{name: r, duration: 3600}",
         "job.yaml:3:27: \"duration\" in role must be a duration from 15m to 12h, such as 90s, 5m "
         "or 2h, not \"3600\"",
         "A duration has a unit: 3600s, 3600m or 3600h."},
        {"{name: r, duration: 900500ms}",
         "job.yaml:3:27: \"duration\" in role must be whole seconds, not \"900500ms\""},
        {"{name: r, external_id: x}",
         "job.yaml:3:30: \"external_id\" in role must have 2 to 1224 bytes, not 1"},
        {"{name: r, external_id: 'a b'}", "job.yaml:3:30: \"external_id\" in role may hold only "
                                          "letters, digits and _+=,.@:/-"},
        {"{name: r, external_id: }",
         "job.yaml:3:30: \"external_id\" in role must be text, not nothing"},
    };
    assert_refused_in(FRAME, rows, COUNT(rows));
}

/* Entries of a list may all have roles of their own; an organization's accounts have none. */
static void needs_a_role_where_one_is_missing(void **state)
{
    (void)state;
    job_free(job_of("accounts: {list: [{id: '111122223333', role: r}]}\n"
                    "tasks: [{name: t, command: [a]}]\n"));
    static const struct job_refusal rows[] = {
        {"{list: [{id: '111122223333', role: r}, '444455556666']}",
         "job.yaml:1:1: \"role\" is missing in the job"},
        {"{organization: true, list: [{id: '111122223333', role: r}]}",
         "job.yaml:1:1: \"role\" is missing in the job"},
    };
    assert_refused_in("tasks: [{name: t, command: [a]}]\naccounts: %s\n", rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_roles),
        cmocka_unit_test(takes_the_mapping),
        cmocka_unit_test(refuses_names),
        cmocka_unit_test(refuses_keys),
        cmocka_unit_test(needs_a_role_where_one_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
