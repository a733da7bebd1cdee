// SPDX-License-Identifier: MIT
// Targets that did not pass, gathered into groups with the same cause.
#include "report/problems.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FNV_OFFSET 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull
#define UUID_LEN 36

static uint64_t hash_byte(uint64_t hash, unsigned char c)
{
    return (hash ^ c) * FNV_PRIME;
}

/* Is there a request id (a UUID) at s? */
static bool is_uuid(const char *s)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < UUID_LEN; i++) {
        bool ok = form[i] == '-' ? s[i] == '-' : isxdigit((unsigned char)s[i]) != 0;
        if (!ok)
            return false;
    }
    return true;
}

/* Continues a hash over text, in which the account's id and request ids all look alike. */
static uint64_t hash_text(uint64_t hash, const char *text, const char *account_id)
{
    size_t id_len = strlen(account_id);
    for (const char *s = text ? text : ""; *s;) {
        size_t skip = 0;
        if (id_len > 0 && strncmp(s, account_id, id_len) == 0)
            skip = id_len;
        else if (is_uuid(s))
            skip = UUID_LEN;
        hash = hash_byte(hash, skip ? 0xff : (unsigned char)*s);
        s += skip ? skip : 1;
    }
    return hash_byte(hash, 0);
}

static char *copy(const char *text)
{
    return strdup(text ? text : "");
}

static struct problem_group *group_new(struct problems *p, const struct target_record *t,
                                       uint64_t key)
{
    if (p->len == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 16;
        struct problem_group *groups = realloc(p->groups, cap * sizeof *groups);
        if (!groups)
            return NULL;
        p->groups = groups;
        p->cap = cap;
    }
    struct problem_group *g = &p->groups[p->len++];
    *g = (struct problem_group){
        .outcome = t->outcome,
        .reason = copy(t->reason),
        .hint = copy(t->hint),
        .first_line = copy(t->first_line),
        .key = key,
    };
    if (g->hint && g->hint[0])
        g->hint_key = hash_text(FNV_OFFSET, t->hint, t->account_id);
    return g->reason && g->hint && g->first_line ? g : NULL;
}

static struct problem_group *group_find(const struct problems *p, enum orgrun_outcome outcome,
                                        uint64_t key)
{
    for (size_t i = 0; i < p->len; i++)
        if (p->groups[i].key == key && p->groups[i].outcome == outcome)
            return &p->groups[i];
    return NULL;
}

/* Grown by doubling: a length that is a power of two is full. */
static int group_add_row(struct problem_group *g, const struct target_record *t)
{
    if ((g->rows_len & (g->rows_len - 1)) == 0) {
        size_t cap = g->rows_len ? g->rows_len * 2 : 1;
        struct problem_row *rows = realloc(g->rows, cap * sizeof *rows);
        if (!rows)
            return ORGRUN_ENOMEM;
        g->rows = rows;
    }
    struct problem_row *row = &g->rows[g->rows_len++];
    *row = (struct problem_row){
        .account = copy(t->account_name),
        .id = copy(t->account_id),
        .region = copy(t->region),
        .task = copy(t->task),
        .started = t->started_ms != 0,
        .duration_ms = t->duration_ms,
    };
    return row->account && row->id && row->region && row->task ? 0 : ORGRUN_ENOMEM;
}

int problems_add(struct problems *p, const struct target_record *t, struct orgrun_error *err)
{
    if (t->outcome == ORGRUN_PASSED)
        return 0;
    uint64_t key = hash_text(FNV_OFFSET, t->reason, t->account_id);
    key = hash_text(key, t->hint, t->account_id);
    key = hash_text(key, t->first_line, t->account_id);
    struct problem_group *g = group_find(p, t->outcome, key);
    if (!g && p->len == PROBLEM_GROUPS_MAX && !p->all) {
        p->beyond++;
        return 0;
    }
    if (!g)
        g = group_new(p, t, key);
    if (!g)
        return error_nomem(err);
    g->count++;
    if ((p->all || g->rows_len < PROBLEM_ROWS_MAX) && group_add_row(g, t))
        return error_nomem(err);
    return 0;
}

static void group_clear(struct problem_group *g)
{
    for (size_t i = 0; i < g->rows_len; i++) {
        free(g->rows[i].account);
        free(g->rows[i].id);
        free(g->rows[i].region);
        free(g->rows[i].task);
    }
    free(g->rows);
    free(g->reason);
    free(g->hint);
    free(g->first_line);
}

void problems_clear(struct problems *p)
{
    for (size_t i = 0; i < p->len; i++)
        group_clear(&p->groups[i]);
    free(p->groups);
    *p = (struct problems){0};
}
