// SPDX-License-Identifier: MIT
// orgrun report: a run of the store, in any format.
#include "cli/command.h"
#include "cli/complain.h"

#include <string.h>

static int print_report(struct cli *cli)
{
    const struct settings *s = &cli->settings;
    struct orgrun_error err = {0};
    struct orgrun_ctx *ctx = NULL;
    bool to_terminal = !s->output || strcmp(s->output, "-") == 0;
    const struct orgrun_report_opts opts = {
        .run = cli->argc > 0 ? cli->argv[0] : NULL,
        .format = s->report_format,
        .path = s->output,
        .colour = to_terminal && cli->out.colour,
        .unicode = cli->out.unicode,
        .width = to_terminal ? cli->out.width : 0,
        .verbose = s->verbose > 0,
    };
    int code = ORGRUN_EXIT_PASSED;
    if (complain_context(cli, complain_log, cli, &ctx, &err))
        code = complain_error(cli, &err);
    else if (orgrun_report(ctx, &opts, &err)) {
        (void)complain_error(cli, &err);
        code = err.code == ORGRUN_EIO ? ORGRUN_EXIT_ERROR : ORGRUN_EXIT_USAGE;
    }
    orgrun_ctx_free(ctx);
    return code;
}

const struct command command_report = {
    .name = "report",
    .operands = "[RUN]",
    .summary = "report on a run once more, in any format",
    .description = "Renders a report of a run from the run store. RUN is the id of a run or the\n"
                   "start of one that no other has; without it, the newest run. --verbose has the\n"
                   "table name passed targets one by one too.\n",
    .groups = (const struct option_group *const[]){&options_report, &options_output,
                                                   &options_common, NULL},
    .examples = "  orgrun report\n"
                "  orgrun report --verbose | less -R\n"
                "  orgrun report 20261124T0345 --format html --output out/report.html\n"
                "  orgrun report --format json | jq '.results[] | select(.status == \"error\")'\n",
    .least = 0,
    .most = 1,
    .run = print_report,
};
