// SPDX-License-Identifier: MIT
// orgrun doctor: can every account be entered, and if not, why.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/diagnosis.h"
#include "cli/listing.h"
#include "cli/narrow.h"
#include "cli/signals.h"
#include "cli/value.h"

#include <string.h>

#define FRAME_MS 100 /* between two paintings of the counter */
#define FIRST_MS 150 /* what takes no longer shows none */
#define ERASE "\r\033[K"

struct examination {
    struct cli *cli;
    struct findings findings;
    bool live; /* standard error can take the counter */
    size_t begun, done, refused;
    int64_t painted_ms;
    bool painted; /* a counter is on the terminal */
};

static void erase_counter(struct examination *x)
{
    if (x->painted)
        (void)fputs(ERASE, stderr);
    x->painted = false;
}

static void paint_counter(struct examination *x)
{
    int64_t now = value_mono_ms();
    if (!x->live || now - x->painted_ms < FRAME_MS)
        return;
    x->painted_ms = now;
    x->painted = true;
    (void)fprintf(stderr, ERASE "%zu of %zu accounts tried", x->done, x->begun);
    if (x->refused)
        (void)fprintf(stderr, ", %zu refused", x->refused);
    (void)fflush(stderr);
}

static int visit(void *user, const struct orgrun_diagnosis *d)
{
    struct examination *x = user;
    findings_add(&x->findings, d);
    x->begun += d->verdict == ORGRUN_DOCTOR_TRYING;
    x->done += d->verdict == ORGRUN_DOCTOR_ENTERED || d->verdict == ORGRUN_DOCTOR_REFUSED;
    x->refused += d->verdict == ORGRUN_DOCTOR_REFUSED;
    paint_counter(x);
    return 0;
}

/* Without a table, what went wrong is said all the same. */
static void say_refusals(struct examination *x)
{
    for (size_t i = 0; i < x->findings.len; i++) {
        const struct finding *f = &x->findings.at[i];
        struct orgrun_error err = {.code = ORGRUN_EAWS};
        const char *message = json_string_value(json_object_get(f->json, "message"));
        (void)snprintf(err.message, sizeof err.message, "%s", message ? message : "");
        if (f->verdict == ORGRUN_DOCTOR_REFUSED)
            (void)complain_error(x->cli, &err);
    }
}

static int examine(struct cli *cli, struct orgrun_ctx *ctx, const struct orgrun_job *job)
{
    const struct terminal *t = &cli->err;
    struct orgrun_error err = {0};
    struct orgrun_doctor_result result;
    struct examination x = {.cli = cli, .painted_ms = value_mono_ms() + FIRST_MS - FRAME_MS};
    x.live = t->tty && !t->dumb && !cli->settings.quiet && !cli->settings.log_json;

    signals_catch(ctx, -1);
    int rc = orgrun_doctor(ctx, job, visit, &x, &result, &err);
    signals_release();
    erase_counter(&x);
    if (rc)
        (void)complain_error(cli, &err);
    else if (cli->settings.json)
        listing_print(findings_json(&x.findings, &result));
    else if (cli->settings.quiet)
        say_refusals(&x);
    else
        findings_write(stdout, &x.findings, &result, &cli->out, cli->settings.verbose > 0);
    findings_clear(&x.findings);
    return result.exit_code;
}

/* Where to look: a job file, or one of the ways to name accounts. */
static int check_where(struct cli *cli)
{
    struct settings *s = &cli->settings;
    bool listed = s->accounts.len > 0 || s->accounts_file;
    int ways =
        (s->accounts.len > 0) + (s->accounts_file != NULL) + (s->organization || narrow_given(s));
    bool role = s->role || s->external_id, sso = s->sso_session || s->sso_role;
    if (cli->argc > 0 &&
        (listed || s->organization || role || sso || s->include.len || s->exclude.len))
        return complain_usage(cli, "a job file says which accounts and which role: leave out %s",
                              sso    ? "--sso-session and --sso-role"
                              : role ? "--role and --external-id"
                                     : "the options that do");
    if (cli->argc == 0 && s->set.len)
        return complain_usage(cli, "--set needs a job file: orgrun doctor JOB.yaml");
    if (cli->argc == 0 && ways == 0)
        return complain_usage(cli, "doctor needs to know where: give a job file, --accounts, "
                                   "--accounts-file, --org, --ou or --tag");
    if (cli->argc == 0 && ways > 1)
        return complain_usage(cli, "--accounts, --accounts-file and --org (which --ou, --tag and "
                                   "--joined-after imply) exclude one another");
    const char *wrong = cli->argc > 0 ? narrow_set(s) : NULL;
    return wrong ? complain_usage(cli, "%s", wrong) : 0;
}

static int find_job(const struct cli *cli, struct orgrun_job **job, struct orgrun_error *err)
{
    static const char *const nothing[] = {"true", NULL};
    const struct settings *s = &cli->settings;
    struct orgrun_command command = narrow_command(s);
    command.argv = nothing; /* is not run */
    if (cli->argc > 0)
        return orgrun_job_load(job, cli->argv[0], s->set.at, err);
    return orgrun_job_from_command(job, &command, err);
}

static int run_doctor(struct cli *cli)
{
    struct orgrun_error err = {0};
    struct orgrun_job *job = NULL;
    struct orgrun_ctx *ctx = NULL;
    int code = check_where(cli);
    if (code)
        return code;
    if (find_job(cli, &job, &err) || complain_context(cli, complain_log, cli, &ctx, &err))
        code = complain_error(cli, &err);
    else
        code = examine(cli, ctx, job);
    orgrun_ctx_free(ctx);
    orgrun_job_free(job);
    return code;
}

const struct command command_doctor = {
    .name = "doctor",
    .operands = "[JOB.yaml]",
    .summary = "try to enter every account, and say why one cannot be",
    .description =
        "Gets a session of every account that the job selects, as a run would, and lets\n"
        "go of it at once: nothing is run, nothing is recorded. Prints what is wrong, by\n"
        "cause, with the accounts, AWS's answer to the first of them, and what to do: the\n"
        "statement to add where a policy lacks one. --verbose names every account with\n"
        "its answer. Without a job file, options say which accounts and which role; with\n"
        "one, those that choose among the organization's accounts stand in place of what\n"
        "it says in accounts.organization.\n",
    .groups =
        (const struct option_group *const[]){&options_selection, &options_narrow, &options_role,
                                             &options_sso, &options_job, &options_list,
                                             &options_aws, &options_output, &options_common, NULL},
    .examples = "  orgrun doctor nightly.yaml\n"
                "  orgrun doctor --org --role audit\n"
                "  orgrun doctor nightly.yaml --format json \\\n"
                "      | jq -r '.accounts[] | select(.verdict == \"refused\") | .account.id'\n",
    .exits = "  0    every account can be entered, and as many as the job expects\n"
             "  2    usage, job file or credentials wrong: nothing was tried\n"
             "  3    at least one account cannot be entered, or is not known\n"
             "  130  interrupted by SIGINT; 143 by SIGTERM\n",
    .least = 0,
    .most = 1,
    .run = run_doctor,
};
