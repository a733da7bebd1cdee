// SPDX-License-Identifier: MIT
// The end of a run: counts, exit code, reports. Everything is rendered from the store.
#include "fanout/finish.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "job/template.h"
#include "report/report.h"

#include <string.h>

void run_on_durable(void *user, const struct target_record *t)
{
    struct run *r = user;
    pthread_mutex_lock(&r->lock);
    r->counts.of[t->outcome]++;
    pthread_mutex_unlock(&r->lock);
    struct account a = {0};
    (void)snprintf(a.id, sizeof a.id, "%s", t->account_id);
    struct orgrun_account view = account_view(&a, NULL);
    view.name = t->account_name ? t->account_name : "";
    view.ou_path = t->ou_path ? t->ou_path : "";
    events_send(&r->events, &(struct orgrun_event){
                                .kind = ORGRUN_EVENT_TARGET_DONE,
                                .account = &view,
                                .region = t->region,
                                .task = t->task,
                                .outcome = t->outcome,
                                .reason = t->reason,
                                .hint = t->hint,
                                .first_line = t->first_line,
                                .duration_ms = t->duration_ms,
                            });
    run_brake(r);
}

void run_brake(struct run *r)
{
    pthread_mutex_lock(&r->lock);
    bool brake = brake_pulled(&r->job->limits, &r->counts, r->targets, r->enumerated);
    uint32_t bad = r->counts.of[ORGRUN_FAILED] + r->counts.of[ORGRUN_ERROR];
    pthread_mutex_unlock(&r->lock);
    if (brake)
        run_stop(r, STOP_BRAKE, "stopped after %u failed or error targets (stop_after_failures)",
                 bad);
}

/* One report to write: the job's own, then those asked for besides. */
struct wanted {
    const struct report_format *format;
    char *path; /* heap */
};

static size_t wanted_count(const struct run *r)
{
    return r->job->reports_len + r->opts->reports_len;
}

static int wanted_at(const struct run *r, size_t i, struct wanted *out, struct orgrun_error *err)
{
    bool own = i < r->job->reports_len;
    size_t k = own ? i : i - r->job->reports_len;
    const char *format = own ? r->job->reports[k].format : r->opts->reports[k].format;
    const char *path = own ? r->job->reports[k].path : r->opts->reports[k].path;
    out->format = report_format_find(format, err);
    if (!out->format)
        return ORGRUN_ENOTFOUND;
    int rc = template_check(path, TEMPLATE_RUN_ID, err);
    if (rc)
        return rc;
    struct buf b;
    buf_init(&b, 4096);
    (void)template_expand(&b, path, &(struct template_vars){.run_id = r->id});
    rc = buf_check(&b, "a report's path", err);
    if (rc == 0)
        out->path = buf_take(&b, err);
    buf_clear(&b);
    return rc ? rc : out->path ? 0 : ORGRUN_ENOMEM;
}

/* The i-th report's place is none of an earlier one's. */
static int check_apart(struct run *r, size_t i, const char *path, struct orgrun_error *err)
{
    for (size_t k = 0; k < i; k++) {
        struct wanted w = {0};
        int rc = wanted_at(r, k, &w, err);
        AUTO(free_ptr) char *other = w.path;
        if (rc)
            return rc;
        if (strcmp(path, other) != 0)
            continue;
        bool standard = strcmp(path, "-") == 0;
        (void)error_set(err, ORGRUN_EUSAGE, "the %s report goes to %s too", w.format->name,
                        standard ? "standard output" : path);
        return error_hint(err, "give each report a path of its own%s",
                          standard ? "; one may be \"-\"" : "");
    }
    return 0;
}

/* Its directory can be had, and a file be written there. */
static int check_place(const char *path, struct orgrun_error *err)
{
    if (strcmp(path, "-") == 0)
        return 0;
    struct fs_atomic probe;
    int rc = fs_atomic_open(&probe, path, 0644, err);
    fs_atomic_abort(&probe);
    return rc;
}

static int check_report(struct run *r, size_t i, bool place, struct orgrun_error *err)
{
    struct wanted w = {0};
    int rc = wanted_at(r, i, &w, err);
    AUTO(free_ptr) char *path = w.path;
    if (rc == 0)
        rc = place ? check_place(path, err) : check_apart(r, i, path, err);
    if (rc)
        (void)error_context(err, "%s report", w.format ? w.format->name : "a");
    return rc;
}

int finish_check_reports(struct run *r, struct orgrun_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < wanted_count(r); i++)
        rc = check_report(r, i, false, err);
    for (size_t i = 0; rc == 0 && i < wanted_count(r); i++)
        rc =
            check_report(r, i, true, err); /* nothing is touched before all are known to be right */
    return rc;
}

static int write_reports(struct run *r, struct orgrun_error *err)
{
    int first = 0;
    for (size_t i = 0; i < wanted_count(r); i++) {
        struct wanted w = {0};
        struct orgrun_error why = {0};
        int rc = wanted_at(r, i, &w, &why);
        AUTO(free_ptr) char *path = w.path;
        struct report_opts opts = {.run_id = r->id};
        if (rc == 0)
            rc = report_write(r->store, w.format, &opts, path, &why);
        if (rc == 0 && strcmp(path, "-") != 0)
            events_send(&r->events,
                        &(struct orgrun_event){.kind = ORGRUN_EVENT_REPORT, .message = path});
        if (rc && first == 0) { /* one report that cannot be written does not end the others */
            first = rc;
            *err = why;
            (void)error_context(err, "%s report", w.format ? w.format->name : "a");
        }
    }
    return first;
}

static void gather_facts(struct run *r, struct run_facts *f, char coverage[SELECTION_REASON_SIZE])
{
    const struct job_accounts *a = &r->job->accounts;
    size_t selected = r->enumerator.selected;
    pthread_mutex_lock(&r->lock);
    *f = (struct run_facts){
        .counts = r->counts,
        .targets = r->targets,
        .selected = selected,
        .stop = r->stop,
        .stop_signal = r->stop_signal,
        .stop_reason = r->stop_reason,
        .left_undone = r->left_undone || r->counts.of[ORGRUN_CANCELLED],
        .enumeration_error = r->enumeration_error[0] ? r->enumeration_error : NULL,
        .empty_is_fine = a->has_expect && a->expect_min == 0,
    };
    pthread_mutex_unlock(&r->lock);
    f->coverage_met = selection_coverage(r->job, selected, coverage);
    f->coverage_reason = coverage;
}

int finish_run(struct run *r, struct orgrun_run_result *result, struct orgrun_error *err)
{
    int rc = store_writer_flush(r->writer, err);
    if (rc)
        run_stop(r, STOP_RECORD, "%s", err->message);
    struct run_facts facts;
    char coverage[SELECTION_REASON_SIZE];
    gather_facts(r, &facts, coverage);
    result->exit_code = run_exit_code(&facts, result->reason, sizeof result->reason);
    result->counts = facts.counts;
    memcpy(result->run_id, r->id, sizeof result->run_id);
    struct run_record rec = {
        .id = r->id,
        .finished_ms = clock_wall_ms(r->ctx->clock),
        .exit_code = result->exit_code,
        .exit_reason = result->reason,
    };
    struct orgrun_error why = {0};
    int stop_rc = store_writer_stop(TAKE_PTR(r->writer), &rec, &why);
    if (rc == 0 && stop_rc) {
        rc = stop_rc;
        *err = why;
    }
    int report_rc = write_reports(r, &why);
    if (rc == 0 && report_rc) {
        rc = report_rc;
        *err = why;
    }
    if (rc) { /* never less than 3 when the answer is not where it should be */
        if (result->exit_code < ORGRUN_EXIT_ERROR)
            result->exit_code = ORGRUN_EXIT_ERROR;
        (void)snprintf(result->reason, sizeof result->reason, "%.500s", err->message);
    }
    events_send(&r->events, &(struct orgrun_event){.kind = ORGRUN_EVENT_RUN_FINISHED,
                                                   .run_id = r->id,
                                                   .exit_code = result->exit_code,
                                                   .message = result->reason});
    return rc;
}
