// SPDX-License-Identifier: MIT
// One HTTP exchange for a thread that waits for it.
#ifndef ORGRUN_AWS_HTTP_EXCHANGE_H
#define ORGRUN_AWS_HTTP_EXCHANGE_H

#include "aws/http.h"

/* Submits and waits; never on the network thread. A fault is in the response, as is an answer of
 * any status; negative only when the request could not be submitted. The caller clears the response
 * either way. */
int http_exchange(struct http_client client, const struct http_request *request,
                  struct http_response *response, struct orgrun_error *err);

#endif
