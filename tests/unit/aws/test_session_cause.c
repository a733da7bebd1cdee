// SPDX-License-Identifier: MIT
// Unit tests of aws/session_cause: AWS's words, each with its cause, and what a person is told.
#include "aws/session_cause.h"

#include "unit/unit.h"

#include <stdio.h>
#include <string.h>

#define USER "arn:aws:iam::111122223333:user/runner"
#define SESSION "arn:aws:sts::111122223333:assumed-role/runner/me"
#define ROLE "arn:aws:iam::444455556666:role/audit/x"
#define SAID "User: " USER " is not authorized to perform: sts:AssumeRole on resource: " ROLE
#define SCP_ARN "arn:aws:organizations::999988887777:policy/o-abc123/service_control_policy/p-x1"

/* The forms of the IAM User Guide, "Troubleshoot access denied error messages", and those that STS
 * gives without a policy's name. */
static const struct {
    int status;
    const char *code, *message;
    const char *cause;
} answers[] = {
    {403, "AccessDenied", SAID, "not-trusted"},
    {403, "AccessDenied", "Not authorized to perform sts:AssumeRole", "not-trusted"},
    {403, "AccessDenied", "", "not-trusted"},
    {403, "AccessDeniedException", SAID, "not-trusted"},
    {403, "AccessDenied",
     "User: " USER " is not authorized to perform: sts:AssumeRole because no role trust policy "
     "allows the sts:AssumeRole action",
     "trust-policy"},
    {403, "AccessDenied",
     "User: " USER " is not authorized to perform: sts:AssumeRole with an explicit deny in the "
     "role trust policy",
     "trust-policy"},
    {403, "AccessDenied", SAID " with an explicit deny in a resource-based policy", "trust-policy"},
    {403, "AccessDenied", SAID " because no identity-based policy allows the sts:AssumeRole action",
     "source-policy"},
    {403, "AccessDenied", SAID " with an explicit deny in an identity-based policy",
     "source-policy"},
    {403, "AccessDenied",
     SAID " with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/d",
     "source-policy"},
    {403, "AccessDenied", SAID " because no permissions boundary allows the sts:AssumeRole action",
     "permissions-boundary"},
    {403, "AccessDenied", SAID " with an explicit deny in a permissions boundary",
     "permissions-boundary"},
    {403, "AccessDenied", SAID " because no session policy allows the sts:AssumeRole action",
     "session-policy"},
    {403, "AccessDenied", SAID " with an explicit deny in a session policy", "session-policy"},
    {403, "AccessDenied", SAID " with an explicit deny in a service control policy", "scp"},
    {403, "AccessDenied", SAID " with an explicit deny in a service control policy: " SCP_ARN,
     "scp"},
    {403, "AccessDenied",
     SAID " because no service control policy allows the sts:AssumeRole action", "scp"},
    {403, "AccessDenied", SAID " with an explicit deny in a resource control policy", "rcp"},
    {403, "AccessDenied", SAID " because no VPC endpoint policy allows the sts:AssumeRole action",
     "endpoint-policy"},
    {403, "AccessDenied", SAID " with an explicit deny in a VPC endpoint policy",
     "endpoint-policy"},
    {403, "AccessDenied", SAID " with an explicit deny", "explicit-deny"},
    {403, "AccessDenied",
     "User: " USER " is not authorized to perform: sts:TagSession on resource: " ROLE,
     "session-context"},
    {403, "AccessDenied",
     "User: " USER " is not authorized to perform: sts:SetSourceIdentity on resource: " ROLE,
     "session-context"},
    {403, "AccessDenied",
     "User: " USER " is not authorized to perform: sts:TagSession on resource: " ROLE " because no "
     "identity-based policy allows the sts:TagSession action",
     "source-policy"},
    {400, "ValidationError",
     "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", "duration"},
    {400, "ValidationError",
     "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
     "chaining.",
     "role-chaining"},
    {400, "ValidationError", "arn:aws:iam::12:role/x is invalid", "request"},
    {403, "RegionDisabledException",
     "STS is not activated in this region for account:444455556666. Your account administrator can "
     "activate STS in this region using the IAM Console.",
     "region-disabled"},
    {400, "PackedPolicyTooLarge", "Packed size of session tags consumes 105% of allotted space.",
     "session-terms"},
    {400, "MalformedPolicyDocument", "Syntax errors in policy.", "session-terms"},
    {403, "ExpiredToken", "The security token included in the request is expired",
     "source-expired"},
    {403, "ExpiredTokenException", "", "source-expired"},
    {403, "InvalidClientTokenId", "The security token included in the request is invalid.",
     "source-unknown"},
    {403, "SignatureDoesNotMatch",
     "The request signature we calculated does not match the signature you provided.",
     "source-unknown"},
    {403, "SignatureDoesNotMatch",
     "Signature expired: 20261124T030000Z is now earlier than 20261124T034500Z "
     "(20261124T040000Z - 15 min.)",
     "clock"},
    {403, "SignatureDoesNotMatch",
     "Signature not yet current: 20261124T040000Z is still later than 20261124T034500Z", "clock"},
    {400, "RequestExpired", "Request has expired.", "clock"},
    {400, "Throttling", "Rate exceeded", "throttled"},
    {503, "ServiceUnavailable", "", "unavailable"},
    {500, "InternalFailure", "", "unavailable"},
    {501, "NotImplemented", "", "unavailable"},
    {200, "", "", "answer"},
    {403, "", "", "other"}, /* a proxy's */
    {404, "", "", "other"},
    {400, "SomethingNew", "explicit deny in a service control policy", "other"},
};

static struct aws_answer answer_of(int status, const char *code, const char *message)
{
    struct aws_answer a = {.rc = ORGRUN_EAWS, .err = {ORGRUN_EAWS, "as it was", "as it was"}};
    a.aws.status = status;
    (void)snprintf(a.aws.code, sizeof a.aws.code, "%s", code);
    (void)snprintf(a.aws.message, sizeof a.aws.message, "%s", message);
    (void)snprintf(a.aws.request_id, sizeof a.aws.request_id, "r-1");
    bool skewed = strncmp(message, "Signature ", 10) == 0;
    a.aws.class_ = skewed ? AWSERROR_CLOCK_SKEW : awserror_classify(status, code);
    return a;
}

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        const struct aws_answer a =
            answer_of(answers[i].status, answers[i].code, answers[i].message);
        const char *cause = session_cause_name(session_cause_of(&a.aws, HTTP_OK));
        if (strcmp(cause, answers[i].cause) != 0)
            fail_msg("%s: %s: %s, not %s", answers[i].code, answers[i].message, cause,
                     answers[i].cause);
    }
}

static void test_faults(void **state)
{
    (void)state;
    static const struct {
        enum http_fault fault;
        const char *cause;
    } rows[] = {{HTTP_RESOLVE, "network"},      {HTTP_CONNECT, "network"},
                {HTTP_TLS, "network"},          {HTTP_TIMEOUT, "network"},
                {HTTP_BROKEN, "network"},       {HTTP_TOO_LARGE, "answer"},
                {HTTP_CANCELLED, "interrupted"}};
    const struct awserror none = {.class_ = AWSERROR_TRANSIENT};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(session_cause_name(session_cause_of(&none, rows[i].fault)),
                            rows[i].cause);
}

/* Each cause has a word of its own and a phrase that begins small and ends without a full stop. */
static void test_words(void **state)
{
    (void)state;
    assert_string_equal(session_cause_name(SESSION_CAUSE_NONE), "");
    assert_string_equal(session_cause_summary(SESSION_CAUSE_NONE), "");
    for (int i = 1; i < SESSION_CAUSES; i++) {
        const char *name = session_cause_name(i), *summary = session_cause_summary(i);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
        assert_true(strlen(name) > 2 && strlen(summary) > 10);
        assert_true(summary[strlen(summary) - 1] != '.');
        for (int k = 1; k < i; k++)
            assert_string_not_equal(name, session_cause_name(k));
    }
    assert_string_equal(session_cause_name(SESSION_CAUSES), "other");
}

#define MESSAGE(said) "cannot assume " ROLE " as " USER ": AccessDenied: " said " (request id r-1)"
#define TRUST(condition)                                                                           \
    "{\n  \"Sid\": \"AssumeRole\",\n  \"Effect\": \"Allow\",\n  \"Principal\": {\n"                \
    "    \"AWS\": \"" USER "\"\n  },\n  \"Action\": \"sts:AssumeRole\"" condition "\n}"
#define EXTERNAL_ID                                                                                \
    ",\n  \"Condition\": {\n    \"StringEquals\": {\n      \"sts:ExternalId\": \"nightly\"\n"      \
    "    }\n  }"
#define SOURCE(actions)                                                                            \
    "{\n  \"Sid\": \"AssumeRoleInAccounts\",\n  \"Effect\": \"Allow\",\n  \"Action\": " actions    \
    ",\n  \"Resource\": \"arn:aws:iam::*:role/audit/x\"\n}"
#define ONE "\"sts:AssumeRole\""
#define THREE                                                                                      \
    "[\n    \"sts:AssumeRole\",\n    \"sts:TagSession\",\n    \"sts:SetSourceIdentity\"\n  ]"
#define DENY(where)                                                                                \
    "A Deny statement in " where " refuses it. It outweighs every Allow: the Deny itself must "    \
    "except the caller or the role."

static const char *const tags[] = {"team", "platform", NULL};
static const struct sts_terms with_context = {.tags = tags, .source_identity = "me"};

static const struct {
    const char *said, *external_id;
    const struct sts_terms *terms;
    const char *hint;
} denials[] = {
    {SAID, NULL, NULL,
     "The role's trust policy needs this statement:\n" TRUST(
         "") "\nA role that does not exist, or that asks for an external id (this job gives none), "
             "has "
             "the same answer."},
    {SAID, "nightly", NULL,
     "The role's trust policy needs this statement:\n" TRUST(
         EXTERNAL_ID) "\nA role that does not exist, or that asks for another external id, has the "
                      "same "
                      "answer."},
    {SAID " because no role trust policy allows the sts:AssumeRole action", "nightly", NULL,
     "The role's trust policy needs this statement:\n" TRUST(EXTERNAL_ID)},
    {SAID " with an explicit deny in the role trust policy", NULL, NULL,
     DENY("the role's trust policy")},
    {SAID " because no identity-based policy allows the sts:AssumeRole action", NULL, NULL,
     "This statement is missing in a policy of the caller:\n" SOURCE(ONE)},
    {SAID " because no identity-based policy allows the sts:AssumeRole action", NULL, &with_context,
     "This statement is missing in a policy of the caller:\n" SOURCE(THREE)},
    {SAID " with an explicit deny in an identity-based policy", NULL, NULL,
     DENY("a policy of the caller")},
    {SAID " because no permissions boundary allows the sts:AssumeRole action", NULL, NULL,
     "This statement is missing in the permissions boundary of the caller:\n" SOURCE(ONE)},
    {SAID " because no session policy allows the sts:AssumeRole action", NULL, NULL,
     "This statement is missing in the session policy that the source credentials were made "
     "with:\n" SOURCE(ONE)},
    {SAID " with an explicit deny in a service control policy: " SCP_ARN, NULL, NULL,
     DENY("the service control policies over the caller's account (those over the target do not "
          "count here)")},
    {SAID " with an explicit deny in a resource control policy", NULL, NULL,
     DENY("the resource control policies over the target account")},
    {"User: " USER " is not authorized to perform: sts:TagSession on resource: " ROLE, "nightly",
     &with_context,
     "The role's trust policy needs this statement:\n" TRUST(
         EXTERNAL_ID) ",\n{\n  \"Sid\": \"PassSessionContext\",\n  \"Effect\": \"Allow\",\n  "
                      "\"Principal\": {\n"
                      "    \"AWS\": \"" USER "\"\n  },\n  \"Action\": [\n    \"sts:TagSession\",\n"
                      "    \"sts:SetSourceIdentity\"\n  ]\n}"},
};

static void test_denials(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(denials); i++) {
        const struct aws_answer a = answer_of(403, "AccessDenied", denials[i].said);
        const struct session_ask ask = {ROLE, denials[i].external_id, denials[i].terms, USER};
        struct session_failure failure = {0};
        char message[1024];
        (void)snprintf(message, sizeof message, MESSAGE("%s"), denials[i].said);
        session_cause_explain(&ask, &a, &failure);
        assert_int_equal(failure.err.code, ORGRUN_EAWS);
        assert_string_equal(failure.err.message, message);
        assert_string_equal(failure.err.hint, denials[i].hint);
    }
}

static void test_other_hints(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *code, *said, *hint;
    } rows[] = {
        {400, "ValidationError", "exceeds the MaxSessionDuration set for this role.",
         "Lower role.duration, or raise the role's MaxSessionDuration (at most 12 hours)."},
        {400, "ValidationError",
         "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
         "chaining.",
         "A session that was itself assumed from a role (role chaining) lasts at most 1 hour: set "
         "role.duration to 1h or less, or start with credentials of a user."},
        {403, "RegionDisabledException", "STS is not activated in this region",
         "Choose another Region for STS (--region, AWS_REGION), or activate STS there in the "
         "account "
         "(IAM console, Account settings)."},
        {400, "Throttling", "Rate exceeded", "as it was"}, /* what call.c says of it holds */
        {403, "ExpiredToken", "", "as it was"},
        {400, "SomethingNew", "", "as it was"},
    };
    const struct session_ask ask = {ROLE, NULL, NULL, NULL};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct aws_answer a = answer_of(rows[i].status, rows[i].code, rows[i].said);
        struct session_failure failure = {0};
        session_cause_explain(&ask, &a, &failure);
        assert_string_equal(failure.err.message, "as it was");
        assert_string_equal(failure.err.hint, rows[i].hint);
    }
}

/* A caller that nobody names, an external id too long for the hint, a role that is no ARN. */
static void test_edges(void **state)
{
    (void)state;
    char id[1225];
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    struct session_failure failure = {0};
    const struct aws_answer plain = answer_of(403, "AccessDenied", "no");
    const struct session_ask nobody = {ROLE, NULL, NULL, NULL};
    session_cause_explain(&nobody, &plain, &failure);
    assert_string_equal(failure.err.message,
                        "cannot assume " ROLE ": AccessDenied: no (request id r-1)");
    assert_string_equal(failure.err.hint, "");
    const struct session_ask large = {ROLE, id, NULL, SESSION};
    session_cause_explain(&large, &plain, &failure);
    assert_null(strstr(failure.err.hint, "sts:ExternalId"));
    assert_non_null(
        strstr(failure.err.hint, "(with the path of the caller's role, if it has one)"));
    assert_non_null(strstr(failure.err.hint, "\"arn:aws:iam::111122223333:role/runner\""));
    const struct aws_answer policy =
        answer_of(403, "AccessDenied", "because no identity-based policy allows it");
    const struct session_ask odd = {"x", NULL, NULL, USER};
    session_cause_explain(&odd, &policy, &failure);
    assert_non_null(strstr(failure.err.hint, "\"Resource\": \"x\""));
}

static void test_duration(void **state)
{
    (void)state;
    static const struct {
        const char *caller;
        int64_t duration_s;
        bool refused;
    } rows[] = {{SESSION, 3600, false},
                {SESSION, 3601, true},
                {SESSION, 43200, true},
                {USER, 43200, false},
                {"arn:aws-cn:sts::111122223333:assumed-role/AWSReservedSSO_a_b/me", 7200, true},
                {"arn:aws:sts::111122223333:federated-user/me", 7200, false},
                {"arn:aws:iam::111122223333:root", 7200, false},
                {NULL, 43200, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct orgrun_error err = {0};
        int rc = session_cause_check_duration(rows[i].caller, rows[i].duration_s, &err);
        assert_int_equal(rc, rows[i].refused ? ORGRUN_EUSAGE : 0);
        assert_int_equal(err.code, rc);
    }
    struct orgrun_error err = {0};
    (void)session_cause_check_duration(SESSION, 7200, &err);
    assert_string_equal(err.message,
                        "role.duration is 2h00m, but the source credentials are themselves a "
                        "session of a role (" SESSION "), from which one of at most 1h can be "
                        "assumed");
    assert_string_equal(err.hint,
                        "A session that was itself assumed from a role (role chaining) lasts at "
                        "most 1 hour: set role.duration to 1h or less, or start with credentials "
                        "of a user.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),     cmocka_unit_test(test_faults),
        cmocka_unit_test(test_words),       cmocka_unit_test(test_denials),
        cmocka_unit_test(test_other_hints), cmocka_unit_test(test_edges),
        cmocka_unit_test(test_duration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
