// SPDX-License-Identifier: MIT
// orgrun exec: one command in the accounts that options name.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/execute.h"
#include "cli/narrow.h"

static int check_accounts(const struct cli *cli)
{
    const struct settings *s = &cli->settings;
    int ways =
        (s->accounts.len > 0) + (s->accounts_file != NULL) + (s->organization || narrow_given(s));
    if (ways == 0)
        return complain_usage(cli, "exec needs to know where: give --accounts, --accounts-file, "
                                   "--org, --ou or --tag");
    if (ways > 1)
        return complain_usage(cli, "--accounts, --accounts-file and --org (which --ou, --tag and "
                                   "--joined-after imply) exclude one another");
    return 0;
}

static int run_command(struct cli *cli)
{
    const struct settings *s = &cli->settings;
    struct orgrun_error err = {0};
    struct orgrun_job *job = NULL;
    struct orgrun_command command = narrow_command(s);
    command.regions = s->regions.at;
    command.env = s->env.at;
    command.argv = (const char *const *)cli->argv;
    command.timeout_ms = s->timeout_ms;
    command.inject = s->endpoint ? ORGRUN_INJECT_ENDPOINT : ORGRUN_INJECT_ENV;
    int code = check_accounts(cli);
    if (code == 0)
        code = execute_check_reports(cli);
    if (code)
        return code;
    if (orgrun_job_from_command(&job, &command, &err))
        return complain_error(cli, &err);
    code = execute_job(cli, job);
    orgrun_job_free(job);
    return code;
}

const struct command command_exec = {
    .name = "exec",
    .operands = "-- CMD [ARG]...",
    .summary = "run one command in the accounts you name",
    .description =
        "Runs CMD once in each account, or once in each account and Region, with that\n"
        "account's temporary credentials in its environment. CMD starts at the first word\n"
        "that is not an option, or after --. It is not given to a shell; for one, write\n"
        "sh -c '...'. Exit code 0 is passed, any other is failed.\n",
    .groups = (const struct option_group *const[]){&options_selection, &options_narrow,
                                                   &options_task, &options_sso, &options_run,
                                                   &options_aws, &options_progress, &options_output,
                                                   &options_common, NULL},
    .examples = "  orgrun exec --org -- aws sts get-caller-identity\n"
                "  orgrun exec --accounts 111122223333,444455556666 -- ./check.sh --strict\n"
                "  orgrun exec --ou /Workloads/Prod --tag team=data -- ./check.sh\n"
                "  orgrun exec --org --include 'prod-*' --regions us-east-1,eu-west-1 \\\n"
                "      -- aws ec2 describe-vpcs --filters Name=is-default,Values=true\n"
                "  orgrun exec --accounts 111122223333 --sso-session corp --sso-role Auditor \\\n"
                "      -- aws s3 ls\n"
                "  orgrun exec --accounts-file accounts.csv --timeout 5m \\\n"
                "      -- sh -c 'aws s3 ls | wc -l'\n",
    .runs_targets = true,
    .takes_command = true,
    .least = 1,
    .most = -1,
    .run = run_command,
};
