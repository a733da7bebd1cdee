// SPDX-License-Identifier: MIT
// Diagnostics: the library never prints; it calls the function it was given.
#ifndef ORGRUN_LOG_H
#define ORGRUN_LOG_H

#ifdef __cplusplus
extern "C" {
#endif

enum orgrun_log_level { ORGRUN_LOG_DEBUG = 0, ORGRUN_LOG_INFO, ORGRUN_LOG_WARNING };

/** Receives one message, without a newline. Called from any thread, one call at a time per context.
 */
typedef void orgrun_log_fn(void *user, enum orgrun_log_level level, const char *message);

#ifdef __cplusplus
}
#endif
#endif
