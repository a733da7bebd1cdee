// SPDX-License-Identifier: MIT
// Unit tests of job/access: the way into the accounts other than a role.
#include "unit/job/job_fixture.h"

#include <string.h>

static void takes_sso(void **state)
{
    (void)state;
    static const struct {
        const char *accounts;
        bool organization;
    } rows[] = {{"{list: ['111122223333']}", false}, {"{organization: true}", true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job *job =
            job_format("accounts: %s\n"
                       "access: {sso: {session: 'my corp', role: 'A+u=d,i.t@o-r_1'}}\n"
                       "tasks: [{name: t, command: [a]}]\n",
                       rows[i].accounts);
        assert_string_equal(job->access.sso_session, "my corp");
        assert_string_equal(job->access.sso_role, "A+u=d,i.t@o-r_1");
        assert_null(job->role.name);
        assert_int_equal(job->accounts.organization, rows[i].organization);
        job_free(job);
    }
}

static void refuses_keys(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"corp", "job.yaml:3:9: \"access\" in the job must be a mapping with the key sso, not "
                 "\"corp\""},
        {"{}", "job.yaml:3:9: \"sso\" is missing in access"},
        {"{saml: x}", "job.yaml:3:10: unknown key \"saml\" in access (allowed: sso)"},
        {"{sso: corp}", "job.yaml:3:15: \"sso\" in access must be a mapping with the keys session "
                        "and role, not \"corp\""},
        {"{sso: {role: A}}", "job.yaml:3:15: \"session\" is missing in access.sso"},
        {"{sso: {session: corp}}", "job.yaml:3:15: \"role\" is missing in access.sso"},
        {"{sso: {session: corp, role: A, rol: B}}",
         "job.yaml:3:40: unknown key \"rol\" in access.sso; did you mean \"role\"? (allowed: "
         "session, role)"},
        {"{sso: {session: '', role: A}}",
         "job.yaml:3:25: \"session\" in access.sso must have 1 to 128 bytes, not 0"},
        {"{sso: {session: corp, role: a/b}}",
         "job.yaml:3:37: \"role\" in access.sso must be the name of a permission set, which holds "
         "only letters, digits and _+=,.@-, not \"a/b\""},
        {"{sso: {session: corp, role: 'arn:aws:iam::1:role/x'}}",
         "job.yaml:3:37: \"role\" in access.sso must be the name of a permission set, which holds "
         "only letters, digits and _+=,.@-, not \"arn:aws:iam::1:role/x\""},
    };
    assert_refused_in("accounts: {list: ['111122223333']}\ntasks: [{name: t, command: [a]}]\n"
                      "access: %s\n",
                      rows, COUNT(rows));
}

#define HINT                                                                                       \
    "Sessions are either assumed (role) or come from IAM Identity Center (access), with what the " \
    "permission set says: take one of the two away."

static void excludes_roles(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"accounts: {organization: true}\nrole: r\n",
         "job.yaml:4:1: \"role\" and \"access\" in the job exclude one another", HINT},
        {"accounts: {organization: true}\nrole: {duration: 2h}\n",
         "job.yaml:4:1: \"role\" and \"access\" in the job exclude one another", HINT},
        {"accounts: {list: ['444455556666', {id: '111122223333', role: r}]}\n",
         "job.yaml:3:35: \"role\" of account 111122223333 and \"access\" in the job exclude one "
         "another",
         HINT},
        {"accounts: {list: [{id: '111122223333', external_id: ext}]}\n",
         "job.yaml:3:19: \"external_id\" of account 111122223333 and \"access\" in the job exclude "
         "one another",
         HINT},
    };
    assert_refused_in("access: {sso: {session: corp, role: A}}\n"
                      "tasks: [{name: t, command: [a]}]\n%s",
                      rows, COUNT(rows));
}

static const char *const ids[] = {"111122223333", NULL}, *const argv[] = {"true", NULL};

static void makes_it_of_a_command(void **state)
{
    (void)state;
    struct job *job = NULL;
    const struct job_command cmd = {
        .accounts = ids, .argv = argv, .sso_session = "corp", .sso_role = "A"};
    assert_int_equal(job_from_command(&job, &cmd, NULL), 0);
    struct job *again = job_of(job->text);
    assert_string_equal(again->access.sso_session, "corp");
    assert_string_equal(again->access.sso_role, "A");
    assert_null(again->role.name);
    job_free(again);
    job_free(job);
}

static void refuses_commands(void **state)
{
    (void)state;
    static const char both[] =
        "a role to assume and a permission set of an sso-session exclude one "
        "another",
                      half[] = "sso-session and sso-role (the permission set) go together: one is "
                               "missing";
    static const struct {
        struct job_command cmd;
        const char *message;
    } rows[] = {
        {{.sso_session = "corp"}, half},
        {{.sso_role = "A", .role = "r"}, half},
        {{.sso_session = "corp", .sso_role = "A", .role = "r"}, both},
        {{.sso_session = "corp", .sso_role = "A", .external_id = "x"}, both},
        {{.sso_session = "corp", .sso_role = "a b"},
         "\"role\" in access.sso must be the name of a permission set, which holds only letters, "
         "digits and _+=,.@-, not \"a b\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job_command cmd = rows[i].cmd;
        struct job *job = NULL;
        struct orgrun_error err = {0};
        cmd.accounts = ids;
        cmd.argv = argv;
        int rc = job_from_command(&job, &cmd, &err);
        assert_error(rc, err, ORGRUN_EUSAGE, rows[i].message);
        assert_null(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_sso),        cmocka_unit_test(refuses_keys),
        cmocka_unit_test(excludes_roles),   cmocka_unit_test(makes_it_of_a_command),
        cmocka_unit_test(refuses_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
