// SPDX-License-Identifier: MIT
// Setting and enriching the public error object.
#ifndef ORGRUN_BASE_ERROR_H
#define ORGRUN_BASE_ERROR_H

#include "orgrun/error.h"

#include <stdarg.h>

#define ORGRUN_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/* Every function here accepts err == NULL (the caller does not care for the text). Text that does
 * not fit is cut at a UTF-8 boundary and ends in "...". Control characters and
 * bytes that are not UTF-8 become '?'. */

/* Sets code and message, clears the hint, returns code: `return error_set(err, ORGRUN_EIO, ...)`.
 */
int error_set(struct orgrun_error *err, enum orgrun_code code, const char *fmt, ...)
    ORGRUN_PRINTF(3, 4);

/* As error_set, with ": <strerror(errnum)>" appended. */
int error_set_errno(struct orgrun_error *err, enum orgrun_code code, int errnum, const char *fmt,
                    ...) ORGRUN_PRINTF(4, 5);

/* Puts "<fmt>: " in front of the message; returns err's code. With err NULL the code is not known
 * any more: ORGRUN_EUSAGE, so that a failure stays one; who may be called so keeps rc. */
int error_context(struct orgrun_error *err, const char *fmt, ...) ORGRUN_PRINTF(2, 3);

/* Sets what to do next; returns as error_context does. */
int error_hint(struct orgrun_error *err, const char *fmt, ...) ORGRUN_PRINTF(2, 3);

/* "out of memory" with ORGRUN_ENOMEM. */
int error_nomem(struct orgrun_error *err);

#endif
