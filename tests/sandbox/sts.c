// SPDX-License-Identifier: MIT
// STS (query protocol, version 2011-06-15): AssumeRole, GetCallerIdentity, GetSessionToken.
#include "base/clock.h"
#include "sandbox/form.h"
#include "sandbox/refusal.h"
#include "sandbox/sandbox.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XMLNS ANSWER_STS_XMLNS
#define SESSION_NAME_CHARACTERS "_+=,.@-"

struct assume_role {
    char role_arn[2049];
    char session_name[256];
    char external_id[1225];
    char duration[32];
    char account[13]; /* of role_arn */
    char role[1024];  /* with its path, without "role/" */
};

static bool field(const struct call *call, const char *name, char *out, size_t size)
{
    return form_get(call->request->body, call->request->body_len, name, out, size);
}

static void invalid(struct answer *a, const char *value, const char *member, const char *constraint)
{
    answer_xml_error(a, XMLNS, 400, "ValidationError",
                     "1 validation error detected: Value %s at '%s' failed to satisfy constraint: "
                     "Member must %s",
                     value, member, constraint);
}

static void invalid_text(struct answer *a, const char *value, const char *member,
                         const char *constraint)
{
    char quoted[300];
    snprintf(quoted, sizeof(quoted), "'%.256s'", value);
    invalid(a, quoted, member, constraint);
}

static bool session_name_holds(const char *name, struct answer *a)
{
    size_t len = strlen(name);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr(SESSION_NAME_CHARACTERS, *c)) {
            invalid_text(a, name, "roleSessionName",
                         "satisfy regular expression pattern: [\\w+=,.@-]*");
            return false;
        }
    if (len < 2)
        invalid_text(a, name, "roleSessionName", "have length greater than or equal to 2");
    else if (len > 64)
        invalid_text(a, name, "roleSessionName", "have length less than or equal to 64");
    return len >= 2 && len <= 64;
}

/* The seconds asked for, or -1 with the error answered. */
static int64_t duration_of(const char *text, const struct options *opts, int64_t most,
                           int64_t missing, struct answer *a)
{
    if (!text[0])
        return missing;
    char *end;
    long value = strtol(text, &end, 10);
    char constraint[80] = "";
    if (*end)
        snprintf(constraint, sizeof(constraint), "be an integer");
    else if (value < opts->min_duration)
        snprintf(constraint, sizeof(constraint), "have value greater than or equal to %d",
                 opts->min_duration);
    else if (value > 43200)
        snprintf(constraint, sizeof(constraint), "have value less than or equal to 43200");
    if (constraint[0]) {
        invalid_text(a, text, "durationSeconds", constraint);
        return -1;
    }
    if (value > most) {
        answer_xml_error(a, XMLNS, 400, "ValidationError",
                         "The requested DurationSeconds exceeds the MaxSessionDuration set for "
                         "this role.");
        return -1;
    }
    return value;
}

/* "arn:<partition>:iam::<12 digits>:role/<path and name>". */
static bool role_arn_parse(struct assume_role *in, const char *partition)
{
    char given[32], account[13];
    int used = 0;
    if (sscanf(in->role_arn, "arn:%31[^:]:iam::%12[0-9]:role/%n", given, account, &used) != 2 ||
        used == 0 || strlen(account) != 12 || strcmp(given, partition) != 0)
        return false;
    snprintf(in->role, sizeof(in->role), "%s", in->role_arn + used);
    memcpy(in->account, account, sizeof(in->account));
    return in->role[0] != '\0';
}

static bool read_input(struct sandbox *sb, const struct call *call, struct assume_role *in,
                       struct answer *a)
{
    if (!field(call, "RoleArn", in->role_arn, sizeof(in->role_arn))) {
        invalid(a, "null", "roleArn", "not be null");
        return false;
    }
    if (!field(call, "RoleSessionName", in->session_name, sizeof(in->session_name))) {
        invalid(a, "null", "roleSessionName", "not be null");
        return false;
    }
    field(call, "ExternalId", in->external_id, sizeof(in->external_id));
    field(call, "DurationSeconds", in->duration, sizeof(in->duration));
    if (!session_name_holds(in->session_name, a))
        return false;
    if (!role_arn_parse(in, sb->org.partition)) {
        answer_xml_error(a, XMLNS, 400, "ValidationError", "%s is invalid", in->role_arn);
        return false;
    }
    return true;
}

/* What was asked and by whom, for tests to look at. */
static void keep(struct sandbox *sb, const struct call *call)
{
    stats_keep(&sb->stats, json_pack("{s:s, s:s, s:s, s:o}", "action", call->action, "caller",
                                     call->caller->arn, "key", call->caller->id, "parameters",
                                     form_json(call->request->body, call->request->body_len)));
}

/* Does the request narrow or tag its session? Then AWS says how much room that took. */
static bool packs(const struct call *call)
{
    static const char *const fields[] = {"Policy", "PolicyArns.member.1.arn", "Tags.member.1.Key"};
    char value[4096];
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (field(call, fields[i], value, sizeof(value)))
            return true;
    return false;
}

static void credentials(struct answer *a, const struct key *key)
{
    char iso[CLOCK_ISO_SIZE];
    clock_format_iso(key->expires_s * 1000, iso);
    memcpy(iso + 19, "Z", 2); /* STS gives whole seconds */
    buf_puts(&a->body, "    <Credentials>\n");
    answer_xml_text(a, "AccessKeyId", key->id);
    answer_xml_text(a, "SecretAccessKey", key->secret);
    answer_xml_text(a, "SessionToken", key->token);
    answer_xml_text(a, "Expiration", iso);
    buf_puts(&a->body, "    </Credentials>\n");
}

static void assume(struct sandbox *sb, const struct call *call, const struct assume_role *in,
                   int64_t duration, struct answer *a)
{
    const struct refusal *refusal = org_find(&sb->org, in->account)->refusal;
    const char *other = refusal ? refusal_other_account(refusal) : NULL;
    const char *account = other                         ? other
                          : sb->faults.wrong_account[0] ? sb->faults.wrong_account
                                                        : in->account;
    const char *slash = strrchr(in->role, '/');
    char arn[1400], user_id[21 + 66] = "AROA";
    snprintf(arn, sizeof(arn), "arn:%s:sts::%s:assumed-role/%s/%s", sb->org.partition, account,
             slash ? slash + 1 : in->role, in->session_name);
    memset(user_id + 4, 'Q', 5);
    snprintf(user_id + 9, sizeof(user_id) - 9, "%s:%.64s", account, in->session_name);
    struct key *key;
    struct orgrun_error err = {0};
    const struct key_spec spec = {.kind = KEY_ROLE,
                                  .account = account,
                                  .arn = arn,
                                  .user_id = user_id,
                                  .expires_s = clock_wall_ms(clock_system) / 1000 + duration,
                                  .with_token = true};
    if (keys_issue(&sb->keys, &spec, &key, &err) != 0) {
        answer_xml_error(a, XMLNS, 500, "InternalFailure", "%s", err.message);
        return;
    }
    answer_xml_begin(a, XMLNS, "AssumeRole");
    buf_puts(&a->body, "    <AssumedRoleUser>\n");
    answer_xml_text(a, "AssumedRoleId", key->user_id);
    answer_xml_text(a, "Arn", key->arn);
    buf_puts(&a->body, "    </AssumedRoleUser>\n");
    credentials(a, key);
    if (packs(call)) {
        char percent[16];
        snprintf(percent, sizeof(percent), "%d",
                 sb->faults.packed_size > 0 ? (int)sb->faults.packed_size : 6);
        answer_xml_text(a, "PackedPolicySize", percent);
    }
    answer_xml_end(a, "AssumeRole");
}

static void assume_role(struct sandbox *sb, const struct call *call, struct answer *a)
{
    struct assume_role in = {0};
    if (!read_input(sb, call, &in, a))
        return;
    stats_assumed(&sb->stats, in.account);
    keep(sb, call);
    const struct org_account *target = org_find(&sb->org, in.account);
    if (target && target->refusal &&
        refusal_answer(target->refusal, call->caller->arn, in.role_arn, a))
        return;
    bool shown = false;
    if (!mfa_holds(sb, call, &shown, a))
        return;
    if (!trust_holds(sb, call->caller, in.account, in.role, in.external_id, shown)) {
        answer_xml_error(a, XMLNS, 403, "AccessDenied",
                         "User: %s is not authorized to perform: sts:AssumeRole on resource: %s",
                         call->caller->arn, in.role_arn);
        return;
    }
    int64_t duration = duration_of(in.duration, sb->opts, sb->opts->max_duration, 3600, a);
    if (duration > 3600 && call->caller->kind == KEY_ROLE) {
        answer_xml_error(a, XMLNS, 400, "ValidationError",
                         "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                         "assumed by role chaining.");
        return;
    }
    if (duration > 0 && sb->faults.session_seconds > 0)
        duration = sb->faults.session_seconds;
    if (duration > 0)
        assume(sb, call, &in, duration, a);
}

static void get_caller_identity(struct sandbox *sb, const struct call *call, struct answer *a)
{
    (void)sb;
    answer_xml_begin(a, XMLNS, call->action);
    answer_xml_text(a, "Arn", call->caller->arn);
    answer_xml_text(a, "UserId", call->caller->user_id);
    answer_xml_text(a, "Account", call->caller->account);
    answer_xml_end(a, call->action);
}

static void get_session_token(struct sandbox *sb, const struct call *call, struct answer *a)
{
    char text[32] = "";
    field(call, "DurationSeconds", text, sizeof(text));
    if (call->caller->kind != KEY_SOURCE || call->caller->token) {
        answer_xml_error(a, XMLNS, 403, "AccessDenied",
                         "Cannot call GetSessionToken with session credentials");
        return;
    }
    bool shown = false;
    keep(sb, call);
    int64_t duration = duration_of(text, sb->opts, 43200, 43200, a);
    if (duration < 0 || !mfa_holds(sb, call, &shown, a))
        return;
    struct key *key;
    struct orgrun_error err = {0};
    const struct key_spec spec = {.kind = KEY_SESSION,
                                  .account = call->caller->account,
                                  .arn = call->caller->arn,
                                  .user_id = call->caller->user_id,
                                  .expires_s = clock_wall_ms(clock_system) / 1000 + duration,
                                  .with_token = true,
                                  .mfa = shown};
    if (keys_issue(&sb->keys, &spec, &key, &err) != 0) {
        answer_xml_error(a, XMLNS, 500, "InternalFailure", "%s", err.message);
        return;
    }
    answer_xml_begin(a, XMLNS, call->action);
    credentials(a, key);
    answer_xml_end(a, call->action);
}

static const struct {
    const char *action;
    void (*run)(struct sandbox *sb, const struct call *call, struct answer *a);
} actions[] = {{"AssumeRole", assume_role},
               {"GetCallerIdentity", get_caller_identity},
               {"GetSessionToken", get_session_token}};

bool sts_answer(struct sandbox *sb, const struct call *call, struct answer *answer)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(actions[i].action, call->action) == 0) {
            actions[i].run(sb, call, answer);
            return true;
        }
    return false;
}
