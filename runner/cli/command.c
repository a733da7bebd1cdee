// SPDX-License-Identifier: MIT
// The table of commands, and how a command line chooses one.
#include "cli/command.h"

#include "cli/complain.h"
#include "cli/glyph.h"
#include "cli/help.h"

#include <string.h>

#define COMMANDS_MAX 32

const struct command_section command_sections[] = {
    {"Set up", (const struct command *const[]){&command_setup, NULL}},
    {"Look before you run", (const struct command *const[]){&command_check, &command_accounts,
                                                            &command_plan, &command_doctor, NULL}},
    {"Run", (const struct command *const[]){&command_run, &command_exec, &command_session, NULL}},
    {"Afterwards", (const struct command *const[]){&command_report, &command_runs, NULL}},
    {"Help", (const struct command *const[]){&command_help, &command_version, NULL}},
    {NULL, NULL},
};

const struct command *command_find(const char *name)
{
    for (const struct command_section *s = command_sections; s->title; s++)
        for (const struct command *const *c = s->commands; *c; c++)
            if (strcmp((*c)->name, name) == 0)
                return *c;
    return NULL;
}

const char *command_nearest(const char *name)
{
    const char *names[COMMANDS_MAX + 1] = {NULL};
    size_t n = 0;
    for (const struct command_section *s = command_sections; s->title; s++)
        for (const struct command *const *c = s->commands; *c && n < COMMANDS_MAX; c++)
            names[n++] = (*c)->name;
    return glyph_nearest(name, names);
}

/* "--help" and "--version" in place of a command are the commands of those names. */
static const struct command *command_of_word(const char *word)
{
    static const struct {
        const char *word;
        const struct command *command;
    } aliases[] = {{"--help", &command_help},
                   {"-h", &command_help},
                   {"--version", &command_version},
                   {"-V", &command_version}};
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].word, word) == 0)
            return aliases[i].command;
    return command_find(word);
}

static int refuse_word(struct cli *cli, const char *word)
{
    const char *near = command_nearest(word);
    if (*word == '-')
        return complain_usage(cli, "option '%s' comes after the command: orgrun COMMAND %s", word,
                              word);
    if (near)
        return complain_usage(cli, "unknown command '%s': did you mean '%s'?", word, near);
    return complain_usage(cli, "unknown command '%s'", word);
}

static int check_operands(struct cli *cli)
{
    const struct command *c = cli->command;
    if (cli->argc < c->least)
        return complain_usage(cli, "%s needs %s: orgrun %s %s", c->name,
                              c->takes_command ? "a command"
                              : c->needs       ? c->needs
                                               : "a job file",
                              c->name, c->operands);
    if (c->most >= 0 && cli->argc > c->most)
        return complain_usage(cli, "%s: '%s' is one operand too many", c->name, cli->argv[c->most]);
    return 0;
}

int command_choose(struct cli *cli, int argc, char **argv)
{
    char message[OPTION_MESSAGE_SIZE];
    if (argc < 2) {
        help_commands(stderr, &cli->err);
        return ORGRUN_EXIT_USAGE;
    }
    const struct command *command = command_of_word(argv[1]);
    if (!command)
        return refuse_word(cli, argv[1]);
    cli->command = command;
    int first = option_read(command->groups, command->takes_command, argc - 1, argv + 1,
                            &cli->settings, message);
    if (first < 0)
        return complain_usage(cli, "%s", message);
    cli->argc = argc - 1 - first;
    cli->argv = argv + 1 + first;
    if (cli->settings.version)
        cli->command = &command_version;
    return cli->settings.help || cli->settings.version ? 0 : check_operands(cli);
}
