// SPDX-License-Identifier: MIT
// The doctor: whether every account of a job can be entered, and if not, why and what to do.
#ifndef ORGRUN_DOCTOR_H
#define ORGRUN_DOCTOR_H

#include "orgrun/api.h"
#include "orgrun/context.h"
#include "orgrun/job.h"
#include "orgrun/types.h"

#ifdef __cplusplus
extern "C" {
#endif

enum orgrun_doctor_verdict {
    ORGRUN_DOCTOR_TRYING,    /**< its session is asked for; one of the next three follows */
    ORGRUN_DOCTOR_ENTERED,   /**< there is a session */
    ORGRUN_DOCTOR_REFUSED,   /**< there is none; cause, summary, message and hint say why */
    ORGRUN_DOCTOR_UNTRIED,   /**< stopped on request before there was an answer */
    ORGRUN_DOCTOR_SKIPPED,   /**< not tried: it cannot run (SUSPENDED, ...); a run skips it too */
    ORGRUN_DOCTOR_UNCOVERED, /**< not tried: the job neither runs nor excludes it, and says that
                                every account must be one or the other; an error of a run */
    ORGRUN_DOCTOR_EXCLUDED,  /**< not tried: the job says not to */
    ORGRUN_DOCTOR_VERDICTS   /**< how many there are */
};

/** The lower-case word of a verdict ("entered", ...), or "unknown". */
ORGRUN_API const char *orgrun_doctor_verdict_name(enum orgrun_doctor_verdict verdict);

/** What was found out about one account. Strings are borrowed for the call, never NULL but in
 * `account`. */
struct orgrun_diagnosis {
    enum orgrun_doctor_verdict verdict;
    struct orgrun_account account;
    const char *role_arn;    /**< "" when no role is assumed */
    const char *session_arn; /**< of ORGRUN_DOCTOR_ENTERED */
    const char *cause;       /**< a word for programs: "not-trusted", "scp", "duration", ... */
    const char *summary;     /**< the cause as a phrase, the same for every account that has it */
    const char *message;     /**< what exactly was answered, with AWS's request id */
    const char *hint;        /**< what to do, with the policy statement to add where that is it */
};
/** Called from several threads, one at a time. Return 0 to go on; anything else ends the doctor,
 * which returns it. Must not call the library but orgrun_run_stop. */
typedef int orgrun_doctor_fn(void *user, const struct orgrun_diagnosis *diagnosis);

/** How it went as a whole. */
struct orgrun_doctor_result {
    int exit_code; /**< enum orgrun_exit: 0, 2, 3, 130, 143; true whatever orgrun_doctor returned */
    size_t entered, refused, untried, skipped, uncovered, excluded; /**< accounts */
    char caller_arn[2048]; /**< "" when GetCallerIdentity was denied */
    char reason[512];      /**< one sentence: why that exit code */
};

/**
 * Tries to get a session of every account that the job selects, as a run would, and lets go of it
 * at once: nothing is run, nothing is recorded. Returns 0 when the accounts were tried
 * (result->exit_code says how it went), or a negative code when that could not begin: no source
 * credentials, no network, not allowed to list the organization, a role.duration that no session
 * can have. orgrun_run_stop stops it. One run or doctor at a time per context.
 */
ORGRUN_API int orgrun_doctor(struct orgrun_ctx *ctx, const struct orgrun_job *job,
                             orgrun_doctor_fn *visit, void *user,
                             struct orgrun_doctor_result *result, struct orgrun_error *err);

#ifdef __cplusplus
}
#endif
#endif
