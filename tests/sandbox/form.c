// SPDX-License-Identifier: MIT
// Finding a field in a form, and decoding it.
#include "sandbox/form.h"

#include <stdio.h>
#include <string.h>

static bool decode(const char *text, size_t len, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        unsigned value;
        if (c == '+')
            c = ' ';
        if (c == '%' && i + 2 < len && sscanf(text + i + 1, "%2x", &value) == 1) {
            c = (char)value;
            i += 2;
        }
        if (n + 1 >= size || c == '\0')
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    return true;
}

bool form_get(const char *body, size_t len, const char *name, char *out, size_t size)
{
    size_t name_len = strlen(name);
    const char *end = body + len;
    for (const char *at = body; at < end;) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        size_t field = (size_t)((next ? next : end) - at);
        if (field > name_len && memcmp(at, name, name_len) == 0 && at[name_len] == '=')
            return decode(at + name_len + 1, field - name_len - 1, out, size);
        at += field + 1;
    }
    return false;
}
