// SPDX-License-Identifier: MIT
// The reader of accounts.organization.
#ifndef ORGRUN_JOB_ORGANIZATION_H
#define ORGRUN_JOB_ORGANIZATION_H

#include "job/loading.h"

/* struct job_accounts: `true`, `false`, or the rules. */
field_fn organization_read;

void organization_clear(struct job_organization *rules);

/* Has it the form of an OU's or root's id ("ou-abcd-12345678", "r-abcd")? Organizations API
 * Reference, ParentId. */
bool organization_ou_is_id(const char *text);

#endif
