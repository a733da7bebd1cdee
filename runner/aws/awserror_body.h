// SPDX-License-Identifier: MIT
// Reading code, message and request id out of an error body: XML or JSON.
#ifndef ORGRUN_AWS_AWSERROR_BODY_H
#define ORGRUN_AWS_AWSERROR_BODY_H

#include "aws/awserror.h"

#define AWSERROR_BODY_MAX (1024 * 1024)

/* Copies text into a fixed field: valid UTF-8 without control characters, trimmed, cut at a
 * character with "..." when it does not fit. */
void awserror_put(char *field, size_t size, const char *text, size_t len);

/* Fills code (as sent), message and request_id as far as they are found; leaves the rest. `body` is
 * of at most AWSERROR_BODY_MAX bytes. */
void awserror_read_xml(const char *body, size_t len, struct awserror *out);
void awserror_read_json(const char *body, size_t len, struct awserror *out);

#endif
