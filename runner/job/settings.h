// SPDX-License-Identifier: MIT
// Settings: "KEY=VALUE" pairs that replace or add keys of a job's tree.
#ifndef ORGRUN_JOB_SETTINGS_H
#define ORGRUN_JOB_SETTINGS_H

#include "base/strv.h"
#include "job/node.h"

/* Puts each setting into the tree, whose root must be a mapping, in order. A key is steps joined by
 * ".": keys of mappings (made where missing), and indices from 0 or names of items of lists. The
 * value is YAML. `origins` receives the "--set KEY=VALUE" that new marks refer to; it must outlive
 * the tree. ORGRUN_EJOB beginning "--set KEY=VALUE: ", ORGRUN_ENOMEM. */
int settings_apply(struct node *root, const char *const *settings, struct strv *origins,
                   struct orgrun_error *err);

#endif
