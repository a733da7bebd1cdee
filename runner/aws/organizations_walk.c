// SPDX-License-Identifier: MIT
// The walk: each answer says what to ask for next.
#include "aws/organizations_walk.h"

#include "aws/organizations.h"
#include "aws/organizations_pairs.h"
#include "base/cleanup.h"

#include <string.h>

/* What a walk does with a page: takes in its pairs or accounts, asks for more. */
struct walk {
    struct organizations_calls *calls;
    struct organizations_tree *tree;
    struct strv *tags;
    int (*take)(struct walk *w, const struct organizations_reply *r, const struct strv *pairs,
                struct orgrun_error *err);
};

static const enum organizations_pairs pairs_of[] = {
    [ORGANIZATIONS_LIST_ROOTS] = ORGANIZATIONS_ROOTS,
    [ORGANIZATIONS_LIST_OUS] = ORGANIZATIONS_OUS,
    [ORGANIZATIONS_LIST_PARENTS] = ORGANIZATIONS_PARENTS,
    [ORGANIZATIONS_LIST_TAGS] = ORGANIZATIONS_TAGS,
};

static int ask_below(struct walk *w, size_t ou, struct orgrun_error *err)
{
    const char *id = w->tree->ous[ou].id;
    int rc = organizations_calls_ask(w->calls, ORGANIZATIONS_LIST_OUS, id, NULL, ou, err);
    return rc ? rc
              : organizations_calls_ask(w->calls, ORGANIZATIONS_LIST_ACCOUNTS, id, NULL, ou, err);
}

/* Roots, or the OUs of one. */
static int take_ous(struct walk *w, const struct organizations_reply *r, const struct strv *pairs,
                    struct orgrun_error *err)
{
    size_t parent = r->api == ORGANIZATIONS_LIST_ROOTS ? ORGANIZATIONS_NO_OU : r->user;
    for (size_t i = 0; i + 1 < pairs->len; i += 2) {
        size_t ou = 0;
        int rc =
            organizations_tree_add(w->tree, parent, pairs->items[i], pairs->items[i + 1], &ou, err);
        if (rc == 0)
            rc = ask_below(w, ou, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int take_tags(struct walk *w, const struct organizations_reply *r, const struct strv *pairs,
                     struct orgrun_error *err)
{
    return strv_extend(&w->tags[r->user], pairs) ? error_nomem(err) : 0;
}

static int take_accounts(struct walk *w, const struct organizations_reply *r, char **token,
                         struct orgrun_error *err)
{
    struct organizations_page page = {0};
    const struct buf *body = &r->answer.body;
    int rc = organizations_parse_accounts(buf_str(body), body->len, &page, err);
    for (size_t i = 0; rc == 0 && i < page.len; i++)
        rc = organizations_tree_place(w->tree, page.accounts[i].id, r->user, err);
    *token = TAKE_PTR(page.next_token);
    organizations_page_clear(&page);
    return rc;
}

static int take_page(struct walk *w, const struct organizations_reply *r, char **token,
                     struct orgrun_error *err)
{
    AUTO(strv_clear) struct strv pairs = {0};
    const struct buf *body = &r->answer.body;
    if (r->api == ORGANIZATIONS_LIST_ACCOUNTS)
        return take_accounts(w, r, token, err);
    int rc =
        organizations_pairs_parse(pairs_of[r->api], buf_str(body), body->len, &pairs, token, err);
    return rc ? rc : w->take(w, r, &pairs, err);
}

static int take_reply(struct walk *w, const struct organizations_reply *r, struct orgrun_error *err)
{
    if (r->answer.rc && r->api == ORGANIZATIONS_LIST_TAGS &&
        strcmp(r->answer.aws.code, "TargetNotFoundException") == 0)
        return 0; /* it left the organization after ListAccounts named it */
    if (r->answer.rc) {
        if (err)
            *err = r->answer.err;
        return r->answer.rc;
    }
    AUTO(free_ptr) char *token = NULL;
    int rc = take_page(w, r, &token, err);
    if (rc == 0 && token && r->token && strcmp(token, r->token) == 0)
        rc = error_set(err, ORGRUN_EPROTOCOL,
                       "its NextToken is the one it was asked with: its pages do not end");
    if (rc) {
        (void)error_context(err, "%s of %s", organizations_api_name(r->api),
                            r->subject ? r->subject : "the organization");
        return rc;
    }
    return token ? organizations_calls_ask(w->calls, r->api, r->subject, token, r->user, err) : 0;
}

static int walk(struct walk *w, struct orgrun_error *err)
{
    struct organizations_reply r = {0};
    int rc;
    while ((rc = organizations_calls_next(w->calls, &r, err)) > 0) {
        rc = take_reply(w, &r, err);
        organizations_reply_clear(&r);
        if (rc)
            break;
    }
    if (rc)
        organizations_calls_drop(w->calls);
    return rc;
}

int organizations_walk(struct organizations_calls *calls, struct organizations_tree *tree,
                       struct orgrun_error *err)
{
    struct walk w = {.calls = calls, .tree = tree, .take = take_ous};
    int rc = organizations_calls_ask(calls, ORGANIZATIONS_LIST_ROOTS, NULL, NULL, 0, err);
    return rc ? rc : walk(&w, err);
}

int organizations_walk_place(struct organizations_calls *calls, struct organizations_tree *tree,
                             const char *account, struct orgrun_error *err)
{
    struct strv parents = {0};
    struct walk w = {.calls = calls, .tags = &parents, .take = take_tags};
    int rc = organizations_calls_ask(calls, ORGANIZATIONS_LIST_PARENTS, account, NULL, 0, err);
    if (rc == 0)
        rc = walk(&w, err);
    size_t ou = rc == 0 && parents.len ? organizations_tree_find(tree, parents.items[0])
                                       : ORGANIZATIONS_NO_OU;
    if (rc == 0 && ou == ORGANIZATIONS_NO_OU)
        rc = error_set(err, ORGRUN_ENOTFOUND, "account %s is in an OU that is not known", account);
    strv_clear(&parents);
    return rc ? rc : organizations_tree_place(tree, account, ou, err);
}

int organizations_walk_tags(struct organizations_calls *calls, const char *const *accounts,
                            size_t len, struct strv *tags, struct orgrun_error *err)
{
    struct walk w = {.calls = calls, .tags = tags, .take = take_tags};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < len; i++)
        rc = organizations_calls_ask(calls, ORGANIZATIONS_LIST_TAGS, accounts[i], NULL, i, err);
    if (rc) {
        organizations_calls_drop(calls);
        return rc;
    }
    return walk(&w, err);
}
