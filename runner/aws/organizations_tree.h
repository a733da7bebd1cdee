// SPDX-License-Identifier: MIT
// The tree of an organization's OUs, and in which of them each account is.
#ifndef ORGRUN_AWS_ORGANIZATIONS_TREE_H
#define ORGRUN_AWS_ORGANIZATIONS_TREE_H

#include "base/account.h"
#include "base/error.h"

#include <stddef.h>

#define ORGANIZATIONS_OUS_MAX 20000
#define ORGANIZATIONS_LEVELS_MAX 16
#define ORGANIZATIONS_NO_OU ((size_t)-1)

/* An OU, or the root. Its index in the tree is after its parent's. */
struct organizations_ou {
    char *id, *name;
    char *path;    /* "Root/Workloads/Prod" */
    size_t parent; /* index, or ORGANIZATIONS_NO_OU for a root */
    size_t level;  /* 0 for a root */
};

struct organizations_place {
    char account[ACCOUNT_ID_SIZE];
    size_t ou; /* the one it is directly in */
};

/* Zero-initialise. */
struct organizations_tree {
    struct organizations_ou *ous;
    size_t len, cap;
    struct organizations_place *places; /* sorted by account */
    size_t places_len, places_cap;
};

void organizations_tree_clear(struct organizations_tree *t);

/* Adds an OU; its index to *ou, which may be NULL. ORGRUN_EPROTOCOL for an id that is there
 * already, an empty one, or more OUs or levels than the maxima; ORGRUN_ENOMEM. */
int organizations_tree_add(struct organizations_tree *t, size_t parent, const char *id,
                           const char *name, size_t *ou, struct orgrun_error *err);

/* Puts an account (12 digits) into an OU; the later of two places holds. ORGRUN_ENOMEM. */
int organizations_tree_place(struct organizations_tree *t, const char *account, size_t ou,
                             struct orgrun_error *err);

/* Index of the OU that an account is in, or ORGANIZATIONS_NO_OU. */
size_t organizations_tree_of(const struct organizations_tree *t, const char *account);

/* Index of the OU with that id, or ORGANIZATIONS_NO_OU. */
size_t organizations_tree_find(const struct organizations_tree *t, const char *id);

/* Index of the OU with that id or path. A path that begins with "/" starts below the root ("/" is
 * the root); any other with the root's name. ORGRUN_ENOTFOUND, with the near miss; ORGRUN_EUSAGE
 * when two OUs have that path (names may hold "/"). */
int organizations_tree_resolve(const struct organizations_tree *t, const char *name, size_t *ou,
                               struct orgrun_error *err);

#endif
