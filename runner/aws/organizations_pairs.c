// SPDX-License-Identifier: MIT
// Lists of pairs of texts in Organizations' answers, by a table of where they stand.
#include "aws/organizations_pairs.h"

#include "aws/organizations_json.h"

static const struct {
    const char *list, *first, *second;
} forms[] = {
    [ORGANIZATIONS_ROOTS] = {"Roots", "Id", "Name"},
    [ORGANIZATIONS_OUS] = {"OrganizationalUnits", "Id", "Name"},
    [ORGANIZATIONS_PARENTS] = {"Parents", "Id", "Type"},
    [ORGANIZATIONS_TAGS] = {"Tags", "Key", "Value"},
};

static int take_text(const json_t *object, const char *member, struct strv *pairs,
                     struct orgrun_error *err)
{
    char *text = NULL;
    int rc = organizations_json_text(object, member, ORGANIZATIONS_TEXT_MAX, &text, err);
    if (rc)
        return rc;
    if (!text)
        return error_set(err, ORGRUN_EPROTOCOL, "%s is missing", member);
    return strv_take(pairs, text) ? error_nomem(err) : 0;
}

static int parse(enum organizations_pairs kind, const json_t *root, struct strv *pairs,
                 char **next_token, struct orgrun_error *err)
{
    const json_t *list = json_object_get(root, forms[kind].list);
    if (!json_is_array(list))
        return error_set(err, ORGRUN_EPROTOCOL, "there is no list of %s", forms[kind].list);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        rc = take_text(item, forms[kind].first, pairs, err);
        if (rc == 0)
            rc = take_text(item, forms[kind].second, pairs, err);
    }
    return rc ? rc : organizations_json_token(root, next_token, err);
}

int organizations_pairs_parse(enum organizations_pairs kind, const char *json, size_t len,
                              struct strv *pairs, char **next_token, struct orgrun_error *err)
{
    json_error_t where;
    AUTO(free_json) json_t *root = organizations_json_load(json, len, &where);
    *next_token = NULL;
    int rc = root ? parse(kind, root, pairs, next_token, err)
                  : error_set(err, ORGRUN_EPROTOCOL, "no JSON: %s", where.text);
    if (rc)
        strv_clear(pairs);
    return rc;
}
