// SPDX-License-Identifier: MIT
// Commands: the table of them, and what one is given to work with.
#ifndef ORGRUN_CLI_COMMAND_H
#define ORGRUN_CLI_COMMAND_H

#include "cli/option.h"
#include "cli/terminal.h"

#include <stdbool.h>

/* One invocation: the command line understood, and where its output goes. */
struct cli {
    const struct command *command;
    struct settings settings;
    int argc; /* operands */
    char **argv;
    struct terminal out, err;
    char mfa_code[64];  /* what --mfa-code gave: mfa_hide */
    bool mfa_code_used; /* --mfa-code is good for one call */
};

/* One command. */
struct command {
    const char *name;
    const char *operands;                     /* "JOB.yaml" or "" */
    const char *summary;                      /* for the list of commands */
    const char *description;                  /* paragraphs, broken into lines by hand */
    const struct option_group *const *groups; /* NULL-terminated */
    const char *examples;                     /* lines "  command\t what it does"; NULL for none */
    const char *needs;                        /* what the first operand is; NULL = "a job file" */
    const char *exits;                        /* lines of its exit codes; NULL for the usual */
    bool runs_targets;                        /* its exit codes are those of a run */
    bool takes_command;                       /* the first operand starts a command */
    int least, most;                          /* operands; most -1: any number */
    int (*run)(struct cli *cli);              /* returns the exit code */
};

extern const struct command command_run, command_exec, command_plan, command_check,
    command_accounts, command_doctor, command_report, command_runs, command_session, command_setup,
    command_help, command_version;

/* Headings over the commands of the overview; ended by a NULL title. */
struct command_section {
    const char *title;
    const struct command *const *commands; /* NULL-terminated */
};
extern const struct command_section command_sections[];

/* By name, or NULL. */
const struct command *command_find(const char *name);

/* The name nearest to a wrong one, or NULL. */
const char *command_nearest(const char *name);

/* Chooses the command that argv[1] names and reads its options and operands into cli; --help and
 * --version in any place choose those. 0, or the exit code when the line is wrong (already said) or
 * empty. */
int command_choose(struct cli *cli, int argc, char **argv);

#endif
