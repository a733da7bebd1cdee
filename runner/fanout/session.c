// SPDX-License-Identifier: MIT
// A session by itself: source, broker and one account, without a run.
#include "fanout/session.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "fanout/access.h"
#include "fanout/plan.h"

#include <inttypes.h>
#include <string.h>

#define DEFAULT_ROLE "rol_sts_cross_account"
#define DURATION_LEAST_S 900
#define DURATION_MOST_S 43200
#define DURATION_S 3600

/* An sso-session leaves nothing to say of a role. */
static int check_access(const struct orgrun_session_opts *o, struct orgrun_error *err)
{
    if (!o->sso_session != !o->sso_role)
        return error_set(
            err, ORGRUN_EUSAGE,
            "sso-session and sso-role (the permission set) go together: one is missing");
    if (o->sso_session &&
        (o->role || o->session_name || o->external_id || o->duration_s || o->policy ||
         o->policy_arns || o->tags || o->transitive_tag_keys || o->source_identity || o->via))
        return error_set(err, ORGRUN_EUSAGE,
                         "a session of an sso-session is as its permission set says: nothing of a "
                         "role to assume goes with it");
    return 0;
}

static int check(const char *account, const char *region, const struct orgrun_session_opts *opts,
                 struct orgrun_error *err)
{
    if (region &&
        (!region_is_valid(region) || strlen(region) >= sizeof((struct orgrun_session *)0)->region))
        return error_set(err, ORGRUN_EUSAGE, "\"%s\" is not a Region name", region);
    if (!account || !text_is_account_id(account))
        return error_set(err, ORGRUN_EUSAGE, "\"%s\" is not an account id, which has 12 digits",
                         account ? account : "");
    int rc = check_access(opts, err);
    if (rc)
        return rc;
    if (opts->via && opts->via[0] && opts->duration_s > 3600)
        return error_set(err, ORGRUN_EUSAGE,
                         "a session assumed through a hub (via) lasts at most 1h");
    if (opts->duration_s &&
        (opts->duration_s < DURATION_LEAST_S || opts->duration_s > DURATION_MOST_S))
        return error_set(err, ORGRUN_EUSAGE, "a session lasts between 15m and 12h");
    return 0;
}

static int expect(struct orgrun_session *s, const struct orgrun_session_opts *opts,
                  struct orgrun_error *err)
{
    char name[40];
    (void)snprintf(name, sizeof name, "orgrun-%" PRId64,
                   clock_wall_ms(s->source.client.clock) / 1000);
    AUTO(free_ptr)
    char *arn = opts->sso_session ? access_name(opts->sso_session, opts->sso_role)
                                  : plan_role_arn(opts->role ? opts->role : DEFAULT_ROLE,
                                                  s->account, s->source.partition->name);
    if (!arn)
        return error_nomem(err);
    const struct broker_request request = {
        .account_id = s->account,
        .role_arn = arn,
        .session_name = opts->session_name ? opts->session_name : name,
        .duration_s = opts->duration_s ? opts->duration_s : DURATION_S,
        .external_id = opts->external_id,
    };
    return broker_expect(s->broker, &request, 1, err);
}

/* Copies the terms and the hubs. */
static int keep_terms(struct orgrun_session *s, const struct orgrun_session_opts *o,
                      struct orgrun_error *err)
{
    const char *const policy[] = {o->policy, NULL}, *const identity[] = {o->source_identity, NULL};
    const char *const *const from[TERMS] = {
        [POLICY] = policy,     [POLICY_ARNS] = o->policy_arns,
        [TAGS] = o->tags,      [TRANSITIVE] = o->transitive_tag_keys,
        [IDENTITY] = identity, [VIA] = o->via};
    for (int k = 0; k < TERMS; k++)
        for (size_t i = 0; from[k] && from[k][i]; i++)
            if (strv_push(&s->texts[k], from[k][i]))
                return error_nomem(err);
    const struct job_terms terms = {.policy = s->texts[POLICY].len ? s->texts[POLICY].items[0] : 0,
                                    .policy_arns = s->texts[POLICY_ARNS],
                                    .tags = s->texts[TAGS],
                                    .transitive_tag_keys = s->texts[TRANSITIVE],
                                    .source_identity =
                                        s->texts[IDENTITY].len ? s->texts[IDENTITY].items[0] : 0};
    s->terms = plan_terms(&terms);
    s->hops = calloc(s->texts[VIA].len + 1, sizeof *s->hops);
    if (!s->hops)
        return error_nomem(err);
    for (size_t i = 0; i < s->texts[VIA].len; i++)
        s->hops[i].role = s->texts[VIA].items[i];
    return 0;
}

static void on_lost(void *user, const char *why)
{
    struct orgrun_session *s = user;
    log_warn(&s->source.ctx->log, "%s", why);
}

/* The way in, and the broker that uses it. */
static int start_broker(struct orgrun_session *s, const struct orgrun_session_opts *opts,
                        struct orgrun_error *err)
{
    int rc = opts->sso_session
                 ? access_open(&s->portal, &s->source, opts->sso_session, opts->sso_role, err)
                 : 0;
    if (rc)
        return rc;
    struct broker_opts broker = access_broker_opts(&s->source, s->portal, &s->terms);
    broker.renew = renewal_ask;
    broker.renew_user = &s->renewal;
    broker.ask_again = true;
    rc = broker_new(&s->broker, &broker, err);
    s->renewal = (struct renewal){s->portal ? access_renewable(s->portal, &s->source)
                                            : renewal_of_source(&s->source),
                                  s->broker, on_lost, s};
    if (rc == 0)
        rc = renewal_init(&s->renewal, err);
    return rc ? rc : renewal_start(&s->renewal, err);
}

static int start(struct orgrun_session *s, struct orgrun_ctx *ctx,
                 const struct orgrun_session_opts *opts, struct orgrun_error *err)
{
    int rc = source_open(&s->source, ctx, NULL, err);
    if (rc == 0 && opts->sso_session)
        rc = source_use_sso(&s->source, opts->sso_session, err);
    if (rc == 0)
        rc = keep_terms(s, opts, err);
    s->source.hops = s->hops;
    s->source.hops_len = s->texts[VIA].len;
    if (rc == 0)
        rc = source_connect(&s->source, NULL, err);
    if (rc == 0)
        rc = start_broker(s, opts, err);
    if (rc == 0)
        rc = expect(s, opts, err);
    struct orgrun_credentials first = {0};
    if (rc == 0)
        rc = orgrun_session_credentials(s, &first, err);
    orgrun_credentials_clear(&first);
    return rc;
}

int orgrun_session_open(struct orgrun_session **out, struct orgrun_ctx *ctx, const char *account,
                        const char *region, const struct orgrun_session_opts *opts,
                        struct orgrun_error *err)
{
    static const struct orgrun_session_opts none;
    struct orgrun_error spare = {0};
    opts = opts ? opts : &none;
    err = err ? err : &spare;
    *out = NULL;
    int rc = check(account, region, opts, err);
    if (rc)
        return rc;
    struct orgrun_session *s = calloc(1, sizeof *s);
    if (!s)
        return error_nomem(err);
    memcpy(s->account, account, sizeof s->account);
    (void)snprintf(s->region, sizeof s->region, "%s", region ? region : "");
    pthread_mutex_init(&s->lock, NULL);
    rc = start(s, ctx, opts, err);
    if (rc)
        orgrun_session_close(s);
    else
        *out = s;
    return rc;
}

int orgrun_session_credentials(struct orgrun_session *s, struct orgrun_credentials *out,
                               struct orgrun_error *err)
{
    struct credentials *c = NULL;
    *out = (struct orgrun_credentials){0};
    int rc = broker_get(s->broker, s->account, &c, err);
    if (rc)
        return rc;
    *out = (struct orgrun_credentials){
        .access_key_id = credentials_access_key_id(c),
        .secret_access_key = secret_reveal(credentials_secret_key(c)),
        .session_token = secret_reveal(credentials_session_token(c)),
        .arn = credentials_arn(c),
        .expires_ms = credentials_expires_ms(c),
        .owner = c,
    };
    return 0;
}

/* Under the lock. */
static int serve(struct orgrun_session *s, struct orgrun_error *err)
{
    const struct credential_endpoint_opts opts = {
        .broker = s->broker, .log = &s->source.ctx->log, .grants = 1};
    const struct credential_grant_opts grant = {.account_id = s->account};
    int rc = s->endpoint ? 0 : credential_endpoint_new(&s->endpoint, &opts, err);
    if (rc == 0)
        rc = child_env_set(&s->variables, "AWS_REGION", s->source.region, err);
    if (rc == 0)
        rc = child_env_set(&s->variables, "AWS_DEFAULT_REGION", s->source.region, err);
    if (rc == 0)
        rc = credential_endpoint_grant(s->endpoint, &grant, &s->grant, err);
    if (rc == 0)
        rc = injection_set_grant(s->grant, &s->variables, err);
    if (rc) {
        credential_endpoint_revoke(s->endpoint, s->grant);
        s->grant = NULL;
    }
    return rc;
}

int orgrun_session_serve(struct orgrun_session *s, const char *const **variables,
                         struct orgrun_error *err)
{
    pthread_mutex_lock(&s->lock);
    int rc = s->grant ? 0 : serve(s, err);
    *variables = rc ? NULL : (const char *const *)child_env_array(&s->variables);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

void orgrun_credentials_clear(struct orgrun_credentials *c)
{
    credentials_unref(c->owner);
    *c = (struct orgrun_credentials){0};
}

void orgrun_session_close(struct orgrun_session *s)
{
    if (!s)
        return;
    source_stop(&s->source);
    renewal_end(&s->renewal);
    credential_endpoint_revoke(s->endpoint, s->grant);
    if (s->broker)
        broker_cancel(s->broker); /* the endpoint's requests wait for it */
    credential_endpoint_free(s->endpoint);
    child_env_clear(&s->variables);
    pthread_mutex_destroy(&s->lock);
    broker_free(s->broker);
    renewal_clear(&s->renewal);
    portal_free(s->portal);
    source_close(&s->source);
    for (int k = 0; k < TERMS; k++)
        strv_clear(&s->texts[k]);
    free(s->hops);
    free(s);
}
