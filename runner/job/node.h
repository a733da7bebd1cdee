// SPDX-License-Identifier: MIT
// The tree that YAML, JSON and CSV are read into: text, lists and mappings, each with its place.
#ifndef ORGRUN_JOB_NODE_H
#define ORGRUN_JOB_NODE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The most levels of lists and mappings within one another. */
#define NODE_DEPTH_MAX 16
/* The most keys of one mapping. */
#define NODE_KEYS_MAX 512

/* Where a thing was written. `origin` (a file's name, or "--set KEY=VALUE") is borrowed and
 * outlives the tree; NULL means the caller's own arguments, which need no place. Zero counts are
 * not known.
 */
struct node_mark {
    const char *origin;
    size_t line, column; /* from 1; column in characters */
    size_t entry;        /* of a source without lines: which entry of its list, from 1 */
};

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node_item {
    char *key; /* of a mapping; NULL in a list */
    struct node_mark mark;
    struct node *value;
};

struct node {
    enum node_kind kind;
    struct node_mark mark;
    char *text; /* NODE_TEXT: UTF-8 */
    bool plain; /* NODE_TEXT: written without quotes, so it may be a number or nothing at all */
    struct node_item *items; /* NODE_LIST, NODE_MAP */
    size_t len, cap;
};

/* Each returns a heap node, or NULL when out of memory. */
struct node *node_new(enum node_kind kind, struct node_mark mark);
struct node *node_new_text(struct node_mark mark, const char *text, size_t len, bool plain);

/* Frees the whole tree; NULL is fine. */
void node_free(struct node *n);
void node_freep(struct node **n); /* for AUTO */

/* Appends to a list (key NULL) or a mapping. Takes value over even on failure; a NULL value counts
 * as out of memory. 0 or ORGRUN_ENOMEM. */
int node_add(struct node *parent, const char *key, struct node_mark mark, struct node *value);

/* The item of a mapping with that key, or NULL; also NULL when map is no mapping. Borrowed. */
struct node_item *node_find(const struct node *map, const char *key);

/* Is it the absence of a value: an unquoted empty, "~" or "null"? */
bool node_is_nothing(const struct node *n);

/* Text with a value? */
bool node_is_text(const struct node *n);

#define NODE_FOUND_SIZE 64
/* What it is, for "must be ..., not <found>": `a list`, `a mapping`, `nothing`, `"text"` (cut). */
const char *node_found(const struct node *n, char out[NODE_FOUND_SIZE]);

#define NODE_QUOTE_SIZE 64
/* Copies text, cut at a character and ending in "..." when it does not fit. Returns out. */
const char *node_quote(const char *text, char out[NODE_QUOTE_SIZE]);

#define NODE_PLACE_SIZE 256
/* "file:line:column", "file:line", "file: entry 3" or what else is known. Returns out. */
const char *node_place(const struct node_mark *mark, char out[NODE_PLACE_SIZE]);

/* Sets an error that begins with the place: ORGRUN_EJOB, or ORGRUN_EUSAGE for a mark without
 * origin. Returns the code. */
int node_error(const struct node_mark *mark, struct orgrun_error *err, const char *fmt, ...)
    ORGRUN_PRINTF(3, 4);

/* Puts the place in front of an error that another function has set; returns rc. */
int node_error_at(const struct node_mark *mark, int rc, struct orgrun_error *err);

#endif
