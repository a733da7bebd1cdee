// SPDX-License-Identifier: MIT
// IAM policy documents as JSON.
#include "aws/policy.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/strv.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define RESOURCE_MAX 8192
#define STATEMENTS_MAX (64 << 10)

DEFINE_CLEANUP(free_json, json_t, json_decref)

/* What orgrun asks of Organizations. None changes anything. */
static const char *const reads[] = {
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListDelegatedAdministrators",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListParents",
    "organizations:ListRoots",
    "organizations:ListTagsForResource",
    NULL,
};

#define ACTIONS_MAX 3

/* sts:AssumeRole, if wanted, and the permissions that go with it. Returns how many. */
static size_t actions_fill(const char *actions[ACTIONS_MAX + 1], bool assume, bool session_tags,
                           bool source_identity)
{
    size_t n = 0;
    if (assume)
        actions[n++] = "sts:AssumeRole";
    if (session_tags)
        actions[n++] = "sts:TagSession";
    if (source_identity)
        actions[n++] = "sts:SetSourceIdentity";
    actions[n] = NULL;
    return n;
}

/* One word by itself, several as a list; NULL when out of memory. */
static json_t *words_of(const char *const *words)
{
    if (words[0] && !words[1])
        return json_string(words[0]);
    AUTO(free_json) json_t *all = json_array();
    for (; *words; words++)
        if (json_array_append_new(all, json_string(*words)))
            return NULL;
    return TAKE_PTR(all);
}

/* Adds to a statement that the key must equal value, unless value is NULL. 0 or -1. */
static int require(json_t *statement, const char *key, const char *value)
{
    if (!value)
        return 0;
    json_t *equals = json_object_get(json_object_get(statement, "Condition"), "StringEquals");
    if (equals)
        return json_object_set_new(equals, key, json_string(value));
    return json_object_set_new(statement, "Condition",
                               json_pack("{s:{s:s}}", "StringEquals", key, value));
}

/* Takes statements, a list, over; NULL makes NULL. */
static char *document(json_t *statements)
{
    AUTO(free_json)
    json_t *policy = json_pack("{s:s,s:o}", "Version", "2012-10-17", "Statement", statements);
    AUTO(free_ptr) char *text = policy ? json_dumps(policy, JSON_INDENT(2)) : NULL;
    char *out;
    return text && asprintf(&out, "%s\n", text) > 0 ? out : NULL;
}

/* The statements one after another, without a newline at the end. Takes them, a list, over; NULL
 * makes NULL. */
static char *listed(json_t *statements)
{
    AUTO(free_json) json_t *all = statements;
    struct buf b;
    buf_init(&b, STATEMENTS_MAX);
    for (size_t i = 0; i < json_array_size(all); i++) {
        AUTO(free_ptr) char *text = json_dumps(json_array_get(all, i), JSON_INDENT(2));
        (void)buf_printf(&b, "%s%s", i ? ",\n" : "", text ? text : "");
        b.failed = b.failed || !text;
    }
    char *out = b.len ? buf_take(&b, NULL) : NULL;
    buf_clear(&b);
    return out;
}

/* An account is its root, written out as IAM stores it. */
static json_t *principals_of(const struct policy_trust *trust)
{
    AUTO(strv_clear) struct strv all = {0};
    for (const char *const *p = trust->principals; *p; p++)
        if (text_starts(*p, "arn:")
                ? strv_push(&all, *p)
                : strv_printf(&all, "arn:%s:iam::%s:root", trust->partition, *p))
            return NULL;
    return json_pack("{s:o}", "AWS", words_of((const char *const *)strv_array(&all)));
}

static json_t *trust_statement(const struct policy_trust *trust, const char *sid,
                               const char *const *actions, const char *external_id)
{
    AUTO(free_json)
    json_t *statement = json_pack("{s:s,s:s,s:o,s:o}", "Sid", sid, "Effect", "Allow", "Principal",
                                  principals_of(trust), "Action", words_of(actions));
    if (!statement || require(statement, "sts:ExternalId", external_id) ||
        require(statement, "aws:PrincipalOrgID", trust->org_id))
        return NULL;
    return TAKE_PTR(statement);
}

static json_t *trust_statements(const struct policy_trust *trust)
{
    const char *actions[ACTIONS_MAX + 1];
    AUTO(free_json) json_t *statements = json_array();
    (void)actions_fill(actions, true, false, false);
    if (json_array_append_new(statements,
                              trust_statement(trust, "AssumeRole", actions, trust->external_id)))
        return NULL;
    /* Apart: the external id is a key of AssumeRole alone. */
    if (actions_fill(actions, false, trust->session_tags, trust->source_identity) &&
        json_array_append_new(statements,
                              trust_statement(trust, "PassSessionContext", actions, NULL)))
        return NULL;
    return TAKE_PTR(statements);
}

char *policy_trust(const struct policy_trust *trust)
{
    json_t *statements = trust_statements(trust);
    return statements ? document(statements) : NULL;
}

char *policy_trust_statements(const struct policy_trust *trust)
{
    return listed(trust_statements(trust));
}

/* Within a policy "*", "?" and "${" mean something, and a path may hold them. */
static json_t *role_resource(const char *role_arn)
{
    const char *role = strstr(role_arn, ":role/");
    struct buf b;
    buf_init(&b, RESOURCE_MAX);
    for (const char *p = role_arn; *p; p++)
        if (role && p > role && strchr("*?$", *p))
            (void)buf_printf(&b, "${%c}", *p);
        else
            (void)buf_putc(&b, *p);
    json_t *resource = b.failed ? NULL : json_string(buf_str(&b));
    buf_clear(&b);
    return resource;
}

static json_t *assume_statement(const struct policy_source *source)
{
    const char *actions[ACTIONS_MAX + 1];
    (void)actions_fill(actions, true, source->session_tags, source->source_identity);
    AUTO(free_json)
    json_t *statement =
        json_pack("{s:s,s:s,s:o,s:o}", "Sid", "AssumeRoleInAccounts", "Effect", "Allow", "Action",
                  words_of(actions), "Resource", role_resource(source->role_arn));
    if (!statement || require(statement, "aws:ResourceOrgID", source->org_id))
        return NULL;
    return TAKE_PTR(statement);
}

char *policy_source(const struct policy_source *source)
{
    json_t *read = json_pack("{s:s,s:s,s:o,s:s}", "Sid", "ReadOrganization", "Effect", "Allow",
                             "Action", words_of(reads), "Resource", "*");
    return document(json_pack("[o,o]", assume_statement(source), read));
}

char *policy_source_statement(const struct policy_source *source)
{
    return listed(json_pack("[o]", assume_statement(source)));
}
