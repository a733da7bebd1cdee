// SPDX-License-Identifier: MIT
// The JSON report, orgrun.report/1: one result a line, never more than one in memory.
#include "report/formats.h"

#include "base/cleanup.h"
#include "report/escape.h"
#include "report/output.h"
#include "report/overview.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1 << 20)
#define OUTPUT_MAX (1 << 20) /* a larger standard output is not parsed */

static void json_drop(json_t **value)
{
    json_decref(*value);
}

/* What a visitor needs to write its lines. */
struct page {
    struct store *store;
    FILE *out;
    struct orgrun_error *err;
    const char *disposition; /* of the accounts to list */
    bool begun;              /* a line was written, the next one wants a comma before it */
};

/* NULL is JSON's null. */
static json_t *text(const char *s)
{
    if (!s)
        return json_null();
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, 3 * TEXT_MAX);
    if (escape_json(&clean, s, strnlen(s, TEXT_MAX)))
        return NULL;
    return json_stringn_nocheck(buf_str(&clean), clean.len);
}

static json_t *time_text(int64_t ms)
{
    char iso[CLOCK_ISO_SIZE];
    if (ms == 0)
        return json_null();
    clock_format_iso(ms, iso);
    return json_string(iso);
}

static json_t *integer_or_null(int64_t n, int64_t null)
{
    return n == null ? json_null() : json_integer(n);
}

/* Writes one value on a line of its own, after the comma that ends the line before. */
static int put_line(struct page *p, json_t *value)
{
    if (!value)
        return error_nomem(p->err);
    (void)fputs(p->begun ? ",\n" : "\n", p->out);
    p->begun = true;
    if (json_dumpf(value, p->out, JSON_COMPACT) && !ferror(p->out))
        return error_nomem(p->err);
    return 0;
}

/* Writes `"name":value`, `after` it; takes value over. */
static int put_member(struct page *p, const char *name, json_t *value, const char *after)
{
    AUTO(json_drop) json_t *owned = value;
    if (!owned)
        return error_nomem(p->err);
    (void)fprintf(p->out, "\"%s\":", name);
    if (json_dumpf(owned, p->out, JSON_COMPACT | JSON_ENCODE_ANY) && !ferror(p->out))
        return error_nomem(p->err);
    (void)fputs(after, p->out);
    return 0;
}

static json_t *run_value(const struct overview *o)
{
    return json_pack("{so so so so so so so so}", "id", text(o->id), "job", text(o->job),
                     "started_at", time_text(o->started_ms), "finished_at",
                     time_text(o->finished_ms), "exit_code", integer_or_null(o->exit_code, -1),
                     "exit_reason", text(o->exit_reason), "caller_arn", text(o->caller_arn),
                     "version", text(o->version));
}

static json_t *summary_value(const struct overview *o)
{
    json_t *summary = json_object();
    int rc = json_object_set_new(summary, "targets", json_integer(o->targets));
    for (int i = 0; i < ORGRUN_OUTCOMES && rc == 0; i++)
        rc = json_object_set_new(summary, orgrun_outcome_name((enum orgrun_outcome)i),
                                 json_integer(o->counts.of[i]));
    if (rc == 0)
        return summary;
    json_decref(summary);
    return NULL;
}

static int put_account(void *user, const struct account_record *account)
{
    struct page *p = user;
    if (p->disposition && strcmp(account->disposition, p->disposition) != 0)
        return 0;
    AUTO(json_drop)
    json_t *line = json_pack("{so so so}", "id", text(account->id), "name", text(account->name),
                             "reason", text(account->reason));
    return put_line(p, line);
}

/* Of a run that is under way, or that orgrun died in. */
static int put_unanswered(struct page *p, const struct overview *o)
{
    (void)fputs(",\"unanswered\":[", p->out);
    p->disposition = NULL;
    p->begun = false;
    int rc = store_each_unanswered(p->store, o->id, put_account, p, p->err);
    (void)fputs(p->begun ? "\n]" : "]", p->out);
    return rc;
}

static int put_accounts(struct page *p, const struct overview *o)
{
    static const char *const dispositions[] = {"excluded", "skipped"};
    (void)fprintf(p->out, "\"accounts\":{\"seen\":%u,\"run\":%u", o->accounts_seen,
                  o->accounts_run);
    for (size_t i = 0; i < sizeof dispositions / sizeof *dispositions; i++) {
        (void)fprintf(p->out, ",\"%s\":[", dispositions[i]);
        p->disposition = dispositions[i];
        p->begun = false;
        int rc = store_each_account(p->store, o->id, put_account, p, p->err);
        if (rc)
            return rc;
        (void)fputs(p->begun ? "\n]" : "]", p->out);
    }
    int rc = overview_finished(o) ? 0 : put_unanswered(p, o);
    (void)fputs("},\n", p->out);
    return rc;
}

static json_t *stream_value(const struct store *s, const char *path, int64_t bytes,
                            const char *sha256, int64_t cut)
{
    AUTO(free_ptr) char *whole = path ? output_path(s, path) : NULL;
    if (path && !whole)
        return NULL;
    return json_pack("{so sI so sI}", "path", text(whole), "bytes", (json_int_t)bytes, "sha256",
                     text(sha256), "cut_bytes", (json_int_t)cut);
}

/* Standard output as the JSON it is; null when it is something else, not whole, or too large. */
static json_t *output_value(const struct store *s, const struct target_record *t)
{
    if (!t->stdout_path || t->stdout_cut || t->stdout_bytes <= 0 || t->stdout_bytes > OUTPUT_MAX)
        return json_null();
    AUTO(buf_clear) struct buf head;
    if (output_head(s, t->stdout_path, OUTPUT_MAX, &head))
        return json_null();
    json_t *value = json_loadb(buf_str(&head), head.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    return value ? value : json_null();
}

static json_t *result_value(const struct store *s, const struct target_record *t)
{
    json_t *account = json_pack("{so so so}", "id", text(t->account_id), "name",
                                text(t->account_name), "ou_path", text(t->ou_path));
    json_t *result =
        json_pack("{so so so ss so}", "account", account, "region",
                  text(t->region[0] ? t->region : NULL), "task", text(t->task), "status",
                  orgrun_outcome_name(t->outcome), "reason", text(t->reason ? t->reason : ""));
    if (result && t->hint && json_object_set_new(result, "hint", text(t->hint))) {
        json_decref(result);
        return NULL;
    }
    AUTO(json_drop)
    json_t *rest = json_pack(
        "{so so si so sI so so so}", "exit_code", integer_or_null(t->exit_code, -1), "signal",
        integer_or_null(t->signal, 0), "attempts", t->attempts, "started_at",
        time_text(t->started_ms), "duration_ms", (json_int_t)t->duration_ms, "stdout",
        stream_value(s, t->stdout_path, t->stdout_bytes, t->stdout_sha256, t->stdout_cut), "stderr",
        stream_value(s, t->stderr_path, t->stderr_bytes, t->stderr_sha256, t->stderr_cut), "output",
        output_value(s, t));
    if (result && rest && json_object_update(result, rest) == 0)
        return result;
    json_decref(result);
    return NULL;
}

static int put_result(void *user, const struct target_record *t)
{
    struct page *p = user;
    AUTO(json_drop) json_t *result = result_value(p->store, t);
    return put_line(p, result);
}

int report_json(struct store *store, const struct report_opts *opts, FILE *out,
                struct orgrun_error *err)
{
    AUTO(overview_clear) struct overview o = {0};
    struct page p = {.store = store, .out = out, .err = err};
    int rc = overview_load(&o, store, opts->run_id, err);
    if (rc)
        return rc;
    (void)fputs("{", out);
    rc = put_member(&p, "schema", json_string("orgrun.report/1"), ",\n");
    if (!rc)
        rc = put_member(&p, "run", run_value(&o), ",\n");
    if (!rc)
        rc = put_member(&p, "summary", summary_value(&o), ",\n");
    if (!rc)
        rc = put_accounts(&p, &o);
    if (rc)
        return rc;
    (void)fputs("\"results\":[", out);
    p.begun = false;
    rc = store_each_target(store, o.id, put_result, &p, err);
    if (rc)
        return rc;
    (void)fputs(p.begun ? "\n]}\n" : "]}\n", out);
    return 0;
}
