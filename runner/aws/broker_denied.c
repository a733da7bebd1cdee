// SPDX-License-Identifier: MIT
// What a person reads when a role cannot be assumed, and the trust statement that would mend it.
#include "aws/broker_denied.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define HINT_SIZE sizeof(((struct orgrun_error *)0)->hint)

/* Other reasons for a refusal: what AWS's message holds, and what to do. */
static const struct {
    const char *code;
    const char *part; /* of the message */
    const char *hint;
} causes[] = {
    {"ValidationError", "role chaining",
     "A session that was itself assumed from a role (role chaining) lasts at most 1 hour: set "
     "role.duration to 1h or less, or start with credentials of a user."},
    {"ValidationError", "MaxSessionDuration",
     "The role allows shorter sessions only: lower role.duration, or raise the role's "
     "MaxSessionDuration (at most 12 hours)."},
    {"RegionDisabledException", "",
     "STS is not active in this Region for the account: choose another Region or activate it."},
};

DEFINE_CLEANUP(free_json, json_t, json_decref)

char *broker_denied_principal(const char *caller_arn)
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

/* The statement as indented JSON; heap, NULL when out of memory. */
static char *trust_statement(const char *principal, const char *external_id)
{
    AUTO(free_json)
    json_t *statement = json_pack("{s:s,s:{s:s},s:s}", "Effect", "Allow", "Principal", "AWS",
                                  principal, "Action", "sts:AssumeRole");
    if (statement && external_id)
        (void)json_object_set_new(
            statement, "Condition",
            json_pack("{s:{s:s}}", "StringEquals", "sts:ExternalId", external_id));
    return statement ? json_dumps(statement, JSON_INDENT(2)) : NULL;
}

/* As long as it fits; a long external id is left to the reader. */
static void hint_trust(const struct broker_request *request, const char *caller,
                       struct orgrun_error *err)
{
    AUTO(free_ptr) char *principal = broker_denied_principal(caller);
    if (!principal)
        return;
    const char *path_note = strcmp(principal, caller) != 0 ? " (with its path, if it has one)" : "";
    const char *ids[] = {request->external_id, NULL};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        AUTO(free_ptr) char *statement = trust_statement(principal, ids[i]);
        char hint[2 * HINT_SIZE];
        int n = snprintf(hint, sizeof hint,
                         "The trust policy of %.256s needs this statement%s:\n%s\nThe caller also "
                         "needs sts:AssumeRole on the role, and no service control policy may deny "
                         "it.",
                         request->role_arn, path_note, statement ? statement : "");
        if (statement && n > 0 && (size_t)n < HINT_SIZE) {
            error_hint(err, "%s", hint);
            return;
        }
    }
}

static void explain_denied(const struct broker_request *request, const char *caller_arn,
                           const struct awserror *aws, struct orgrun_error *err)
{
    AUTO(free_ptr) char *named = caller_arn ? NULL : caller_in(aws->message);
    const char *caller = caller_arn ? caller_arn : named;
    error_set(err, ORGRUN_EAWS, "cannot assume %.256s%s%.256s: %s%s%s%s%s%s", request->role_arn,
              caller ? " as " : "", caller ? caller : "", aws->code, aws->message[0] ? ": " : "",
              aws->message, aws->request_id[0] ? " (request id " : "", aws->request_id,
              aws->request_id[0] ? ")" : "");
    if (caller)
        hint_trust(request, caller, err);
}

void broker_denied_explain(const struct broker_request *request, const char *caller_arn,
                           const struct aws_answer *answer, struct orgrun_error *err)
{
    const struct awserror *aws = &answer->aws;
    *err = answer->err;
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (strcmp(aws->code, causes[i].code) == 0 && strstr(aws->message, causes[i].part)) {
            error_hint(err, "%s", causes[i].hint);
            return;
        }
    }
    if (aws->class_ == AWSERROR_DENIED && answer->fault == HTTP_OK)
        explain_denied(request, caller_arn, aws, err);
}
