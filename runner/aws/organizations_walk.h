// SPDX-License-Identifier: MIT
// Asking Organizations for the whole tree of OUs, and for the tags of accounts.
#ifndef ORGRUN_AWS_ORGANIZATIONS_WALK_H
#define ORGRUN_AWS_ORGANIZATIONS_WALK_H

#include "aws/organizations_calls.h"
#include "aws/organizations_tree.h"
#include "base/strv.h"

/* Both wait, and on failure leave nothing asked for in `calls`. Errors: what AWS said, a page whose
 * NextToken leads back to itself or an answer that cannot be understood (ORGRUN_EPROTOCOL),
 * ORGRUN_ENOMEM. */

/* Fills a zeroed tree with every OU and every account's place. */
int organizations_walk(struct organizations_calls *calls, struct organizations_tree *tree,
                       struct orgrun_error *err);

/* Finds out where an account is that joined since the tree was made. ORGRUN_ENOTFOUND when it is in
 * an OU that the tree does not have. */
int organizations_walk_place(struct organizations_calls *calls, struct organizations_tree *tree,
                             const char *account, struct orgrun_error *err);

/* The tags of len accounts, into the len zeroed tags: key, value, key, value, ... */
int organizations_walk_tags(struct organizations_calls *calls, const char *const *accounts,
                            size_t len, struct strv *tags, struct orgrun_error *err);

#endif
