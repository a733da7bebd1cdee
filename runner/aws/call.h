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
    int64_t total_ms;   /* of all, waits between them included; 0 = as client->retry says */
    /* Signed as S3 has it: the path as it stands, the body's hash in a header. A <Error> behind the
     * 200 of a PUT or POST is the failure it says, a 500. Source: Amazon S3 API Reference, "Error
     * responses" and the notes to CompleteMultipartUpload. */
    bool s3;
    bool sign_body;      /* the body's hash in a header, for other services that want it */
    bool not_idempotent; /* tried again only where AWS cannot have acted on it */
    /* Takes the body of a 2xx as it comes; once some of it was taken no attempt follows. NULL: the
     * body is kept for the answer. */
    http_piece_fn *on_piece;
    void *piece_user;
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
    struct strv headers;     /* of the answer: "Name: value" */
    struct buf body;         /* secret; as it came, a refusal's too; empty where there was none */
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

/* Nonzero = no more of it. */
typedef int aws_body_fn(void *user, const void *data, size_t len);

/* The same, with the body of a 2xx given to on_body on the calling thread as it comes; who takes
 * long holds up the sender and nobody else. on_body may make other calls. Its refusal ends the call
 * with ORGRUN_ECANCELLED. spec->on_piece is not the caller's to set. */
int aws_call_streamed(struct aws_client *client, const struct aws_call_spec *spec,
                      aws_body_fn *on_body, void *user, struct aws_answer *answer);

#endif
