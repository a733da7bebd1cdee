// SPDX-License-Identifier: MIT
// The plan of the provider chain, without asking anybody.
#include "aws/provider_plan.h"

#include "aws/provider_profile.h"

#include <stdio.h>
#include <string.h>

#define HOPS_MAX 64 /* more profiles than that in a row lead back to one of them, or nowhere */

void provider_plan(const struct provider_env *env, provider_step_fn *visit, void *user)
{
    bool chosen = false;
    for (size_t i = 0; i < PROVIDERS; i++) {
        const struct provider_ops *p = provider_chain[i];
        char why[PROVIDER_WHY_SIZE] = "";
        struct provider_step step = {
            .provider = p->name, .state = PROVIDER_STEP_REACHED_NOT, .detail = why};
        if (!chosen) {
            chosen = provider_configured(env, p, why) == PROVIDER_FOUND;
            step.state = chosen ? PROVIDER_STEP_CHOSEN : PROVIDER_STEP_PASSED;
        }
        visit(user, &step);
    }
}

/* What a profile of each kind is known by. */
static void describe(const struct profile_section *p, enum provider_profile_kind kind, char *out,
                     size_t size)
{
    static const char *const properties[] = {
        [PROFILE_NONE] = NULL,
        [PROFILE_ROLE] = "role_arn",
        [PROFILE_WEB_IDENTITY] = "role_arn",
        [PROFILE_SSO] = "sso_role_name",
        [PROFILE_STATIC] = "aws_access_key_id",
        [PROFILE_LOGIN] = "login_session",
        [PROFILE_PROCESS] = NULL, /* a command may hold a secret */
    };
    const char *value = properties[kind] ? profile_get(p, properties[kind]) : NULL;
    const char *account = kind == PROFILE_SSO ? profile_get(p, "sso_account_id") : NULL;
    (void)snprintf(out, size, "%s%s%s", value ? value : "", account ? " in account " : "",
                   account ? account : "");
}

static void visit_profile(const struct profile_section *p, const char *name, provider_hop_fn *visit,
                          void *user)
{
    char detail[512];
    enum provider_profile_kind kind = provider_profile_kind(p);
    describe(p, kind, detail, sizeof detail);
    visit(user, &(struct provider_hop){name, provider_profile_kind_name(kind), detail});
}

int provider_plan_profile(const struct provider_env *env, provider_hop_fn *visit, void *user,
                          struct orgrun_error *err)
{
    const char *names[HOPS_MAX];
    const char *name = provider_profile_name(env);
    for (size_t n = 0; n < HOPS_MAX; n++) {
        for (size_t i = 0; i < n; i++)
            if (strcmp(names[i], name) == 0)
                return provider_profile_loops(name, err);
        names[n] = name;
        const struct profile_section *p = profile_find(env->files, name);
        if (!p)
            return provider_profile_missing(env, name, err);
        visit_profile(p, name, visit, user);
        if (provider_profile_kind(p) != PROFILE_ROLE)
            return 0;
        const char *source = profile_get(p, "credential_source");
        const char *next = profile_get(p, "source_profile");
        if (source && source[0])
            visit(user, &(struct provider_hop){NULL, source, ""});
        if ((source && source[0]) || !next || !next[0])
            return 0;
        const char *key = profile_get(p, "aws_access_key_id");
        if (strcmp(next, name) == 0 && key) {
            visit(user,
                  &(struct provider_hop){name, provider_profile_kind_name(PROFILE_STATIC), key});
            return 0;
        }
        name = next;
    }
    return error_set(err, ORGRUN_ECREDENTIALS, "more than %d profiles lead from one to another",
                     HOPS_MAX);
}
