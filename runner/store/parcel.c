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
    const struct fields *joined = kind == PARCEL_TARGET ? &target_joined_fields : NULL;
    size_t size = fields_text_size(f, record);
    struct parcel *p = malloc(sizeof *p + size + (joined ? fields_text_size(joined, record) : 0));
    if (!p)
        return NULL;
    p->kind = kind;
    memcpy(&p->as, record, f->size);
    fields_copy_text(f, &p->as, (char *)(p + 1));
    if (joined)
        fields_copy_text(joined, &p->as, (char *)(p + 1) + size);
    return p;
}
