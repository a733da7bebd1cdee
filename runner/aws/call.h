// SPDX-License-Identifier: MIT
// One AWS API call: sign, send, judge, wait, sign again. The only place where the stages meet.
#ifndef ORGRUN_AWS_CALL_H
#define ORGRUN_AWS_CALL_H

#include "aws/awserror.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/http.h"
#include "aws/retry.h"
#include "base/clock.h"

#include <stdatomic.h>

/* What all calls of a run share. Borrowed by each call; outlives them. Zero-initialise what is not
 * set. */
struct aws_client {
    struct http_client http;
    struct clock clock;
    const struct log *log;
    struct retry_policy retry;
    struct retry_bucket *bucket;
    double (*jitter)(void *self); /* NULL = a random number in [0,1) */
    void *jitter_self;
    /* tells of throttling and waits, for the progress view; may be NULL; network thread */
    void (*on_retry)(void *self, const char *operation, const struct awserror *why, int attempt,
                     int64_t delay_ms);
    void *on_retry_self;
    /* call.c's own: how far AWS's clock is ahead of ours, and whether that was found out (once). */
    _Atomic int64_t clock_offset_ms;
    atomic_bool clock_corrected;
};

/* The time by AWS's clock, as far as it is known: Unix milliseconds. */
int64_t aws_client_now_ms(const struct aws_client *client);

/* Borrowed until aws_call_start returns. */
struct aws_call_spec {
    const char *operation; /* "sts:AssumeRole", for messages */
    const char *subject;   /* what it is done to ("arn:aws:iam::..."), for messages; or NULL */
    const struct endpoint *endpoint;
    struct credentials *credentials; /* NULL = unsigned; a reference is taken */
    const char *method;
    const char *path;           /* "/" */
    const char *query;          /* or NULL */
    const char *const *headers; /* besides host and what the signer adds; NULL-terminated or NULL */
    const void *body;
    size_t body_len;
    size_t max_body;
    int64_t timeout_ms; /* of one attempt */
    /* Nonzero when a 2xx body is no answer (cut short, not the protocol's): it is asked for again,
     * and in the end is ORGRUN_EPROTOCOL. Network thread; NULL = any body will do. */
    int (*check)(const char *body, size_t len);
};

/* The end of a call. */
struct aws_answer {
    int rc;                  /* 0 for a 2xx, else the code in err */
    struct orgrun_error err; /* names operation, AWS code, message, request id, attempts */
    struct awserror aws;     /* class_ AWSERROR_NONE on success; code "" for a network fault */
    enum http_fault fault;   /* HTTP_OK unless the last attempt had no answer */
    struct buf body;         /* secret; the 2xx body, else empty */
    char request_id[128];
    int attempts;
};
void aws_answer_clear(struct aws_answer *a);

/* Called exactly once, on the network thread; takes the answer over (aws_answer_clear). */
typedef void aws_done_fn(void *user, struct aws_answer *answer);

/* 0, and done will be called; or a negative code, and it will not.
 *
 * Retried as client->retry says: transient and throttled answers, malformed ones (check), and
 * faults of the network (not resolved, not connected, no answer in time, broken off). Not retried:
 * a certificate that does not verify, an answer that is too large. An answer that says the local
 * clock is wrong corrects the signing time of the client, once for all its calls, and is tried
 * again. */
int aws_call_start(struct aws_client *client, const struct aws_call_spec *spec, aws_done_fn *done,
                   void *user, struct orgrun_error *err);

/* The same for a thread that will wait: begin starts the call; end waits for its answer,
 * initialises *answer with it, frees the call and returns answer->rc. Each begun call is to be
 * ended, and never on the network thread; http_stop makes that short. The caller clears answer
 * either way. */
struct aws_pending;
int aws_call_begin(struct aws_pending **out, struct aws_client *client,
                   const struct aws_call_spec *spec, struct orgrun_error *err);
int aws_call_end(struct aws_pending *p, struct aws_answer *answer);

/* Both in one. */
int aws_call(struct aws_client *client, const struct aws_call_spec *spec,
             struct aws_answer *answer);

#endif
