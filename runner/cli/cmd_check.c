// SPDX-License-Identifier: MIT
// orgrun check: are job files right?
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/glyph.h"
#include "cli/value.h"

#include <string.h>

static void print_summary(const struct cli *cli, const char *path,
                          const struct orgrun_job_summary *job)
{
    char text[VALUE_SIZE];
    bool unicode = cli->out.unicode;
    glyph_write(stdout, strcmp(path, "-") == 0 ? "standard input" : path, unicode);
    terminal_paint(stdout, &cli->out, SGR_GREEN);
    (void)fputs(": ok", stdout);
    terminal_plain(stdout, &cli->out);
    (void)fputs(": ", stdout);
    glyph_write(stdout, job->name, unicode);
    (void)printf(": %s", value_count(job->tasks, "task", text));
    if (job->organization)
        (void)fputs(", accounts of the organization", stdout);
    if (job->listed)
        (void)printf(", %s", value_count(job->listed, "listed account", text));
    (void)printf(", %s", value_count(job->regions, "Region", text));
    (void)fputs(", role ", stdout);
    glyph_write(stdout, job->role, unicode);
    if (job->reports)
        (void)printf(", %s", value_count(job->reports, "report", text));
    (void)fputc('\n', stdout);
}

static int check_jobs(struct cli *cli)
{
    int code = ORGRUN_EXIT_PASSED;
    for (int i = 0; i < cli->argc; i++) {
        struct orgrun_error err = {0};
        struct orgrun_job *job = NULL;
        if (orgrun_job_load(&job, cli->argv[i], cli->settings.set.at, &err)) {
            code = complain_error(cli, &err);
            continue;
        }
        struct orgrun_job_summary summary;
        orgrun_job_describe(job, &summary);
        if (!cli->settings.quiet)
            print_summary(cli, cli->argv[i], &summary);
        orgrun_job_free(job);
    }
    return code;
}

const struct command command_check = {
    .name = "check",
    .operands = "JOB.yaml...",
    .summary = "check job files, without any network",
    .description =
        "Reads each job file and the account files it names, and says what it understood\n"
        "or, by file, line and column, what is wrong. Nothing is asked of AWS. JOB.yaml\n"
        "may be -, which is standard input.\n",
    .groups =
        (const struct option_group *const[]){&options_job, &options_output, &options_common, NULL},
    .examples = "  orgrun check nightly.yaml\n"
                "  orgrun check --quiet jobs/*.yaml && echo all right\n",
    .least = 1,
    .most = -1,
    .run = check_jobs,
};
