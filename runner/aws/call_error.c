// SPDX-License-Identifier: MIT
// What a person reads when an AWS call has failed.
#include "aws/call_error.h"

#include <stdio.h>
#include <string.h>

#define TAIL_SIZE 256
#define WHAT_SIZE 640

/* Hints that depend on nothing but the class of the answer. */
static const char *const class_hints[] = {
    [AWSERROR_THROTTLING] = "AWS throttles this caller; lower the concurrency or try again later.",
    [AWSERROR_EXPIRED] =
        "The credentials have expired: refresh them (log in again) and start anew.",
    [AWSERROR_CLOCK_SKEW] = "The local clock differs from AWS's: set it, for example through NTP.",
};

/* Why no further attempt was made, where that is not plain from the rest. */
static const char *verdict_note(enum retry_verdict verdict)
{
    switch (verdict) {
    case RETRY_QUOTA_EXCEEDED:
        return ", no retries left in this run's budget";
    case RETRY_TIME_EXCEEDED:
        return ", out of time";
    default:
        return "";
    }
}

static void attempts_text(const struct call_failure *f, char out[64])
{
    (void)snprintf(out, 64, "%d attempt%s%s", f->attempts, f->attempts == 1 ? "" : "s",
                   verdict_note(f->verdict));
}

/* "sts:AssumeRole for arn:..." */
static void what_text(const struct call_failure *f, char out[WHAT_SIZE])
{
    (void)snprintf(out, WHAT_SIZE, "%s%s%.500s", f->operation, f->subject ? " for " : "",
                   f->subject ? f->subject : "");
}

static int aws_error(const struct call_failure *f, struct orgrun_error *err)
{
    const struct awserror *a = f->aws;
    char what[WHAT_SIZE], attempts[64], tail[TAIL_SIZE];
    what_text(f, what);
    attempts_text(f, attempts);
    (void)snprintf(tail, sizeof tail, "(HTTP %d%s%s, %s)", a->status,
                   a->request_id[0] ? ", request id " : "", a->request_id, attempts);
    enum orgrun_code code = a->class_ == AWSERROR_EXPIRED ? ORGRUN_ECREDENTIALS : ORGRUN_EAWS;
    const char *name = a->code[0] ? a->code : "an error without a code";
    error_set(err, code, "%s: %s%s%s %s", what, name, a->message[0] ? ": " : "", a->message, tail);
    size_t hints = sizeof class_hints / sizeof class_hints[0];
    if ((size_t)a->class_ < hints && class_hints[a->class_])
        error_hint(err, "%s", class_hints[a->class_]);
    return code;
}

static int malformed_error(const struct call_failure *f, struct orgrun_error *err)
{
    char what[WHAT_SIZE], attempts[64];
    what_text(f, what);
    attempts_text(f, attempts);
    error_set(err, ORGRUN_EPROTOCOL, "%s: the answer of %s cannot be understood (HTTP %d, %s)",
              what, f->url, f->aws->status, attempts);
    return error_hint(err,
                      "Something between here and AWS may answer in its place: a proxy, a login "
                      "page, a wrong endpoint URL.");
}

static int tls_error(const struct call_failure *f, struct orgrun_error *err)
{
    error_set(err, ORGRUN_ENETWORK, "no secure connection to %s: %s", f->url, f->fault_text);
    return error_hint(err,
                      "If a proxy or a private endpoint has a certificate authority of its own, "
                      "set AWS_CA_BUNDLE to its PEM file.");
}

static int network_error(const struct call_failure *f, struct orgrun_error *err)
{
    char attempts[64];
    attempts_text(f, attempts);
    bool reached = f->fault == HTTP_TIMEOUT || f->fault == HTTP_BROKEN;
    error_set(err, ORGRUN_ENETWORK, "%s %s: %s (%s)", reached ? "no answer from" : "cannot reach",
              f->url, f->fault_text, attempts);
    if (f->fault == HTTP_RESOLVE)
        error_hint(err, "Check the Region, the endpoint URL and the name resolution of this host.");
    else if (f->fault == HTTP_CONNECT)
        error_hint(err, "Check the endpoint URL, the route and the proxy settings (HTTPS_PROXY, "
                        "NO_PROXY).");
    return ORGRUN_ENETWORK;
}

int call_error_set(const struct call_failure *f, struct orgrun_error *err)
{
    char what[WHAT_SIZE];
    if (f->malformed)
        return malformed_error(f, err);
    switch (f->fault) {
    case HTTP_OK:
        return aws_error(f, err);
    case HTTP_TLS:
        return tls_error(f, err);
    case HTTP_TOO_LARGE:
        what_text(f, what);
        return error_set(err, ORGRUN_ELIMIT, "%s: %s", what, f->fault_text);
    case HTTP_CANCELLED:
        what_text(f, what);
        return error_set(err, ORGRUN_ECANCELLED, "%s was cancelled", what);
    default:
        return network_error(f, err);
    }
}
