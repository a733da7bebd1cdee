// SPDX-License-Identifier: MIT
// The sandbox's own paths: /sandbox/stats, /sandbox/calls, /sandbox/config, /sandbox/accounts,
// /sandbox/source-key.
#include "sandbox/refusal.h"
#include "sandbox/sandbox.h"

#include "base/clock.h"

#include <string.h>

static void refuse(struct answer *a, int status, const char *message)
{
    answer_json(a, json_pack("{s:s}", "error", message));
    a->status = status;
}

/* {"accounts": [{id, name, email, ou, suspended, denied, mfa}]}, for tests to know what to expect.
 */
static void accounts(struct sandbox *sb, struct answer *a)
{
    json_t *all = json_array();
    for (size_t i = 0; i < sb->org.len; i++) {
        const struct org_account *o = &sb->org.accounts[i];
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "id", o->id,
                                             "name", o->name, "email", o->email, "ou",
                                             org_ou_id(o->ou), "suspended", o->suspended, "denied",
                                             o->denied, "mfa", o->mfa));
    }
    answer_json(a, json_pack("{s:o}", "accounts", all));
}

/* "deny": the accounts that refuse from now on, and no others. */
static int deny(struct sandbox *sb, const json_t *ids, struct orgrun_error *err)
{
    size_t i;
    json_t *id;
    if (!json_is_array(ids))
        return error_set(err, ORGRUN_EUSAGE, "deny must be a list of account ids");
    for (i = 0; i < sb->org.len; i++)
        sb->org.accounts[i].denied = false;
    json_array_foreach(ids, i, id)
    {
        struct org_account *account =
            json_is_string(id) ? org_find(&sb->org, json_string_value(id)) : NULL;
        if (!account)
            return error_set(err, ORGRUN_EUSAGE, "deny: item %zu is no account's id", i);
        account->denied = true;
    }
    return 0;
}

/* "refuse": {"<id>": "<kind>"}: what STS says to those who ask for the role of these, and no other
 * account. */
static int refuse_roles(struct sandbox *sb, json_t *kinds, struct orgrun_error *err)
{
    const char *id;
    json_t *kind;
    if (!json_is_object(kinds))
        return error_set(err, ORGRUN_EUSAGE, "refuse must be an object of account ids");
    for (size_t i = 0; i < sb->org.len; i++)
        sb->org.accounts[i].refusal = NULL;
    json_object_foreach(kinds, id, kind)
    {
        struct org_account *account = org_find(&sb->org, id);
        const struct refusal *refusal =
            json_is_string(kind) ? refusal_find(json_string_value(kind)) : NULL;
        if (!account || !refusal)
            return error_set(err, ORGRUN_EUSAGE, "refuse: no such account or kind: %s", id);
        account->refusal = refusal;
    }
    return 0;
}

static void configure(struct sandbox *sb, const struct auth_request *request, struct answer *a)
{
    json_t *in = json_loadb(request->body, request->body_len, 0, NULL);
    struct orgrun_error err = {0};
    int rc = json_is_object(in) ? 0 : error_set(&err, ORGRUN_EUSAGE, "not a JSON object");
    const char *name;
    json_t *value;
    json_object_foreach(in, name, value)
    {
        if (rc != 0)
            break;
        if (strcmp(name, "reset_stats") == 0)
            stats_reset(&sb->stats);
        else if (strcmp(name, "expire_sources") == 0)
            keys_expire(&sb->keys, KEY_SOURCE);
        else if (strcmp(name, "deny") == 0)
            rc = deny(sb, value, &err);
        else if (strcmp(name, "refuse") == 0)
            rc = refuse_roles(sb, value, &err);
        else
            rc = faults_set(&sb->faults, name, value, &err);
    }
    json_decref(in);
    if (rc != 0)
        refuse(a, 400, err.message);
    else
        answer_json(a, json_pack("{s:b}", "ok", 1));
}

/* One more access key of the source, in the words of credential_process; {"seconds": n} ends it. */
static void source_key(struct sandbox *sb, const struct auth_request *request, struct answer *a)
{
    json_t *in = json_loadb(request->body, request->body_len, 0, NULL);
    json_int_t seconds = json_integer_value(json_object_get(in, "seconds"));
    json_decref(in);
    struct key *key;
    struct orgrun_error err = {0};
    char iso[CLOCK_ISO_SIZE];
    int64_t expires_s = clock_wall_ms(clock_system) / 1000 + (seconds > 0 ? seconds : 3600);
    const struct key_spec spec = {.kind = KEY_SOURCE,
                                  .account = sb->source->account,
                                  .arn = sb->source->arn,
                                  .user_id = sb->source->user_id,
                                  .expires_s = expires_s,
                                  .with_token = true};
    if (keys_issue(&sb->keys, &spec, &key, &err) != 0) {
        refuse(a, 500, err.message);
        return;
    }
    clock_format_iso(expires_s * 1000, iso);
    answer_json(a, json_pack("{s:i, s:s, s:s, s:s, s:s}", "Version", 1, "AccessKeyId", key->id,
                             "SecretAccessKey", key->secret, "SessionToken", key->token,
                             "Expiration", iso));
}

bool control_answer(struct sandbox *sb, const struct auth_request *request, struct answer *answer)
{
    if (strcmp(request->path, "/sandbox/stats") == 0)
        answer_json(answer, stats_json(&sb->stats));
    else if (strcmp(request->path, "/sandbox/calls") == 0)
        answer_json(answer, json_pack("{s:O}", "calls", sb->stats.calls));
    else if (strcmp(request->path, "/sandbox/source-key") == 0 &&
             strcmp(request->method, "POST") == 0)
        source_key(sb, request, answer);
    else if (strcmp(request->path, "/sandbox/accounts") == 0)
        accounts(sb, answer);
    else if (strcmp(request->path, "/sandbox/config") == 0 && strcmp(request->method, "POST") == 0)
        configure(sb, request, answer);
    else
        return false;
    answer->content_type = "application/json";
    return true;
}
