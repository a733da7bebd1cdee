// SPDX-License-Identifier: MIT
// The program: one command line from its words to its exit code.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/environment.h"
#include "cli/footprint.h"
#include "cli/help.h"
#include "cli/mfa.h"
#include "cli/signals.h"

#include <errno.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

/* What standard output did not take makes a success none. */
static int finish_output(const struct cli *cli, int code)
{
    if (ferror(stdout) == 0 && fflush(stdout) == 0)
        return code;
    struct orgrun_error err = {.code = ORGRUN_EIO};
    (void)snprintf(err.message, sizeof err.message, "standard output could not be written: %s",
                   strerror(errno));
    (void)complain_error(cli, &err);
    return code < ORGRUN_EXIT_ERROR && code != ORGRUN_EXIT_USAGE ? ORGRUN_EXIT_ERROR : code;
}

static int carry_out(struct cli *cli)
{
    if (!cli->settings.help)
        return cli->command->run(cli);
    help_command(stdout, &cli->out, cli->command);
    return ORGRUN_EXIT_PASSED;
}

int main(int argc, char **argv)
{
    struct cli cli = {.settings.limit = -1};

    environment_hide();
    footprint_trim();
    terminal_hold_descriptors();
    signals_ignore_pipe();
    (void)setlocale(LC_CTYPE, "");
    terminal_look(&cli.out, STDOUT_FILENO, COLOUR_AUTO);
    terminal_look(&cli.err, STDERR_FILENO, COLOUR_AUTO);

    int code = command_choose(&cli, argc, argv);
    mfa_hide(&cli);
    if (code == 0) {
        terminal_look(&cli.out, STDOUT_FILENO, (enum terminal_colour)cli.settings.colour);
        terminal_look(&cli.err, STDERR_FILENO, (enum terminal_colour)cli.settings.colour);
        code = carry_out(&cli);
    }
    code = finish_output(&cli, code);
    footprint_trim(); /* leaving, every library passes through once more */
    settings_clear(&cli.settings);
    return code;
}
