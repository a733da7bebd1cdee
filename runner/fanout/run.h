// SPDX-License-Identifier: MIT
// One run and every thing it has in flight.
//
// Threads: the caller's (prepares, enumerates, finishes), the workers, the network thread (in
// source), the store's writer, and the control thread that waits for stop requests and the
// deadline.
#ifndef ORGRUN_FANOUT_RUN_H
#define ORGRUN_FANOUT_RUN_H

#include "aws/broker.h"
#include "aws/credential_endpoint.h"
#include "base/queue.h"
#include "exec/exec.h"
#include "fanout/access.h"
#include "fanout/brake.h"
#include "fanout/enumerate.h"
#include "fanout/events.h"
#include "fanout/plan.h"
#include "fanout/regional.h"
#include "fanout/renewal.h"
#include "fanout/source.h"
#include "store/store_write.h"

#define RUN_WORKERS_DEFAULT 32
#define RUN_QUEUE 256 /* targets planned and not yet taken */

struct run {
    struct orgrun_ctx *ctx;
    const struct job *job;
    const struct orgrun_run_opts *opts;
    char id[ORGRUN_RUN_ID_SIZE];
    int64_t started_ms; /* wall clock */
    int64_t started_mono_ms;

    struct events events;
    struct source source;
    struct enumerator enumerator;
    struct regional regional;
    struct exec *exec;
    struct broker *broker;
    struct sts_terms terms;    /* of the broker's sessions; borrowed from the job */
    struct portal *portal;     /* in place of AssumeRole, or NULL */
    struct renewal renewal;    /* of what sessions are opened with */
    struct renewal of_listing; /* of the source, where only listing needs it */
    struct credential_endpoint *endpoint;
    struct store *store;
    struct store_writer *writer;
    char **scripts; /* per task: path of its script file, or NULL */

    struct queue queue; /* of struct target */
    pthread_t *workers;
    struct worker *worker_args;
    unsigned workers_len, workers_max;
    pthread_t control;
    bool control_running;

    /* Under lock. */
    pthread_mutex_t lock;
    pthread_cond_t changed;      /* a stop began, or the run is over */
    struct orgrun_counts counts; /* of durable outcomes */
    size_t targets;              /* planned so far */
    bool enumerated;
    enum stop_cause stop;
    char stop_reason[256];
    bool left_undone; /* a target was not started because of it */
    int stop_signal;
    bool over; /* the control thread may end */

    char enumeration_error[1024];
};

/* The session of an account: the broker's, or for `management: source` the source's own when it
 * really belongs to that account. Errors are those of broker_get. */
int run_session(struct run *r, const struct plan_account *a, struct credentials **out,
                struct orgrun_error *err);

/* Announces, counts and queues the targets of an account whose Regions are resolved; those in a
 * Region that is not enabled are recorded as skipped. Waits while the queue is full. Negative when
 * the run cannot go on. */
int run_start_targets(struct run *r, struct plan_account *pa, struct orgrun_error *err);

/* Counts a target and records its outcome without a start. */
int run_put_unstarted(struct run *r, const struct target *t, enum orgrun_outcome outcome,
                      const char *reason, const char *hint, struct orgrun_error *err);

/* Begins to stop, once: the first cause stays, with its reason. Any thread but a signal handler. */
void run_stop(struct run *r, enum stop_cause cause, const char *fmt, ...) ORGRUN_PRINTF(3, 4);

/* STOP_NONE, or why nothing more is started, with the reason copied to text. */
enum stop_cause run_stopping(struct run *r, char *text, size_t size);

/* Waits ms, less when the run stops. */
void run_sleep(struct run *r, int64_t ms);

/* The control thread: turns stop requests of the context, and the deadline, into run_stop. */
int control_start(struct run *r, struct orgrun_error *err);
void control_end(struct run *r);

/* A durable outcome: counts it, tells of it, and pulls the brake. The writer's thread. */
void run_on_durable(void *user, const struct target_record *t);

/* Stops the run when stop_after_failures says so. Any thread. */
void run_brake(struct run *r);

/* Writes each script task's text into the run's directory (0600). */
int scripts_write(struct run *r, struct orgrun_error *err);
void scripts_free(struct run *r);

#endif
