// SPDX-License-Identifier: MIT
// Recorded exchanges, replayed by a server on the loopback to whoever asks for their URLs.
#ifndef ORGRUN_TESTS_PROBE_REPLAY_H
#define ORGRUN_TESTS_PROBE_REPLAY_H

#include "aws/http.h"

#include <jansson.h>

struct replay;

/* Starts a server that answers with `exchanges`, an array of
 *   {"request": {method, url or path, headers, body}, "response": {status, headers, body,
 *    delay_ms}}
 * A request is answered by the first exchange that fits it and was not used yet, or by the last one
 * used; of a URL without a query any query fits, `headers` must be among the request's, `body` in
 * its text. A response of null, or none that fits, closes the connection without an answer.
 * Borrowed. ORGRUN_EUSAGE, ORGRUN_EIO, ORGRUN_ENOMEM. */
int replay_start(struct replay **out, const json_t *exchanges, struct orgrun_error *err);

/* A client that leads every request to the server by way of `real`. */
struct http_client replay_client(struct replay *r, struct http_client real);

/* What was asked: [{"method", "url", "exchange": index or null}]. A new reference. After
 * replay_stop. */
json_t *replay_asked(const struct replay *r);

/* No further answer; those held back are given up. Any number of times. */
void replay_stop(struct replay *r);
void replay_free(struct replay *r); /* NULL is fine */

#endif
