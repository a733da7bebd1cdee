// SPDX-License-Identifier: MIT
// orgrun session: one account's temporary credentials, for another program or for one command.
#include "cli/become.h"
#include "cli/command.h"
#include "cli/companion.h"
#include "cli/complain.h"
#include "cli/explain.h"
#include "cli/words.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLICY_MAX 2048 /* STS API Reference, AssumeRole: Policy */

/* RFC 3339, whole seconds. */
static void format_time(int64_t ms, char out[32])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    (void)gmtime_r(&seconds, &tm);
    (void)strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* jansson's own copies of the secrets. */
static void wipe_values(json_t *document)
{
    const char *name;
    json_t *value;
    json_object_foreach(document, name, value)
    {
        if (json_is_string(value))
            explicit_bzero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
    }
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
    wipe_values(document);
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

/* The Region the session is for: the option's, or what is in the environment under one of the two
 * names, since programs look at different ones. */
static const char *region_of(const struct cli *cli)
{
    const char *region = cli->settings.region;
    if (!region)
        region = getenv("AWS_REGION");
    if (!region || !region[0])
        region = getenv("AWS_DEFAULT_REGION");
    return region && region[0] ? region : NULL;
}

/* The variables of the session; the Regions only when one is known. Returns how many. */
static size_t variables_of(const struct cli *cli, const struct orgrun_credentials *c,
                           struct become_variable out[6])
{
    size_t n = 0;
    out[n++] = (struct become_variable){"AWS_ACCESS_KEY_ID", c->access_key_id};
    out[n++] = (struct become_variable){"AWS_SECRET_ACCESS_KEY", c->secret_access_key};
    out[n++] = (struct become_variable){"AWS_SESSION_TOKEN", c->session_token};
    const char *region = region_of(cli);
    if (region) {
        out[n++] = (struct become_variable){"AWS_REGION", region};
        out[n++] = (struct become_variable){"AWS_DEFAULT_REGION", region};
    }
    return n;
}

static int print(struct cli *cli, const struct orgrun_credentials *c)
{
    if (!cli->settings.env_format)
        return print_process(c);
    struct become_variable variables[6];
    size_t n = variables_of(cli, c, variables);
    for (size_t i = 0; i < n; i++)
        print_export(variables[i].name, variables[i].value);
    return ORGRUN_EXIT_PASSED;
}

static int hand_out(struct cli *cli, const struct orgrun_credentials *c)
{
    if (cli->settings.shell || cli->argc > 1) {
        struct become_variable variables[6];
        size_t n = variables_of(cli, c, variables);
        variables[n++] = (struct become_variable){"ORGRUN_ACCOUNT_ID", cli->argv[0]};
        return cli->settings.shell ? become_shell(cli, cli->argv[0], variables, n)
                                   : become_command(cli, cli->argv + 1, variables, n);
    }
    /* What is printed lies in this buffer and nowhere else. */
    char buffer[BUFSIZ];
    (void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    int code = print(cli, c);
    bool written = fflush(stdout) == 0;
    explicit_bzero(buffer, sizeof buffer);
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    return written ? code : ORGRUN_EXIT_ERROR;
}

/* The text of a policy document; AWS judges it. */
static int read_policy(struct cli *cli, const char *path, char **out)
{
    struct orgrun_error err = {.code = ORGRUN_EIO};
    char text[POLICY_MAX + 2];
    FILE *file = fopen(path, "re");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (!file || ferror(file))
        (void)snprintf(err.message, sizeof err.message, "cannot read the policy %s: %s", path,
                       strerror(errno));
    else if (n > POLICY_MAX)
        (void)snprintf(err.message, sizeof err.message,
                       "the policy %s is longer than %d characters, which is all STS takes", path,
                       POLICY_MAX);
    if (file)
        (void)fclose(file);
    if (err.message[0])
        return complain_error(cli, &err);
    *out = words_copy(text, n);
    return 0;
}

/* KEY=VALUE words as the library takes them: key, value, key, value. */
static int split_tags(struct cli *cli, struct words *out)
{
    const struct words *tags = &cli->settings.session_tags;
    for (size_t i = 0; i < tags->len; i++) {
        const char *eq = strchr(tags->at[i], '=');
        if (!eq || eq == tags->at[i])
            return complain_usage(cli, "--session-tag %s is not KEY=VALUE", tags->at[i]);
        words_keep(out, words_copy(tags->at[i], (size_t)(eq - tags->at[i])));
        words_add(out, eq + 1);
    }
    return 0;
}

/* Options that exclude one another, and what needs an account. */
static int check(struct cli *cli)
{
    const struct settings *s = &cli->settings;
    if (!s->explain && cli->argc < 1)
        return complain_usage(cli, "session needs an account id");
    if (s->explain && (s->shell || s->exec || s->env_format || cli->argc > 1))
        return complain_usage(cli, "--explain only explains: no command, --shell or --format");
    if (cli->argc > 1 && (s->env_format || s->shell))
        return complain_usage(cli, "%s and a command exclude one another",
                              s->shell ? "--shell" : "--format");
    if (s->endpoint && cli->argc < 2)
        return complain_usage(cli, "--inject endpoint goes with a command");
    if (s->exec && (cli->argc < 2 || s->shell))
        return complain_usage(cli, "--exec needs a command after --");
    return 0;
}

/* Says what went wrong: of the command line and the credentials, or of the account and the way to
 * it. */
static int exit_code_of(struct cli *cli, const struct orgrun_error *err)
{
    (void)complain_error(cli, err);
    return err->code == ORGRUN_EUSAGE || err->code == ORGRUN_ECREDENTIALS ? ORGRUN_EXIT_USAGE
                                                                          : ORGRUN_EXIT_ERROR;
}

static int open_and_hand_out(struct cli *cli, const struct orgrun_session_opts *opts)
{
    struct orgrun_error err = {0};
    struct orgrun_ctx *ctx = NULL;
    struct orgrun_session *session = NULL;
    struct orgrun_credentials credentials = {0};
    int code = 0;
    if (complain_context(cli, complain_log, cli, &ctx, &err) ||
        orgrun_session_open(&session, ctx, cli->argv[0], cli->settings.region, opts, &err) ||
        orgrun_session_credentials(session, &credentials, &err))
        code = exit_code_of(cli, &err);
    else if (cli->settings.endpoint)
        code = companion_run(cli, session);
    orgrun_session_close(session); /* a program that this becomes inherits nothing of it */
    orgrun_ctx_free(ctx);
    if (credentials.owner && !cli->settings.endpoint)
        code = hand_out(cli, &credentials);
    orgrun_credentials_clear(&credentials);
    return code;
}

static int run_session(struct cli *cli)
{
    const struct settings *s = &cli->settings;
    struct words tags = {0};
    char *policy = NULL;
    int code = check(cli);
    if (code == 0 && s->explain)
        return explain_sources(cli);
    if (code == 0)
        code = split_tags(cli, &tags);
    if (code == 0 && s->policy_file)
        code = read_policy(cli, s->policy_file, &policy);
    if (code == 0) {
        const struct orgrun_session_opts opts = {
            .role = s->role,
            .session_name = s->session_name,
            .external_id = s->external_id,
            .duration_s = s->duration_ms / 1000,
            .policy = policy,
            .policy_arns = s->policy_arns.at,
            .tags = tags.at,
            .transitive_tag_keys = s->transitive_tags.at,
            .source_identity = s->source_identity,
            .via = s->via.at,
            .sso_session = s->sso_session,
            .sso_role = s->sso_role,
        };
        code = open_and_hand_out(cli, &opts);
    }
    words_clear(&tags);
    free(policy);
    return code;
}

const struct command command_session = {
    .name = "session",
    .operands = "[ACCOUNT] [-- CMD [ARG]...]",
    .summary = "get one account's temporary credentials",
    .description =
        "Assumes the role in the account, or with --sso-session gets the session from IAM\n"
        "Identity Center, and prints its credentials: as JSON that the AWS SDKs and the AWS\n"
        "CLI read (credential_process), or as lines for a shell to eval. With a command, or\n"
        "with --shell, becomes that, with the session in its environment and without the\n"
        "source credentials; or, with --inject endpoint, stays beside the command and renews\n"
        "the session, which it may so outlive. --explain says where the source credentials\n"
        "come from.\n",
    .groups = (const struct option_group *const[]){&options_session, &options_sso, &options_aws,
                                                   &options_output, &options_common, NULL},
    .examples = "  orgrun session 111122223333 -- aws s3 ls\n"
                "  orgrun session 111122223333 --role audit -- bash\n"
                "  orgrun session 111122223333 --shell\n"
                "  orgrun session 111122223333 --inject endpoint -- ./migrate.sh\n"
                "  orgrun session 111122223333 --sso-session corp --sso-role Auditor -- aws s3 ls\n"
                "  orgrun session --explain --profile dev\n"
                "  eval \"$(orgrun session 111122223333 --format env)\"\n"
                "  # ~/.aws/config: [profile data]\n"
                "  # credential_process = orgrun session 111122223333 --profile central\n",
    .needs = "an account id",
    .exits = "  0    the session was handed out\n"
             "  2    usage or credentials wrong: nothing was asked of the account\n"
             "  3    AWS refused the session, or could not be reached\n"
             "  else that of the command or shell\n",
    .least = 0,
    .most = -1,
    .run = run_session,
};
