// SPDX-License-Identifier: MIT
// The context: environment, state directory and log that every other call works with.
#ifndef ORGRUN_CONTEXT_H
#define ORGRUN_CONTEXT_H

#include "orgrun/api.h"
#include "orgrun/error.h"
#include "orgrun/log.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque; safe to share between threads; one may hold several. */
struct orgrun_ctx;

/**
 * Asks a person for the code that the MFA device `serial` shows now, and writes it to code, NUL-
 * terminated, in at most size bytes. 0, or a negative code with err set. Called by the thread that
 * opens a session or runs a job, never again to renew credentials.
 */
typedef int orgrun_mfa_fn(void *user, const char *serial, char *code, size_t size,
                          struct orgrun_error *err);

/** What a context is made with. Zero-initialise; strings are copied. */
struct orgrun_ctx_opts {
    const char *state_dir; /**< NULL: $XDG_STATE_HOME/orgrun or ~/.local/state/orgrun */
    const char *profile;   /**< profile of the shared AWS files; NULL: AWS_PROFILE or default */
    const char *region;    /**< Region for STS; NULL: AWS_REGION, AWS_DEFAULT_REGION, profile */
    const char *const *environment; /**< "NAME=value", NULL-terminated; NULL: the process's own */
    bool refresh;       /**< ask for OUs and tags anew, whatever the cache in state_dir holds */
    orgrun_log_fn *log; /**< NULL: diagnostics are dropped */
    void *log_user;
    enum orgrun_log_level log_least; /**< below this nothing is sent to log */
    orgrun_mfa_fn *mfa;              /**< NULL: a profile that needs a code is an error */
    void *mfa_user;
    const char *mfa_serial; /**< open a session with this MFA device first (GetSessionToken), so
                               that roles that ask for MFA can be assumed; NULL: none */
};

/** Makes a context; opts may be NULL. ORGRUN_ENOMEM; ORGRUN_EUSAGE when no state directory can be
 * named. */
ORGRUN_API int orgrun_ctx_new(struct orgrun_ctx **out, const struct orgrun_ctx_opts *opts,
                              struct orgrun_error *err);
/** Frees; NULL is fine. No other call may be under way. */
ORGRUN_API void orgrun_ctx_free(struct orgrun_ctx *ctx);

/** The state directory in force. Borrowed. */
ORGRUN_API const char *orgrun_ctx_state_dir(const struct orgrun_ctx *ctx);

/** The library's version, "MAJOR.MINOR.PATCH". */
ORGRUN_API const char *orgrun_version(void);

#ifdef __cplusplus
}
#endif
#endif
