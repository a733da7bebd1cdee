// SPDX-License-Identifier: MIT
// orgrun help and orgrun version.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/help.h"

static int print_help(struct cli *cli)
{
    if (cli->argc == 0) {
        help_overview(stdout, &cli->out);
        return ORGRUN_EXIT_PASSED;
    }
    const struct command *command = command_find(cli->argv[0]);
    if (command) {
        help_command(stdout, &cli->out, command);
        return ORGRUN_EXIT_PASSED;
    }
    const char *near = command_nearest(cli->argv[0]);
    cli->command = NULL;
    if (near)
        return complain_usage(cli, "unknown command '%s': did you mean '%s'?", cli->argv[0], near);
    return complain_usage(cli, "unknown command '%s'", cli->argv[0]);
}

static int print_version(struct cli *cli)
{
    (void)cli;
    (void)printf("orgrun %s\n", orgrun_version());
    return ORGRUN_EXIT_PASSED;
}

const struct command command_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "say what orgrun does, or all of a command",
    .description = "The same as orgrun --help, or orgrun COMMAND --help.\n",
    .groups = (const struct option_group *const[]){&options_output, &options_common, NULL},
    .examples = "  orgrun help run\n",
    .least = 0,
    .most = 1,
    .run = print_help,
};

const struct command command_version = {
    .name = "version",
    .operands = "",
    .summary = "print the version",
    .description = "The same as orgrun --version.\n",
    .groups = (const struct option_group *const[]){&options_output, &options_common, NULL},
    .least = 0,
    .most = 0,
    .run = print_version,
};
