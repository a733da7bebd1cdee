// SPDX-License-Identifier: MIT
// Accounts whose enabled Regions are being asked for, between enumeration and the queue of targets.
#ifndef ORGRUN_FANOUT_REGIONAL_H
#define ORGRUN_FANOUT_REGIONAL_H

#include "aws/endpoint.h"
#include "fanout/plan.h"

struct run;
struct regional_account;

#define REGIONAL_WINDOW 32 /* accounts on their way at once */

/* Zero-initialise. Used by the enumerating thread alone. */
struct regional {
    struct regional_account *waiting[REGIONAL_WINDOW]; /* oldest first */
    size_t len;
    struct endpoint account, ec2;
    bool resolved; /* the two are known */
};

/* Takes an account in, whose session was announced for one user: this. May first finish the oldest
 * one. A reference is taken. Negative when the run cannot go on (see run_start_targets). */
int regional_add(struct run *r, struct plan_account *pa, struct orgrun_error *err);

/* Finishes them all: their targets are queued, or recorded where they cannot be started. */
int regional_finish(struct run *r, struct orgrun_error *err);

/* Lets go of what regional_finish did not come to. After source_stop. */
void regional_clear(struct run *r);

#endif
