// SPDX-License-Identifier: MIT
// Where the source credentials come from, told provider by provider.
#include "aws/provider_plan.h"
#include "base/cleanup.h"
#include "base/strv.h"
#include "fanout/source.h"
#include "orgrun/source.h"

#include <string.h>

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

struct telling {
    const struct source *source;
    orgrun_source_fn *visit;
    void *user;
};

/* One line for each profile on the way. */
static void add_hop(void *user, const struct provider_hop *hop)
{
    const char *detail = hop->detail[0] ? ": " : "";
    if (hop->profile)
        (void)strv_printf(user, "the profile %s: %s%s%s", hop->profile, hop->kind, detail,
                          hop->detail);
    else
        (void)strv_printf(user, "credential_source: %s", hop->kind);
}

/* Then the MFA session and the hubs, which come after the chain. */
static void add_hubs(const struct source *s, struct strv *steps)
{
    if (s->ctx->mfa_serial)
        (void)strv_printf(steps, "a session opened with the MFA device %s", s->ctx->mfa_serial);
    for (size_t i = 0; i < s->hops_len; i++)
        (void)strv_printf(steps, "the hub %s", s->hops[i].role);
}

static void tell(void *user, const struct provider_step *step)
{
    static const enum orgrun_source_state states[] = {
        [PROVIDER_STEP_PASSED] = ORGRUN_SOURCE_PASSED_OVER,
        [PROVIDER_STEP_CHOSEN] = ORGRUN_SOURCE_CHOSEN,
        [PROVIDER_STEP_REACHED_NOT] = ORGRUN_SOURCE_NOT_REACHED};
    const struct telling *t = user;
    AUTO(strv_clear) struct strv steps = {0};
    if (step->state == PROVIDER_STEP_CHOSEN) {
        if (strcmp(step->provider, provider_profile.name) == 0)
            (void)provider_plan_profile(&t->source->env, add_hop, &steps, NULL);
        add_hubs(t->source, &steps);
    }
    const struct orgrun_source view = {.provider = step->provider,
                                       .state = states[step->state],
                                       .detail = step->detail,
                                       .steps = (const char *const *)strv_array(&steps)};
    t->visit(t->user, &view);
}

static void fill(struct source *s, struct orgrun_identity *out)
{
    AUTO(credentials_unrefp) struct credentials *keys = source_credentials(s);
    (void)snprintf(out->access_key_id, sizeof out->access_key_id, "%s",
                   credentials_access_key_id(keys));
    (void)snprintf(out->arn, sizeof out->arn, "%s", s->identity.arn ? s->identity.arn : "");
    (void)snprintf(out->account, sizeof out->account, "%s", s->identity.account);
    (void)snprintf(out->provider, sizeof out->provider, "%s", credentials_provider(keys));
    out->expires_ms = credentials_expires_ms(keys);
}

int orgrun_source_explain(struct orgrun_ctx *ctx, orgrun_source_fn *visit, void *user,
                          struct orgrun_identity *out, struct orgrun_error *err)
{
    struct orgrun_error spare = {0};
    struct source s;
    err = err ? err : &spare;
    *out = (struct orgrun_identity){0};
    int rc = source_open(&s, ctx, NULL, err);
    struct telling t = {&s, visit, user};
    if (rc == 0 && visit)
        provider_plan(&s.env, tell, &t);
    if (rc == 0)
        rc = source_connect(&s, NULL, err);
    if (rc == 0)
        rc = source_ask_identity(&s, err);
    if (rc == 0)
        rc = source_identity(&s, err);
    if (rc == 0)
        fill(&s, out);
    source_stop(&s);
    source_close(&s);
    return rc;
}
