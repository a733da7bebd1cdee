// SPDX-License-Identifier: MIT
// Injection: how a target's session reaches its child, and stays with it.
#include "fanout/injection.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

static int set_keys(struct credentials *session, struct child_env *env, struct orgrun_error *err)
{
    int rc = child_env_set(env, "AWS_ACCESS_KEY_ID", credentials_access_key_id(session), err);
    if (rc == 0)
        rc = child_env_set_secret(env, "AWS_SECRET_ACCESS_KEY", credentials_secret_key(session),
                                  err);
    const struct secret *token = credentials_session_token(session);
    if (rc == 0 && !secret_empty(token))
        rc = child_env_set_secret(env, "AWS_SESSION_TOKEN", token, err);
    return rc;
}

static int redact_secret(struct redact_set *set, const struct secret *secret,
                         struct orgrun_error *err)
{
    return secret_empty(secret)
               ? 0
               : redact_set_add(set, secret_reveal(secret), secret_len(secret), err);
}

/* c may be NULL. */
static int redact_keys(struct redact_set *set, const struct credentials *c,
                       struct orgrun_error *err)
{
    int rc = c ? redact_secret(set, credentials_secret_key(c), err) : 0;
    return rc || !c ? rc : redact_secret(set, credentials_session_token(c), err);
}

/* The session's keys, the source's and the login's token, wherever a child may have them from. */
static int redact_all(struct redact_set *set, struct run *r, const struct credentials *session,
                      struct orgrun_error *err)
{
    AUTO(credentials_unrefp) struct credentials *source = source_credentials(&r->source);
    AUTO(secret_clear) struct secret token = {0};
    int rc = redact_keys(set, session, err);
    if (rc == 0)
        rc = redact_keys(set, source, err);
    if (rc == 0 && r->portal)
        rc = portal_copy_token(r->portal, &token, err);
    return rc ? rc : redact_secret(set, &token, err);
}

/* For `management: source`: the source's own keys, as they are by then. */
static struct credentials *current_source(void *self)
{
    const struct injection *in = self;
    return source_credentials(&in->run->source);
}

/* Renewed keys are known to the redactor before the child has them. */
static int on_handout(void *self, const struct credentials *c, struct orgrun_error *err)
{
    struct injection *in = self;
    const char *key = credentials_access_key_id(c);
    if (strcmp(key, in->last_key) == 0)
        return 0;
    int rc = redact_keys(in->redact, c, err);
    if (rc == 0)
        (void)snprintf(in->last_key, sizeof in->last_key, "%s", key);
    return rc;
}

/* In the home directory lie the shared files of whoever started orgrun, and with them the source
 * credentials: a child's SDK finds nothing there, whichever profile it is asked for. */
static int hide_shared_files(struct child_env *env, struct orgrun_error *err)
{
    static const char *const names[] = {
        "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CREDENTIAL_PROFILES_FILE", /* AWS SDK for Java 1 */
        "BOTO_CONFIG",                  /* boto 2, which botocore still heeds */
    };
    int rc = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names && rc == 0; i++)
        rc = child_env_set(env, names[i], "/dev/null", err);
    return rc;
}

/* The container provider comes late in the SDKs' chains, so the providers before it must find
 * nothing. The token goes into the environment rather than a file: nothing secret is written to
 * disk, and SDKs of before 2024 know no other way. */
int injection_set_grant(const struct credential_grant *g, struct child_env *env,
                        struct orgrun_error *err)
{
    const struct {
        const char *name, *value;
    } vars[] = {
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", credential_grant_url(g)},
        {"AWS_EC2_METADATA_DISABLED", "true"},
    };
    int rc = hide_shared_files(env, err);
    for (size_t i = 0; i < sizeof vars / sizeof *vars && rc == 0; i++)
        rc = child_env_set(env, vars[i].name, vars[i].value, err);
    return rc ? rc
              : child_env_set_secret(env, "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                     credential_grant_token(g), err);
}

static int grant(struct injection *in, const struct target *t, struct orgrun_error *err)
{
    const struct credential_grant_opts opts = {
        .account_id = t->account->account.id,
        .current = t->account->with_source ? current_source : NULL,
        .on_handout = on_handout,
        .self = in,
    };
    int rc = credential_endpoint_grant(in->run->endpoint, &opts, &in->grant, err);
    return rc ? rc : redact_secret(in->redact, credential_grant_token(in->grant), err);
}

int injection_begin(struct injection *in, struct run *r, const struct target *t,
                    struct credentials *session, struct child_env *env, struct redact_set *redact,
                    struct orgrun_error *err)
{
    *in = (struct injection){.run = r, .redact = redact};
    int rc = redact_all(redact, r, session, err);
    if (rc == 0 && t->task->inject == JOB_INJECT_ENV) {
        rc = hide_shared_files(env, err);
        return rc ? rc : set_keys(session, env, err);
    }
    if (rc == 0)
        rc = grant(in, t, err);
    return rc ? rc : injection_set_grant(in->grant, env, err);
}

void injection_end(struct injection *in)
{
    if (in->grant)
        credential_endpoint_revoke(in->run->endpoint, in->grant);
    in->grant = NULL;
}
