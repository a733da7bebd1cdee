// SPDX-License-Identifier: MIT
// The table of refusals. Sources: IAM User Guide, "Troubleshoot access denied error messages"; STS
// API Reference, AssumeRole and common errors.
#include "sandbox/refusal.h"

#include <stdio.h>
#include <string.h>

#define OTHER_ACCOUNT "999999999999"
#define NO(layer) " because no " layer " allows the sts:AssumeRole action"
#define DENY(layer) " with an explicit deny in " layer
#define SCP_ARN                                                                                    \
    "arn:aws:organizations::111122223333:policy/o-sb0xorg0001/service_control_policy/p-sb0x"

static const struct refusal refusals[] = {
    {"trust", 403, "AccessDenied", true, ""},
    {"trust-policy", 403, "AccessDenied", true, NO("role trust policy")},
    {"identity", 403, "AccessDenied", true, NO("identity-based policy")},
    {"identity-deny", 403, "AccessDenied", true, DENY("an identity-based policy")},
    {"boundary", 403, "AccessDenied", true, NO("permissions boundary")},
    {"session-policy", 403, "AccessDenied", true, NO("session policy")},
    {"scp", 403, "AccessDenied", true, DENY("a service control policy: " SCP_ARN)},
    {"rcp", 403, "AccessDenied", true, DENY("a resource control policy")},
    {"endpoint", 403, "AccessDenied", true, NO("VPC endpoint policy")},
    {"max-duration", 400, "ValidationError", false,
     "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."},
    {"chaining", 400, "ValidationError", false,
     "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
     "chaining."},
    {"region", 403, "RegionDisabledException", false,
     "STS is not activated in this region for account. Your account administrator can activate STS "
     "in this region using the IAM Console."},
    {"skew", 403, "SignatureDoesNotMatch", false,
     "Signature expired: 20261124T030000Z is now earlier than 20261124T034500Z "
     "(20261124T040000Z - 15 min.)"},
    {"expired", 403, "ExpiredToken", false,
     "The security token included in the request is expired"},
    {"unknown-key", 403, "InvalidClientTokenId", false,
     "The security token included in the request is invalid."},
    {"throttle", 400, "Throttling", false, "Rate exceeded"},
    {"unavailable", 503, "ServiceUnavailable", false, "The service is unavailable. Please retry."},
    {"packed", 400, "PackedPolicyTooLarge", false,
     "Packed size of session policy consumes 105% of allotted space."},
    {"proxy", 403, "", false, ""},
    {"garbled", 200, "", false, ""},
    {"reset", 0, "", false, ""},
    {"other-account", 0, "", false, ""},
};

const struct refusal *refusal_find(const char *name)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        if (strcmp(refusals[i].name, name) == 0)
            return &refusals[i];
    return NULL;
}

bool refusal_answer(const struct refusal *r, const char *caller_arn, const char *role_arn,
                    struct answer *a)
{
    char who[4096] = "";
    if (refusal_other_account(r))
        return false;
    snprintf(a->outcome, sizeof(a->outcome), "%s", r->code[0] ? r->code : r->name);
    if (r->status == 0) {
        a->reset = true;
    } else if (!r->code[0]) {
        a->status = r->status;
        a->content_type = "text/html";
        buf_puts(&a->body, "<html><body>Blocked</body></html>\n");
    } else {
        if (r->of_caller)
            snprintf(who, sizeof(who),
                     "User: %s is not authorized to perform: sts:AssumeRole on resource: %s",
                     caller_arn, role_arn);
        answer_xml_error(a, ANSWER_STS_XMLNS, r->status, r->code, "%s%s", who, r->message);
    }
    return true;
}

const char *refusal_other_account(const struct refusal *r)
{
    return strcmp(r->name, "other-account") == 0 ? OTHER_ACCOUNT : NULL;
}
