// SPDX-License-Identifier: MIT
// Causes by AWS's codes and words, and what a person reads of each.
#include "aws/session_cause.h"

#include "aws/policy.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define HINT_SIZE sizeof(((struct orgrun_error *)0)->hint)
#define CHAINED_MOST_S 3600
#define CHAINED_HINT                                                                               \
    "A session that was itself assumed from a role (role chaining) lasts at most 1 hour: set "     \
    "role.duration to 1h or less, or start with credentials of a user."

enum statement { STATEMENT_NONE, STATEMENT_TRUST, STATEMENT_SOURCE };

/* A cause with `where` is a policy that says no: its hint follows from where, statement, and
 * whether AWS names an explicit deny. */
static const struct cause {
    const char *name, *summary, *hint, *where;
    enum statement statement;
} causes[SESSION_CAUSES] = {
    [SESSION_CAUSE_NONE] = {"", "", NULL},
    [SESSION_CAUSE_NOT_TRUSTED] = {"not-trusted",
                                   "the role does not exist, or does not trust the caller: AWS "
                                   "gives one answer for both",
                                   .statement = STATEMENT_TRUST},
    [SESSION_CAUSE_TRUST_POLICY] = {"trust-policy",
                                    "the role's trust policy does not let the caller in",
                                    .where = "the role's trust policy",
                                    .statement = STATEMENT_TRUST},
    [SESSION_CAUSE_CONTEXT] = {"session-context",
                               "session tags or a source identity may not be passed to the role",
                               .where = "the role's trust policy", .statement = STATEMENT_TRUST},
    [SESSION_CAUSE_SOURCE_POLICY] = {"source-policy",
                                     "the caller's own policies do not let it assume the role",
                                     .where = "a policy of the caller",
                                     .statement = STATEMENT_SOURCE},
    [SESSION_CAUSE_BOUNDARY] = {"permissions-boundary",
                                "the caller's permissions boundary does not let it assume the role",
                                .where = "the permissions boundary of the caller",
                                .statement = STATEMENT_SOURCE},
    [SESSION_CAUSE_SESSION_POLICY] = {"session-policy",
                                      "the session policy of the source credentials does not let "
                                      "them assume the role",
                                      .where = "the session policy that the source credentials "
                                               "were made with",
                                      .statement = STATEMENT_SOURCE},
    [SESSION_CAUSE_SCP] = {"scp",
                           "a service control policy does not let the caller assume the role",
                           .where = "the service control policies over the caller's account (those "
                                    "over the target do not count here)",
                           .statement = STATEMENT_SOURCE},
    [SESSION_CAUSE_RCP] = {"rcp",
                           "a resource control policy does not let the caller assume the role",
                           .where = "the resource control policies over the target account",
                           .statement = STATEMENT_SOURCE},
    [SESSION_CAUSE_ENDPOINT] = {"endpoint-policy",
                                "the policy of the VPC endpoint to STS does not let the caller "
                                "assume the role",
                                .where = "the policy of the VPC endpoint to STS",
                                .statement = STATEMENT_SOURCE},
    [SESSION_CAUSE_DENY] = {"explicit-deny", "a policy denies the caller to assume the role",
                            .where = "a policy that AWS does not name",
                            .statement = STATEMENT_SOURCE},
    [SESSION_CAUSE_DURATION] =
        {"duration", "the role allows shorter sessions only",
         "Lower role.duration, or raise the role's MaxSessionDuration (at most 12 "
         "hours)."},
    [SESSION_CAUSE_CHAINING] = {"role-chaining",
                                "a session assumed from a role's session lasts at most 1 hour",
                                CHAINED_HINT},
    [SESSION_CAUSE_REGION] =
        {"region-disabled", "STS is not active in this Region for the account",
         "Choose another Region for STS (--region, AWS_REGION), or activate STS "
         "there in the account (IAM console, Account settings)."},
    [SESSION_CAUSE_TERMS] = {"session-terms", "STS does not take the session policies or tags",
                             "Shorten or mend the role's policy, policy_arns and tags: STS packs "
                             "them together into a limit of its own."},
    [SESSION_CAUSE_REQUEST] = {"request", "STS does not take the request as the job makes it",
                               "Check role.name, role.session_name, role.duration and "
                               "role.external_id."},
    [SESSION_CAUSE_SOURCE_EXPIRED] = {"source-expired", "the source credentials have expired"},
    [SESSION_CAUSE_SOURCE_UNKNOWN] =
        {"source-unknown", "AWS does not know the source credentials",
         "Check that the source credentials are the right ones, still "
         "active, and of this partition ('orgrun session --explain')."},
    [SESSION_CAUSE_SOURCE_ACCOUNT] = {"source-account",
                                      "the source credentials are not of the management account"},
    [SESSION_CAUSE_CLOCK] = {"clock", "this machine's clock differs from AWS's"},
    [SESSION_CAUSE_LOGIN] = {"login", "the login to Identity Center has ended"},
    [SESSION_CAUSE_PERMISSION_SET] = {"permission-set",
                                      "the user has no such permission set in the account"},
    [SESSION_CAUSE_THROTTLED] = {"throttled", "AWS throttles the caller"},
    [SESSION_CAUSE_NETWORK] = {"network", "AWS cannot be reached"},
    [SESSION_CAUSE_UNAVAILABLE] = {"unavailable", "AWS has no answer now", "Try again later."},
    [SESSION_CAUSE_ANSWER] = {"answer", "the answer cannot be understood"},
    [SESSION_CAUSE_WRONG_ACCOUNT] = {"wrong-account", "the session was one of another account"},
    [SESSION_CAUSE_NOT_ACTIVE] = {"not-active",
                                  "the organization says that the account is not active"},
    [SESSION_CAUSE_CANCELLED] = {"interrupted", "stopped before there was an answer"},
    [SESSION_CAUSE_OTHER] = {"other", "there is no session"},
};

/* The first that holds counts: the answer's code, where one is given, and a part of its message.
 * The words are those of the IAM User Guide, "Troubleshoot access denied error messages". */
static const struct {
    const char *code; /* NULL: any that denies */
    const char *part;
    enum session_cause cause;
} rules[] = {
    {"ValidationError", "role chaining", SESSION_CAUSE_CHAINING},
    {"ValidationError", "MaxSessionDuration", SESSION_CAUSE_DURATION},
    {"ValidationError", "", SESSION_CAUSE_REQUEST},
    {"RegionDisabledException", "", SESSION_CAUSE_REGION},
    {"PackedPolicyTooLarge", "", SESSION_CAUSE_TERMS},
    {"MalformedPolicyDocument", "", SESSION_CAUSE_TERMS},
    {"InvalidClientTokenId", "", SESSION_CAUSE_SOURCE_UNKNOWN},
    {"UnrecognizedClientException", "", SESSION_CAUSE_SOURCE_UNKNOWN},
    {"SignatureDoesNotMatch", "", SESSION_CAUSE_SOURCE_UNKNOWN},
    {NULL, "service control policy", SESSION_CAUSE_SCP},
    {NULL, "resource control policy", SESSION_CAUSE_RCP},
    {NULL, "permissions boundary", SESSION_CAUSE_BOUNDARY},
    {NULL, "session policy", SESSION_CAUSE_SESSION_POLICY},
    {NULL, "VPC endpoint policy", SESSION_CAUSE_ENDPOINT},
    {NULL, "identity-based policy", SESSION_CAUSE_SOURCE_POLICY},
    {NULL, "role trust policy", SESSION_CAUSE_TRUST_POLICY},
    {NULL, "resource-based policy", SESSION_CAUSE_TRUST_POLICY}, /* of a role it is the same */
    {NULL, "explicit deny", SESSION_CAUSE_DENY},
    {NULL, "perform: sts:TagSession", SESSION_CAUSE_CONTEXT},
    {NULL, "perform: sts:SetSourceIdentity", SESSION_CAUSE_CONTEXT},
    {NULL, "", SESSION_CAUSE_NOT_TRUSTED},
};

const char *session_cause_name(enum session_cause cause)
{
    return (unsigned)cause < SESSION_CAUSES ? causes[cause].name : "other";
}

const char *session_cause_summary(enum session_cause cause)
{
    return (unsigned)cause < SESSION_CAUSES ? causes[cause].summary : "";
}

static enum session_cause cause_of_fault(enum http_fault fault)
{
    switch (fault) {
    case HTTP_CANCELLED:
        return SESSION_CAUSE_CANCELLED;
    case HTTP_TOO_LARGE:
        return SESSION_CAUSE_ANSWER;
    default:
        return SESSION_CAUSE_NETWORK;
    }
}

enum session_cause session_cause_of(const struct awserror *aws, enum http_fault fault)
{
    static const enum session_cause of_class[] = {
        [AWSERROR_NONE] = SESSION_CAUSE_ANSWER,
        [AWSERROR_TRANSIENT] = SESSION_CAUSE_UNAVAILABLE,
        [AWSERROR_THROTTLING] = SESSION_CAUSE_THROTTLED,
        [AWSERROR_EXPIRED] = SESSION_CAUSE_SOURCE_EXPIRED,
        [AWSERROR_CLOCK_SKEW] = SESSION_CAUSE_CLOCK,
        [AWSERROR_DENIED] = SESSION_CAUSE_OTHER, /* without a code: not AWS that speaks */
        [AWSERROR_CLIENT] = SESSION_CAUSE_OTHER,
        [AWSERROR_SERVER] = SESSION_CAUSE_UNAVAILABLE,
    };
    if (fault != HTTP_OK)
        return cause_of_fault(fault);
    if (aws->status >= 200 && aws->status < 300) /* a success, and yet none */
        return SESSION_CAUSE_ANSWER;
    bool denied = aws->class_ == AWSERROR_DENIED && aws->code[0];
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if ((rules[i].code ? strcmp(aws->code, rules[i].code) == 0 : denied) &&
            aws->class_ != AWSERROR_CLOCK_SKEW && strstr(aws->message, rules[i].part))
            return rules[i].cause;
    return of_class[aws->class_];
}

char *session_cause_principal(const char *caller_arn)
{
    char partition[32], account[13], role[65];
    char *out;
    if (sscanf(caller_arn, "arn:%31[^:]:sts::%12[0-9]:assumed-role/%64[^/]/", partition, account,
               role) != 3)
        return strdup(caller_arn);
    return asprintf(&out, "arn:%s:iam::%s:role/%s", partition, account, role) < 0 ? NULL : out;
}

/* The caller as AWS's message names it, "User: <arn> is not authorized ..."; heap or NULL. */
static char *caller_in(const char *message)
{
    static const char before[] = "User: ";
    if (!text_starts(message, before))
        return NULL;
    const char *arn = message + sizeof before - 1;
    size_t len = strcspn(arn, " ");
    return text_starts(arn, "arn:") && arn[len] ? strndup(arn, len) : NULL;
}

/* What lets a principal into the role; heap, NULL when out of memory. */
static char *trust_statement(const struct session_ask *ask, const char *principal,
                             const char *external_id)
{
    const char *const principals[] = {principal, NULL};
    const struct policy_trust trust = {
        .partition = "", /* the principal is an ARN */
        .principals = principals,
        .external_id = external_id,
        .session_tags = ask->terms && ask->terms->tags,
        .source_identity = ask->terms && ask->terms->source_identity,
    };
    return policy_trust_statements(&trust);
}

/* What lets the caller assume that role in any account; heap, NULL when out of memory. */
static char *source_statement(const struct session_ask *ask)
{
    AUTO(free_ptr) char *every = NULL;
    const char *account = strstr(ask->role_arn, ":iam::");
    const char *role = account ? strstr(account, ":role/") : NULL;
    if (role && asprintf(&every, "%.*s*%s", (int)(account + strlen(":iam::") - ask->role_arn),
                         ask->role_arn, role) < 0)
        every = NULL;
    const struct policy_source source = {
        .role_arn = every ? every : ask->role_arn,
        .session_tags = ask->terms && ask->terms->tags,
        .source_identity = ask->terms && ask->terms->source_identity,
    };
    return policy_source_statement(&source);
}

/* Sets the hint unless it would not fit. */
static bool hint_fits(struct orgrun_error *err, const char *fmt, ...) ORGRUN_PRINTF(2, 3);
static bool hint_fits(struct orgrun_error *err, const char *fmt, ...)
{
    char text[HINT_SIZE];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof text)
        return false;
    error_hint(err, "%s", text);
    return true;
}

/* What else has the same answer; for AWS tells none of these apart. */
static const char *trust_doubt(const struct session_ask *ask, enum session_cause cause)
{
    if (cause != SESSION_CAUSE_NOT_TRUSTED)
        return "";
    return ask->external_id
               ? "\nA role that does not exist, or that asks for another external id, has the same "
                 "answer."
               : "\nA role that does not exist, or that asks for an external id (this job gives "
                 "none), has the same answer.";
}

/* As long as it fits; a long external id is left to the reader. */
static void hint_trust(const struct session_ask *ask, const char *caller, enum session_cause cause,
                       struct orgrun_error *err)
{
    AUTO(free_ptr) char *principal = session_cause_principal(caller);
    if (!principal)
        return;
    const char *path_note = strcmp(principal, caller) != 0
                                ? " (with the path of the caller's role, if it has one)"
                                : "";
    const char *ids[] = {ask->external_id, NULL};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        AUTO(free_ptr) char *statement = trust_statement(ask, principal, ids[i]);
        if (statement && hint_fits(err, "The role's trust policy needs this statement%s:\n%s%s",
                                   path_note, statement, trust_doubt(ask, cause)))
            return;
    }
}

static void hint_denied(const struct session_ask *ask, const char *caller, enum session_cause cause,
                        const char *said, struct orgrun_error *err)
{
    const struct cause *c = &causes[cause];
    if (c->where && strstr(said, "explicit deny")) {
        error_hint(err,
                   "A Deny statement in %s refuses it. It outweighs every Allow: the Deny itself "
                   "must except the caller or the role.",
                   c->where);
    } else if (c->statement == STATEMENT_TRUST) {
        if (caller)
            hint_trust(ask, caller, cause, err);
    } else {
        AUTO(free_ptr) char *statement = source_statement(ask);
        if (!statement ||
            !hint_fits(err, "This statement is missing in %s:\n%s", c->where, statement))
            error_hint(err, "sts:AssumeRole is not allowed by %s.", c->where);
    }
}

static void explain_denied(const struct session_ask *ask, enum session_cause cause,
                           const struct awserror *aws, struct orgrun_error *err)
{
    AUTO(free_ptr) char *named = ask->caller_arn ? NULL : caller_in(aws->message);
    const char *caller = ask->caller_arn ? ask->caller_arn : named;
    error_set(err, ORGRUN_EAWS, "cannot assume %.256s%s%.256s: %s%s%s%s%s%s", ask->role_arn,
              caller ? " as " : "", caller ? caller : "", aws->code, aws->message[0] ? ": " : "",
              aws->message, aws->request_id[0] ? " (request id " : "", aws->request_id,
              aws->request_id[0] ? ")" : "");
    hint_denied(ask, caller, cause, aws->message, err);
}

void session_cause_explain(const struct session_ask *ask, const struct aws_answer *answer,
                           struct session_failure *out)
{
    out->cause = session_cause_of(&answer->aws, answer->fault);
    out->err = answer->err;
    if (causes[out->cause].statement != STATEMENT_NONE)
        explain_denied(ask, out->cause, &answer->aws, &out->err);
    else if (causes[out->cause].hint)
        error_hint(&out->err, "%s", causes[out->cause].hint);
}

int session_cause_check_duration(const char *caller_arn, int64_t duration_s,
                                 struct orgrun_error *err)
{
    const char *service = caller_arn ? strstr(caller_arn, ":sts::") : NULL;
    if (duration_s <= CHAINED_MOST_S || !service || !strstr(service, ":assumed-role/"))
        return 0;
    char wanted[DURATION_SIZE];
    duration_format(duration_s * 1000, wanted);
    (void)error_set(err, ORGRUN_EUSAGE,
                    "role.duration is %s, but the source credentials are themselves a session of a "
                    "role (%.300s), from which one of at most 1h can be assumed",
                    wanted, caller_arn);
    return error_hint(err, "%s", CHAINED_HINT);
}
