// SPDX-License-Identifier: MIT
// Access through IAM Identity Center: its portal, and its login as something to renew.
#include "fanout/access.h"

#include "fanout/guard.h"

#include <stdio.h>

char *access_name(const char *sso_session, const char *sso_role)
{
    char *name;
    return asprintf(&name, "sso:%s/%s", sso_session, sso_role) < 0 ? NULL : name;
}

int access_open(struct portal **out, struct source *source, const char *sso_session,
                const char *sso_role, struct orgrun_error *err)
{
    const struct portal_opts opts = {
        .env = &source->env, .sts = &source->sts, .session = sso_session, .role_name = sso_role};
    struct guard guard;
    int rc = guard_begin(&guard, source, err);
    if (rc == 0)
        rc = portal_new(out, &opts, err);
    return guard_end(&guard, rc, err);
}

struct broker_opts access_broker_opts(struct source *source, struct portal *p,
                                      const struct sts_terms *terms)
{
    return (struct broker_opts){.client = &source->client,
                                .opener = p ? portal_opener(p) : (struct opener){0},
                                .sts = source->sts,
                                .source = source->credentials,
                                .terms = terms,
                                .log = &source->ctx->log};
}

static int64_t expires_ms(void *self)
{
    return portal_expires_ms(self);
}

static int renew(void *self, int stop_fd, struct broker *broker, struct orgrun_error *err)
{
    (void)stop_fd;
    int rc = portal_renew(self, err);
    if (rc == 0)
        broker_set_source(broker, NULL); /* the opener has its own, which is new */
    return rc;
}

static void describe_loss(void *self, const struct orgrun_error *why, struct orgrun_error *out)
{
    (void)why;
    (void)portal_login_ended(self, out);
}

struct renewable access_renewable(struct portal *p, const struct source *source)
{
    return (struct renewable){.self = p,
                              .ctx = source->ctx,
                              .client = &source->client,
                              .expires_ms = expires_ms,
                              .renew = renew,
                              .describe_loss = describe_loss,
                              .until_refused = true};
}
