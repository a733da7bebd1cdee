// SPDX-License-Identifier: MIT
// The words every room shares: outcomes of a target and the description of an account.
#ifndef ORGRUN_TYPES_H
#define ORGRUN_TYPES_H

#include "orgrun/api.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What became of a target. The order is the order in which a summary lists them. */
enum orgrun_outcome {
    ORGRUN_PASSED = 0, /**< it ran and said yes */
    ORGRUN_FAILED,     /**< it ran and said no */
    ORGRUN_ERROR,      /**< no answer: denied, timed out, could not start, ended by a signal */
    ORGRUN_SKIPPED,    /**< never started, with a reason */
    ORGRUN_CANCELLED,  /**< ended or never started because the run was interrupted or stopped early
                        */
    ORGRUN_OUTCOMES    /**< how many there are */
};

/** The lower-case word of an outcome ("passed", ...), or "unknown". */
ORGRUN_API const char *orgrun_outcome_name(enum orgrun_outcome outcome);

/** How many targets came to each outcome. */
struct orgrun_counts {
    uint32_t of[ORGRUN_OUTCOMES];
};

/**
 * An account as a visitor sees it. Strings are borrowed for the duration of the call and never NULL
 * ("" where a thing is not known), valid UTF-8; `name` is as Organizations gave it and may hold
 * control characters.
 */
struct orgrun_account {
    const char *id; /**< 12 digits */
    const char *name;
    const char *email;
    const char *ou_path; /**< "Root/Workloads/Prod", or "" when OUs were not looked up */
    const char
        *state; /**< Organizations' word (ACTIVE, SUSPENDED, ...), or "" for a listed account */
    bool management;              /**< the organization's management account */
    const char *excluded_because; /**< NULL when selected, else the reason it will not be run */
};

#ifdef __cplusplus
}
#endif
#endif
