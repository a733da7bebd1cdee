// SPDX-License-Identifier: MIT
// Diagnostics handed to whoever embeds the library; nothing here prints.
#ifndef ORGRUN_BASE_LOG_H
#define ORGRUN_BASE_LOG_H

#include "base/error.h"
#include "orgrun/log.h"

/* A sink; a NULL `write` swallows. Borrowed by every object that is given one, and outlives it. */
struct log {
    orgrun_log_fn *write;
    void *user;
    enum orgrun_log_level least; /* below this nothing is formatted */
};

/* Formats into at most 2 KiB and hands it on. log may be NULL. There is no way to format a secret.
 */
void log_msg(const struct log *log, enum orgrun_log_level level, const char *fmt, ...)
    ORGRUN_PRINTF(3, 4);

#define log_debug(log, ...) log_msg((log), ORGRUN_LOG_DEBUG, __VA_ARGS__)
#define log_info(log, ...) log_msg((log), ORGRUN_LOG_INFO, __VA_ARGS__)
#define log_warn(log, ...) log_msg((log), ORGRUN_LOG_WARNING, __VA_ARGS__)

#endif
