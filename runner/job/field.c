// SPDX-License-Identifier: MIT
// Reading a mapping by its table of keys, and the plain values: text, numbers, durations, sizes.
#include "job/field.h"

#include "base/clock.h"
#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int unknown_key(const struct node_item *item, const char *noun, const struct field *fields,
                       size_t len, struct orgrun_error *err)
{
    const char *keys[FIELDS_MAX + 1] = {NULL};
    char quote[NODE_QUOTE_SIZE];
    struct buf list;
    buf_init(&list, 512);
    for (size_t i = 0; i < len; i++) {
        keys[i] = fields[i].key;
        (void)buf_printf(&list, "%s%s", i ? ", " : "", keys[i]);
    }
    const char *near = text_nearest(item->key, keys);
    int rc = node_error(&item->mark, err, "unknown key \"%s\" in %s%s%s%s (allowed: %s)",
                        node_quote(item->key, quote), noun, near ? "; did you mean \"" : "",
                        near ? near : "", near ? "\"?" : "", buf_str(&list));
    buf_clear(&list);
    return rc;
}

int field_read_map(struct loading *loading, const struct node *map, const char *noun,
                   const struct field *fields, size_t len, void *base, struct orgrun_error *err)
{
    assert(len <= FIELDS_MAX);
    char found[NODE_FOUND_SIZE];
    if (map->kind != NODE_MAP)
        return node_error(&map->mark, err, "%s must be a mapping, not %s", noun,
                          node_found(map, found));
    for (size_t i = 0; i < map->len; i++) {
        const struct node_item *item = &map->items[i];
        size_t f = 0;
        while (f < len && strcmp(fields[f].key, item->key) != 0)
            f++;
        if (f == len)
            return unknown_key(item, noun, fields, len, err);
        struct field_at at = {.loading = loading, .noun = noun, .field = &fields[f]};
        int rc = fields[f].read(&at, item->value, (char *)base + fields[f].offset, err);
        if (rc)
            return rc;
    }
    for (size_t f = 0; f < len; f++)
        if (fields[f].required && !node_find(map, fields[f].key))
            return node_error(&map->mark, err, "\"%s\" is missing in %s", fields[f].key, noun);
    return 0;
}

int field_wrong(const struct field_at *at, const struct node *value, struct orgrun_error *err,
                const char *what)
{
    char found[NODE_FOUND_SIZE];
    return node_error(&value->mark, err, "\"%s\" in %s must be %s, not %s", at->field->key,
                      at->noun, what, node_found(value, found));
}

int field_wrong_item(const struct field_at *at, const struct node *item, struct orgrun_error *err,
                     const char *what)
{
    char found[NODE_FOUND_SIZE];
    return node_error(&item->mark, err, "each item of \"%s\" in %s must be %s, not %s",
                      at->field->key, at->noun, what, node_found(item, found));
}

int field_check_list(const struct field_at *at, const struct node *value, const char *items,
                     struct orgrun_error *err)
{
    char what[128];
    (void)snprintf(what, sizeof what, "a list of %s", items);
    if (value->kind != NODE_LIST)
        return field_wrong(at, value, err, what);
    if ((int64_t)value->len < at->field->least)
        return node_error(&value->mark, err, "\"%s\" in %s is empty", at->field->key, at->noun);
    if ((int64_t)value->len > at->field->most)
        return node_error(&value->mark, err, "\"%s\" in %s has %zu items, more than %lld",
                          at->field->key, at->noun, value->len, (long long)at->field->most);
    return 0;
}

static int text_read(const struct field_at *at, const struct node *value, char **dst, bool lines,
                     struct orgrun_error *err)
{
    const struct field *f = at->field;
    if (!node_is_text(value))
        return field_wrong(at, value, err, "text");
    size_t len = strlen(value->text);
    if ((int64_t)len < f->least || (int64_t)len > f->most)
        return node_error(&value->mark, err, "\"%s\" in %s must have %lld to %lld bytes, not %zu",
                          f->key, at->noun, (long long)f->least, (long long)f->most, len);
    for (const char *p = value->text; *p; p++)
        if (((unsigned char)*p < 0x20 && !(lines && (*p == '\n' || *p == '\t'))) || *p == 0x7f)
            return node_error(&value->mark, err, "\"%s\" in %s must not hold control characters%s",
                              f->key, at->noun, lines ? "" : " or new lines");
    *dst = strdup(value->text);
    return *dst ? 0 : error_nomem(err);
}

int field_text(const struct field_at *at, const struct node *value, void *dst,
               struct orgrun_error *err)
{
    return text_read(at, value, dst, false, err);
}

int field_prose(const struct field_at *at, const struct node *value, void *dst,
                struct orgrun_error *err)
{
    return text_read(at, value, dst, true, err);
}

bool field_number(const char *text, int64_t *out)
{
    size_t len = strlen(text);
    if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
        return false;
    *out = strtoll(text, NULL, 10);
    return len == 1 || text[0] != '0';
}

int field_whole(const struct field_at *at, const struct node *value, void *dst,
                struct orgrun_error *err)
{
    const struct field *f = at->field;
    char what[96];
    int64_t *n = dst;
    (void)snprintf(what, sizeof what, "a whole number from %lld to %lld", (long long)f->least,
                   (long long)f->most);
    if (value->kind != NODE_TEXT || !value->plain || !field_number(value->text, n) ||
        *n < f->least || *n > f->most)
        return field_wrong(at, value, err, what);
    return 0;
}

/* "15m", "12h": in the largest unit that needs no fraction. */
static void format_exact(int64_t ms, char *out, size_t size)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
    size_t i = 0;
    while (ms % units[i].ms != 0 || (ms == 0 && units[i].ms != 1000) ||
           (units[i].ms == 86400000 && ms < 2 * units[i].ms))
        i++;
    (void)snprintf(out, size, "%lld%s", (long long)(ms / units[i].ms), units[i].unit);
}

int field_duration(const struct field_at *at, const struct node *value, void *dst,
                   struct orgrun_error *err)
{
    const struct field *f = at->field;
    int64_t *ms = dst;
    if (value->kind == NODE_TEXT && duration_parse(value->text, ms) == 0 && *ms >= f->least &&
        *ms <= f->most)
        return 0;
    char least[32], most[32], what[128];
    format_exact(f->least, least, sizeof least);
    format_exact(f->most, most, sizeof most);
    (void)snprintf(what, sizeof what, "a duration from %s to %s, such as 90s, 5m or 2h", least,
                   most);
    int rc = field_wrong(at, value, err, what);
    int64_t bare;
    if (value->kind == NODE_TEXT && field_number(value->text, &bare))
        (void)error_hint(err, "A duration has a unit: %llds, %lldm or %lldh.", (long long)bare,
                         (long long)bare, (long long)bare);
    return rc;
}

int field_bytes(const struct field_at *at, const struct node *value, void *dst,
                struct orgrun_error *err)
{
    static const struct {
        const char *suffix;
        int shift;
    } units[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"", 0}};
    const struct field *f = at->field;
    size_t *bytes = dst;
    char digits[24] = "";
    for (size_t i = 0; value->kind == NODE_TEXT && i < sizeof units / sizeof *units; i++) {
        size_t len = strlen(value->text), cut = strlen(units[i].suffix);
        int64_t n;
        if (!text_ends(value->text, units[i].suffix) || len - cut >= sizeof digits)
            continue;
        memcpy(digits, value->text, len - cut);
        digits[len - cut] = '\0';
        if (!field_number(digits, &n) || n > f->most >> units[i].shift ||
            n << units[i].shift < f->least)
            continue;
        *bytes = (size_t)n << units[i].shift;
        return 0;
    }
    char what[128];
    (void)snprintf(what, sizeof what,
                   "a size from %lldKiB to %lldMiB, such as 65536, 64KiB or 8MiB",
                   (long long)f->least >> 10, (long long)f->most >> 20);
    return field_wrong(at, value, err, what);
}

int field_word(const struct field_at *at, const struct node *value, const char *const *words,
               size_t *out, struct orgrun_error *err)
{
    struct buf what;
    buf_init(&what, 256);
    for (size_t i = 0; words[i]; i++) {
        if (value->kind == NODE_TEXT && strcmp(value->text, words[i]) == 0) {
            *out = i;
            buf_clear(&what);
            return 0;
        }
        (void)buf_printf(&what, "%s%s", !i ? "" : words[i + 1] ? ", " : " or ", words[i]);
    }
    const char *near = value->kind == NODE_TEXT ? text_nearest(value->text, words) : NULL;
    int rc = field_wrong(at, value, err, buf_str(&what));
    buf_clear(&what);
    if (near)
        (void)error_hint(err, "Did you mean \"%s\"?", near);
    return rc;
}
