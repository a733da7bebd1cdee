// SPDX-License-Identifier: MIT
// Finding a request's fields under the names that the public test suites use.
#include "helpers/probe/probe_field.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

static const json_t *member(const json_t *object, const char *names)
{
    for (size_t len; *names; names += len + (names[len] == '|')) {
        len = strcspn(names, "|");
        AUTO(free_ptr) char *name = strndup(names, len);
        const json_t *value = name ? json_object_get(object, name) : NULL;
        if (value && !json_is_null(value))
            return value;
    }
    return NULL;
}

const json_t *probe_field(const json_t *request, const char *inner, const char *names)
{
    const json_t *value = member(request, names);
    return value ? value : member(json_object_get(request, inner), names);
}

const char *probe_field_text(const json_t *request, const char *inner, const char *names)
{
    return json_string_value(probe_field(request, inner, names));
}

bool probe_field_bool(const json_t *request, const char *inner, const char *names)
{
    return json_is_true(probe_field(request, inner, names));
}

double probe_field_number(const json_t *request, const char *inner, const char *names,
                          double fallback)
{
    const json_t *value = probe_field(request, inner, names);
    return json_is_number(value) ? json_number_value(value) : fallback;
}

json_t *probe_text(const char *text)
{
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, SIZE_MAX);
    return text_clean(&clean, text, strlen(text), false) ? NULL
                                                         : json_stringn(buf_str(&clean), clean.len);
}

static char *header_line(const char *name, const json_t *value)
{
    char *line = NULL;
    int n = json_is_integer(value)
                ? asprintf(&line, "%s: %lld", name, (long long)json_integer_value(value))
                : asprintf(&line, "%s: %s", name,
                           json_is_string(value) ? json_string_value(value) : "");
    return n < 0 ? NULL : line;
}

char **probe_headers(const json_t *headers)
{
    size_t len = json_is_object(headers) ? json_object_size(headers) : json_array_size(headers);
    char **lines = calloc(len + 1, sizeof *lines);
    size_t n = 0, i;
    const char *name;
    json_t *value;
    if (!lines)
        return NULL;
    json_object_foreach((json_t *)(uintptr_t)headers, name, value) /* takes it without const */
        if ((lines[n] = header_line(name, value))) n++;
    json_array_foreach(headers, i, value)
    {
        const char *first = json_string_value(json_array_get(value, 0));
        lines[n] = json_is_string(value)
                       ? strdup(json_string_value(value))
                       : header_line(first ? first : "", json_array_get(value, 1));
        if (lines[n])
            n++;
    }
    return lines;
}

void probe_headers_free(char **lines)
{
    for (size_t i = 0; lines && lines[i]; i++)
        free(lines[i]);
    free(lines);
}

int probe_environment(const json_t *request, struct strv *out)
{
    const char *name;
    const json_t *value;
    void *at;
    json_t *env = json_object_get(request, "env");
    int rc = 0;
    json_object_foreach_safe(env, at, name, value)
    {
        rc = rc ? rc : strv_printf(out, "%s=%s", name, json_string_value(value));
    }
    return rc;
}
