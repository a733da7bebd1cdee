// SPDX-License-Identifier: MIT
// orgrun accounts: the accounts of a job or of the organization.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/grid.h"
#include "cli/listing.h"
#include "cli/narrow.h"
#include "cli/value.h"

static const struct grid_column columns[] = {
    {"ACCOUNT"},
    {"NAME", .shrinks = true},
    {"EMAIL", .shrinks = true},
    {"OU", .shrinks = true},
    {"STATE"},
    {"EXCLUDED BECAUSE", .shrinks = true},
};

struct accounts {
    const struct cli *cli;
    struct grid grid;
    json_t *json;
    size_t selected, excluded;
};

static int visit(void *user, const struct orgrun_account *a)
{
    struct accounts *all = user;
    const struct terminal *t = &all->cli->out;
    const char *sgr = a->excluded_because ? SGR_DIM : "";
    *(a->excluded_because ? &all->excluded : &all->selected) += 1;
    if (all->cli->settings.json) {
        (void)json_array_append_new(all->json, listing_account(a));
        return 0;
    }
    const char *email = all->cli->settings.verbose ? a->email : "";
    const char *cells[] = {a->id, a->name, email, a->ou_path, a->state};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        grid_add(&all->grid, t, sgr, cells[i]);
    grid_add(&all->grid, t, SGR_YELLOW, a->excluded_because ? a->excluded_because : "");
    return 0;
}

static int print_accounts(struct cli *cli, struct orgrun_ctx *ctx, const struct orgrun_job *job)
{
    struct orgrun_error err = {0};
    struct accounts all = {
        .cli = cli,
        .grid = {.columns = columns, .columns_len = sizeof columns / sizeof *columns},
        .json = json_array(),
    };
    int code = ORGRUN_EXIT_PASSED;
    if (orgrun_accounts(ctx, job, visit, &all, &err))
        code = complain_error(cli, &err);
    else if (cli->settings.json)
        listing_print(json_incref(all.json));
    else {
        char text[VALUE_SIZE];
        grid_write(stdout, &all.grid, &cli->out);
        (void)printf("%s%s", all.grid.cells_len ? "\n" : "",
                     value_count(all.selected + all.excluded, "account", text));
        if (all.excluded)
            (void)printf(": %zu selected, %zu excluded", all.selected, all.excluded);
        (void)fputc('\n', stdout);
    }
    grid_clear(&all.grid);
    json_decref(all.json);
    return code;
}

/* The job to look at: the file's, or one over the whole organization. */
static int find_job(struct cli *cli, struct orgrun_job **job, struct orgrun_error *err)
{
    static const char *const nothing[] = {"true", NULL};
    const struct settings *s = &cli->settings;
    const struct orgrun_command command = {.organization = true,
                                           .ous = s->ous.at,
                                           .tags = s->tags.at,
                                           .joined_after = s->joined_after,
                                           .argv = nothing};
    if (cli->argc > 0)
        return orgrun_job_load(job, cli->argv[0], cli->settings.set.at, err);
    return orgrun_job_from_command(job, &command, err);
}

static int run_accounts(struct cli *cli)
{
    struct orgrun_error err = {0};
    struct orgrun_job *job = NULL;
    struct orgrun_ctx *ctx = NULL;
    int code;
    if (cli->argc > 0 && cli->settings.organization)
        return complain_usage(cli, "a job file and --org exclude one another");
    if (cli->argc == 0 && cli->settings.set.len > 0)
        return complain_usage(cli, "--set needs a job file: orgrun accounts JOB.yaml");
    const char *wrong = cli->argc > 0 ? narrow_set(&cli->settings) : NULL;
    if (wrong)
        return complain_usage(cli, "%s", wrong);
    if (find_job(cli, &job, &err) || complain_context(cli, complain_log, cli, &ctx, &err))
        code = complain_error(cli, &err);
    else
        code = print_accounts(cli, ctx, job);
    orgrun_ctx_free(ctx);
    orgrun_job_free(job);
    return code;
}

const struct command command_accounts = {
    .name = "accounts",
    .operands = "[JOB.yaml]",
    .summary = "list accounts, and which of them a job selects",
    .description =
        "Lists the accounts that a job file names or finds in the organization, and says\n"
        "of each one that is left out why. Without a job file, lists the organization's.\n"
        "--verbose adds e-mail addresses. OUs are shown where they had to be looked up.\n"
        "Options that choose among the organization's accounts stand in place of what the\n"
        "job file says in accounts.organization.\n",
    .groups = (const struct option_group *const[]){&options_whole_organization, &options_narrow,
                                                   &options_job, &options_list, &options_aws,
                                                   &options_output, &options_common, NULL},
    .examples = "  orgrun accounts\n"
                "  orgrun accounts --ou /Workloads --tag environment=prod --tag environment=stage\n"
                "  orgrun accounts nightly.yaml\n"
                "  orgrun accounts --format json | jq -r '.[] | select(.selected) | .id'\n",
    .least = 0,
    .most = 1,
    .run = run_accounts,
};
