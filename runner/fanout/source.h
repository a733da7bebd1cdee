// SPDX-License-Identifier: MIT
// The source: who orgrun was started as, and the client with which it talks to AWS.
#ifndef ORGRUN_FANOUT_SOURCE_H
#define ORGRUN_FANOUT_SOURCE_H

#include "aws/call.h"
#include "aws/provider.h"
#include "aws/sts.h"
#include "fanout/context.h"
#include "job/job.h"

struct source {
    struct orgrun_ctx *ctx;
    struct profile_set files;
    struct provider_env env;
    struct credentials *credentials; /* under lock once a renewal runs: source_credentials */
    bool keyless; /* nothing needs them: there are none, and nobody is asked whose they are */
    const struct job_hop *hops; /* roles on the way; borrowed */
    size_t hops_len;
    char region[64]; /* the Region STS is called in */
    const struct partition *partition;
    struct endpoint sts, organizations;
    struct http *http;
    struct retry_bucket bucket;
    struct aws_client client;

    /* GetCallerIdentity under way or done. */
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool asked, done;
    struct aws_answer answer;
    struct sts_identity identity;
};

/* Finds Region and endpoints; no network, no thread. For STS the job's first Region, and then that
 * of its sso-session, are the last resorts. Errors: ORGRUN_ECREDENTIALS (a shared file that cannot
 * be read), ORGRUN_EUSAGE. source_close either way. */
int source_open(struct source *s, struct orgrun_ctx *ctx, const struct job *job,
                struct orgrun_error *err);

/* After source_open, before source_connect: there is to be nothing but a login to an sso-session,
 * and no keys. */
int source_use_sso(struct source *s, const char *sso_session, struct orgrun_error *err);

/* Starts the network thread and finds the source credentials, for which it may have to ask, going
 * through `hops` where they are set. Call after exec_new: no thread may run when the warden is
 * forked. ORGRUN_ECREDENTIALS. */
int source_connect(struct source *s, const struct job *job, struct orgrun_error *err);

/* source_connect's own: from the chain, through the hubs. */
int source_load_keys(struct source *s, struct orgrun_error *err);

/* The keys as they are now: a reference. Any thread. */
struct credentials *source_credentials(struct source *s);

/* For `management: source`: the keys as they are, when they are of that account, which they must
 * be: ORGRUN_ECREDENTIALS. Once source_identity has answered. */
int source_own_session(struct source *s, const char *account_id, struct credentials **out,
                       struct orgrun_error *err);

/* Gets new keys as source_connect got the first, from files read anew, and puts them in force.
 * ORGRUN_ECREDENTIALS also when they are the same as before, or of another account than the one
 * that source_identity found; ORGRUN_ECANCELLED for a program that was not waited for because
 * stop_fd became readable. Not on the network thread. */
int source_renew_keys(struct source *s, int stop_fd, struct credentials **out,
                      struct orgrun_error *err);

/* Starts GetCallerIdentity. Nothing, as the next, when keyless. */
int source_ask_identity(struct source *s, struct orgrun_error *err);

/* Waits for it. 0; or the error (expired or unknown keys, no network, a certificate that does not
 * verify) that makes any run pointless. An answer of AccessDenied (a restrictive VPC endpoint) is
 * no obstacle: 0, with identity.arn NULL. */
int source_identity(struct source *s, struct orgrun_error *err);

/* Ends every call under way with ORGRUN_ECANCELLED and lets none begin. Any thread. */
void source_stop(struct source *s);

void source_close(struct source *s);

#endif
