// SPDX-License-Identifier: MIT
// Selection: pure predicates that choose accounts, each refusal with its reason.
#ifndef ORGRUN_JOB_SELECTION_H
#define ORGRUN_JOB_SELECTION_H

#include "job/job.h"

#define SELECTION_REASON_SIZE 256

enum selection_verdict {
    SELECTION_RUN,      /* selected */
    SELECTION_EXCLUDED, /* the job says not to; does not count against coverage */
    SELECTION_SKIPPED   /* it cannot run (SUSPENDED, ...): listed as skipped */
};

/* Does glob (with *, ? and [..]; case-sensitive) match the account's id, name, email or OU path? */
bool selection_matches(const char *glob, const struct account *a);

/* The verdict on one account; reason ("" for SELECTION_RUN) is a whole phrase, cut to its size.
 * Order: exclude, include, management, state. An unknown state other than ACTIVE is skipped; no
 * state (a listed account) runs. */
enum selection_verdict selection_decide(const struct job *job, const struct account *a,
                                        char reason[SELECTION_REASON_SIZE]);

/* Does the number of selected accounts meet accounts.expect? When not, reason says how. */
bool selection_coverage(const struct job *job, size_t selected, char reason[SELECTION_REASON_SIZE]);

#endif
