// SPDX-License-Identifier: MIT
// YAML text to a tree, through libyaml's events, which still show what its documents hide.
#include "job/yaml_reader.h"

#include "base/cleanup.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    const char *text;
    size_t len;
    const char *origin;
    bool lines;
    struct orgrun_error *err;
};

static struct node_mark mark_at(const struct reader *r, size_t line, size_t column)
{
    struct node_mark mark = {.origin = r->origin};
    if (r->lines) {
        mark.line = line + 1;
        mark.column = column + 1;
    }
    return mark;
}

static struct node_mark mark_of(const struct reader *r, const yaml_event_t *ev)
{
    return mark_at(r, ev->start_mark.line, ev->start_mark.column);
}

/* libyaml says where bytes cannot be read only as an offset; this finds the line and column. */
static struct node_mark mark_of_offset(const struct reader *r, size_t offset)
{
    size_t line = 0, column = 0;
    for (size_t i = 0; i < offset && i < r->len; i++) {
        unsigned char c = (unsigned char)r->text[i];
        if (c == '\n') {
            line++;
            column = 0;
        } else if ((c & 0xc0) != 0x80) {
            column++;
        }
    }
    return mark_at(r, line, column);
}

/* Is the character at that line and column a tab? */
static bool tab_at(const struct reader *r, size_t line, size_t column)
{
    const char *p = r->text, *end = r->text + r->len;
    for (; line > 0 && p; line--) {
        p = memchr(p, '\n', (size_t)(end - p));
        if (p)
            p++;
    }
    if (!p)
        return false;
    for (; p < end && column > 0; column--)
        do
            p++;
        while (p < end && ((unsigned char)*p & 0xc0) == 0x80);
    return p < end && *p == '\t';
}

static int reader_error(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    struct node_mark mark = mark_of_offset(r, p->problem_offset);
    if (strcmp(p->problem, "control characters are not allowed") == 0)
        return node_error(&mark, r->err, "%s here (U+%04X)", p->problem, p->problem_value);
    return node_error(&mark, r->err, "not valid UTF-8: %s", p->problem);
}

/* Turns libyaml's error into ours. */
static int parser_error(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR || !p->problem)
        return error_nomem(r->err);
    if (p->error == YAML_READER_ERROR)
        return reader_error(r);
    size_t line = p->problem_mark.line, column = p->problem_mark.column;
    struct node_mark mark = mark_at(r, line, column);
    if (tab_at(r, line, column))
        return node_error(&mark, r->err, "a tab cannot stand here; YAML is indented with spaces");
    if (!p->context)
        return node_error(&mark, r->err, "%s", p->problem);
    if (!r->lines || p->context_mark.line == line)
        return node_error(&mark, r->err, "%s (%s)", p->problem, p->context);
    return node_error(&mark, r->err, "%s (%s that starts on line %zu)", p->problem, p->context,
                      p->context_mark.line + 1);
}

/* 0 with an event that the caller deletes. */
static int next(struct reader *r, yaml_event_t *ev)
{
    if (yaml_parser_parse(&r->parser, ev))
        return 0;
    memset(ev, 0, sizeof *ev);
    return parser_error(r);
}

static const char *text_of(const yaml_char_t *s)
{
    return (const char *)s;
}

/* Refuses an anchor or tag on a value. */
static int check_plainness(const struct reader *r, const yaml_event_t *ev,
                           const yaml_char_t *anchor, const yaml_char_t *tag)
{
    struct node_mark mark = mark_of(r, ev);
    char quote[NODE_QUOTE_SIZE];
    if (anchor)
        return node_error(&mark, r->err,
                          "anchor \"&%s\" is not allowed: write each value out where it is used",
                          node_quote(text_of(anchor), quote));
    if (tag)
        return node_error(&mark, r->err, "tag \"%s\" is not allowed: write the value without it",
                          node_quote(text_of(tag), quote));
    return 0;
}

static int read_scalar(struct reader *r, const yaml_event_t *ev, struct node **out)
{
    struct node_mark mark = mark_of(r, ev);
    int rc = check_plainness(r, ev, ev->data.scalar.anchor, ev->data.scalar.tag);
    if (rc)
        return rc;
    const char *text = text_of(ev->data.scalar.value);
    if (strlen(text) != ev->data.scalar.length)
        return node_error(&mark, r->err, "text cannot hold a NUL character");
    *out = node_new_text(mark, text, ev->data.scalar.length,
                         ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
    return *out ? 0 : error_nomem(r->err);
}

static int read_value(struct reader *r, const yaml_event_t *ev, int depth, struct node **out);

static int read_list(struct reader *r, struct node *list, int depth)
{
    for (;;) {
        AUTO(yaml_event_delete) yaml_event_t ev;
        int rc = next(r, &ev);
        if (rc || ev.type == YAML_SEQUENCE_END_EVENT)
            return rc;
        struct node *value = NULL;
        rc = read_value(r, &ev, depth, &value);
        if (rc)
            return rc;
        assert(value);
        if (node_add(list, NULL, value->mark, value))
            return error_nomem(r->err);
    }
}

/* Checks a key of a mapping that holds others already. */
static int check_key(const struct reader *r, const struct node *map, const yaml_event_t *ev)
{
    struct node_mark mark = mark_of(r, ev);
    char quote[NODE_QUOTE_SIZE];
    if (ev->type == YAML_ALIAS_EVENT)
        return 0; /* read_value refuses it */
    if (ev->type != YAML_SCALAR_EVENT)
        return node_error(&mark, r->err, "a key must be text, not %s",
                          ev->type == YAML_MAPPING_START_EVENT ? "a mapping" : "a list");
    const char *key = text_of(ev->data.scalar.value);
    if (strcmp(key, "<<") == 0 && ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return node_error(&mark, r->err,
                          "merge key \"<<\" is not allowed: write each key out where it is used");
    if (!key[0])
        return node_error(&mark, r->err, "a key must not be empty");
    const struct node_item *first = node_find(map, key);
    char place[NODE_PLACE_SIZE];
    if (first)
        return node_error(&mark, r->err, "duplicate key \"%s\" (first at %s)",
                          node_quote(key, quote), node_place(&first->mark, place));
    if (map->len >= NODE_KEYS_MAX)
        return node_error(&mark, r->err, "a mapping may have at most %d keys", NODE_KEYS_MAX);
    return 0;
}

static int read_map(struct reader *r, struct node *map, int depth)
{
    for (;;) {
        AUTO(yaml_event_delete) yaml_event_t ev;
        int rc = next(r, &ev);
        if (rc || ev.type == YAML_MAPPING_END_EVENT)
            return rc;
        rc = check_key(r, map, &ev);
        AUTO(node_freep) struct node *key = NULL;
        if (rc || (rc = read_value(r, &ev, depth, &key)) != 0)
            return rc;
        AUTO(yaml_event_delete) yaml_event_t value_ev;
        rc = next(r, &value_ev);
        struct node *value = NULL;
        if (rc || (rc = read_value(r, &value_ev, depth, &value)) != 0)
            return rc;
        assert(key);
        if (node_add(map, key->text, key->mark, value))
            return error_nomem(r->err);
    }
}

/* Reads what begins with ev; depth counts the lists and mappings around it. */
static int read_value(struct reader *r, const yaml_event_t *ev, int depth, struct node **out)
{
    struct node_mark mark = mark_of(r, ev);
    char quote[NODE_QUOTE_SIZE];
    if (ev->type == YAML_ALIAS_EVENT)
        return node_error(&mark, r->err,
                          "alias \"*%s\" is not allowed: write each value out where it is used",
                          node_quote(text_of(ev->data.alias.anchor), quote));
    if (ev->type == YAML_SCALAR_EVENT)
        return read_scalar(r, ev, out);
    bool is_map = ev->type == YAML_MAPPING_START_EVENT;
    int rc =
        is_map
            ? check_plainness(r, ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag)
            : check_plainness(r, ev, ev->data.sequence_start.anchor, ev->data.sequence_start.tag);
    if (rc)
        return rc;
    if (depth >= NODE_DEPTH_MAX)
        return node_error(&mark, r->err, "nested too deeply: at most %d levels", NODE_DEPTH_MAX);
    AUTO(node_freep) struct node *n = node_new(is_map ? NODE_MAP : NODE_LIST, mark);
    if (!n)
        return error_nomem(r->err);
    rc = is_map ? read_map(r, n, depth + 1) : read_list(r, n, depth + 1);
    if (rc == 0)
        *out = TAKE_PTR(n);
    return rc;
}

/* Reads the events of one document and nothing after it. */
static int read_stream(struct reader *r, struct node **out)
{
    for (;;) {
        AUTO(yaml_event_delete) yaml_event_t ev;
        int rc = next(r, &ev);
        if (rc || ev.type == YAML_STREAM_END_EVENT)
            return rc;
        struct node_mark mark = mark_of(r, &ev);
        if (ev.type == YAML_STREAM_START_EVENT || ev.type == YAML_DOCUMENT_END_EVENT)
            continue;
        if (ev.type != YAML_DOCUMENT_START_EVENT)
            rc = read_value(r, &ev, 0, out);
        else if (*out)
            rc = node_error(&mark, r->err, "a second document starts here; only one is allowed");
        if (rc)
            return rc;
    }
}

int yaml_reader_parse(struct node **out, const char *text, size_t len, const char *origin,
                      bool lines, struct orgrun_error *err)
{
    *out = NULL;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    struct reader r = {.text = text, .len = len, .origin = origin, .lines = lines, .err = err};
    if (!yaml_parser_initialize(&r.parser))
        return error_nomem(err);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    AUTO(node_freep) struct node *root = NULL;
    int rc = read_stream(&r, &root);
    yaml_parser_delete(&r.parser);
    if (rc == 0)
        *out = TAKE_PTR(root);
    return rc;
}
