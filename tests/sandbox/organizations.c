// SPDX-License-Identifier: MIT
// Organizations (JSON 1.1, AWSOrganizationsV20161128): reading an organization.
#include "sandbox/page.h"
#include "sandbox/sandbox.h"

#include <stdio.h>
#include <string.h>

struct ask {
    struct sandbox *sb;
    const struct call *call;
    json_t *in; /* the request's object */
    struct answer *answer;
};

static const char *text_of(const struct ask *ask, const char *member)
{
    const char *text = json_string_value(json_object_get(ask->in, member));
    return text ? text : "";
}

static json_t *arn(const struct sandbox *sb, const char *kind, const char *id)
{
    return json_sprintf("arn:%s:organizations::%s:%s/%s%s%s", sb->org.partition,
                        org_management(&sb->org)->id, kind, ORG_ID, id[0] ? "/" : "", id);
}

static json_t *account_json(const struct sandbox *sb, const struct org_account *a)
{
    static const char *const states[] = {"ACTIVE", "SUSPENDED"};
    json_t *value = json_pack("{s:s, s:o, s:s, s:s, s:s, s:f}", "Id", a->id, "Arn",
                              arn(sb, "account", a->id), "Email", a->email, "Name", a->name,
                              "JoinedMethod", a == org_management(&sb->org) ? "INVITED" : "CREATED",
                              "JoinedTimestamp", (double)a->joined_s);
    enum options_state state = sb->opts->state;
    if (state == STATE_BOTH || state == STATE_NEW)
        json_object_set_new(value, "State", json_string(states[a->suspended]));
    if (state == STATE_BOTH || state == STATE_OLD)
        json_object_set_new(value, "Status", json_string(states[a->suspended]));
    return value;
}

static json_t *account_at(const void *user, size_t i)
{
    const struct ask *ask = user;
    return account_json(ask->sb, &ask->sb->org.accounts[i]);
}

static void list_accounts(const struct ask *ask)
{
    const struct page_spec spec = {.member = "Accounts",
                                   .scope = "ListAccounts",
                                   .total = ask->sb->org.len,
                                   .at = account_at,
                                   .user = ask};
    page_answer(&spec, ask->sb->opts, ask->in, ask->answer);
}

/* The parent of a request, or -2 with the error answered. */
static int parent_of(const struct ask *ask)
{
    int parent = org_ou_find(text_of(ask, "ParentId"));
    if (parent == -2)
        answer_json_error(ask->answer, 400, "ParentNotFoundException", NULL,
                          "You specified parent that doesn't exist.");
    return parent;
}

/* The elements of a parent, by index into accounts or OUs. */
struct children {
    const struct ask *ask;
    int parent;
};

static size_t nth_account(const struct children *c, size_t n)
{
    const struct org *org = &c->ask->sb->org;
    for (size_t i = 0; i < org->len; i++)
        if (org->accounts[i].ou == c->parent && n-- == 0)
            return i;
    return org->len;
}

static json_t *child_account_at(const void *user, size_t i)
{
    const struct children *c = user;
    return account_json(c->ask->sb, &c->ask->sb->org.accounts[nth_account(c, i)]);
}

static void list_accounts_for_parent(const struct ask *ask)
{
    struct children c = {ask, parent_of(ask)};
    if (c.parent == -2)
        return;
    size_t total = 0;
    for (size_t i = 0; i < ask->sb->org.len; i++)
        total += ask->sb->org.accounts[i].ou == c.parent;
    const struct page_spec spec = {.member = "Accounts",
                                   .scope = org_ou_id(c.parent),
                                   .total = total,
                                   .at = child_account_at,
                                   .user = &c};
    page_answer(&spec, ask->sb->opts, ask->in, ask->answer);
}

static json_t *child_ou_at(const void *user, size_t n)
{
    const struct children *c = user;
    int i = 0;
    while (org_ous[i].parent != c->parent || n-- > 0)
        i++;
    return json_pack("{s:s, s:s, s:o}", "Id", org_ous[i].id, "Name", org_ous[i].name, "Arn",
                     arn(c->ask->sb, "ou", org_ous[i].id));
}

static void list_ous_for_parent(const struct ask *ask)
{
    struct children c = {ask, parent_of(ask)};
    if (c.parent == -2)
        return;
    size_t total = 0;
    for (int i = 0; i < org_ous_len; i++)
        total += org_ous[i].parent == c.parent;
    const struct page_spec spec = {.member = "OrganizationalUnits",
                                   .scope = org_ou_id(c.parent),
                                   .total = total,
                                   .at = child_ou_at,
                                   .user = &c};
    page_answer(&spec, ask->sb->opts, ask->in, ask->answer);
}

static void list_roots(const struct ask *ask)
{
    answer_json(ask->answer,
                json_pack("{s:[{s:s, s:s, s:o, s:[]}]}", "Roots", "Id", ORG_ROOT_ID, "Name",
                          ORG_ROOT_NAME, "Arn", arn(ask->sb, "root", ORG_ROOT_ID), "PolicyTypes"));
}

static void list_parents(const struct ask *ask)
{
    const char *id = text_of(ask, "ChildId");
    const struct org_account *account = org_find(&ask->sb->org, id);
    int ou = org_ou_find(id);
    if (!account && ou < 0) {
        answer_json_error(ask->answer, 400, "ChildNotFoundException", NULL,
                          "You specified child that doesn't exist.");
        return;
    }
    int parent = account ? account->ou : org_ous[ou].parent;
    answer_json(ask->answer, json_pack("{s:[{s:s, s:s}]}", "Parents", "Id", org_ou_id(parent),
                                       "Type", parent < 0 ? "ROOT" : "ORGANIZATIONAL_UNIT"));
}

static void list_tags(const struct ask *ask)
{
    const char *id = text_of(ask, "ResourceId");
    const struct org_account *a = org_find(&ask->sb->org, id);
    if (!a && org_ou_find(id) == -2) {
        answer_json_error(ask->answer, 400, "TargetNotFoundException", NULL,
                          "You specified a target that doesn't exist.");
        return;
    }
    json_t *tags = json_array();
    if (a) {
        json_array_append_new(
            tags, json_pack("{s:s, s:s}", "Key", "environment", "Value", org_environment(a)));
        json_array_append_new(tags, json_pack("{s:s, s:s}", "Key", "contact", "Value", a->email));
    }
    answer_json(ask->answer, json_pack("{s:o}", "Tags", tags));
}

static void describe_organization(const struct ask *ask)
{
    const struct org_account *master = org_management(&ask->sb->org);
    answer_json(ask->answer,
                json_pack("{s:{s:s, s:o, s:s, s:o, s:s, s:s, s:[]}}", "Organization", "Id", ORG_ID,
                          "Arn", arn(ask->sb, "organization", ""), "FeatureSet", "ALL",
                          "MasterAccountArn", arn(ask->sb, "account", master->id),
                          "MasterAccountEmail", master->email, "MasterAccountId", master->id,
                          "AvailablePolicyTypes"));
}

static void describe_account(const struct ask *ask)
{
    const struct org_account *a = org_find(&ask->sb->org, text_of(ask, "AccountId"));
    if (a)
        answer_json(ask->answer, json_pack("{s:o}", "Account", account_json(ask->sb, a)));
    else
        answer_json_error(ask->answer, 400, "AccountNotFoundException", NULL,
                          "You specified an account that doesn't exist.");
}

static const struct {
    const char *action;
    void (*run)(const struct ask *ask);
} actions[] = {{"ListAccounts", list_accounts},
               {"ListAccountsForParent", list_accounts_for_parent},
               {"ListOrganizationalUnitsForParent", list_ous_for_parent},
               {"ListRoots", list_roots},
               {"ListParents", list_parents},
               {"ListTagsForResource", list_tags},
               {"DescribeOrganization", describe_organization},
               {"DescribeAccount", describe_account}};

/* Members of an organization that are not its management account may not read it. */
static bool may_ask(const struct ask *ask)
{
    enum options_organizations how = ask->sb->opts->organizations;
    if (how == ORGANIZATIONS_UNUSED)
        answer_json_error(ask->answer, 400, "AWSOrganizationsNotInUseException", NULL,
                          "Your account is not a member of an organization.");
    else if (how == ORGANIZATIONS_DENIED ||
             strcmp(ask->call->caller->account, org_management(&ask->sb->org)->id) != 0)
        answer_json_error(ask->answer, 400, "AccessDeniedException", NULL,
                          "You don't have permissions to access this resource.");
    else
        return true;
    return false;
}

bool organizations_answer(struct sandbox *sb, const struct call *call, struct answer *answer)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(actions[i].action, call->action) != 0)
            continue;
        struct ask ask = {
            sb, call, json_loadb(call->request->body, call->request->body_len, 0, NULL), answer};
        if (!json_is_object(ask.in))
            answer_json_error(answer, 400, "SerializationException", NULL,
                              "The body is not a JSON object");
        else if (may_ask(&ask))
            actions[i].run(&ask);
        json_decref(ask.in);
        return true;
    }
    return false;
}
