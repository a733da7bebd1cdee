// SPDX-License-Identifier: MIT
// orgrun run: a job file in every account of its selection.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/execute.h"
#include "cli/narrow.h"

static int run_job_file(struct cli *cli)
{
    struct orgrun_error err = {0};
    struct orgrun_job *job = NULL;
    int code = execute_check_reports(cli);
    if (code)
        return code;
    const char *wrong = narrow_set(&cli->settings);
    if (wrong)
        return complain_usage(cli, "%s", wrong);
    if (orgrun_job_load(&job, cli->argv[0], cli->settings.set.at, &err))
        return complain_error(cli, &err);
    code = execute_job(cli, job);
    orgrun_job_free(job);
    return code;
}

const struct command command_run = {
    .name = "run",
    .operands = "JOB.yaml",
    .summary = "run a job in every account of its selection",
    .description =
        "Assumes the job's role in each account and runs the job's tasks there with that\n"
        "account's temporary credentials, many accounts at once. JOB.yaml may be -, which\n"
        "is standard input. Progress goes to standard error. The table at the end goes to\n"
        "standard output, unless a report was sent there or --quiet was given. Options\n"
        "that choose among the organization's accounts stand in place of what the job file\n"
        "says in accounts.organization.\n"
        "\n"
        "Ctrl-C stops the run: nothing more is started, children are ended, and what was\n"
        "done is reported. A second Ctrl-C kills the children at once.\n",
    .groups = (const struct option_group *const[]){&options_job, &options_narrow, &options_run,
                                                   &options_aws, &options_progress, &options_output,
                                                   &options_common, NULL},
    .examples = "  orgrun run nightly.yaml\n"
                "  orgrun run nightly.yaml --set limits.concurrency=4\n"
                "  orgrun run nightly.yaml --report junit=junit.xml --report json=run.json\n"
                "  orgrun run nightly.yaml --report json=- | jq .summary\n"
                "  orgrun run nightly.yaml --quiet --log-format json 2>>orgrun.log\n",
    .runs_targets = true,
    .least = 1,
    .most = 1,
    .run = run_job_file,
};
