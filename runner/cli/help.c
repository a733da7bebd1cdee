// SPDX-License-Identifier: MIT
// Help pages, laid out for 80 columns.
#include "cli/help.h"

#include "orgrun/orgrun.h"

#include <string.h>

#define WIDTH 79
#define OPTION_COLUMN 30
#define COMMAND_COLUMN 24

static const char files[] =
    "  ~/.local/state/orgrun/     run store (SQLite) and captured output; under\n"
    "                             $XDG_STATE_HOME/orgrun where that is set\n"
    "  ~/.aws/config, ~/.aws/credentials\n"
    "                             profiles, as the AWS CLI reads them\n";

static const char environment[] =
    "  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE,\n"
    "  AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_WEB_IDENTITY_TOKEN_FILE,\n"
    "  AWS_ROLE_ARN, AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_EC2_METADATA_DISABLED ...\n"
    "                             source credentials; they never reach a job\n"
    "  AWS_REGION, AWS_DEFAULT_REGION\n"
    "                             Region whose STS is asked\n"
    "  AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_ORGANIZATIONS\n"
    "                             other endpoints; plain HTTP only on this machine\n"
    "  AWS_CA_BUNDLE              certificates to trust in place of the system's\n"
    "  NO_COLOR, CLICOLOR_FORCE   colours off or on where --color does not say\n";

static const char examples[] = "  orgrun check nightly.yaml        is the job file right?\n"
                               "  orgrun plan nightly.yaml         what would run where?\n"
                               "  orgrun run nightly.yaml --report junit=out/junit.xml\n"
                               "  orgrun exec --org -- aws sts get-caller-identity\n"
                               "  orgrun report --format html --output out/report.html\n";

/* Exit codes, for commands that run targets and for the others. */
static const struct exit_line {
    int code;
    bool of_run;
    const char *what;
} exit_lines[] = {
    {0, true, "every target passed and every account expected was covered"},
    {1, true, "every target answered, at least one failed"},
    {2, true, "usage, job file or credentials wrong: nothing was run"},
    {3, true, "at least one target ended in error, or an account was not covered"},
    {4, true, "stopped early: too many failures, or the deadline"},
    {130, true, "interrupted by SIGINT; what was done is in the report"},
    {143, true, "interrupted by SIGTERM; what was done is in the report"},
    {0, false, "done"},
    {2, false, "usage, job file or credentials wrong, or no such run"},
    {3, false, "the output could not be written"},
};

static void heading(FILE *out, const struct terminal *t, const char *title)
{
    (void)fputc('\n', out);
    terminal_paint(out, t, SGR_BOLD);
    (void)fprintf(out, "%s:", title);
    terminal_plain(out, t);
    (void)fputc('\n', out);
}

/* Text broken into lines at `from`, the first of which is begun and stands at `column`. */
static void wrapped(FILE *out, int column, int from, const char *text)
{
    while (*text) {
        int n = (int)strcspn(text, " ");
        if (column < from) {
            (void)fprintf(out, "%*s", from - column, "");
            column = from;
        } else if (column > from && column + 1 + n > WIDTH) {
            (void)fprintf(out, "\n%*s", from, "");
            column = from;
        } else if (column > from) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fprintf(out, "%.*s", n, text);
        column += n;
        text += n;
        text += strspn(text, " ");
    }
    (void)fputc('\n', out);
}

static void write_option(FILE *out, const struct option_spec *spec)
{
    char left[64];
    int n = spec->letter ? snprintf(left, sizeof left, "  -%c, --%s", spec->letter, spec->name)
                         : snprintf(left, sizeof left, "      --%s", spec->name);
    if (spec->value)
        n += snprintf(left + n, sizeof left - (size_t)n, " %s", spec->value);
    (void)fputs(left, out);
    if (n + 2 > OPTION_COLUMN) {
        (void)fputc('\n', out);
        n = 0;
    }
    wrapped(out, n, OPTION_COLUMN, spec->help);
}

static void write_groups(FILE *out, const struct terminal *t,
                         const struct option_group *const *groups)
{
    for (; *groups; groups++) {
        heading(out, t, (*groups)->title);
        for (const struct option_spec *spec = (*groups)->options; spec->name; spec++)
            write_option(out, spec);
    }
}

/* The formats, for commands that write reports. */
static void write_formats(FILE *out, const struct terminal *t,
                          const struct option_group *const *groups)
{
    while (*groups && *groups != &options_run && *groups != &options_report)
        groups++;
    if (!*groups)
        return;
    const char *name, *what;
    heading(out, t, "Report formats");
    for (unsigned i = 0; orgrun_report_format(i, &name, &what); i++) {
        int n = fprintf(out, "  %s", name);
        wrapped(out, n, OPTION_COLUMN, what);
    }
}

/* `own` in place of the usual ones, unless NULL. */
static void write_exits(FILE *out, const struct terminal *t, bool of_run, const char *own)
{
    heading(out, t, "Exit codes");
    if (own) {
        (void)fputs(own, out);
        return;
    }
    for (size_t i = 0; i < sizeof exit_lines / sizeof *exit_lines; i++)
        if (exit_lines[i].of_run == of_run)
            (void)fprintf(out, "  %-3d  %s\n", exit_lines[i].code, exit_lines[i].what);
}

static void write_commands(FILE *out, const struct terminal *t)
{
    char left[64];
    for (const struct command_section *s = command_sections; s->title; s++) {
        heading(out, t, s->title);
        for (const struct command *const *c = s->commands; *c; c++) {
            int n = snprintf(left, sizeof left, "  %s %s", (*c)->name, (*c)->operands);
            (void)fputs(left, out);
            if (n + 2 > COMMAND_COLUMN) {
                (void)fputc('\n', out);
                n = 0;
            }
            wrapped(out, n, COMMAND_COLUMN, (*c)->summary);
        }
    }
}

static void write_usage(FILE *out, const struct terminal *t, const char *usage)
{
    terminal_paint(out, t, SGR_BOLD);
    (void)fputs("Usage:", out);
    terminal_plain(out, t);
    (void)fprintf(out, " orgrun %s\n", usage);
}

void help_commands(FILE *out, const struct terminal *t)
{
    write_usage(out, t, "COMMAND [OPTION]... [OPERAND]...");
    write_commands(out, t);
    (void)fputs("\n'orgrun --help' says more, 'orgrun COMMAND --help' all of a command.\n", out);
}

void help_overview(FILE *out, const struct terminal *t)
{
    (void)fputs("orgrun: run one job in every account of an AWS organization, at once, with each\n"
                "account's own temporary credentials, and answer with one report.\n\n",
                out);
    write_usage(out, t, "COMMAND [OPTION]... [OPERAND]...");
    write_commands(out, t);
    heading(out, t, "Examples");
    (void)fputs(examples, out);
    write_exits(out, t, true, NULL);
    heading(out, t, "Environment");
    (void)fputs(environment, out);
    heading(out, t, "Files");
    (void)fputs(files, out);
    (void)fputs("\n'orgrun COMMAND --help' says all of a command.\n", out);
}

void help_command(FILE *out, const struct terminal *t, const struct command *command)
{
    char usage[128];
    (void)snprintf(usage, sizeof usage, "%s [OPTION]...%s%s", command->name,
                   *command->operands ? " " : "", command->operands);
    (void)fprintf(out, "orgrun %s: %s\n\n", command->name, command->summary);
    write_usage(out, t, usage);
    (void)fprintf(out, "\n%s", command->description);
    write_groups(out, t, command->groups);
    write_formats(out, t, command->groups);
    if (command->examples) {
        heading(out, t, "Examples");
        (void)fputs(command->examples, out);
    }
    write_exits(out, t, command->runs_targets, command->exits);
}
