// SPDX-License-Identifier: MIT
// JSON text to a tree, through jansson.
#include "job/json_reader.h"

#include "base/cleanup.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static int convert(struct node **out, json_t *value, struct node_mark mark, int depth,
                   struct orgrun_error *err);

/* A value that is neither list nor object, as it would be written without quotes. */
static struct node *convert_plain(const json_t *value, struct node_mark mark)
{
    char number[64] = "null";
    if (json_is_integer(value))
        (void)snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value)) /* "%#g" keeps the point, so that it never looks like an id */
        (void)snprintf(number, sizeof number, "%#.17g", json_real_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(number, sizeof number, "%s", json_is_true(value) ? "true" : "false");
    return node_new_text(mark, number, strlen(number), true);
}

static int convert_list(struct node *list, const json_t *value, int depth, struct orgrun_error *err)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        struct node_mark mark = list->mark;
        struct node *item = NULL;
        if (!mark.entry)
            mark.entry = i + 1;
        int rc = convert(&item, json_array_get(value, i), mark, depth, err);
        if (rc)
            return rc;
        if (node_add(list, NULL, mark, item))
            return error_nomem(err);
    }
    return 0;
}

static int convert_map(struct node *map, json_t *value, int depth, struct orgrun_error *err)
{
    const char *key;
    json_t *member;
    if (json_object_size(value) > NODE_KEYS_MAX)
        return node_error(&map->mark, err, "a mapping may have at most %d keys", NODE_KEYS_MAX);
    json_object_foreach(value, key, member)
    {
        struct node *item = NULL;
        int rc = convert(&item, member, map->mark, depth, err);
        if (rc)
            return rc;
        if (node_add(map, key, map->mark, item))
            return error_nomem(err);
    }
    return 0;
}

static int convert(struct node **out, json_t *value, struct node_mark mark, int depth,
                   struct orgrun_error *err)
{
    AUTO(node_freep) struct node *n = NULL;
    bool is_map = json_is_object(value);
    if (!is_map && !json_is_array(value)) {
        *out = json_is_string(value)
                   ? node_new_text(mark, json_string_value(value), json_string_length(value), false)
                   : convert_plain(value, mark);
        return *out ? 0 : error_nomem(err);
    }
    if (depth >= NODE_DEPTH_MAX)
        return node_error(&mark, err, "nested too deeply: at most %d levels", NODE_DEPTH_MAX);
    n = node_new(is_map ? NODE_MAP : NODE_LIST, mark);
    if (!n)
        return error_nomem(err);
    int rc =
        is_map ? convert_map(n, value, depth + 1, err) : convert_list(n, value, depth + 1, err);
    if (rc == 0)
        *out = TAKE_PTR(n);
    return rc;
}

int json_reader_parse(struct node **out, const char *text, size_t len, const char *origin,
                      struct orgrun_error *err)
{
    struct node_mark mark = {.origin = origin};
    json_error_t fault;
    *out = NULL;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
    /* jansson leaves the text empty in most places where it finds no memory. */
    if (!root && (json_error_code(&fault) == json_error_out_of_memory || !fault.text[0]))
        return error_nomem(err);
    if (!root) {
        mark.line = fault.line > 0 ? (size_t)fault.line : 0;
        mark.column = fault.column > 0 ? (size_t)fault.column : 0;
        return node_error(&mark, err, "%s", fault.text);
    }
    int rc = convert(out, root, mark, 0, err);
    json_decref(root);
    return rc;
}
