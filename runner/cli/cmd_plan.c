// SPDX-License-Identifier: MIT
// orgrun plan: what a job would run where.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/glyph.h"
#include "cli/grid.h"
#include "cli/listing.h"
#include "cli/narrow.h"
#include "cli/value.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct grid_column target_columns[] = {
    {"ACCOUNT"}, {"NAME", .shrinks = true},    {"REGION"}, {"TASK", .shrinks = true},
    {"ROLE"},    {"COMMAND", .shrinks = true},
};
static const struct grid_column excluded_columns[] = {
    {"EXCLUDED"}, {"NAME", .shrinks = true}, {"BECAUSE", .shrinks = true}};

/* The plan as it is visited; targets of one account may be apart, so ids are counted apart. */
struct plan {
    const struct cli *cli;
    struct grid targets, excluded;
    json_t *targets_json, *excluded_json;
    json_t *accounts, *regions, *roles; /* what was seen, as keys */
    size_t targets_len, excluded_len;
};

/* The role of an ARN without its account: "rol", "path/rol". */
static const char *role_name(const char *arn)
{
    const char *at = strstr(arn, ":role/");
    return at ? at + strlen(":role/") : arn;
}

static void add_excluded(struct plan *p, const struct orgrun_account *a)
{
    const struct terminal *t = &p->cli->out;
    p->excluded_len++;
    if (p->cli->settings.json) {
        (void)json_array_append_new(p->excluded_json, listing_account(a));
        return;
    }
    grid_add(&p->excluded, t, SGR_DIM, a->id);
    grid_add(&p->excluded, t, SGR_DIM, a->name);
    grid_add(&p->excluded, t, "", a->excluded_because);
}

static void add_target(struct plan *p, const struct orgrun_plan_item *item)
{
    const struct terminal *t = &p->cli->out;
    p->targets_len++;
    if (p->cli->settings.json) {
        json_t *target = json_object();
        listing_set(target, "account", item->account.id);
        listing_set(target, "account_name", item->account.name);
        listing_set(target, "region", item->region);
        listing_set(target, "task", item->task);
        listing_set(target, "role_arn", item->role_arn);
        listing_set(target, "command", item->command);
        (void)json_array_append_new(p->targets_json, target);
        return;
    }
    listing_note(p->accounts, item->account.id);
    listing_note(p->roles, role_name(item->role_arn));
    if (*item->region)
        listing_note(p->regions, item->region);
    grid_add(&p->targets, t, "", item->account.id);
    grid_add(&p->targets, t, "", item->account.name);
    grid_add(&p->targets, t, "", item->region);
    grid_add(&p->targets, t, SGR_BOLD, item->task);
    grid_add(&p->targets, t, "", p->cli->settings.verbose ? item->role_arn : "");
    grid_add(&p->targets, t, SGR_DIM, item->command);
}

static int visit(void *user, const struct orgrun_plan_item *item)
{
    struct plan *p = user;
    if (item->account.excluded_because)
        add_excluded(p, &item->account);
    else
        add_target(p, item);
    return 0;
}

static void print_totals(const struct plan *p)
{
    char text[VALUE_SIZE];
    const struct terminal *t = &p->cli->out;
    terminal_paint(stdout, t, SGR_BOLD);
    (void)fputs(value_count(p->targets_len, "target", text), stdout);
    terminal_plain(stdout, t);
    (void)printf(" in %s", value_count(json_object_size(p->accounts), "account", text));
    if (json_object_size(p->regions))
        (void)printf(", %s", value_count(json_object_size(p->regions), "Region", text));
    if (json_object_size(p->roles) == 1) {
        (void)fputs(", role ", stdout);
        glyph_write(stdout, json_object_iter_key(json_object_iter(p->roles)), t->unicode);
    }
    if (p->excluded_len)
        (void)printf("; %s excluded", value_count(p->excluded_len, "account", text));
    (void)fputc('\n', stdout);
}

static void print_table(const struct plan *p)
{
    const struct terminal *t = &p->cli->out;
    grid_write(stdout, &p->targets, t);
    if (p->targets_len && p->excluded_len)
        (void)fputc('\n', stdout);
    grid_write(stdout, &p->excluded, t);
    if (p->targets_len || p->excluded_len)
        (void)fputc('\n', stdout);
    print_totals(p);
}

static void plan_clear(struct plan *p)
{
    json_t *held[] = {p->targets_json, p->excluded_json, p->accounts, p->regions, p->roles};
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        json_decref(held[i]);
    grid_clear(&p->targets);
    grid_clear(&p->excluded);
}

static int print_plan(struct cli *cli, struct orgrun_ctx *ctx, const struct orgrun_job *job)
{
    struct orgrun_error err = {0};
    struct plan p = {
        .cli = cli,
        .targets = {.columns = target_columns, .columns_len = 6},
        .excluded = {.columns = excluded_columns, .columns_len = 3},
        .targets_json = json_array(),
        .excluded_json = json_array(),
        .accounts = json_object(),
        .regions = json_object(),
        .roles = json_object(),
    };
    int code = ORGRUN_EXIT_PASSED;
    if (orgrun_plan(ctx, job, visit, &p, &err))
        code = complain_error(cli, &err);
    else if (cli->settings.json)
        listing_print(
            json_pack("{s:O, s:O}", "targets", p.targets_json, "excluded", p.excluded_json));
    else
        print_table(&p);
    plan_clear(&p);
    return code;
}

static int run_plan(struct cli *cli)
{
    struct orgrun_error err = {0};
    struct orgrun_job *job = NULL;
    struct orgrun_ctx *ctx = NULL;
    int code;
    const char *wrong = narrow_set(&cli->settings);
    if (wrong)
        return complain_usage(cli, "%s", wrong);
    if (orgrun_job_load(&job, cli->argv[0], cli->settings.set.at, &err) ||
        complain_context(cli, complain_log, cli, &ctx, &err))
        code = complain_error(cli, &err);
    else
        code = print_plan(cli, ctx, job);
    orgrun_ctx_free(ctx);
    orgrun_job_free(job);
    return code;
}

const struct command command_plan = {
    .name = "plan",
    .operands = "JOB.yaml",
    .summary = "say what a job would run where; nothing is run",
    .description =
        "Lists every target in the order of running, then the accounts left out and why.\n"
        "Accounts of an organization are looked up; no role is assumed, nothing is run.\n"
        "--verbose adds the ARN of each role. Options that choose among the organization's\n"
        "accounts stand in place of what the job file says in accounts.organization.\n",
    .groups =
        (const struct option_group *const[]){&options_job, &options_narrow, &options_list,
                                             &options_aws, &options_output, &options_common, NULL},
    .examples = "  orgrun plan nightly.yaml\n"
                "  orgrun plan nightly.yaml --format json | jq '.excluded[] | .id'\n",
    .least = 1,
    .most = 1,
    .run = run_plan,
};
