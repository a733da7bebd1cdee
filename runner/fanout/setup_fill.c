// SPDX-License-Identifier: MIT
// Filling templates line by line.
#include "fanout/setup_fill.h"

#include "base/cleanup.h"

#include <jansson.h>
#include <string.h>

/* A name between two "@" within [s, end), and what stands before and behind it. */
struct mark {
    const char *from, *name, *to;
    size_t name_len;
};

static bool mark_find(struct mark *m, const char *s, const char *end, const char *before,
                      const char *behind)
{
    size_t n = strlen(before);
    m->from = memmem(s, (size_t)(end - s), before, n);
    if (!m->from)
        return false;
    m->name = m->from + n;
    const char *close = memmem(m->name, (size_t)(end - m->name), behind, strlen(behind));
    if (!close)
        return false;
    m->name_len = (size_t)(close - m->name);
    m->to = close + strlen(behind);
    return true;
}

static const struct setup_value *value_find(const struct setup_value *table, const struct mark *m)
{
    static const struct setup_value none;
    for (; table && table->name; table++)
        if (strlen(table->name) == m->name_len && memcmp(table->name, m->name, m->name_len) == 0)
            return table;
    return &none;
}

/* What JSON quotes is quoted for YAML too. */
static void put_quoted(struct buf *out, const char *value)
{
    json_t *string = json_string(value);
    AUTO(free_ptr) char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
    json_decref(string);
    if (quoted) {
        (void)buf_puts(out, quoted);
        return;
    }
    out->failed = out->nomem = true;
}

static void put_indented(struct buf *out, const char *text, size_t indent)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n)
            (void)buf_printf(out, "%*s%.*s", (int)indent, "", (int)n, text);
        (void)buf_putc(out, '\n');
        text += n + (text[n] == '\n');
    }
}

/* The line gives way to the text. */
static void put_text(struct buf *out, const struct setup_value *v, size_t indent)
{
    struct buf inner;
    buf_init(&inner, out->max);
    if (v->text)
        setup_fill(&inner, v->text, v->table);
    if (inner.failed) {
        out->failed = true;
        out->nomem |= inner.nomem;
    } else {
        put_indented(out, buf_str(&inner), indent);
    }
    buf_clear(&inner);
}

static void fill_line(struct buf *out, const char *line, const char *end,
                      const struct setup_value *table)
{
    struct mark m;
    if (mark_find(&m, line, end, "# @", "@")) {
        put_text(out, value_find(table, &m), (size_t)(m.from - line));
    } else if (!mark_find(&m, line, end, "\"@", "@\"")) {
        (void)buf_append(out, line, (size_t)(end - line));
        (void)buf_putc(out, '\n');
    } else if (value_find(table, &m)->value) {
        (void)buf_append(out, line, (size_t)(m.from - line));
        put_quoted(out, value_find(table, &m)->value);
        (void)buf_append(out, m.to, (size_t)(end - m.to));
        (void)buf_putc(out, '\n');
    }
}

void setup_fill(struct buf *out, const char *text, const struct setup_value *table)
{
    while (*text) {
        const char *end = text + strcspn(text, "\n");
        fill_line(out, text, end, table);
        text = *end ? end + 1 : end;
    }
}
