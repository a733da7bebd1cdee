// SPDX-License-Identifier: MIT
// orgrun runs: the runs of the store.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/grid.h"
#include "cli/listing.h"
#include "cli/paint.h"
#include "cli/value.h"

#define LIMIT_DEFAULT 20

static const struct grid_column columns[] = {
    {"RUN"},
    {"JOB", .shrinks = true},
    {"STARTED"},
    {"TOOK", .right = true},
    {"PASSED", .right = true},
    {"FAILED", .right = true},
    {"ERROR", .right = true},
    {"SKIPPED", .right = true},
    {"CANCELLED", .right = true},
    {"EXIT", .right = true},
};

struct runs {
    const struct cli *cli;
    struct grid grid;
    json_t *json;
    size_t len;
};

static void add_json(json_t *list, const struct orgrun_run_info *run)
{
    char text[VALUE_SIZE];
    bool finished = run->finished_ms > 0;
    json_t *object = json_object(), *summary = json_object();
    int64_t targets = 0;
    for (int i = 0; i < ORGRUN_OUTCOMES; i++) {
        targets += run->counts.of[i];
        (void)json_object_set_new(summary, orgrun_outcome_name((enum orgrun_outcome)i),
                                  json_integer(run->counts.of[i]));
    }
    (void)json_object_set_new(summary, "targets", json_integer(targets));
    listing_set(object, "id", run->id);
    listing_set(object, "job", run->job);
    listing_set(object, "started_at", value_iso(run->started_ms, text));
    listing_set(object, "finished_at", finished ? value_iso(run->finished_ms, text) : NULL);
    (void)json_object_set_new(object, "duration_ms",
                              finished ? json_integer(run->finished_ms - run->started_ms)
                                       : json_null());
    (void)json_object_set_new(object, "exit_code",
                              run->exit_code < 0 ? json_null() : json_integer(run->exit_code));
    listing_set(object, "exit_reason", run->exit_reason);
    (void)json_object_set_new(object, "summary", summary);
    (void)json_array_append_new(list, object);
}

static void add_row(struct grid *g, const struct terminal *t, const struct orgrun_run_info *run)
{
    char text[VALUE_SIZE];
    bool finished = run->finished_ms > 0;
    grid_add(g, t, SGR_BOLD, run->id);
    grid_add(g, t, "", run->job);
    grid_add(g, t, "", value_time(run->started_ms, text));
    grid_add(g, t, "", finished ? value_took(run->finished_ms - run->started_ms, text) : "-");
    for (int i = 0; i < ORGRUN_OUTCOMES; i++) {
        (void)snprintf(text, sizeof text, "%u", run->counts.of[i]);
        bool shown = run->counts.of[i] || i <= ORGRUN_ERROR;
        grid_add(g, t, run->counts.of[i] ? paint_colour((enum orgrun_outcome)i) : SGR_DIM,
                 shown ? text : "");
    }
    (void)snprintf(text, sizeof text, "%d", run->exit_code);
    grid_add(g, t, run->exit_code == 0 ? SGR_GREEN : SGR_RED, run->exit_code < 0 ? "-" : text);
}

static int visit(void *user, const struct orgrun_run_info *run)
{
    struct runs *all = user;
    all->len++;
    if (all->cli->settings.json)
        add_json(all->json, run);
    else
        add_row(&all->grid, &all->cli->out, run);
    return 0;
}

static int print_runs(struct cli *cli)
{
    struct orgrun_error err = {0};
    struct orgrun_ctx *ctx = NULL;
    struct runs all = {
        .cli = cli,
        .grid = {.columns = columns, .columns_len = sizeof columns / sizeof *columns},
        .json = json_array(),
    };
    int64_t limit = cli->settings.limit;
    int code = ORGRUN_EXIT_PASSED;
    if (complain_context(cli, complain_log, cli, &ctx, &err) ||
        orgrun_runs(ctx, limit < 0 ? LIMIT_DEFAULT : (unsigned)limit, visit, &all, &err))
        code = complain_error(cli, &err);
    else if (cli->settings.json)
        listing_print(json_incref(all.json));
    else if (all.len == 0)
        complain_note(cli, "no runs yet in %s", orgrun_ctx_state_dir(ctx));
    else
        grid_write(stdout, &all.grid, &cli->out);
    grid_clear(&all.grid);
    json_decref(all.json);
    orgrun_ctx_free(ctx);
    return code;
}

const struct command command_runs = {
    .name = "runs",
    .operands = "",
    .summary = "list the runs of the store, the newest first",
    .description = "Lists runs with their outcomes and exit codes; a run that has no exit code is\n"
                   "under way, or orgrun was killed. Times are UTC.\n",
    .groups = (const struct option_group *const[]){&options_runs, &options_list, &options_output,
                                                   &options_common, NULL},
    .examples =
        "  orgrun runs --limit 5\n"
        "  orgrun runs --limit 0 --format json | jq '.[] | select(.exit_code != 0) | .id'\n",
    .least = 0,
    .most = 0,
    .run = print_runs,
};
