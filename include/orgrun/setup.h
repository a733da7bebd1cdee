// SPDX-License-Identifier: MIT
// Setup: the policies and templates that let a central account assume a role in every other.
#ifndef ORGRUN_SETUP_H
#define ORGRUN_SETUP_H

#include "orgrun/api.h"
#include "orgrun/error.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What can be written. */
enum orgrun_setup_document {
    ORGRUN_SETUP_STACKSET,     /**< CloudFormation (YAML): a stack set that makes the role in
                                  every account of organizational units */
    ORGRUN_SETUP_ROLE,         /**< CloudFormation (YAML): the role in one account */
    ORGRUN_SETUP_TRUST,        /**< IAM (JSON): the role's trust policy */
    ORGRUN_SETUP_SOURCE_POLICY /**< IAM (JSON): what the source principal needs */
};

/**
 * What the documents are about; each takes what belongs in it. Zero-initialise. In a template, what
 * is given becomes a parameter's default, and principals and ous that are not given are asked for
 * when it is deployed.
 */
struct orgrun_setup_opts {
    const char *role;              /**< name or path/name, an ARN too for the source policy; NULL:
                                      rol_sts_cross_account */
    const char *const *principals; /**< who assumes the role: ARNs of roles and users, or ids
                                      of whole accounts; NULL-terminated; NULL: none */
    const char *external_id;       /**< or NULL */
    const char *org_id;            /**< "o-...": only this organization's; or NULL */
    const char *partition;         /**< "aws-cn"; NULL: that of region, ... */
    const char *region;            /**< ... which is NULL: that of the first ARN, else aws */
    const char *const *managed_policies; /**< what the role may do: ARNs, or names of AWS's own;
                                            NULL-terminated; NULL: none */
    const char *permissions_boundary;    /**< name or path/name of a policy of the account */
    const char *const *ous;              /**< "ou-..." or "r-..."; NULL-terminated; NULL: none */
    int64_t duration_s;                  /**< how long sessions may last, 3600 to 43200; 0: 3600 */
    bool delegated_admin;                /**< the stack set is a delegated administrator's */
    bool session_tags;                   /**< session tags may be passed */
    bool source_identity;                /**< a source identity may be set */
};

/**
 * Writes one document into *out: heap text that ends with a newline, to be freed with free(); NULL
 * on failure. No network. ORGRUN_EUSAGE for what is not as it must be, which the message names.
 */
ORGRUN_API int orgrun_setup(char **out, enum orgrun_setup_document document,
                            const struct orgrun_setup_opts *opts, struct orgrun_error *err);

#ifdef __cplusplus
}
#endif
#endif
