// SPDX-License-Identifier: MIT
// Selection: pure predicates that choose accounts, each refusal with its reason.
#ifndef ORGRUN_JOB_SELECTION_H
#define ORGRUN_JOB_SELECTION_H

#include "job/job.h"

#define SELECTION_REASON_SIZE 256

enum selection_verdict {
    SELECTION_RUN,      /* selected */
    SELECTION_EXCLUDED, /* the job says not to; does not count against coverage */
    SELECTION_SKIPPED,  /* it cannot run (SUSPENDED, ...): listed as skipped */
    SELECTION_UNCOVERED /* accounts.cover: neither run nor excluded, or unknown to the organization;
                           its targets are errors */
};

/* What is known of an account besides itself. Zeros: an account of the organization of which no
 * more was looked up. */
struct selection_facts {
    bool listed;  /* the job lists it: accounts.organization's rules do not hold for it */
    bool unknown; /* the organization, which was asked, does not have it */
    bool outside; /* it lies in none of the OUs that the job names */
    const struct strv *tags; /* key, value, key, value, ...; NULL: not looked up, so they match */
};

/* Does glob (with *, ? and [..]; case-sensitive) match the account's id, name, email or OU path? */
bool selection_matches(const char *glob, const struct account *a);

/* The verdict on one account; reason ("" for SELECTION_RUN) is a whole phrase, cut to its size.
 * Order: exclude, include, management, the organization's rules (OUs, state, joined_after), state,
 * tags, cover. A state other than ACTIVE is skipped unless the rules name it; no state (a listed
 * account) runs. facts may be NULL. */
enum selection_verdict selection_decide(const struct job *job, const struct account *a,
                                        const struct selection_facts *facts,
                                        char reason[SELECTION_REASON_SIZE]);

/* Does the job need to know in which OU each account of the organization is? Where it names OUs, or
 * a glob holds a "/" and so may be meant for OU paths. */
bool selection_wants_ous(const struct job *job);

/* Does the number of selected accounts meet accounts.expect? When not, reason says how. */
bool selection_coverage(const struct job *job, size_t selected, char reason[SELECTION_REASON_SIZE]);

#endif
