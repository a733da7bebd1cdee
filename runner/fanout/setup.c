// SPDX-License-Identifier: MIT
// Setup documents: policies and templates, of checked parts.
#include "orgrun/setup.h"

#include "aws/policy.h"
#include "base/cleanup.h"
#include "fanout/plan.h"
#include "fanout/setup_check.h"
#include "fanout/setup_fill.h"
#include "fanout/setup_text.h"

#include <inttypes.h>
#include <string.h>

#define DEFAULT_ROLE "rol_sts_cross_account"
#define DURATION_S 3600
#define TEMPLATE_MAX (1024 * 1024)

/* What was asked for, checked. */
struct setup {
    const struct orgrun_setup_opts *opts;
    const char *role; /* as opts, or the default */
    const char *partition;
};

static int write_trust(const struct setup *s, char **out, struct orgrun_error *err)
{
    const struct policy_trust trust = {
        .partition = s->partition,
        .principals = s->opts->principals,
        .external_id = s->opts->external_id,
        .org_id = s->opts->org_id,
        .session_tags = s->opts->session_tags,
        .source_identity = s->opts->source_identity,
    };
    *out = policy_trust(&trust);
    return *out ? 0 : error_nomem(err);
}

static int write_source(const struct setup *s, char **out, struct orgrun_error *err)
{
    AUTO(free_ptr) char *arn = plan_role_arn(s->role, "*", s->partition);
    const struct policy_source source = {
        .role_arn = arn,
        .org_id = s->opts->org_id,
        .session_tags = s->opts->session_tags,
        .source_identity = s->opts->source_identity,
    };
    *out = arn ? policy_source(&source) : NULL;
    return *out ? 0 : error_nomem(err);
}

/* With commas between; NULL when words is empty or memory is out, then with nomem. */
static char *joined(const char *const *words, bool *nomem)
{
    struct buf b;
    buf_init(&b, TEMPLATE_MAX);
    for (const char *const *w = words; w && *w; w++)
        (void)buf_printf(&b, "%s%s", w == words ? "" : ",", *w);
    char *out = words && *words ? buf_take(&b, NULL) : NULL;
    *nomem |= words && *words && !out;
    buf_clear(&b);
    return out;
}

/* "/path/" of "path/name", or "/"; heap. */
static char *role_path(const char *role, const char *name)
{
    char *out;
    return asprintf(&out, "/%.*s", (int)(name - role), role) < 0 ? NULL : out;
}

static const char *yes_or_no(bool yes)
{
    return yes ? "true" : "false";
}

static const char *text_of(const char *text)
{
    return text ? text : "";
}

/* The template, whose parameters have what was given as defaults. Within the stack set the role's
 * parameters have none: it is given them all. */
static int fill(const struct setup *s, const char *template, const char *path, const char *policies,
                char **out, struct orgrun_error *err)
{
    const struct orgrun_setup_opts *o = s->opts;
    bool nomem = false;
    AUTO(free_ptr) char *principals = joined(o->principals, &nomem);
    AUTO(free_ptr) char *ous = joined(o->ous, &nomem);
    char duration[32];
    (void)snprintf(duration, sizeof duration, "%" PRId64,
                   o->duration_s ? o->duration_s : DURATION_S);
    const char *slash = strrchr(s->role, '/');
    const struct setup_value defaults[] = {
        {"role_name", slash ? slash + 1 : s->role},
        {"role_path", path},
        {"principals", principals},
        {"external_id", text_of(o->external_id)},
        {"org_id", text_of(o->org_id)},
        {"session_tags", yes_or_no(o->session_tags)},
        {"source_identity", yes_or_no(o->source_identity)},
        {"managed_policies", policies},
        {"permissions_boundary", text_of(o->permissions_boundary)},
        {"duration", duration},
        {NULL},
    };
    const struct setup_value within[] = {{"parameters", NULL, setup_text_parameters, NULL}, {NULL}};
    const struct setup_value outer[] = {
        {"parameters", NULL, setup_text_parameters, defaults},
        {"role", NULL, setup_text_role, within},
        {"ous", ous},
        {"call_as", o->delegated_admin ? "DELEGATED_ADMIN" : "SELF"},
        {NULL},
    };
    struct buf b;
    buf_init(&b, TEMPLATE_MAX);
    setup_fill(&b, template, outer);
    int rc = nomem ? error_nomem(err) : buf_check(&b, "the template", err);
    *out = rc ? NULL : buf_take(&b, err);
    buf_clear(&b);
    return rc;
}

static int write_template(const struct setup *s, const char *template, char **out,
                          struct orgrun_error *err)
{
    const char *slash = strrchr(s->role, '/');
    AUTO(free_ptr) char *path = role_path(s->role, slash ? slash + 1 : s->role);
    AUTO(strv_clear) struct strv arns = {0};
    int rc = path ? setup_policy_arns(s->opts, s->partition, &arns, err) : error_nomem(err);
    bool nomem = false;
    AUTO(free_ptr)
    char *policies = rc ? NULL : joined((const char *const *)strv_array(&arns), &nomem);
    if (nomem)
        return error_nomem(err);
    return rc ? rc : fill(s, template, path, text_of(policies), out, err);
}

int orgrun_setup(char **out, enum orgrun_setup_document document,
                 const struct orgrun_setup_opts *opts, struct orgrun_error *err)
{
    static const struct orgrun_setup_opts none;
    struct setup s = {.opts = opts ? opts : &none};
    *out = NULL;
    int rc = setup_check(document, s.opts, &s.partition, err);
    if (rc)
        return rc;
    s.role = s.opts->role ? s.opts->role : DEFAULT_ROLE;
    switch (document) {
    case ORGRUN_SETUP_STACKSET:
        return write_template(&s, setup_text_stackset, out, err);
    case ORGRUN_SETUP_ROLE:
        return write_template(&s, setup_text_role, out, err);
    case ORGRUN_SETUP_TRUST:
        return write_trust(&s, out, err);
    case ORGRUN_SETUP_SOURCE_POLICY:
        return write_source(&s, out, err);
    }
    return error_set(err, ORGRUN_EUSAGE, "there is no setup document %d", (int)document);
}
