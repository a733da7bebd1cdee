// SPDX-License-Identifier: MIT
// What every format says of a run before it goes into the targets.
#include "report/overview.h"

#include <stdlib.h>
#include <string.h>

static int copy(char **dst, const char *src)
{
    *dst = src ? strdup(src) : NULL;
    return src && !*dst ? ORGRUN_ENOMEM : 0;
}

static int take_run(void *user, const struct run_record *run, const struct orgrun_counts *counts)
{
    struct overview *o = user;
    o->started_ms = run->started_ms;
    o->finished_ms = run->finished_ms;
    o->exit_code = run->exit_code;
    o->counts = *counts;
    for (int i = 0; i < ORGRUN_OUTCOMES; i++)
        o->targets += counts->of[i];
    if (copy(&o->id, run->id) || copy(&o->job, run->job_name) ||
        copy(&o->caller_arn, run->caller_arn) || copy(&o->version, run->version) ||
        copy(&o->exit_reason, run->exit_reason))
        return ORGRUN_ENOMEM;
    return 0;
}

static int count_account(void *user, const struct account_record *account)
{
    struct overview *o = user;
    o->accounts_seen++;
    if (strcmp(account->disposition, "excluded") == 0)
        o->accounts_excluded++;
    else if (strcmp(account->disposition, "skipped") == 0)
        o->accounts_skipped++;
    else
        o->accounts_run++;
    return 0;
}

int overview_load(struct overview *o, struct store *s, const char *run_id, struct orgrun_error *err)
{
    int rc = store_visit_run(s, run_id, take_run, o, err);
    if (rc == ORGRUN_ENOMEM)
        return error_nomem(err);
    return rc ? rc : store_each_account(s, run_id, count_account, o, err);
}

void overview_clear(struct overview *o)
{
    free(o->id);
    free(o->job);
    free(o->caller_arn);
    free(o->version);
    free(o->exit_reason);
    *o = (struct overview){0};
}

const char *overview_label(const char *name, const char *id)
{
    return name && name[0] ? name : id;
}
