// SPDX-License-Identifier: MIT
// Source credentials: where orgrun would take its own keys from, and why.
#ifndef ORGRUN_SOURCE_H
#define ORGRUN_SOURCE_H

#include "orgrun/api.h"
#include "orgrun/context.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum orgrun_source_state {
    ORGRUN_SOURCE_PASSED_OVER, /**< nothing is configured for it here; detail says what is missing
                                */
    ORGRUN_SOURCE_CHOSEN,      /**< it is asked; detail says with what */
    ORGRUN_SOURCE_NOT_REACHED  /**< one before it is asked */
};

/** One provider of the chain, in the order of the AWS SDKs. Borrowed during the visit. */
struct orgrun_source {
    const char *provider; /**< "environment", "web identity", "profile", "container", ... */
    enum orgrun_source_state state;
    const char *detail;       /**< never a secret; "" for ORGRUN_SOURCE_NOT_REACHED */
    const char *const *steps; /**< for a profile: one line a profile or role on the way to the
                                   keys; NULL-terminated, never NULL */
};
typedef void orgrun_source_fn(void *user, const struct orgrun_source *source);

/** Who the credentials are. Strings end with NUL and are never secret. */
struct orgrun_identity {
    char access_key_id[132];
    char arn[2048];     /**< "" when GetCallerIdentity was denied */
    char account[13];   /**< as arn */
    char provider[160]; /**< for people: "the environment", "the profile prod" */
    int64_t expires_ms; /**< Unix milliseconds; INT64_MAX when they do not end */
};

/**
 * Visits each provider with what would become of it; then takes the credentials and asks AWS whose
 * they are. visit may be NULL. ORGRUN_ECREDENTIALS when there are none, or none that work: what was
 * visited says where orgrun looked.
 */
ORGRUN_API int orgrun_source_explain(struct orgrun_ctx *ctx, orgrun_source_fn *visit, void *user,
                                     struct orgrun_identity *out, struct orgrun_error *err);

#ifdef __cplusplus
}
#endif
#endif
