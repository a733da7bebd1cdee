// SPDX-License-Identifier: MIT
// The terms of a role: policies, session tags, source identity, hubs.
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME "accounts: {list: ['111122223333']}\ntasks: [{name: t, command: [a]}]\nrole: %s\n"
#define POLICY "{\"Version\": \"2012-10-17\", \"Statement\": []}"
#define HUB "arn:aws:iam::111122223333:role/hub"

static void takes_all(void **state)
{
    (void)state;
    struct job *job = job_format(
        FRAME, "{name: r, policy: '" POLICY "', policy_arns: ['arn:aws:iam::aws:policy/job/X', "
               "'arn:aws-cn:iam::111122223333:policy/p/q'], tags: {Team: a b, 'k=': ''}, "
               "transitive_tag_keys: [team], source_identity: me@x, via: [" HUB ", {role: "
               "'arn:aws:iam::444455556666:role/p/hub', external_id: ab, mfa_serial: "
               "'arn:aws:iam::444455556666:mfa/u'}]}");
    const struct job_terms *t = &job->role.terms;
    assert_string_equal(t->policy, POLICY);
    assert_int_equal(t->policy_arns.len, 2);
    assert_int_equal(t->tags.len, 4);
    assert_string_equal(t->tags.items[0], "Team");
    assert_string_equal(t->tags.items[1], "a b");
    assert_string_equal(t->tags.items[2], "k=");
    assert_string_equal(t->tags.items[3], "");
    assert_string_equal(t->transitive_tag_keys.items[0], "team");
    assert_string_equal(t->source_identity, "me@x");
    assert_int_equal(t->via_len, 2);
    assert_string_equal(t->via[0].role, HUB);
    assert_null(t->via[0].external_id);
    assert_string_equal(t->via[1].external_id, "ab");
    assert_string_equal(t->via[1].mfa_serial, "arn:aws:iam::444455556666:mfa/u");
    job_free(job);
}

#define LONG64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG512 LONG64 LONG64 LONG64 LONG64 LONG64 LONG64 LONG64 LONG64

static void refuses(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"{name: r, policy: '{'}", "job.yaml:3:25: the session policy is not JSON: line 1, column "
                                   "1: string or '}' expected near end of file"},
        {"{name: r, policy: '[]'}",
         "job.yaml:3:25: the session policy must be a JSON object with a \"Statement\""},
        {"{name: r, policy: '{\"a\": 1, \"a\": 2}'}",
         "job.yaml:3:25: the session policy is not JSON: line 1, column 12: duplicate object key "
         "near '\"a\"'"},
        {"{name: r, policy: '{\"Statement\": \"" LONG512 LONG512 LONG512 LONG512 "\"}'}",
         "job.yaml:3:7: the session policy and the policy ARNs have 2065 characters together; STS "
         "takes 2048"},
        {"{name: r, policy_arns: [ReadOnlyAccess]}",
         "job.yaml:3:31: each item of \"policy_arns\" in role must be the ARN of a managed policy, "
         "such as arn:aws:iam::aws:policy/ReadOnlyAccess, not \"ReadOnlyAccess\""},
        {"{name: r, tags: {}}", "job.yaml:3:23: \"tags\" in role must be a mapping of 1 to 50 keys "
                                "to text, not a mapping"},
        {"{name: r, tags: {'aws:x': y}}",
         "job.yaml:3:24: \"aws:x\" is not the key of a session tag: 1 to 128 letters, digits, "
         "spaces and _.:/=+-@, not beginning with aws:"},
        {"{name: r, tags: {a: b, A: c}}",
         "job.yaml:3:30: the session tags \"a\" and \"A\" differ only in case, which AWS does not "
         "tell apart"},
        {"{name: r, tags: {a: 'b#'}}", "job.yaml:3:27: the session tag \"a\" in role must be text "
                                       "of at most 256 letters, digits, "
                                       "spaces and _.:/=+-@"},
        {"{name: r, transitive_tag_keys: [a]}",
         "job.yaml:3:7: transitive_tag_keys names \"a\", which is no key of tags"},
        {"{name: r, source_identity: 'a b'}", "job.yaml:3:34: \"source_identity\" in role may hold "
                                              "only letters, digits and _+=,.@-"},
        {"{name: r, via: [hub]}",
         "job.yaml:3:23: \"via\" in role must be the whole ARN of a role, such as "
         "arn:aws:iam::111122223333:role/hub, not \"hub\""},
        {"{name: r, via: [{external_id: ab}]}",
         "job.yaml:3:23: \"role\" is missing in a hub of via"},
        {"{name: r, via: [" HUB "], duration: 2h}",
         "job.yaml:3:7: a session assumed through a hub (via) lasts at most 1h"},
    };
    assert_refused_in(FRAME, rows, COUNT(rows));
    struct job *job = NULL;
    struct orgrun_error err = {0};
    static const char gone[] = "accounts: {list: ['111122223333']}\n"
                               "role: {name: r, policy_file: gone.json}\n";
    int rc = job_parse(&job, gone, sizeof gone - 1, "job.yaml", NULL, &err);
    assert_error(rc, err, ORGRUN_EIO,
                 "job.yaml:2:30: cannot open gone.json: No such file or directory");
}

static void reads_a_file_beside_the_job(void **state)
{
    (void)state;
    char *dir = scratch_new();
    char *policy = scratch_write(dir, "p.json", POLICY, strlen(POLICY));
    static const char text[] = "accounts: {list: ['111122223333']}\n"
                               "tasks: [{name: t, command: [a]}]\n"
                               "role: {name: r, policy_file: p.json}\n";
    char *path = scratch_write(dir, "job.yaml", text, strlen(text));
    struct job *job = NULL;
    struct orgrun_error err = {0};
    int rc = job_load(&job, path, NULL, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, 0);
    assert_string_equal(job->role.terms.policy, POLICY);
    job_free(job);
    free(path);
    free(policy);
    scratch_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_all),
        cmocka_unit_test(refuses),
        cmocka_unit_test(reads_a_file_beside_the_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
