// SPDX-License-Identifier: MIT
// What travels through the writer's queue, each in one allocation.
#include "store/parcel.h"

#include "store/fields.h"

#include <stdlib.h>
#include <string.h>

struct parcel *parcel_new(enum parcel_kind kind, const void *record)
{
    static const struct fields *const fields[] = {
        [PARCEL_ACCOUNT] = &account_fields,
        [PARCEL_TARGET] = &target_fields,
        [PARCEL_CALLER] = &run_fields,
    };
    const struct fields *f = fields[kind];
    struct parcel *p = malloc(sizeof *p + fields_text_size(f, record));
    if (!p)
        return NULL;
    p->kind = kind;
    memcpy(&p->as, record, f->size);
    fields_copy_text(f, &p->as, (char *)(p + 1));
    return p;
}
