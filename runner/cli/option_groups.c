// SPDX-License-Identifier: MIT
// The tables of all options.
#include "cli/option.h"
#include "cli/terminal.h"

#define AT(field) offsetof(struct settings, field)
#define CONCURRENCY_MAX 1024
#define LIMIT_MAX 1000000

static const char *const colour_words[] = {"auto", "always", "never", NULL};
static const char *const progress_words[] = {"auto", "plain", "none", NULL};
static const char *const log_words[] = {"text", "json", NULL};
static const char *const session_words[] = {"process", "env", NULL};
static const char *const inject_words[] = {"env", "endpoint", NULL};
static const char *const list_words[] = {"table", "json", NULL};

const struct option_group options_selection = {
    "Accounts",
    (const struct option_spec[]){
        {"accounts", 'a', OPTION_COMMAS, AT(accounts), "ID,ID...",
         "The accounts to run in, by their 12 digits. May be given several times."},
        {"accounts-file", 'f', OPTION_TEXT, AT(accounts_file), "PATH",
         "A list of accounts: .csv, .json or .yaml; - is standard input, where plain ids will do."},
        {"org", '\0', OPTION_FLAG, AT(organization), NULL,
         "Every active account of the organization.", .most = 1},
        {"include", 'i', OPTION_EACH, AT(include), "GLOB",
         "Only accounts whose id, name, e-mail address or OU path matches. May be given several "
         "times."},
        {"exclude", 'x', OPTION_EACH, AT(exclude), "GLOB",
         "Leave out accounts that match. May be given several times."},
        {NULL},
    }};

const struct option_group options_whole_organization = {
    "Accounts",
    (const struct option_spec[]){
        {"org", '\0', OPTION_FLAG, AT(organization), NULL,
         "Every account of the organization; the default without a job file.", .most = 1},
        {NULL},
    }};

const struct option_group options_narrow = {
    "Which of the organization's accounts",
    (const struct option_spec[]){
        {"ou", '\0', OPTION_EACH, AT(ous), "OU",
         "Only accounts in this OU or in one within it: /Workloads/Prod, or an id such as "
         "ou-abcd-12345678. May be given several times."},
        {"tag", '\0', OPTION_EACH, AT(tags), "KEY=VALUE",
         "Only accounts with this tag. Given several times, all keys must match; the values of one "
         "key are alternatives."},
        {"joined-after", '\0', OPTION_TEXT, AT(joined_after), "DATE",
         "Only accounts that joined the organization on this day or later, such as 2025-01-31."},
        {"refresh", '\0', OPTION_FLAG, AT(refresh), NULL,
         "Ask for OUs and tags anew; else those of the last hour are taken from the state "
         "directory.",
         .most = 1},
        {NULL},
    }};

const struct option_group options_task = {
    "Role and command",
    (const struct option_spec[]){
        {"role", '\0', OPTION_TEXT, AT(role), "ROLE",
         "Name, path/name or ARN of the role to assume in each account; rol_sts_cross_account when "
         "not given."},
        {"external-id", '\0', OPTION_TEXT, AT(external_id), "ID",
         "External id that the role's trust policy asks for."},
        {"regions", 'r', OPTION_COMMAS, AT(regions), "REGION,...",
         "Run once in each of these Regions; a glob such as eu-* and the word enabled mean those "
         "that "
         "are enabled in the account. Once per account when not given."},
        {"env", 'e', OPTION_EACH, AT(env), "NAME=VALUE",
         "A variable for the command, over what it gets by itself. May be given several times."},
        {"timeout", 't', OPTION_DURATION, AT(timeout_ms), "TIME",
         "End a command that runs longer, such as 90s, 5m or 2h; its outcome is error."},
        {"inject", '\0', OPTION_CHOICE, AT(endpoint), "HOW",
         "env: the session's keys in the environment; endpoint: none there, but a loopback "
         "endpoint "
         "that gives them and renews them, for commands that outlive the session.",
         .choices = inject_words},
        {NULL},
    }};

const struct option_group options_role = {
    "Role",
    (const struct option_spec[]){
        {"role", '\0', OPTION_TEXT, AT(role), "ROLE",
         "Name, path/name or ARN of the role to assume in each account; rol_sts_cross_account when "
         "not given."},
        {"external-id", '\0', OPTION_TEXT, AT(external_id), "ID",
         "External id that the role's trust policy asks for."},
        {NULL},
    }};

const struct option_group options_session = {
    "Session",
    (const struct option_spec[]){
        {"role", '\0', OPTION_TEXT, AT(role), "ROLE",
         "Name, path/name or ARN of the role to assume; rol_sts_cross_account when not given."},
        {"external-id", '\0', OPTION_TEXT, AT(external_id), "ID",
         "External id that the role's trust policy asks for."},
        {"duration", '\0', OPTION_DURATION, AT(duration_ms), "TIME",
         "How long the session lasts, 15m to 12h; 1h when not given."},
        {"format", '\0', OPTION_CHOICE, AT(env_format), "FORMAT",
         "process: JSON, as credential_process wants it; env: lines for a shell to eval.",
         .choices = session_words},
        {"exec", '\0', OPTION_FLAG, AT(exec), NULL,
         "Run the command after --, which a command given does by itself.", .most = 1},
        {"shell", '\0', OPTION_FLAG, AT(shell), NULL,
         "Open a shell with the session, whose prompt names the account.", .most = 1},
        {"explain", '\0', OPTION_FLAG, AT(explain), NULL,
         "Say where the source credentials come from, and why not from elsewhere; ACCOUNT may be "
         "left out.",
         .most = 1},
        {"session-name", '\0', OPTION_TEXT, AT(session_name), "NAME",
         "Name of the session, as CloudTrail shows it; orgrun-<seconds> when not given."},
        {"policy-file", '\0', OPTION_TEXT, AT(policy_file), "PATH",
         "A policy document (JSON) that narrows the session."},
        {"policy-arn", '\0', OPTION_EACH, AT(policy_arns), "ARN",
         "A managed policy that narrows the session. May be given several times."},
        {"session-tag", '\0', OPTION_EACH, AT(session_tags), "KEY=VALUE",
         "Tag the session. May be given several times."},
        {"transitive-tag", '\0', OPTION_EACH, AT(transitive_tags), "KEY",
         "A session tag that a chained role keeps. May be given several times."},
        {"source-identity", '\0', OPTION_TEXT, AT(source_identity), "NAME",
         "Who is behind the session, as CloudTrail shows it."},
        {"via", '\0', OPTION_EACH, AT(via), "ARN",
         "A role to assume on the way. May be given several times, in order."},
        {"inject", '\0', OPTION_CHOICE, AT(endpoint), "HOW",
         "How a command gets the session. env: keys in its environment; endpoint: none there, but "
         "a "
         "loopback endpoint that gives them and renews them, with orgrun staying beside it.",
         .choices = inject_words},
        {NULL},
    }};

const struct option_group options_sso = {
    "Identity Center, in place of a role to assume",
    (const struct option_spec[]){
        {"sso-session", '\0', OPTION_TEXT, AT(sso_session), "NAME",
         "Get sessions with the login of this [sso-session] of the AWS config file (aws sso login "
         "--sso-session NAME)."},
        {"sso-role", '\0', OPTION_TEXT, AT(sso_role), "NAME",
         "With --sso-session: the permission set to use in each account."},
        {NULL},
    }};

const struct option_group options_run = {
    "Run",
    (const struct option_spec[]){
        {"concurrency", 'j', OPTION_NUMBER, AT(concurrency), "N",
         "Targets run at once; 32 when neither this nor the job says.", .least = 1,
         .most = CONCURRENCY_MAX},
        {"report", '\0', OPTION_EACH, AT(reports), "FORMAT=PATH",
         "Write a report at the end; PATH - or none is standard output, in place of the table. May "
         "be given several times."},
        {NULL},
    }};

const struct option_group options_job = {
    "Job",
    (const struct option_spec[]){
        {"set", '\0', OPTION_EACH, AT(set), "KEY=VALUE",
         "Set a key of the job file, such as limits.concurrency=4. May be given several times."},
        {NULL},
    }};

const struct option_group options_aws = {
    "Source credentials",
    (const struct option_spec[]){
        {"profile", '\0', OPTION_TEXT, AT(profile), "NAME",
         "Profile of the shared AWS files; AWS_PROFILE or default when not given."},
        {"region", '\0', OPTION_TEXT, AT(region), "REGION",
         "Region whose STS is asked; AWS_REGION, AWS_DEFAULT_REGION or the profile's when not "
         "given."},
        {"mfa-serial", '\0', OPTION_TEXT, AT(mfa_serial), "ARN",
         "Open an MFA session with this device first, for roles that ask for one."},
        {"mfa-code", '\0', OPTION_TEXT, AT(mfa_code), "CODE",
         "The code that the MFA device shows; asked on the terminal when needed and not given."},
        {NULL},
    }};

const struct option_group options_progress = {
    "Progress",
    (const struct option_spec[]){
        {"progress", '\0', OPTION_CHOICE, AT(progress), "MODE",
         "auto: a live view on a terminal, plain lines elsewhere; plain: lines; none: only what "
         "went wrong and the end.",
         .choices = progress_words},
        {NULL},
    }};

const struct option_group options_output = {
    "Output",
    (const struct option_spec[]){
        {"quiet", 'q', OPTION_FLAG, AT(quiet), NULL,
         "Say nothing but what went wrong; print no table.", .most = 1},
        {"verbose", 'v', OPTION_COUNT, AT(verbose), NULL,
         "Say more: every target in lines and table, and what orgrun does; twice: every detail."},
        {"log-format", '\0', OPTION_CHOICE, AT(log_json), "FORMAT",
         "text, or json: one JSON object a line on standard error.", .choices = log_words},
        {"color", '\0', OPTION_CHOICE, AT(colour), "WHEN",
         "auto, always or never; auto heeds NO_COLOR and CLICOLOR_FORCE.", .choices = colour_words},
        {"no-color", '\0', OPTION_FLAG, AT(colour), NULL, "The same as --color=never.",
         .most = COLOUR_NEVER},
        {NULL},
    }};

const struct option_group options_common = {
    "Common",
    (const struct option_spec[]){
        {"state", '\0', OPTION_TEXT, AT(state), "DIR",
         "State directory with the run store and captured output; $XDG_STATE_HOME/orgrun or "
         "~/.local/state/orgrun when not given."},
        {"help", 'h', OPTION_FLAG, AT(help), NULL, "Print this and exit.", .most = 1},
        {"version", 'V', OPTION_FLAG, AT(version), NULL, "Print the version and exit.", .most = 1},
        {NULL},
    }};

const struct option_group options_list = {"List",
                                          (const struct option_spec[]){
                                              {"format", '\0', OPTION_CHOICE, AT(json), "FORMAT",
                                               "table or json.", .choices = list_words},
                                              {NULL},
                                          }};

const struct option_group options_report = {
    "Report", (const struct option_spec[]){
                  {"format", '\0', OPTION_TEXT, AT(report_format), "FORMAT",
                   "One of the formats below; table when not given."},
                  {"output", 'o', OPTION_TEXT, AT(output), "PATH",
                   "Where to write it; standard output when not given or -."},
                  {NULL},
              }};

const struct option_group options_runs = {
    "Runs", (const struct option_spec[]){
                {"limit", 'n', OPTION_NUMBER, AT(limit), "N",
                 "At most so many runs, the newest first; 20 when not given, 0 for all.",
                 .most = LIMIT_MAX},
                {NULL},
            }};
