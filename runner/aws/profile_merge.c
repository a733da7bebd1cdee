// SPDX-License-Identifier: MIT
// Sections and properties of one name become one: a sort, so that a thousand profiles stay cheap.
#include "aws/profile_parse.h"

#include "base/cleanup.h"

#include <string.h>

/* A thing with a name, and where it stands: by it, the first of a name gives the place and the last
 * the value. */
struct entry {
    int kind;
    const char *name;
    size_t seq;
    size_t first; /* seq of the first of its name */
    void *item;
};

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

static int by_first(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Brings those of one name together, in the order of first appearance, and each group in its own
 * order. */
static void group(struct entry *entries, size_t len)
{
    if (len == 0)
        return;
    qsort(entries, len, sizeof *entries, by_name);
    for (size_t i = 0; i < len; i++) {
        bool same = i > 0 && entries[i].kind == entries[i - 1].kind &&
                    strcmp(entries[i].name, entries[i - 1].name) == 0;
        entries[i].first = same ? entries[i - 1].first : entries[i].seq;
    }
    qsort(entries, len, sizeof *entries, by_first);
}

/* Keeps the last property of each name. */
static int merge_properties(struct profile_section *s)
{
    size_t len = s->properties_len;
    AUTO(free_ptr) struct entry *entries = calloc(len + 1, sizeof *entries);
    struct profile_property *kept = calloc(len + 1, sizeof *kept);
    if (!entries || !kept) {
        free(kept);
        return ORGRUN_ENOMEM;
    }
    for (size_t i = 0; i < len; i++)
        entries[i] =
            (struct entry){.name = s->properties[i].name, .seq = i, .item = &s->properties[i]};
    group(entries, len);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        struct profile_property *p = entries[i].item;
        if (i + 1 < len && entries[i + 1].first == entries[i].first)
            profile_property_clear(p);
        else
            kept[n++] = *p;
    }
    free(s->properties);
    s->properties = kept;
    s->properties_len = n;
    return 0;
}

/* Moves the properties of src to the end of dst. */
static int append_properties(struct profile_section *dst, struct profile_section *src)
{
    size_t len = dst->properties_len + src->properties_len;
    struct profile_property *items = reallocarray(dst->properties, len + 1, sizeof *items);
    if (!items)
        return ORGRUN_ENOMEM;
    dst->properties = items;
    if (src->properties_len)
        memcpy(items + dst->properties_len, src->properties, src->properties_len * sizeof *items);
    dst->properties_len = len;
    src->properties_len = 0;
    return 0;
}

static bool is_config_default(const struct profile_chunk *c, bool prefixed)
{
    return c->file == PROFILE_FILE_CONFIG && c->kind == PROFILE_KIND_PROFILE &&
           c->prefixed == prefixed && strcmp(c->section.name, "default") == 0;
}

static bool has_prefixed_default(const struct profile_chunks *chunks)
{
    for (size_t i = 0; i < chunks->len; i++)
        if (is_config_default(&chunks->items[i], true))
            return true;
    return false;
}

/* Where sections of a kind go; room for all of them is there. */
static struct profile_section *next_of(struct profile_set *out, int kind)
{
    switch (kind) {
    case PROFILE_KIND_SSO_SESSION:
        return &out->sso_sessions[out->sso_sessions_len++];
    case PROFILE_KIND_SERVICES:
        return &out->services[out->services_len++];
    default:
        return &out->profiles[out->profiles_len++];
    }
}

/* Entries are grouped: one section for each group. */
static int merge_groups(struct profile_set *out, const struct entry *entries, size_t len)
{
    struct profile_section *section = NULL;
    for (size_t i = 0; i < len; i++) {
        struct profile_section *from = &((struct profile_chunk *)entries[i].item)->section;
        if (i == 0 || entries[i].first != entries[i - 1].first) {
            section = next_of(out, entries[i].kind);
            *section = *from;
            *from = (struct profile_section){0};
        } else if (append_properties(section, from)) {
            return ORGRUN_ENOMEM;
        }
        bool last = i + 1 == len || entries[i + 1].first != entries[i].first;
        if (last && merge_properties(section))
            return ORGRUN_ENOMEM;
    }
    return 0;
}

int profile_merge(struct profile_set *out, struct profile_chunks *chunks, const char *config_name,
                  const struct log *log, struct orgrun_error *err)
{
    bool prefixed = has_prefixed_default(chunks);
    AUTO(free_ptr) struct entry *entries = calloc(chunks->len + 1, sizeof *entries);
    out->profiles = calloc(chunks->len + 1, sizeof *out->profiles);
    out->sso_sessions = calloc(chunks->len + 1, sizeof *out->sso_sessions);
    out->services = calloc(chunks->len + 1, sizeof *out->services);
    if (!entries || !out->profiles || !out->sso_sessions || !out->services)
        return error_nomem(err);
    size_t len = 0;
    for (size_t i = 0; i < chunks->len; i++) {
        struct profile_chunk *c = &chunks->items[i];
        if (prefixed && is_config_default(c, false)) {
            log_warn(log, "%s:%d: section ignored: [profile default] stands in the same file",
                     config_name, c->line);
            continue;
        }
        entries[len++] =
            (struct entry){.kind = (int)c->kind, .name = c->section.name, .seq = i, .item = c};
    }
    group(entries, len);
    return merge_groups(out, entries, len) ? error_nomem(err) : 0;
}
