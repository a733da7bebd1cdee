// SPDX-License-Identifier: MIT
// A growing, NULL-terminated vector of owned strings.
#include "base/strv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strv_clear(struct strv *v)
{
    for (size_t i = 0; i < v->len; i++)
        free(v->items[i]);
    free(v->items);
    *v = (struct strv){0};
}

int strv_take(struct strv *v, char *s)
{
    if (!s)
        return ORGRUN_ENOMEM;
    if (v->len + 2 > v->cap) {
        size_t cap = v->cap ? v->cap * 2 : 8;
        char **items = realloc(v->items, cap * sizeof *items);
        if (!items) {
            free(s);
            return ORGRUN_ENOMEM;
        }
        v->items = items;
        v->cap = cap;
    }
    v->items[v->len++] = s;
    v->items[v->len] = NULL;
    return 0;
}

int strv_push(struct strv *v, const char *s)
{
    return strv_take(v, strdup(s));
}

int strv_printf(struct strv *v, const char *fmt, ...)
{
    char *s = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&s, fmt, ap);
    va_end(ap);
    return strv_take(v, n < 0 ? NULL : s);
}

int strv_extend(struct strv *dst, const struct strv *src)
{
    for (size_t i = 0; i < src->len; i++)
        if (strv_push(dst, src->items[i]))
            return ORGRUN_ENOMEM;
    return 0;
}

bool strv_contains(const struct strv *v, const char *s)
{
    for (size_t i = 0; i < v->len; i++)
        if (strcmp(v->items[i], s) == 0)
            return true;
    return false;
}

char *const *strv_array(const struct strv *v)
{
    static char *const empty[] = {NULL};
    return v->items ? v->items : empty;
}
