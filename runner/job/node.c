// SPDX-License-Identifier: MIT
// The tree that job files and accounts files are read into, and errors that name a place in it.
#include "job/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node *node_new(enum node_kind kind, struct node_mark mark)
{
    struct node *n = calloc(1, sizeof *n);
    if (n) {
        n->kind = kind;
        n->mark = mark;
    }
    return n;
}

struct node *node_new_text(struct node_mark mark, const char *text, size_t len, bool plain)
{
    struct node *n = node_new(NODE_TEXT, mark);
    if (!n)
        return NULL;
    n->plain = plain;
    n->text = strndup(text, len);
    if (!n->text) {
        free(n);
        return NULL;
    }
    return n;
}

void node_free(struct node *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < n->len; i++) {
        free(n->items[i].key);
        node_free(n->items[i].value);
    }
    free(n->items);
    free(n->text);
    free(n);
}

void node_freep(struct node **n)
{
    node_free(*n);
}

static int reserve(struct node *parent)
{
    if (parent->len < parent->cap)
        return 0;
    size_t cap = parent->cap ? parent->cap * 2 : 4;
    struct node_item *items = reallocarray(parent->items, cap, sizeof *items);
    if (!items)
        return ORGRUN_ENOMEM;
    parent->items = items;
    parent->cap = cap;
    return 0;
}

int node_add(struct node *parent, const char *key, struct node_mark mark, struct node *value)
{
    char *copy = key ? strdup(key) : NULL;
    if (!value || (key && !copy) || reserve(parent)) {
        free(copy);
        node_free(value);
        return ORGRUN_ENOMEM;
    }
    parent->items[parent->len++] = (struct node_item){.key = copy, .mark = mark, .value = value};
    return 0;
}

struct node_item *node_find(const struct node *map, const char *key)
{
    for (size_t i = 0; map->kind == NODE_MAP && i < map->len; i++)
        if (strcmp(map->items[i].key, key) == 0)
            return &map->items[i];
    return NULL;
}

bool node_is_nothing(const struct node *n)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; n->kind == NODE_TEXT && n->plain && i < sizeof words / sizeof *words; i++)
        if (strcmp(n->text, words[i]) == 0)
            return true;
    return false;
}

bool node_is_text(const struct node *n)
{
    return n->kind == NODE_TEXT && !node_is_nothing(n);
}

/* Copies into size bytes, cut at a character with "..." where it does not fit. */
static void copy_cut(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);
    if (len < size) {
        memcpy(out, text, len + 1);
        return;
    }
    len = size - 4;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    memcpy(out, text, len); // NOLINT(bugprone-not-null-terminated-result): the dots end it
    memcpy(out + len, "...", 4);
}

const char *node_quote(const char *text, char out[NODE_QUOTE_SIZE])
{
    copy_cut(out, NODE_QUOTE_SIZE, text);
    return out;
}

const char *node_found(const struct node *n, char out[NODE_FOUND_SIZE])
{
    static const char *const kinds[] = {[NODE_LIST] = "a list", [NODE_MAP] = "a mapping"};
    if (n->kind != NODE_TEXT)
        return kinds[n->kind];
    if (node_is_nothing(n))
        return "nothing";
    out[0] = '"';
    copy_cut(out + 1, NODE_FOUND_SIZE - 2, n->text);
    size_t len = strlen(out);
    memcpy(out + len, "\"", 2);
    return out;
}

const char *node_place(const struct node_mark *mark, char out[NODE_PLACE_SIZE])
{
    char origin[NODE_PLACE_SIZE - 64];
    copy_cut(origin, sizeof origin, mark->origin ? mark->origin : "");
    if (mark->line && mark->column)
        (void)snprintf(out, NODE_PLACE_SIZE, "%s:%zu:%zu", origin, mark->line, mark->column);
    else if (mark->line)
        (void)snprintf(out, NODE_PLACE_SIZE, "%s:%zu", origin, mark->line);
    else if (mark->entry)
        (void)snprintf(out, NODE_PLACE_SIZE, "%s: entry %zu", origin, mark->entry);
    else
        (void)snprintf(out, NODE_PLACE_SIZE, "%s", origin);
    return out;
}

int node_error_at(const struct node_mark *mark, int rc, struct orgrun_error *err)
{
    char place[NODE_PLACE_SIZE];
    if (mark->origin && rc != ORGRUN_ENOMEM)
        (void)error_context(err, "%s", node_place(mark, place));
    return rc;
}

int node_error(const struct node_mark *mark, struct orgrun_error *err, const char *fmt, ...)
{
    char text[2 * sizeof err->message]; /* what is too long is cut by error_set */
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    int rc = error_set(err, mark->origin ? ORGRUN_EJOB : ORGRUN_EUSAGE, "%s", text);
    return node_error_at(mark, rc, err);
}
