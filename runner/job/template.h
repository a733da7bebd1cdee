// SPDX-License-Identifier: MIT
// Templates: {account.id}, {account.name}, {region}, {run.id}, {task.name}; "{{region}}" stands for
// the text "{region}".
#ifndef ORGRUN_JOB_TEMPLATE_H
#define ORGRUN_JOB_TEMPLATE_H

#include "base/buf.h"

#define TEMPLATE_ACCOUNT_ID 1u
#define TEMPLATE_ACCOUNT_NAME 2u
#define TEMPLATE_REGION 4u
#define TEMPLATE_RUN_ID 8u
#define TEMPLATE_TASK_NAME 16u
#define TEMPLATE_ALL 31u

/* NULL stands for "". */
struct template_vars {
    const char *account_id, *account_name, *region, *run_id, *task_name;
};

/* Checks that text holds only known variables within `allowed`. Only "{" and "}" around a name of
 * [a-z][a-z0-9._-]* count, so that JSON, shell and Go-template braces pass as they are. ORGRUN_EJOB
 * naming the unknown one, the nearest and the allowed ones. */
int template_check(const char *text, unsigned allowed, struct orgrun_error *err);

/* Appends the expansion of a checked text. 0 or -1 as buf_append. */
int template_expand(struct buf *out, const char *text, const struct template_vars *vars);

#endif
