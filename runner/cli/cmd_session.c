// SPDX-License-Identifier: MIT
// orgrun session: one account's temporary credentials, for another program or for one command.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/words.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* RFC 3339, whole seconds. */
static void format_time(int64_t ms, char out[32])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    (void)gmtime_r(&seconds, &tm);
    (void)strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* What credential_process wants. Source: AWS SDKs and Tools Reference Guide, "Process credential
 * provider". */
static int print_process(const struct orgrun_credentials *c)
{
    char expires[32];
    format_time(c->expires_ms, expires);
    json_t *document = json_pack("{s:i, s:s, s:s, s:s, s:s}", "Version", 1, "AccessKeyId",
                                 c->access_key_id, "SecretAccessKey", c->secret_access_key,
                                 "SessionToken", c->session_token, "Expiration", expires);
    int rc = document ? json_dumpf(document, stdout, JSON_INDENT(2)) : -1;
    (void)fputc('\n', stdout);
    json_decref(document);
    return rc ? ORGRUN_EXIT_ERROR : ORGRUN_EXIT_PASSED;
}

/* In single quotes, for a shell to eval. */
static void print_export(const char *name, const char *value)
{
    (void)printf("export %s='", name);
    for (; *value; value++)
        (void)fputs(*value == '\'' ? "'\\''" : (char[]){*value, '\0'}, stdout);
    (void)fputs("'\n", stdout);
}

struct variable {
    const char *name, *value;
};

/* The variables of the session; the Regions only when one was named. Returns how many. */
static size_t variables_of(const struct cli *cli, const struct orgrun_credentials *c,
                           struct variable out[5])
{
    size_t n = 0;
    out[n++] = (struct variable){"AWS_ACCESS_KEY_ID", c->access_key_id};
    out[n++] = (struct variable){"AWS_SECRET_ACCESS_KEY", c->secret_access_key};
    out[n++] = (struct variable){"AWS_SESSION_TOKEN", c->session_token};
    if (cli->settings.region) {
        out[n++] = (struct variable){"AWS_REGION", cli->settings.region};
        out[n++] = (struct variable){"AWS_DEFAULT_REGION", cli->settings.region};
    }
    return n;
}

/* Everything of AWS that orgrun was started with leaves the environment, but where its endpoints,
 * Region and certificates are. */
static void drop_source(void)
{
    static const char *const kept[] = {
        "AWS_ENDPOINT_URL", "AWS_REGION=", "AWS_DEFAULT_REGION=", "AWS_CA_BUNDLE=", NULL};
    for (size_t i = 0; environ[i];) {
        bool keep = strncmp(environ[i], "AWS_", 4) != 0;
        for (const char *const *k = kept; *k && !keep; k++)
            keep = strncmp(environ[i], *k, strlen(*k)) == 0;
        if (keep) {
            i++;
            continue;
        }
        char *name = words_copy(environ[i], strcspn(environ[i], "="));
        (void)unsetenv(name);
        free(name);
    }
}

/* Becomes the command; returns only when it cannot. */
static int become(struct cli *cli, const struct orgrun_credentials *c)
{
    struct variable variables[5];
    size_t n = variables_of(cli, c, variables);
    drop_source();
    for (size_t i = 0; i < n; i++)
        (void)setenv(variables[i].name, variables[i].value, 1);
    (void)setenv("ORGRUN_ACCOUNT_ID", cli->argv[0], 1);
    (void)fflush(stdout);
    (void)execvp(cli->argv[1], cli->argv + 1);
    struct orgrun_error err = {.code = ORGRUN_EIO};
    (void)snprintf(err.message, sizeof err.message, "cannot start %s: %s", cli->argv[1],
                   strerror(errno));
    return complain_error(cli, &err);
}

static int hand_out(struct cli *cli, const struct orgrun_credentials *c)
{
    if (cli->argc > 1)
        return become(cli, c);
    if (!cli->settings.env_format)
        return print_process(c);
    struct variable variables[5];
    size_t n = variables_of(cli, c, variables);
    for (size_t i = 0; i < n; i++)
        print_export(variables[i].name, variables[i].value);
    return ORGRUN_EXIT_PASSED;
}

static int run_session(struct cli *cli)
{
    struct orgrun_error err = {0};
    struct orgrun_ctx *ctx = NULL;
    struct orgrun_session *session = NULL;
    struct orgrun_credentials credentials = {0};
    const struct orgrun_session_opts opts = {
        .role = cli->settings.role,
        .external_id = cli->settings.external_id,
        .duration_s = cli->settings.duration_ms / 1000,
    };
    int code;
    if (cli->argc > 1 && cli->settings.env_format)
        return complain_usage(cli, "--format and a command exclude one another");
    if (complain_context(cli, complain_log, cli, &ctx, &err) ||
        orgrun_session_open(&session, ctx, cli->argv[0], &opts, &err) ||
        orgrun_session_credentials(session, &credentials, &err))
        code = complain_error(cli, &err) && err.code == ORGRUN_EAWS ? ORGRUN_EXIT_ERROR
                                                                    : ORGRUN_EXIT_USAGE;
    else
        code = hand_out(cli, &credentials);
    orgrun_credentials_clear(&credentials);
    orgrun_session_close(session);
    orgrun_ctx_free(ctx);
    return code;
}

const struct command command_session = {
    .name = "session",
    .operands = "ACCOUNT [-- CMD [ARG]...]",
    .summary = "get one account's temporary credentials",
    .description =
        "Assumes the role in the account and prints the session's credentials: as JSON\n"
        "that the AWS SDKs and the AWS CLI read (credential_process), or as lines for a\n"
        "shell to eval. With a command, becomes that command, with the session in its\n"
        "environment and without the source credentials.\n",
    .groups = (const struct option_group *const[]){&options_session, &options_aws, &options_output,
                                                   &options_common, NULL},
    .examples = "  orgrun session 111122223333 -- aws s3 ls\n"
                "  orgrun session 111122223333 --role audit -- bash\n"
                "  eval \"$(orgrun session 111122223333 --format env)\"\n"
                "  # ~/.aws/config: [profile data]\n"
                "  # credential_process = orgrun session 111122223333 --profile central\n",
    .needs = "an account id",
    .least = 1,
    .most = -1,
    .run = run_session,
};
