// SPDX-License-Identifier: MIT
// The words for outcomes.
#include "orgrun/types.h"

const char *orgrun_outcome_name(enum orgrun_outcome outcome)
{
    static const char *const names[ORGRUN_OUTCOMES] = {
        [ORGRUN_PASSED] = "passed",   [ORGRUN_FAILED] = "failed",       [ORGRUN_ERROR] = "error",
        [ORGRUN_SKIPPED] = "skipped", [ORGRUN_CANCELLED] = "cancelled",
    };
    return (unsigned)outcome < ORGRUN_OUTCOMES ? names[outcome] : "unknown";
}
