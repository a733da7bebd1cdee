// SPDX-License-Identifier: MIT
// Reading runs back: what every report is rendered from.
#ifndef ORGRUN_STORE_STORE_READ_H
#define ORGRUN_STORE_STORE_READ_H

#include "store/record.h"
#include "store/store.h"

/* A visitor returns 0 to go on; anything else ends the walk and is returned by it. */
typedef int store_run_fn(void *user, const struct run_record *run,
                         const struct orgrun_counts *counts);
typedef int store_account_fn(void *user, const struct account_record *account);
typedef int store_target_fn(void *user, const struct target_record *target);
typedef int store_task_fn(void *user, const struct task_record *task);

/* Between the two, all reads see the store as it was at the first one, whatever is written
 * meanwhile. Not on a store that a writer uses. */
int store_snapshot_begin(struct store *s, struct orgrun_error *err);
void store_snapshot_end(struct store *s);

/* Newest first; at most limit (0 = all). */
int store_each_run(struct store *s, unsigned limit, store_run_fn *visit, void *user,
                   struct orgrun_error *err);

/* Resolves "" or NULL (the newest run), a whole id, or a unique prefix of one, into a heap id.
 * ORGRUN_ENOTFOUND naming near ids. */
int store_find_run(struct store *s, const char *id_or_prefix, char **id, struct orgrun_error *err);

/* Visits the one run. ORGRUN_ENOTFOUND. */
int store_visit_run(struct store *s, const char *run_id, store_run_fn *visit, void *user,
                    struct orgrun_error *err);

/* Sorted by id. */
int store_each_account(struct store *s, const char *run_id, store_account_fn *visit, void *user,
                       struct orgrun_error *err);

/* Those that are run and have no outcome of any target yet: the run is under way, or orgrun died.
 */
int store_each_unanswered(struct store *s, const char *run_id, store_account_fn *visit, void *user,
                          struct orgrun_error *err);

/* Sorted by account, region, task. */
int store_each_target(struct store *s, const char *run_id, store_target_fn *visit, void *user,
                      struct orgrun_error *err);

/* Sorted by name. */
int store_each_task(struct store *s, const char *run_id, store_task_fn *visit, void *user,
                    struct orgrun_error *err);

/* The targets of one task, sorted by account, region. */
int store_each_target_of(struct store *s, const char *run_id, const char *task,
                         store_target_fn *visit, void *user, struct orgrun_error *err);

#endif
