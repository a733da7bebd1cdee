// SPDX-License-Identifier: MIT
// One account as every room knows it.
#include "base/account.h"

#include <stdlib.h>
#include <string.h>

void account_clear(struct account *a)
{
    free(a->name);
    free(a->email);
    free(a->ou_path);
    free(a->state);
    *a = (struct account){0};
}

static int copy_text(char **dst, const char *src)
{
    *dst = src ? strdup(src) : NULL;
    return src && !*dst ? ORGRUN_ENOMEM : 0;
}

int account_copy(struct account *dst, const struct account *src)
{
    memcpy(dst->id, src->id, sizeof dst->id);
    dst->joined_ms = src->joined_ms;
    dst->management = src->management;
    if (copy_text(&dst->name, src->name) || copy_text(&dst->email, src->email) ||
        copy_text(&dst->ou_path, src->ou_path) || copy_text(&dst->state, src->state)) {
        account_clear(dst);
        return ORGRUN_ENOMEM;
    }
    return 0;
}

const char *account_label(const struct account *a)
{
    return a->name && a->name[0] ? a->name : a->id;
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

struct orgrun_account account_view(const struct account *a, const char *excluded_because)
{
    return (struct orgrun_account){
        .id = a->id,
        .name = or_empty(a->name),
        .email = or_empty(a->email),
        .ou_path = or_empty(a->ou_path),
        .state = or_empty(a->state),
        .management = a->management,
        .excluded_because = excluded_because,
    };
}
