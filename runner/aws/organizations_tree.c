// SPDX-License-Identifier: MIT
// The tree of OUs: built from the root down, looked up by id, path and account.
#include "aws/organizations_tree.h"

#include "base/cleanup.h"
#include "base/strv.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define KNOWN_MAX 600 /* bytes of a hint that names what there is */

void organizations_tree_clear(struct organizations_tree *t)
{
    for (size_t i = 0; i < t->len; i++) {
        free(t->ous[i].id);
        free(t->ous[i].name);
        free(t->ous[i].path);
    }
    free(t->ous);
    free(t->places);
    *t = (struct organizations_tree){0};
}

/* Room for one more of size bytes. */
static int reserve(void **array, size_t len, size_t *cap, size_t size)
{
    if (len < *cap)
        return 0;
    size_t more = *cap ? *cap * 2 : 64;
    void *grown = reallocarray(*array, more, size);
    if (!grown)
        return ORGRUN_ENOMEM;
    *array = grown;
    *cap = more;
    return 0;
}

static char *path_below(const struct organizations_tree *t, size_t parent, const char *name)
{
    char *path = NULL;
    if (parent == ORGANIZATIONS_NO_OU)
        return strdup(name);
    return asprintf(&path, "%s/%s", t->ous[parent].path, name) < 0 ? NULL : path;
}

int organizations_tree_add(struct organizations_tree *t, size_t parent, const char *id,
                           const char *name, size_t *ou, struct orgrun_error *err)
{
    size_t level = parent == ORGANIZATIONS_NO_OU ? 0 : t->ous[parent].level + 1;
    if (!id[0] || !name[0])
        return error_set(err, ORGRUN_EPROTOCOL, "an OU has no id or no name");
    if (t->len == ORGANIZATIONS_OUS_MAX)
        return error_set(err, ORGRUN_EPROTOCOL, "there are more than %d OUs",
                         ORGANIZATIONS_OUS_MAX);
    if (level == ORGANIZATIONS_LEVELS_MAX)
        return error_set(err, ORGRUN_EPROTOCOL, "OUs lie more than %d levels deep",
                         ORGANIZATIONS_LEVELS_MAX);
    if (organizations_tree_find(t, id) != ORGANIZATIONS_NO_OU)
        return error_set(err, ORGRUN_EPROTOCOL, "the OU %s is there twice", id);
    if (reserve((void **)&t->ous, t->len, &t->cap, sizeof *t->ous))
        return error_nomem(err);
    struct organizations_ou added = {.id = strdup(id),
                                     .name = strdup(name),
                                     .path = path_below(t, parent, name),
                                     .parent = parent,
                                     .level = level};
    if (!added.id || !added.name || !added.path) {
        free(added.id);
        free(added.name);
        free(added.path);
        return error_nomem(err);
    }
    t->ous[t->len] = added;
    if (ou)
        *ou = t->len;
    t->len++;
    return 0;
}

/* Where the account is among the places, or belongs. */
static size_t place_index(const struct organizations_tree *t, const char *account)
{
    size_t low = 0, high = t->places_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(t->places[middle].account, account) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct organizations_tree *t, size_t i, const char *account)
{
    return i < t->places_len && strcmp(t->places[i].account, account) == 0;
}

int organizations_tree_place(struct organizations_tree *t, const char *account, size_t ou,
                             struct orgrun_error *err)
{
    size_t i = place_index(t, account);
    if (!is_at(t, i, account)) {
        if (reserve((void **)&t->places, t->places_len, &t->places_cap, sizeof *t->places))
            return error_nomem(err);
        memmove(&t->places[i + 1], &t->places[i], (t->places_len - i) * sizeof *t->places);
        t->places_len++;
        (void)snprintf(t->places[i].account, sizeof t->places[i].account, "%s", account);
    }
    t->places[i].ou = ou;
    return 0;
}

size_t organizations_tree_of(const struct organizations_tree *t, const char *account)
{
    size_t i = place_index(t, account);
    return is_at(t, i, account) ? t->places[i].ou : ORGANIZATIONS_NO_OU;
}

size_t organizations_tree_find(const struct organizations_tree *t, const char *id)
{
    for (size_t i = 0; i < t->len; i++)
        if (strcmp(t->ous[i].id, id) == 0)
            return i;
    return ORGANIZATIONS_NO_OU;
}

/* A path in the form that `name` has: "/A/B" or "Root/A/B". */
static const char *path_like(const struct organizations_ou *ou, const char *name)
{
    if (name[0] != '/')
        return ou->path;
    const char *slash = strchr(ou->path, '/');
    return ou->level == 0 || !slash ? "/" : slash;
}

static bool has_id(const struct organizations_ou *ou, const char *name)
{
    return strcmp(ou->id, name) == 0;
}

/* The hint names what there is, as far as there is room. */
static void say_known(const struct strv *known, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf list;
    buf_init(&list, KNOWN_MAX);
    size_t i = 0;
    while (i < known->len && list.len + strlen(known->items[i]) + 2 < KNOWN_MAX) {
        (void)buf_printf(&list, "%s%s", i ? ", " : "", known->items[i]);
        i++;
    }
    (void)error_hint(err, "There are: %s%s", buf_str(&list), i < known->len ? ", ..." : "");
}

static int unknown(const struct organizations_tree *t, const char *name, struct orgrun_error *err)
{
    bool id = text_starts(name, "ou-") || text_starts(name, "r-");
    AUTO(strv_clear) struct strv known = {0};
    for (size_t i = 0; i < t->len; i++)
        if (strv_push(&known, id ? t->ous[i].id : path_like(&t->ous[i], name)))
            return error_nomem(err);
    const char *near = text_nearest(name, (const char *const *)strv_array(&known));
    int rc = error_set(err, ORGRUN_ENOTFOUND, "the organization has no OU \"%s\"%s%s%s", name,
                       near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    if (!near)
        say_known(&known, err);
    return rc;
}

int organizations_tree_resolve(const struct organizations_tree *t, const char *name, size_t *ou,
                               struct orgrun_error *err)
{
    *ou = ORGANIZATIONS_NO_OU;
    for (size_t i = 0; i < t->len; i++) {
        if (!has_id(&t->ous[i], name) && strcmp(path_like(&t->ous[i], name), name) != 0)
            continue;
        if (*ou != ORGANIZATIONS_NO_OU)
            return error_set(err, ORGRUN_EUSAGE, "\"%s\" is the path of both %s and %s: use an id",
                             name, t->ous[*ou].id, t->ous[i].id);
        *ou = i;
    }
    return *ou == ORGANIZATIONS_NO_OU ? unknown(t, name, err) : 0;
}
