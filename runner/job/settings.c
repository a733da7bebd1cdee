// SPDX-License-Identifier: MIT
// Settings put into a job's tree, so that they are checked as the job file is.
#include "job/settings.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "job/field.h"
#include "job/job.h"
#include "job/yaml_reader.h"

#include <assert.h>
#include <string.h>

#define STEPS_MAX NODE_DEPTH_MAX
#define ORIGIN_MAX 120
#define KEY_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

/* One setting on its way into the tree. */
struct setting {
    struct node_mark mark;
    char *key;              /* cut into steps */
    char *steps[STEPS_MAX]; /* within key */
    size_t len;             /* of steps */
    struct node *value;     /* ours until it is in the tree */
    struct orgrun_error *err;
};

static void setting_clear(struct setting *s)
{
    free(s->key);
    node_free(s->value);
}

/* The item of a list that a step means: by name, else by index. */
static struct node_item *list_item(const struct node *list, const char *step)
{
    int64_t index;
    for (size_t i = 0; i < list->len; i++) {
        const struct node_item *name = node_find(list->items[i].value, "name");
        if (name && name->value->kind == NODE_TEXT && strcmp(name->value->text, step) == 0)
            return &list->items[i];
    }
    if (field_number(step, &index) && (size_t)index < list->len)
        return &list->items[index];
    return NULL;
}

/* The item that step i means within n, made if a mapping has none. */
static int step_into(const struct setting *s, struct node *n, size_t i, struct node_item **out)
{
    char place[NODE_PLACE_SIZE], quote[NODE_QUOTE_SIZE];
    const char *step = s->steps[i], *before = i ? s->steps[i - 1] : "";
    *out = n->kind == NODE_LIST ? list_item(n, step) : node_find(n, step);
    if (*out)
        return 0;
    if (n->kind == NODE_LIST)
        return node_error(&s->mark, s->err,
                          "the list at %s has no item \"%s\": use a name, or an index from 0",
                          node_place(&n->mark, place), node_quote(step, quote));
    if (n->kind == NODE_TEXT)
        return node_error(&s->mark, s->err,
                          "\"%s\" is text at %s, with no keys; set it whole, as %s={%s: ...}",
                          before, node_place(&n->mark, place), before, step);
    if (n->len >= NODE_KEYS_MAX)
        return node_error(&s->mark, s->err, "a mapping may have at most %d keys", NODE_KEYS_MAX);
    if (node_add(n, step, s->mark, node_new(NODE_MAP, s->mark)))
        return error_nomem(s->err);
    *out = &n->items[n->len - 1];
    return 0;
}

/* Cuts the key into steps and reads the value. */
static int setting_parse(struct setting *s, const char *text, const char *origin)
{
    const char *equals = strchr(text, '=');
    s->mark = (struct node_mark){.origin = origin};
    size_t len = equals ? (size_t)(equals - text) : 0;
    if (len == 0 || strspn(text, KEY_CHARS) < len)
        return node_error(&s->mark, s->err, "a setting is KEY=VALUE, such as limits.concurrency=4");
    s->key = strndup(text, len);
    if (!s->key)
        return error_nomem(s->err);
    for (char *rest = s->key, *step; (step = strsep(&rest, ".")) != NULL;) {
        if (!*step)
            return node_error(&s->mark, s->err, "a part of the key is empty");
        if (s->len == STEPS_MAX)
            return node_error(&s->mark, s->err, "the key has more than %d parts", STEPS_MAX);
        s->steps[s->len++] = step;
    }
    len = strlen(equals + 1);
    if (len > JOB_FILE_MAX)
        return node_error(&s->mark, s->err, "the value is larger than %d bytes", JOB_FILE_MAX);
    int rc = yaml_reader_parse(&s->value, equals + 1, len, origin, false, s->err);
    if (rc == 0 && !s->value)
        s->value = node_new_text(s->mark, "", 0, true);
    return rc ? rc : s->value ? 0 : error_nomem(s->err);
}

static int setting_apply(struct setting *s, struct node *root)
{
    struct node *n = root;
    struct node_item *item = NULL;
    for (size_t i = 0; i < s->len; i++) {
        int rc = step_into(s, n, i, &item);
        if (rc)
            return rc;
        n = item->value;
    }
    assert(item); /* a key has at least one step */
    node_free(n);
    item->value = TAKE_PTR(s->value);
    item->mark = s->mark;
    return 0;
}

/* "--set KEY=VALUE" made fit for a message, and cut to what one has room for. */
static int push_origin(struct strv *origins, const char *setting)
{
    size_t len = strlen(setting), cut = len > ORIGIN_MAX ? ORIGIN_MAX : len;
    while (cut < len && cut > 0 && ((unsigned char)setting[cut] & 0xc0) == 0x80)
        cut--;
    struct buf text;
    buf_init(&text, (size_t)ORIGIN_MAX * 4);
    int rc = text_clean(&text, setting, cut, true)
                 ? ORGRUN_ENOMEM
                 : strv_printf(origins, "--set %s%s", buf_str(&text), cut < len ? "..." : "");
    buf_clear(&text);
    return rc;
}

int settings_apply(struct node *root, const char *const *settings, struct strv *origins,
                   struct orgrun_error *err)
{
    for (size_t i = 0; settings && settings[i]; i++) {
        AUTO(setting_clear) struct setting s = {.err = err};
        if (push_origin(origins, settings[i]))
            return error_nomem(err);
        int rc = setting_parse(&s, settings[i], origins->items[origins->len - 1]);
        if (rc == 0)
            rc = setting_apply(&s, root);
        if (rc)
            return rc;
    }
    return 0;
}
