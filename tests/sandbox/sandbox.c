// SPDX-License-Identifier: MIT
// From a request to its answer: which service, what befalls it, whose signature, then the action.
#include "sandbox/sandbox.h"

#include "base/clock.h"
#include "sandbox/form.h"

#include <stdio.h>
#include <string.h>

#define LIST_REGIONS "/list-regions" /* the one REST call */
#define TARGET_PREFIX "AWSOrganizationsV20161128."

/* A service and how it words the faults that befall every call. */
struct service {
    const char *name;
    const char *version; /* of the query protocol; NULL: JSON 1.1 */
    const char *xmlns;
    bool (*answer)(struct sandbox *sb, const struct call *call, struct answer *answer);
};

static const struct service services[] = {
    {"sts", "2011-06-15", ANSWER_STS_XMLNS, sts_answer},
    {"iam", "2010-05-08", ANSWER_IAM_XMLNS, iam_answer},
    {"organizations", NULL, NULL, organizations_answer},
    {"account", NULL, NULL, account_answer},
    {"ec2", "2016-11-15", ANSWER_STS_XMLNS, ec2_answer},
};
#define SERVICES_LEN (sizeof(services) / sizeof(services[0]))

/* What each verdict on a signature is called by the two protocols. */
static const struct {
    int status;
    const char *query, *json;
} refusals[AUTH_VERDICTS] = {
    [AUTH_MISSING] = {403, "MissingAuthenticationToken", "MissingAuthenticationTokenException"},
    [AUTH_INCOMPLETE] = {400, "IncompleteSignature", "IncompleteSignatureException"},
    [AUTH_UNKNOWN_KEY] = {403, "InvalidClientTokenId", "UnrecognizedClientException"},
    [AUTH_MISMATCH] = {403, "SignatureDoesNotMatch", "InvalidSignatureException"},
    [AUTH_EXPIRED] = {403, "ExpiredToken", "ExpiredTokenException"},
};

static int flag_accounts(struct sandbox *sb, const struct strv *ids, bool suspend,
                         struct orgrun_error *err)
{
    for (size_t i = 0; i < ids->len; i++) {
        struct org_account *account = org_find(&sb->org, ids->items[i]);
        if (!account)
            return error_set(err, ORGRUN_EUSAGE, "no account %s in the organization",
                             ids->items[i]);
        if (suspend)
            account->suspended = true;
        else
            account->denied = true;
    }
    return 0;
}

static int source_init(struct sandbox *sb, struct orgrun_error *err)
{
    char arn[96];
    const char *account = org_management(&sb->org)->id;
    snprintf(arn, sizeof(arn), "arn:%s:iam::%s:user/orgrun-runner", sb->org.partition, account);
    const struct key_spec spec = {.kind = KEY_SOURCE,
                                  .account = account,
                                  .arn = arn,
                                  .user_id = "AIDASANDB0XRUNNER0001",
                                  .expires_s = INT64_MAX,
                                  .with_token = sb->opts->source_token};
    return keys_issue(&sb->keys, &spec, &sb->source, err);
}

int sandbox_init(struct sandbox *sb, const struct options *opts, struct orgrun_error *err)
{
    *sb = (struct sandbox){.opts = opts, .faults = opts->faults};
    int rc = stats_init(&sb->stats) == 0 ? 0 : error_nomem(err);
    if (rc == 0)
        rc = org_init(&sb->org, opts->partition, (size_t)opts->accounts, (size_t)opts->suspended,
                      (size_t)opts->denied, err);
    if (rc == 0)
        rc = flag_accounts(sb, &opts->deny, false, err);
    if (rc == 0)
        rc = flag_accounts(sb, &opts->suspend, true, err);
    if (rc == 0)
        rc = source_init(sb, err);
    if (rc != 0)
        sandbox_clear(sb);
    return rc;
}

void sandbox_clear(struct sandbox *sb)
{
    stats_clear(&sb->stats);
    org_clear(&sb->org);
    keys_clear(&sb->keys);
}

/* The service and action of a request; NULL with the error answered. */
static const struct service *route(const struct auth_request *request, char action[64],
                                   struct answer *answer)
{
    char version[32] = "";
    const char *target = auth_header_get(request, "x-amz-target");
    if (target && strncmp(target, TARGET_PREFIX, sizeof(TARGET_PREFIX) - 1) == 0) {
        snprintf(action, 64, "%s", target + sizeof(TARGET_PREFIX) - 1);
        return &services[2];
    }
    if (strcmp(request->path, LIST_REGIONS) == 0) {
        snprintf(action, 64, "ListRegions");
        return &services[3];
    }
    if (target) {
        answer_json_error(answer, 400, "UnknownOperationException", NULL, "%s", "");
        return NULL;
    }
    if (!form_get(request->body, request->body_len, "Action", action, 64)) {
        answer_xml_error(answer, ANSWER_STS_XMLNS, 400, "MissingAction",
                         "The request must contain the parameter Action");
        return NULL;
    }
    form_get(request->body, request->body_len, "Version", version, sizeof(version));
    for (size_t i = 0; i < SERVICES_LEN; i++)
        if (services[i].version && strcmp(version, services[i].version) == 0)
            return &services[i];
    answer_xml_error(answer, ANSWER_STS_XMLNS, 400, "InvalidAction",
                     "Could not find operation %s for version %s", action,
                     version[0] ? version : "NO_VERSION_SPECIFIED");
    return NULL;
}

/* Answers a refusal in the words of the service's protocol. */
static void refuse(const struct service *service, struct answer *answer, int status,
                   const char *query_code, const char *json_code, const char *message)
{
    if (service->version)
        answer_xml_error(answer, service->xmlns, status, query_code, "%s", message);
    else
        answer_json_error(answer, status < 500 ? 400 : status, json_code, NULL, "%s", message);
}

/* True when the request's fate is settled before anybody looks at it. */
static bool befallen(struct sandbox *sb, const struct service *service, struct answer *answer)
{
    switch (faults_draw(&sb->faults, answer->operation, clock_mono_ms(clock_system))) {
    case FAULT_NONE:
        return false;
    case FAULT_THROTTLE:
        answer->retry_after = sb->faults.retry_after;
        refuse(service, answer, 400, "Throttling", "TooManyRequestsException", "Rate exceeded");
        return true;
    case FAULT_FAIL: {
        bool internal = answer->request_id[0] < '8'; /* either half of the time */
        if (internal)
            refuse(service, answer, 500, "InternalFailure", "ServiceException",
                   "The request processing has failed because of an unknown error.");
        else
            refuse(service, answer, 503, "ServiceUnavailable", "ServiceUnavailableException",
                   "The service is unavailable. Please retry.");
        return true;
    }
    case FAULT_RESET:
        answer->reset = true;
        snprintf(answer->outcome, sizeof(answer->outcome), "reset");
        return true;
    case FAULT_TRUNCATE:
        answer->truncate = true;
        return false;
    }
    return false;
}

static void act(struct sandbox *sb, const struct service *service, struct call *call,
                struct answer *answer)
{
    const struct auth_opts opts = {.keys = &sb->keys,
                                   .service = service->name,
                                   .region = sb->opts->region,
                                   .now_s = clock_wall_ms(clock_system) / 1000,
                                   .skew_s = sb->opts->skew_tolerance,
                                   .source_expired = sb->faults.expired};
    struct auth_result auth;
    auth_verify(call->request, &opts, &auth);
    if (auth.verdict == AUTH_OK && auth.key->kind == KEY_ROLE && sb->faults.expire_roles > 0) {
        sb->faults.expire_roles--;
        auth.key->expires_s = opts.now_s - 1;
        auth_verify(call->request, &opts, &auth);
    }
    if (auth.verdict != AUTH_OK) {
        refuse(service, answer, refusals[auth.verdict].status, refusals[auth.verdict].query,
               refusals[auth.verdict].json, auth.message);
        return;
    }
    call->caller = auth.key;
    if (!service->answer(sb, call, answer))
        refuse(service, answer, 400, "InvalidAction", "UnknownOperationException",
               "Could not find that operation");
}

void sandbox_answer(struct sandbox *sb, const struct auth_request *request, struct answer *answer)
{
    if (control_answer(sb, request, answer))
        return;
    bool served = strcmp(request->path, "/") == 0 || strcmp(request->path, LIST_REGIONS) == 0;
    if (!served || strcmp(request->method, "POST") != 0) {
        answer_xml_error(answer, ANSWER_STS_XMLNS, 404, "NotFound", "Only POST / is served");
        return;
    }
    char action[64] = "";
    const struct service *service = route(request, action, answer);
    snprintf(answer->operation, sizeof(answer->operation), "%s:%s",
             service ? service->name : "unknown", action);
    if (service && !befallen(sb, service, answer)) {
        struct call call = {.request = request, .action = action};
        act(sb, service, &call, answer);
    }
    if (answer->truncate)
        snprintf(answer->outcome, sizeof(answer->outcome), "truncated");
    stats_count(&sb->stats, answer->operation, answer->outcome);
}
