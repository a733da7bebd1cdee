// SPDX-License-Identifier: MIT
// What a person reads when a role cannot be assumed, and the trust statement that would mend it.
#ifndef ORGRUN_AWS_BROKER_DENIED_H
#define ORGRUN_AWS_BROKER_DENIED_H

#include "aws/broker.h"

/* Sharpens the error of a failed AssumeRole (answer->err, as call.c left it) for `request`. A
 * denial names role, caller, AWS's message and request id, and hints the trust statement; other
 * known causes get a hint. caller_arn may be NULL: AWS's own message may name the caller. */
void broker_denied_explain(const struct broker_request *request, const char *caller_arn,
                           const struct aws_answer *answer, struct orgrun_error *err);

/* The ARN that a trust policy names for a caller: the role of an assumed-role ARN (whose path, if
 * it has one, the ARN does not tell), any other as it is. Heap, or NULL when out of memory. */
char *broker_denied_principal(const char *caller_arn);

#endif
