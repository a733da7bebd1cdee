// SPDX-License-Identifier: MIT
// The one writer: drains records into SQLite in batched, durable transactions.
#ifndef ORGRUN_STORE_STORE_WRITE_H
#define ORGRUN_STORE_STORE_WRITE_H

#include "store/record.h"
#include "store/store.h"

struct store_writer;

/* Told of each target once its transaction is durable (synchronous=FULL), in order, on the writer's
 * thread; record and its strings are borrowed for the call. */
typedef void store_durable_fn(void *user, const struct target_record *target);

/* Inserts the run row (in a transaction of its own, durable on return) and starts the writer
 * thread. The store is used by the writer alone until it is stopped. queue_max bounds what waits.
 */
int store_writer_start(struct store_writer **out, struct store *store, const struct run_record *run,
                       unsigned queue_max, store_durable_fn *on_durable, void *user,
                       struct orgrun_error *err);

/* Each copies the record and waits while the queue is full. An account is put before its targets;
 * a record whose key was put before is replaced (a later attempt). Negative once the writer has
 * failed (disk full, database gone): the error it met, the same for all, and nothing is durable
 * from then on. Any thread but the writer's. */
int store_put_account(struct store_writer *w, const struct account_record *a,
                      struct orgrun_error *err);
int store_put_target(struct store_writer *w, const struct target_record *t,
                     struct orgrun_error *err);
int store_put_caller(struct store_writer *w, const char *caller_arn, struct orgrun_error *err);

/* Waits until all that was put before is durable. 0 or the writer's error. */
int store_writer_flush(struct store_writer *w, struct orgrun_error *err);

/* Drains, writes finished_ms, exit_code and exit_reason of `run` (when finished_ms is not 0), joins
 * and frees. 0 or the first error met. */
int store_writer_stop(struct store_writer *w, const struct run_record *run,
                      struct orgrun_error *err);

#endif
