// SPDX-License-Identifier: MIT
// Sessions: one account's temporary credentials, for any automation.
#ifndef ORGRUN_SESSION_H
#define ORGRUN_SESSION_H

#include "orgrun/api.h"
#include "orgrun/context.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque; safe to share between threads. */
struct orgrun_session;

/** How a session is opened. Zero-initialise; everything is copied. */
struct orgrun_session_opts {
    const char *role;         /**< name, path/name or ARN; NULL: rol_sts_cross_account */
    const char *session_name; /**< NULL: "orgrun-<Unix seconds>" */
    const char *external_id;  /**< or NULL */
    int64_t duration_s;       /**< 900 to 43200; 0: 3600 */
    const char *policy;       /**< session policy, JSON, or NULL */
    /* Arrays are NULL-terminated, or NULL. */
    const char *const *policy_arns;         /**< of managed policies that narrow the session */
    const char *const *tags;                /**< session tags: key, value, key, value, ... */
    const char *const *transitive_tag_keys; /**< those of tags that a chained role keeps */
    const char *source_identity;            /**< or NULL */
    const char *const *via;  /**< ARNs of roles assumed on the way, the last assumes `role` */
    const char *sso_session; /**< in place of all that is above: an [sso-session] of the shared
                                config file, with whose login the session is had; or NULL */
    const char *sso_role;    /**< with sso_session: the name of a permission set */
};

/**
 * Assumes the role in the account (12 digits), or gets its session from IAM Identity Center, and
 * keeps what it takes to do so again. region is the one that orgrun_session_request asks where a
 * request names none; NULL: that of STS. opts may be NULL. The account of the session is compared
 * with the one asked for. ORGRUN_EUSAGE for bad arguments, ORGRUN_ECREDENTIALS when there are no
 * source credentials or no login, ORGRUN_EAWS for a refusal, which names role, caller, AWS's
 * message and request id. Source credentials are not needed with sso_session.
 */
ORGRUN_API int orgrun_session_open(struct orgrun_session **out, struct orgrun_ctx *ctx,
                                   const char *account, const char *region,
                                   const struct orgrun_session_opts *opts,
                                   struct orgrun_error *err);

/** One set of credentials, as they were when asked for. Strings live until it is cleared. */
struct orgrun_credentials {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token;
    const char *arn;    /**< the assumed role's */
    int64_t expires_ms; /**< Unix milliseconds */
    void *owner;        /**< the library's own */
};

/** The session's credentials, assumed anew when they end within five minutes. */
ORGRUN_API int orgrun_session_credentials(struct orgrun_session *session,
                                          struct orgrun_credentials *out, struct orgrun_error *err);

/**
 * Gives the session, renewed in time, to other programs: over an endpoint of the loopback that the
 * AWS SDKs know as a container's. *variables is what such a program needs in its environment
 * ("NAME=VALUE", NULL-terminated; a token among them): no other AWS_* variable that names
 * credentials may be beside them. They are borrowed, and served, until the session is closed;
 * asking again gives the same. Its threads have the caller's signal mask. ORGRUN_EIO,
 * ORGRUN_ENOMEM.
 */
ORGRUN_API int orgrun_session_serve(struct orgrun_session *session, const char *const **variables,
                                    struct orgrun_error *err);

/** Wipes the secrets when nobody else holds them. Safe on a zeroed or cleared c. */
ORGRUN_API void orgrun_credentials_clear(struct orgrun_credentials *c);

/** Ends the session; NULL is fine. No other call may be under way. */
ORGRUN_API void orgrun_session_close(struct orgrun_session *session);

#ifdef __cplusplus
}
#endif
#endif
