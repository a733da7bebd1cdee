// SPDX-License-Identifier: MIT
// What a person reads when an AWS call has failed.
#ifndef ORGRUN_AWS_CALL_ERROR_H
#define ORGRUN_AWS_CALL_ERROR_H

#include "aws/awserror.h"
#include "aws/http.h"
#include "aws/retry.h"

/* How a call ended. Everything is borrowed. */
struct call_failure {
    const char *operation;
    const char *subject; /* or NULL */
    const char *url;     /* of the endpoint */
    int attempts;
    enum retry_verdict verdict; /* why it was not tried again */
    const struct awserror *aws; /* when there was an answer */
    bool malformed;             /* the answer was a 2xx, but none of the protocol */
    enum http_fault fault;      /* when there was none */
    const char *fault_text;
};

/* Sets err and returns its code: ORGRUN_EAWS, ORGRUN_ECREDENTIALS (expired), ORGRUN_ENETWORK,
 * ORGRUN_ELIMIT (too large), ORGRUN_EPROTOCOL (malformed), ORGRUN_ECANCELLED. */
int call_error_set(const struct call_failure *f, struct orgrun_error *err);

#endif
