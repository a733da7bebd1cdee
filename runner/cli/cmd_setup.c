// SPDX-License-Identifier: MIT
// orgrun setup: the templates and policies that let orgrun into the accounts.
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/glyph.h"

#include <stdlib.h>
#include <string.h>

static const char *const documents[] = {"stackset", "trust", "source-policy", NULL};
enum { STACKSET = 1, TRUST = 2, SOURCE_POLICY = 4 };

/* Which documents have a place for an option; the rest have it everywhere. */
static const struct use {
    const char *option;
    unsigned of;
} uses[] = {
    {"role", STACKSET | SOURCE_POLICY},
    {"principal", STACKSET | TRUST},
    {"external-id", STACKSET | TRUST},
    {"ous", STACKSET},
    {"managed-policy", STACKSET},
    {"permissions-boundary", STACKSET},
    {"duration", STACKSET},
    {"delegated-admin", STACKSET},
    {"role-only", STACKSET},
};

static bool is_given(const struct option_spec *spec, const struct settings *s)
{
    const void *place = (const char *)s + spec->offset;
    switch (spec->kind) {
    case OPTION_FLAG:
        return *(const int *)place != 0;
    case OPTION_TEXT:
        return *(const char *const *)place != NULL;
    case OPTION_EACH:
    case OPTION_COMMAS:
        return ((const struct words *)place)->len > 0;
    case OPTION_DURATION:
        return *(const int64_t *)place != 0;
    default:
        return false;
    }
}

static unsigned places_of(const char *option)
{
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++)
        if (strcmp(uses[i].option, option) == 0)
            return uses[i].of;
    return STACKSET | TRUST | SOURCE_POLICY;
}

/* An option that would be passed over in silence is refused. */
static int refuse_unused(const struct cli *cli, int document)
{
    const struct option_group *const groups[] = {&options_setup, &options_setup_template};
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
        for (const struct option_spec *spec = groups[g]->options; spec->name; spec++) {
            unsigned places = places_of(spec->name);
            if (is_given(spec, &cli->settings) && !(places & (1u << document)))
                return complain_usage(
                    cli, "setup %s has no place for --%s, which is for setup %s%s",
                    documents[document], spec->name, places & STACKSET ? "stackset" : "",
                    places & TRUST           ? " or trust"
                    : places & SOURCE_POLICY ? " or source-policy"
                                             : "");
        }
    const struct settings *s = &cli->settings;
    if (s->role_only && (s->ous.len || s->delegated_admin))
        return complain_usage(cli, "--role-only is for one account: it excludes --ous and "
                                   "--delegated-admin");
    if (s->partition && s->region)
        return complain_usage(cli, "--partition and --region exclude one another");
    return 0;
}

/* --region, else that of the environment where nothing says more. */
static const char *region_of(const struct settings *s)
{
    static const char *const variables[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
    const char *region = s->region;
    bool says = s->partition || (s->role && strncmp(s->role, "arn:", 4) == 0);
    for (size_t i = 0; i < s->principals.len; i++)
        says |= strncmp(s->principals.at[i], "arn:", 4) == 0;
    for (size_t i = 0; !region && !says && i < sizeof variables / sizeof variables[0]; i++) {
        region = getenv(variables[i]);
        region = region && *region ? region : NULL;
    }
    return region;
}

static int print_document(const struct cli *cli, enum orgrun_setup_document document)
{
    const struct settings *s = &cli->settings;
    struct orgrun_error err = {0};
    char *text = NULL;
    const struct orgrun_setup_opts opts = {
        .role = s->role,
        .principals = s->principals.at,
        .external_id = s->external_id,
        .org_id = s->org_id,
        .partition = s->partition,
        .region = region_of(s),
        .managed_policies = s->managed_policies.at,
        .permissions_boundary = s->permissions_boundary,
        .ous = s->ous.at,
        .duration_s = (s->duration_ms + 999) / 1000,
        .delegated_admin = s->delegated_admin,
        .session_tags = s->allow_session_tags,
        .source_identity = s->allow_source_identity,
    };
    if (orgrun_setup(&text, document, &opts, &err))
        return complain_error(cli, &err);
    (void)fputs(text, stdout);
    free(text);
    if (document <= ORGRUN_SETUP_ROLE && s->managed_policies.len == 0)
        complain_note(cli,
                      "the role may do nothing yet: name what it may with --managed-policy, or "
                      "attach policies yourself");
    return ORGRUN_EXIT_PASSED;
}

static int run_setup(struct cli *cli)
{
    static const enum orgrun_setup_document kinds[] = {ORGRUN_SETUP_STACKSET, ORGRUN_SETUP_TRUST,
                                                       ORGRUN_SETUP_SOURCE_POLICY};
    const char *word = cli->argv[0];
    for (int i = 0; documents[i]; i++)
        if (strcmp(documents[i], word) == 0)
            return refuse_unused(cli, i)     ? ORGRUN_EXIT_USAGE
                   : cli->settings.role_only ? print_document(cli, ORGRUN_SETUP_ROLE)
                                             : print_document(cli, kinds[i]);
    const char *near = glyph_nearest(word, documents);
    return complain_usage(cli, "setup prints stackset, trust or source-policy, not '%s'%s%s%s",
                          word, near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

const struct command command_setup = {
    .name = "setup",
    .operands = "DOCUMENT",
    .summary = "print the template and policies that let orgrun in",
    .description =
        "Prints one document and asks nothing of AWS. DOCUMENT is one of\n"
        "  stackset       CloudFormation template of a stack set that makes the role in\n"
        "                 every account of organizational units, now and later\n"
        "  trust          the role's trust policy\n"
        "  source-policy  what the principal that orgrun starts with needs: to assume the\n"
        "                 role in every account, and to read the organization\n"
        "What is given here becomes the default of a template's parameter; principals\n"
        "and organizational units that are not given are asked for at deployment. Stack\n"
        "sets pass over the management account: --role-only prints its template.\n",
    .groups = (const struct option_group *const[]){&options_setup, &options_setup_template,
                                                   &options_partition, &options_output,
                                                   &options_common, NULL},
    .examples =
        "  orgrun setup stackset --principal arn:aws:iam::111122223333:role/runner \\\n"
        "    --managed-policy SecurityAudit --ous ou-ab12-c3d4e5f6 >stackset.yaml\n"
        "  aws cloudformation deploy --stack-name orgrun-role --template-file stackset.yaml\n"
        "  orgrun setup trust --principal 111122223333 --external-id nightly\n"
        "  orgrun setup source-policy --org-id o-a1b2c3d4e5\n",
    .needs = "a document, stackset, trust or source-policy",
    .least = 1,
    .most = 1,
    .run = run_setup,
};
