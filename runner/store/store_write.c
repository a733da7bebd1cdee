// SPDX-License-Identifier: MIT
// The one writer: a thread that drains records into SQLite in batched, durable transactions.
#include "store/store_write.h"

#include "base/queue.h"
#include "base/thread.h"
#include "store/db.h"
#include "store/fields.h"
#include "store/parcel.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_MAX 256
#define SQL_MAX 4096

struct store_writer {
    struct store *store;
    char *run_id;
    store_durable_fn *on_durable;
    void *user;

    struct queue queue;
    pthread_t thread;
    sqlite3_stmt *stmts[PARCEL_FLUSH]; /* by parcel kind, prepared when first wanted */

    pthread_mutex_t lock;
    pthread_cond_t flushed;
    bool failed;
    struct orgrun_error error; /* the first, once failed */
};

static int update_sql(enum parcel_kind kind, struct buf *sql)
{
    switch (kind) {
    case PARCEL_ACCOUNT:
        return fields_upsert(&account_fields, sql);
    case PARCEL_TARGET:
        return fields_upsert(&target_fields, sql);
    case PARCEL_CALLER:
        return buf_puts(sql, "UPDATE run SET caller_arn = ?2 WHERE id = ?1");
    case PARCEL_FLUSH:
        break;
    }
    return -1;
}

static int statement(struct store_writer *w, enum parcel_kind kind, sqlite3_stmt **out,
                     struct orgrun_error *err)
{
    if (!w->stmts[kind]) {
        AUTO(buf_clear) struct buf sql;
        buf_init(&sql, SQL_MAX);
        if (update_sql(kind, &sql))
            return buf_check(&sql, "statement", err);
        int rc = db_prepare(w->store, buf_str(&sql), &w->stmts[kind], err);
        if (rc)
            return rc;
    }
    *out = w->stmts[kind];
    return 0;
}

static int bind_parcel(sqlite3_stmt *stmt, const struct parcel *p)
{
    switch (p->kind) {
    case PARCEL_ACCOUNT:
        return fields_bind(&account_fields, stmt, 2, &p->as.account);
    case PARCEL_TARGET:
        return fields_bind(&target_fields, stmt, 2, &p->as.target);
    case PARCEL_CALLER:
        return sqlite3_bind_text(stmt, 2, p->as.run.caller_arn, -1, SQLITE_STATIC);
    case PARCEL_FLUSH:
        break;
    }
    return SQLITE_MISUSE;
}

static int write_parcel(struct store_writer *w, const struct parcel *p, struct orgrun_error *err)
{
    sqlite3_stmt *stmt = NULL;
    if (p->kind == PARCEL_FLUSH)
        return 0;
    int failed = statement(w, p->kind, &stmt, err);
    if (failed)
        return failed;
    int rc = sqlite3_bind_text(stmt, 1, w->run_id, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = bind_parcel(stmt, p);
    if (rc == SQLITE_OK)
        rc = db_step(stmt);
    if (rc != SQLITE_DONE)
        failed = db_fail(w->store, rc, "write", err);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return failed;
}

static int write_batch(struct store_writer *w, struct parcel *const *batch, size_t n,
                       struct orgrun_error *err)
{
    int rc = db_exec(w->store, "BEGIN IMMEDIATE", err);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = write_parcel(w, batch[i], err);
    if (rc == 0)
        rc = db_exec(w->store, "COMMIT", err);
    db_rollback(w->store);
    return rc;
}

static void writer_fail(struct store_writer *w, const struct orgrun_error *why)
{
    pthread_mutex_lock(&w->lock);
    w->error = *why;
    w->failed = true;
    pthread_mutex_unlock(&w->lock);
    queue_close(&w->queue);
}

/* Tells who waits and frees the batch. */
static void settle(struct store_writer *w, struct parcel **batch, size_t n, bool durable)
{
    for (size_t i = 0; i < n; i++) {
        if (batch[i]->kind == PARCEL_FLUSH) {
            pthread_mutex_lock(&w->lock);
            *batch[i]->as.flushed = true;
            pthread_cond_broadcast(&w->flushed);
            pthread_mutex_unlock(&w->lock);
        } else if (batch[i]->kind == PARCEL_TARGET && durable && w->on_durable) {
            w->on_durable(w->user, &batch[i]->as.target);
        }
        free(batch[i]);
    }
}

static void *writer_main(void *arg)
{
    struct store_writer *w = arg;
    void *items[BATCH_MAX];
    bool failed = false;
    size_t n;
    while ((n = queue_pop_many(&w->queue, items, BATCH_MAX)) > 0) {
        struct parcel *batch[BATCH_MAX];
        for (size_t i = 0; i < n; i++)
            batch[i] = items[i];
        struct orgrun_error err = {0};
        if (!failed && write_batch(w, batch, n, &err)) {
            failed = true;
            writer_fail(w, &err);
        }
        settle(w, batch, n, !failed);
    }
    return NULL;
}

static int insert_run(struct store *s, const struct run_record *run, struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    AUTO(buf_clear) struct buf sql;
    buf_init(&sql, SQL_MAX);
    buf_puts(&sql, "INSERT INTO run (");
    fields_columns(&run_fields, "", &sql);
    buf_puts(&sql, ") VALUES (?");
    for (size_t i = 1; i < run_fields.len; i++)
        buf_puts(&sql, ", ?");
    if (buf_puts(&sql, ")"))
        return buf_check(&sql, "statement", err);
    int rc = db_prepare(s, buf_str(&sql), &stmt, err);
    if (rc)
        return rc;
    int step = fields_bind(&run_fields, stmt, 1, run);
    if (step == SQLITE_OK)
        step = db_step(stmt);
    return step == SQLITE_DONE ? 0 : db_fail(s, step, "write", err);
}

static int finish_run(struct store *s, const struct run_record *run, const char *run_id,
                      struct orgrun_error *err)
{
    AUTO(db_finalize) sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(
        s, "UPDATE run SET finished_ms = ?2, exit_code = ?3, exit_reason = ?4 WHERE id = ?1", &stmt,
        err);
    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, run_id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, run->finished_ms);
    sqlite3_bind_int(stmt, 3, run->exit_code);
    sqlite3_bind_text(stmt, 4, run->exit_reason, -1, SQLITE_STATIC);
    int step = db_step(stmt);
    return step == SQLITE_DONE ? 0 : db_fail(s, step, "write", err);
}

static void writer_free(struct store_writer *w)
{
    for (size_t i = 0; i < sizeof w->stmts / sizeof *w->stmts; i++)
        sqlite3_finalize(w->stmts[i]);
    queue_clear(&w->queue);
    pthread_cond_destroy(&w->flushed);
    pthread_mutex_destroy(&w->lock);
    free(w->run_id);
    free(w);
}

DEFINE_CLEANUP(writer_freep, struct store_writer, writer_free)

/* Signals are for the program's own threads; SIGXFSZ blocked here makes a file size limit an
 * error. */
static int start_thread(struct store_writer *w, struct orgrun_error *err)
{
    int errnum = thread_create(&w->thread, writer_main, w);
    if (errnum)
        return error_set_errno(err, ORGRUN_EIO, errnum, "cannot start the run store's writer");
    return 0;
}

int store_writer_start(struct store_writer **out, struct store *store, const struct run_record *run,
                       unsigned queue_max, store_durable_fn *on_durable, void *user,
                       struct orgrun_error *err)
{
    AUTO(writer_freep) struct store_writer *w = calloc(1, sizeof *w);
    if (!w)
        return error_nomem(err);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->flushed, NULL);
    w->store = store;
    w->on_durable = on_durable;
    w->user = user;
    w->run_id = strdup(run->id);
    if (!w->run_id || queue_init(&w->queue, queue_max ? queue_max : 1))
        return error_nomem(err);
    int rc = insert_run(store, run, err);
    if (!rc)
        rc = start_thread(w, err);
    if (rc)
        return rc;
    *out = TAKE_PTR(w);
    return 0;
}

/* The writer's error into err; 0 while it has not failed. */
static int writer_error(struct store_writer *w, struct orgrun_error *err)
{
    int rc = 0;
    pthread_mutex_lock(&w->lock);
    if (w->failed) {
        rc = w->error.code;
        if (err)
            *err = w->error;
    }
    pthread_mutex_unlock(&w->lock);
    return rc;
}

/* Takes the parcel over. */
static int put(struct store_writer *w, struct parcel *p, struct orgrun_error *err)
{
    if (!p)
        return error_nomem(err);
    int rc = writer_error(w, err);
    if (rc == 0 && queue_push(&w->queue, p) == 0)
        return 0;
    free(p);
    return rc ? rc : writer_error(w, err); /* only failing closes the queue before stop does */
}

int store_put_account(struct store_writer *w, const struct account_record *a,
                      struct orgrun_error *err)
{
    assert(a->id && a->disposition);
    return put(w, parcel_new(PARCEL_ACCOUNT, a), err);
}

int store_put_target(struct store_writer *w, const struct target_record *t,
                     struct orgrun_error *err)
{
    assert(t->account_id && t->region && t->task && t->outcome < ORGRUN_OUTCOMES);
    return put(w, parcel_new(PARCEL_TARGET, t), err);
}

int store_put_caller(struct store_writer *w, const char *caller_arn, struct orgrun_error *err)
{
    return put(w, parcel_new(PARCEL_CALLER, &(struct run_record){.caller_arn = caller_arn}), err);
}

int store_writer_flush(struct store_writer *w, struct orgrun_error *err)
{
    bool flushed = false;
    struct parcel *p = malloc(sizeof *p);
    if (p)
        *p = (struct parcel){.kind = PARCEL_FLUSH, .as.flushed = &flushed};
    int rc = put(w, p, err);
    if (rc)
        return rc;
    pthread_mutex_lock(&w->lock);
    while (!flushed)
        pthread_cond_wait(&w->flushed, &w->lock);
    pthread_mutex_unlock(&w->lock);
    return writer_error(w, err);
}

int store_writer_stop(struct store_writer *w, const struct run_record *run,
                      struct orgrun_error *err)
{
    queue_close(&w->queue);
    pthread_join(w->thread, NULL);
    int rc = writer_error(w, err);
    if (rc == 0 && run->finished_ms != 0)
        rc = finish_run(w->store, run, w->run_id, err);
    writer_free(w);
    return rc;
}
