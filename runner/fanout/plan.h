// SPDX-License-Identifier: MIT
// The plan: from an account to its targets, with role, session name and argv worked out.
#ifndef ORGRUN_FANOUT_PLAN_H
#define ORGRUN_FANOUT_PLAN_H

#include "aws/sts.h"
#include "job/job.h"

#include <stdatomic.h>

/* What all targets of one account share; refcounted by them. */
struct plan_account {
    atomic_uint refs;
    struct account account;
    const struct job_entry *entry; /* of the job, which outlives the plan; or NULL */
    char *role_arn;                /* "sso:SESSION/ROLE" where that is the way in */
    char *session_name;
    const char *external_id; /* its entry's or the role's, of the job; or NULL */
    bool with_source;        /* management: source */
    struct strv enabled;     /* the Regions that are enabled in it, once plan_account_resolve */
    bool enabled_known;
    struct strv *regions; /* by task: what its patterns come to then; else NULL */
    size_t regions_len;
};

/* The terms of a job's role as STS takes them; borrowed. */
struct sts_terms plan_terms(const struct job_terms *terms);

/* One reference. partition is the name used where the role is not an ARN. ORGRUN_ENOMEM. */
int plan_account_new(struct plan_account **out, const struct job *job,
                     const struct account *account, const struct job_entry *entry,
                     const char *partition, const char *run_id, struct orgrun_error *err);

/* Works out where the account's tasks run when these Regions are enabled (taken over); NULL: it is
 * not known which are. Before any target is made. A pattern that none of them matches, and a task's
 * list with a pattern where nothing is known, come to nothing; a Region that the job names stays,
 * enabled or not. ORGRUN_ENOMEM. */
int plan_account_resolve(struct plan_account *a, const struct job *job, struct strv *enabled,
                         struct orgrun_error *err);

/* Where a task (by index) runs in the account: resolved, or as the job says. Borrowed. */
const struct strv *plan_regions(const struct plan_account *a, const struct job *job, size_t task);

void plan_account_unref(struct plan_account *a);

/* The ARN of a role given by name, path/name or ARN, in an account. Heap; NULL = out of memory. */
char *plan_role_arn(const char *role, const char *account_id, const char *partition);

/* One account x Region x task. region and task are borrowed from the job. */
struct target {
    struct plan_account *account; /* a reference */
    const struct job_task *task;
    const char *region; /* "" = once per account */
};
void target_free(struct target *t); /* NULL is fine */

/* Is the target's Region none of those enabled in its account, as far as that is known? */
bool target_is_disabled(const struct target *t);

/* How many targets an account has; patterns count as one. */
size_t plan_count(const struct job *job, const struct job_entry *entry);

/* The i-th of them in the order of running, heap. ORGRUN_ENOMEM. */
int plan_target(struct target **out, const struct job *job, struct plan_account *account, size_t i,
                struct orgrun_error *err);

/* The argv of a target, templates expanded; a script's is its shell and script_path. */
int plan_argv(const struct target *t, const char *run_id, const char *script_path, struct strv *out,
              struct orgrun_error *err);

/* Expands one template of a target into a heap string; NULL when out of memory. */
char *plan_expand(const struct target *t, const char *run_id, const char *text);

#endif
