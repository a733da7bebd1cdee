// SPDX-License-Identifier: MIT
// The public functions over finished runs: reports and the list of runs.
#include "base/cleanup.h"
#include "fanout/context.h"
#include "orgrun/report.h"
#include "report/report.h"

DEFINE_CLEANUP(close_store, struct store, store_close)

int orgrun_report(struct orgrun_ctx *ctx, const struct orgrun_report_opts *opts,
                  struct orgrun_error *err)
{
    const struct report_format *format =
        report_format_find(opts->format ? opts->format : "table", err);
    if (!format)
        return ORGRUN_ENOTFOUND;
    AUTO(close_store) struct store *store = NULL;
    AUTO(free_ptr) char *id = NULL;
    int rc = store_open(&store, ctx->state_dir, STORE_READ, err);
    if (rc == 0)
        rc = store_find_run(store, opts->run, &id, err);
    if (rc)
        return rc;
    struct report_opts wanted = {
        .run_id = id,
        .colour = opts->colour,
        .unicode = opts->unicode,
        .width = opts->width,
        .verbose = opts->verbose,
    };
    return report_write(store, format, &wanted, opts->path ? opts->path : "-", err);
}

bool orgrun_report_format(unsigned i, const char **name, const char **what)
{
    for (unsigned k = 0; report_formats[k].name; k++)
        if (k == i) {
            *name = report_formats[k].name;
            *what = report_formats[k].what;
            return true;
        }
    return false;
}

struct visit {
    orgrun_run_info_fn *fn;
    void *user;
};

static int visit_run(void *user, const struct run_record *run, const struct orgrun_counts *counts)
{
    const struct visit *v = user;
    struct orgrun_run_info info = {
        .id = run->id,
        .job = run->job_name ? run->job_name : "",
        .started_ms = run->started_ms,
        .finished_ms = run->finished_ms,
        .exit_code = run->exit_code,
        .exit_reason = run->exit_reason ? run->exit_reason : "",
        .counts = *counts,
    };
    return v->fn(v->user, &info);
}

int orgrun_runs(struct orgrun_ctx *ctx, unsigned limit, orgrun_run_info_fn *visit, void *user,
                struct orgrun_error *err)
{
    AUTO(close_store) struct store *store = NULL;
    int rc = store_open(&store, ctx->state_dir, STORE_READ, err);
    if (rc == ORGRUN_ENOTFOUND)
        return 0;
    struct visit v = {visit, user};
    return rc ? rc : store_each_run(store, limit, visit_run, &v, err);
}
