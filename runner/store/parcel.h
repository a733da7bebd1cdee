// SPDX-License-Identifier: MIT
// Inside the store: what travels through the writer's queue, each in one allocation.
#ifndef ORGRUN_STORE_PARCEL_H
#define ORGRUN_STORE_PARCEL_H

#include "store/record.h"

#include <stdbool.h>

enum parcel_kind {
    PARCEL_ACCOUNT,
    PARCEL_TARGET,
    PARCEL_CALLER, /* a run_record of which only caller_arn is set */
    PARCEL_FLUSH,  /* nothing to write: somebody waits for what came before */
};

struct parcel {
    enum parcel_kind kind;
    union {
        struct account_record account;
        struct target_record target;
        struct run_record run;
        bool *flushed; /* set under the writer's lock */
    } as;
};

/* A copy of the record (of the kind's type) and its texts; free() releases it. NULL when out of
 * memory. */
struct parcel *parcel_new(enum parcel_kind kind, const void *record);

#endif
