// SPDX-License-Identifier: MIT
// One run from its options to its exit code.
#include "cli/execute.h"

#include "cli/complain.h"
#include "cli/glyph.h"
#include "cli/signals.h"
#include "cli/view.h"
#include "cli/words.h"

#include <stdlib.h>
#include <string.h>

#define FORMATS_MAX 32

/* Where the format of "FORMAT=PATH" ends. */
static size_t format_len(const char *report)
{
    return strcspn(report, "=");
}

/* The path of "FORMAT=PATH"; without one, standard output. */
static const char *path_of(const char *report)
{
    const char *path = report + format_len(report);
    return *path == '=' ? path + 1 : "-";
}

static int check_format(const struct cli *cli, const char *format)
{
    const char *names[FORMATS_MAX + 1] = {NULL}, *what;
    char all[256] = "";
    size_t used = 0;
    for (unsigned i = 0; i < FORMATS_MAX && orgrun_report_format(i, &names[i], &what); i++) {
        if (strcmp(names[i], format) == 0)
            return 0;
        int n = snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
        used = used + (size_t)n < sizeof all ? used + (size_t)n : sizeof all - 1;
    }
    const char *near = glyph_nearest(format, names);
    if (near)
        return complain_usage(cli, "--report: unknown format '%s': did you mean '%s'?", format,
                              near);
    return complain_usage(cli, "--report: unknown format '%s'; there are %s", format, all);
}

int execute_check_reports(const struct cli *cli)
{
    const struct words *reports = &cli->settings.reports;
    size_t on_stdout = 0;
    for (size_t i = 0; i < reports->len; i++) {
        char format[64];
        (void)snprintf(format, sizeof format, "%.*s", (int)format_len(reports->at[i]),
                       reports->at[i]);
        int code = check_format(cli, format);
        if (code)
            return code;
        if (*path_of(reports->at[i]) == '\0')
            return complain_usage(cli, "--report %s: the path is empty", reports->at[i]);
        on_stdout += strcmp(path_of(reports->at[i]), "-") == 0;
    }
    if (on_stdout > 1)
        return complain_usage(cli, "--report: only one report can go to standard output");
    return 0;
}

/* What is to be written besides the job's own reports. */
struct outputs {
    struct orgrun_report_to *reports;
    size_t len;
    bool on_stdout; /* one of these, or of the job's own, goes to standard output */
};

static void outputs_fill(struct outputs *o, const struct words *asked,
                         const struct orgrun_job_summary *job)
{
    *o = (struct outputs){.len = asked->len, .on_stdout = job->report_on_stdout};
    o->reports = words_alloc(NULL, asked->len * sizeof *o->reports);
    for (size_t i = 0; i < asked->len; i++) {
        o->reports[i].format = words_copy(asked->at[i], format_len(asked->at[i]));
        o->reports[i].path = path_of(asked->at[i]);
        o->on_stdout = o->on_stdout || strcmp(o->reports[i].path, "-") == 0;
    }
}

static void outputs_clear(struct outputs *o)
{
    for (size_t i = 0; i < o->len; i++)
        free((void *)(uintptr_t)o->reports[i].format);
    free(o->reports);
}

static struct view *open_view(const struct cli *cli, const char *job, bool report_on_stdout,
                              struct orgrun_error *err)
{
    const struct settings *s = &cli->settings;
    const struct view_opts opts = {
        .terminal = cli->err,
        .progress = (enum view_progress)s->progress,
        .quiet = s->quiet,
        .json = s->log_json,
        .stdout_shared = report_on_stdout && cli->out.tty,
        .verbose = s->verbose,
        .job = job,
    };
    return view_start(&opts, err);
}

/* The answer of a run: its table on standard output. */
static int print_table(const struct cli *cli, struct orgrun_ctx *ctx, const char *run_id,
                       struct orgrun_error *err)
{
    const struct orgrun_report_opts opts = {
        .run = run_id,
        .format = "table",
        .colour = cli->out.colour,
        .unicode = cli->out.unicode,
        .width = cli->out.width,
        .verbose = cli->settings.verbose > 0,
    };
    return orgrun_report(ctx, &opts, err);
}

/* The run itself, watched; then its table. */
static int run_watched(struct cli *cli, const struct orgrun_job *job, const struct outputs *o,
                       struct orgrun_ctx *ctx, struct view *view)
{
    struct orgrun_error err = {0};
    struct orgrun_run_result result = {.exit_code = ORGRUN_EXIT_USAGE};
    const struct orgrun_run_opts opts = {
        .concurrency = (int)cli->settings.concurrency,
        .reports = o->reports,
        .reports_len = o->len,
        .on_event = view_event,
        .user = view,
    };
    bool table = !o->on_stdout && !cli->settings.quiet;

    view_set_state(view, orgrun_ctx_state_dir(ctx));
    signals_catch(ctx, view_wake_fd(view));
    int rc = orgrun_run(ctx, job, &opts, &result, &err);
    signals_release();
    /* A table on the same terminal ends with the same words. */
    view_finish(view, rc || (table && cli->out.tty && cli->err.tty) ? NULL : &result);

    struct orgrun_error table_err = {0};
    bool told =
        !table || !result.run_id[0] || print_table(cli, ctx, result.run_id, &table_err) == 0;
    if (rc)
        (void)complain_error(cli, &err);
    else if (!told) {
        (void)complain_error(cli, &table_err);
        if (result.exit_code < ORGRUN_EXIT_ERROR)
            return ORGRUN_EXIT_ERROR;
    }
    return result.exit_code;
}

int execute_job(struct cli *cli, const struct orgrun_job *job)
{
    struct orgrun_error err = {0};
    struct orgrun_job_summary summary;
    struct outputs outputs;
    struct orgrun_ctx *ctx = NULL;
    int code;

    orgrun_job_describe(job, &summary);
    outputs_fill(&outputs, &cli->settings.reports, &summary);
    struct view *view = open_view(cli, summary.name, outputs.on_stdout, &err);
    if (!view)
        code = complain_error(cli, &err);
    else if (complain_context(cli, view_log, view, &ctx, &err)) {
        view_finish(view, NULL);
        code = complain_error(cli, &err);
    } else
        code = run_watched(cli, job, &outputs, ctx, view);
    orgrun_ctx_free(ctx);
    outputs_clear(&outputs);
    return code;
}
