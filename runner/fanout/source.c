// SPDX-License-Identifier: MIT
// The source: credentials, Region, endpoints and the client, in the order in which they are needed.
#include "fanout/source.h"

#include "aws/sso_login.h"
#include "base/cleanup.h"
#include "base/text.h"

#include <string.h>

/* The Region for STS: what was asked for, the SDKs' settings, the job's first Region, that of the
 * sso-session, us-east-1. */
DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

static int choose_region(struct source *s, const struct job *job, const char *sso_session,
                         struct orgrun_error *err)
{
    const char *region = s->ctx->region ? s->ctx->region : provider_region(&s->env);
    if (!region && job && job->regions.len && job->regions.items[0][0] &&
        !job_region_is_pattern(job->regions.items[0]))
        region = job->regions.items[0];
    const struct profile_section *sso =
        sso_session ? sso_login_section(&s->files, sso_session) : NULL;
    if (!region && sso)
        region = profile_get(sso, "sso_region");
    if (!region || !region[0])
        region = "us-east-1";
    if (!region_is_valid(region) || strlen(region) >= sizeof s->region) {
        (void)error_set(err, ORGRUN_EUSAGE, "\"%s\" is not a Region name", region);
        return error_hint(err, "set AWS_REGION or --region to one such as us-east-1");
    }
    (void)snprintf(s->region, sizeof s->region, "%s", region);
    s->partition = partition_of_region(region);
    return 0;
}

static int ask_mfa(void *user, const char *serial, char code[PROVIDER_MFA_CODE_SIZE],
                   struct orgrun_error *err)
{
    const struct orgrun_ctx *ctx = user;
    return ctx->mfa(ctx->mfa_user, serial, code, PROVIDER_MFA_CODE_SIZE, err);
}

/* Region and endpoints. */
static int place(struct source *s, const struct job *job, const char *sso_session,
                 struct orgrun_error *err)
{
    int rc = choose_region(s, job, sso_session, err);
    if (rc == 0)
        rc = provider_endpoint(&s->env, "sts", s->region, &s->sts, err);
    if (rc == 0)
        rc = provider_endpoint(&s->env, "organizations", s->region, &s->organizations, err);
    s->env.region = s->region;
    return rc;
}

int source_open(struct source *s, struct orgrun_ctx *ctx, const struct job *job,
                struct orgrun_error *err)
{
    *s = (struct source){.ctx = ctx};
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->answered, NULL);
    s->env = (struct provider_env){
        .env = (const char *const *)strv_array(&ctx->environment),
        .profile = ctx->profile,
        .files = &s->files,
        .clock = ctx->clock,
        .log = &ctx->log,
        .mfa_code = ctx->mfa ? ask_mfa : NULL,
        .mfa_user = ctx,
        .stop_fd = ctx->stop_fd,
    };
    if (job) {
        s->keyless = job->access.sso_session && !job->accounts.organization;
        s->hops = job->role.terms.via;
        s->hops_len = job->role.terms.via_len;
    }
    int rc = profile_set_load(&s->files, s->env.env, &ctx->log, err);
    return rc ? rc : place(s, job, job ? job->access.sso_session : NULL, err);
}

int source_use_sso(struct source *s, const char *sso_session, struct orgrun_error *err)
{
    s->keyless = true;
    return place(s, NULL, sso_session, err);
}

int source_connect(struct source *s, const struct job *job, struct orgrun_error *err)
{
    struct http_opts opts = {
        .ca_bundle = provider_getenv(s->env.env, "AWS_CA_BUNDLE"),
        .user_agent = "orgrun/" ORGRUN_VERSION,
        .log = &s->ctx->log,
    };
    int rc = http_new(&s->http, &opts, err);
    if (rc)
        return rc;
    struct retry_policy retry = retry_standard;
    if (job && job->limits.assume_attempts > 0)
        retry.max_attempts = (int)job->limits.assume_attempts;
    if (job)
        retry.max_total_ms = job->limits.assume_total_ms;
    retry.wait_out_throttling = true;
    retry_bucket_init(&s->bucket, retry.bucket_size);
    s->client = (struct aws_client){
        .http = http_client_of(s->http),
        .clock = s->ctx->clock,
        .log = &s->ctx->log,
        .retry = retry,
        .bucket = &s->bucket,
    };
    s->env.client = &s->client;
    return s->keyless ? 0 : source_load_keys(s, err);
}

static void identity_answered(void *user, struct aws_answer *answer)
{
    struct source *s = user;
    pthread_mutex_lock(&s->lock);
    s->answer = *answer;
    s->done = true;
    pthread_cond_broadcast(&s->answered);
    pthread_mutex_unlock(&s->lock);
}

int source_ask_identity(struct source *s, struct orgrun_error *err)
{
    if (s->keyless)
        return 0;
    AUTO(credentials_unrefp) struct credentials *keys = source_credentials(s);
    int rc = sts_get_caller_identity_start(&s->client, &s->sts, keys, identity_answered, s, err);
    s->asked = rc == 0;
    return rc;
}

static void await_identity(struct source *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->asked && !s->done)
        pthread_cond_wait(&s->answered, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

/* What to do about a refusal of the source credentials themselves. */
static int explain_refusal(struct source *s, struct orgrun_error *err)
{
    AUTO(credentials_unrefp) struct credentials *keys = source_credentials(s);
    const char *provider = credentials_provider(keys);
    const struct awserror *aws = &s->answer.aws;
    if (aws->class_ == AWSERROR_EXPIRED)
        return error_hint(err, "the source credentials (%s) have expired: renew them and run again",
                          provider);
    if (strcmp(aws->code, "InvalidClientTokenId") == 0 ||
        strcmp(aws->code, "UnrecognizedClientException") == 0)
        return error_hint(err,
                          "AWS does not know the access key of the source credentials (%s): check "
                          "that it is the right one, and that it belongs to the partition of %s",
                          provider, s->region);
    if (aws->class_ == AWSERROR_CLOCK_SKEW)
        return error_hint(err, "set this machine's clock: AWS refuses signatures more than five "
                               "minutes off");
    if (strcmp(aws->code, "SignatureDoesNotMatch") == 0)
        return error_hint(err,
                          "the secret key of the source credentials (%s) does not belong to "
                          "their access key",
                          provider);
    return err ? err->code : 0;
}

/* Under the lock, since a renewal looks at it. */
static int take_identity(struct source *s, struct orgrun_error *err)
{
    pthread_mutex_lock(&s->lock);
    int rc = s->identity.arn ? 0
                             : sts_parse_identity(buf_str(&s->answer.body), s->answer.body.len,
                                                  &s->identity, err);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

int source_identity(struct source *s, struct orgrun_error *err)
{
    await_identity(s);
    if (s->keyless)
        return 0;
    if (s->answer.rc == 0)
        return take_identity(s, err);
    if (strncmp(s->answer.aws.code, "AccessDenied", 12) == 0) {
        log_warn(&s->ctx->log, "%s; going on without knowing the caller", s->answer.err.message);
        return 0;
    }
    if (err)
        *err = s->answer.err;
    (void)explain_refusal(s, err);
    return s->answer.rc;
}

void source_stop(struct source *s)
{
    if (s->http)
        http_stop(s->http);
}

void source_close(struct source *s)
{
    http_free(s->http);
    s->http = NULL;
    await_identity(s);
    if (s->done)
        aws_answer_clear(&s->answer);
    sts_identity_clear(&s->identity);
    credentials_unref(s->credentials);
    profile_set_clear(&s->files);
    if (s->client.bucket)
        retry_bucket_clear(&s->bucket);
    pthread_cond_destroy(&s->answered);
    pthread_mutex_destroy(&s->lock);
    *s = (struct source){0};
}
