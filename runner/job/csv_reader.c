// SPDX-License-Identifier: MIT
// CSV text to a list of mappings: rows and fields of RFC 4180, read with the line they stand on.
#include "job/csv_reader.h"

#include "base/cleanup.h"
#include "base/strv.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#define BLANKS " \t"

struct reader {
    const char *p, *end;
    size_t line; /* of p, from 1 */
    const char *origin;
    struct orgrun_error *err;
};

static struct node_mark mark_of(const struct reader *r, size_t line)
{
    return (struct node_mark){.origin = r->origin, .line = line};
}

/* Reads a field in quotes, from the character after the first one. */
static int read_quoted(struct reader *r, struct buf *field)
{
    struct node_mark start = mark_of(r, r->line);
    for (; r->p < r->end; r->p++) {
        if (*r->p == '\n')
            r->line++;
        if (*r->p == '"') {
            if (r->p + 1 == r->end || r->p[1] != '"')
                break;
            r->p++;
        }
        if (buf_putc(field, *r->p))
            return buf_check(field, "a field", r->err);
    }
    if (r->p == r->end)
        return node_error(&start, r->err, "a quoted field is never closed");
    r->p++;
    while (r->p < r->end && strchr(BLANKS, *r->p))
        r->p++;
    if (r->p < r->end && !strchr(",\r\n", *r->p)) {
        struct node_mark here = mark_of(r, r->line);
        return node_error(&here, r->err,
                          "text follows a quoted field; a quote within one is written \"\"");
    }
    return 0;
}

static int read_bare(struct reader *r, struct buf *field)
{
    const char *start = r->p;
    while (r->p < r->end && !strchr(",\r\n\"", *r->p))
        r->p++;
    if (r->p < r->end && *r->p == '"') {
        struct node_mark here = mark_of(r, r->line);
        return node_error(&here, r->err, "a quote stands in a field that is not quoted");
    }
    const char *stop = r->p;
    while (stop > start && strchr(BLANKS, stop[-1]))
        stop--;
    return buf_append(field, start, (size_t)(stop - start)) ? buf_check(field, "a field", r->err)
                                                            : 0;
}

/* Passes over the end of a line. */
static int read_end_of_line(struct reader *r)
{
    struct node_mark here = mark_of(r, r->line);
    if (r->p < r->end && *r->p == '\r') {
        r->p++;
        if (r->p < r->end && *r->p != '\n')
            return node_error(&here, r->err, "a carriage return stands without a new line");
    }
    if (r->p < r->end) {
        r->p++;
        r->line++;
    }
    return 0;
}

/* Reads the fields up to the end of the row. */
static int read_row(struct reader *r, struct strv *row)
{
    struct node_mark start = mark_of(r, r->line);
    for (;;) {
        while (r->p < r->end && strchr(BLANKS, *r->p))
            r->p++;
        struct buf field;
        buf_init(&field, (size_t)(r->end - r->p));
        bool quoted = r->p < r->end && *r->p == '"';
        if (quoted)
            r->p++;
        int rc = quoted ? read_quoted(r, &field) : read_bare(r, &field);
        if (rc == 0 && strv_push(row, buf_str(&field)))
            rc = error_nomem(r->err);
        buf_clear(&field);
        if (rc)
            return rc;
        if (row->len > CSV_COLUMNS_MAX)
            return node_error(&start, r->err, "more than %d fields in a row", CSV_COLUMNS_MAX);
        if (r->p == r->end || *r->p != ',')
            return read_end_of_line(r);
        r->p++;
    }
}

static bool row_is_empty(const struct strv *row)
{
    return row->len == 1 && !row->items[0][0];
}

/* A header's names in lower case, each there once. */
static int check_header(const struct reader *r, struct strv *header, size_t line)
{
    char quote[NODE_QUOTE_SIZE];
    struct node_mark mark = mark_of(r, line);
    for (size_t i = 0; i < header->len; i++) {
        for (char *p = header->items[i]; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        if (!header->items[i][0])
            return node_error(&mark, r->err, "column %zu has no name", i + 1);
        for (size_t j = 0; j < i; j++)
            if (strcmp(header->items[j], header->items[i]) == 0)
                return node_error(&mark, r->err, "column \"%s\" is there twice",
                                  node_quote(header->items[i], quote));
    }
    if (strv_contains(header, "id"))
        return 0;
    int rc =
        node_error(&mark, r->err, "the first row must name the columns, with \"id\" among them");
    if (header->len == 1 && strpbrk(header->items[0], ";\t|"))
        (void)error_hint(r->err, "Columns are separated by commas.");
    return rc;
}

static struct node *split(struct node_mark mark, const char *text)
{
    AUTO(node_freep) struct node *list = node_new(NODE_LIST, mark);
    for (const char *p = text; list && *p;) {
        size_t n = strcspn(p, BLANKS ";");
        if (n && node_add(list, NULL, mark, node_new_text(mark, p, n, false)))
            return NULL;
        p += n;
        p += strspn(p, BLANKS ";");
    }
    return TAKE_PTR(list);
}

static int add_row(const struct reader *r, struct node *list, const struct strv *header,
                   const struct strv *row, size_t line)
{
    struct node_mark mark = mark_of(r, line);
    if (row->len != header->len)
        return node_error(&mark, r->err, "this row has %zu field%s, the header has %zu", row->len,
                          row->len == 1 ? "" : "s", header->len);
    AUTO(node_freep) struct node *map = node_new(NODE_MAP, mark);
    if (!map)
        return error_nomem(r->err);
    for (size_t i = 0; i < row->len; i++) {
        const char *key = header->items[i], *text = row->items[i];
        if (!*text)
            continue;
        struct node *value = strcmp(key, "regions") == 0
                                 ? split(mark, text)
                                 : node_new_text(mark, text, strlen(text), false);
        if (node_add(map, key, list->mark, value)) /* which names the header's line */
            return error_nomem(r->err);
    }
    return node_add(list, NULL, mark, TAKE_PTR(map)) ? error_nomem(r->err) : 0;
}

static int read_rows(struct reader *r, struct strv *header, struct node **list)
{
    while (r->p < r->end) {
        AUTO(strv_clear) struct strv row = {0};
        size_t line = r->line;
        int rc = read_row(r, &row);
        if (rc)
            return rc;
        if (row_is_empty(&row))
            continue;
        if (*list) {
            rc = add_row(r, *list, header, &row, line);
        } else {
            *list = node_new(NODE_LIST, mark_of(r, line));
            rc = *list ? check_header(r, &row, line) : error_nomem(r->err);
            *header = row;
            row = (struct strv){0};
        }
        if (rc)
            return rc;
    }
    return 0;
}

/* Refuses what is not UTF-8, and NUL, before any of it is used as text. */
static int check_bytes(const struct reader *r)
{
    struct node_mark mark = mark_of(r, 1);
    unsigned cp = 0;
    for (const char *p = r->p; p < r->end;) {
        size_t n = text_decode(p, (size_t)(r->end - p), &cp);
        if (n == 0 || cp == 0)
            return node_error(&mark, r->err, "%s",
                              n ? "a NUL character cannot stand here" : "not valid UTF-8");
        mark.line += cp == '\n';
        p += n;
    }
    return 0;
}

int csv_reader_parse(struct node **out, const char *text, size_t len, const char *origin,
                     struct orgrun_error *err)
{
    struct reader r = {.p = text, .end = text + len, .line = 1, .origin = origin, .err = err};
    *out = NULL;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.p += 3;
    int rc = check_bytes(&r);
    if (rc)
        return rc;
    AUTO(strv_clear) struct strv header = {0};
    AUTO(node_freep) struct node *list = NULL;
    rc = read_rows(&r, &header, &list);
    if (rc == 0)
        *out = TAKE_PTR(list);
    return rc;
}
