// SPDX-License-Identifier: MIT
// Finding a field in a form, and decoding it; or all of them.
#include "sandbox/form.h"

#include <stdio.h>
#include <string.h>

#define FORM_VALUE_MAX 4096

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

json_t *form_json(const char *body, size_t len)
{
    json_t *out = json_object();
    const char *end = body + len;
    for (const char *at = body; at < end;) {
        char name[256], value[FORM_VALUE_MAX];
        const char *next = memchr(at, '&', (size_t)(end - at));
        const char *stop = next ? next : end;
        const char *eq = memchr(at, '=', (size_t)(stop - at));
        if (eq && decode(at, (size_t)(eq - at), name, sizeof(name)) &&
            decode(eq + 1, (size_t)(stop - eq - 1), value, sizeof(value)) &&
            !json_object_get(out, name))
            json_object_set_new(out, name, json_string(value));
        at = stop + 1;
    }
    return out;
}
