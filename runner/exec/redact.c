// SPDX-License-Identifier: MIT
// Finding the patterns of a set in a stream that comes in pieces.
#include "exec/redact.h"

#include "base/cleanup.h"
#include "exec/redact_set.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Offsets count from the first byte that is held (or of the piece being scanned when none is). */
struct redactor {
    struct redact_set *set;
    redact_emit_fn *emit;
    void *user;
    char *held; /* room for two patterns; where a pattern has begun that may go on */
    size_t held_len;
    size_t held_cap;
    size_t settled; /* bytes before it have been emitted, or a mark stands for them */
    bool marked;    /* what was emitted last is a mark */
};

/* Under the set's lock: makes room for what the longest pattern may have held back. */
static int make_room(struct redactor *r)
{
    size_t cap = 2 * r->set->longest + 1;
    if (cap <= r->held_cap)
        return 0;
    char *held = malloc(cap);
    if (!held)
        return ORGRUN_ENOMEM;
    if (r->held_len)
        memcpy(held, r->held, r->held_len);
    secret_wipe(r->held, r->held_cap);
    free(r->held);
    r->held = held;
    r->held_cap = cap;
    return 0;
}

int redactor_new(struct redactor **out, struct redact_set *set, redact_emit_fn *emit, void *user,
                 struct orgrun_error *err)
{
    struct redactor *r = calloc(1, sizeof *r);
    if (!r)
        return error_nomem(err);
    *r = (struct redactor){.set = set, .emit = emit, .user = user};
    pthread_mutex_lock(&set->lock);
    int rc = make_room(r);
    pthread_mutex_unlock(&set->lock);
    if (rc) {
        free(r);
        return error_nomem(err);
    }
    *out = r;
    return 0;
}

void redactor_free(struct redactor *r)
{
    if (!r)
        return;
    secret_wipe(r->held, r->held_cap);
    free(r->held);
    free(r);
}

/* Emits the bytes from `settled` to `upto` as they are. */
static int pass(struct redactor *r, const char *text, size_t upto)
{
    if (upto <= r->settled)
        return 0;
    size_t from = r->settled;
    r->settled = upto;
    r->marked = false;
    return r->emit(r->user, text + from, upto - from);
}

/* Puts one mark for [from, to); for one that overlaps or touches the last, that mark stands. */
static int mark(struct redactor *r, const char *text, size_t from, size_t to)
{
    int rc = pass(r, text, from);
    if (rc)
        return rc;
    if (to > r->settled)
        r->settled = to;
    if (r->marked)
        return 0;
    r->marked = true;
    return r->emit(r->user, REDACT_MARK, sizeof REDACT_MARK - 1);
}

/* What the patterns say of the text that begins here. */
struct verdict {
    size_t len; /* of the longest pattern that is all there; 0 = none */
    bool open;  /* the text ends inside a longer one */
};

static struct verdict look(const struct redact_set *set, const char *text, size_t len)
{
    struct verdict v = {0};
    for (size_t i = 0; i < set->len; i++) {
        const struct redact_pattern *p = &set->patterns[i];
        const char *pattern = set->text.data + p->at;
        if (*pattern != *text || memcmp(pattern, text, p->len < len ? p->len : len) != 0)
            continue;
        if (p->len > len)
            v.open = true;
        else if (p->len > v.len)
            v.len = p->len;
    }
    return v;
}

/* Decides for each position before `limit` whether a pattern begins there, emitting as it goes.
 * *decided is limit, or the position (unless `last`) of which only what follows text can tell. */
static int scan(struct redactor *r, const char *text, size_t len, size_t limit, bool last,
                size_t *decided)
{
    const struct redact_set *set = r->set;
    size_t i = 0;
    while (i < limit) {
        if (len - i >= REDACT_WINDOW) {
            size_t shift = set->shift[redact_pair(text + i + REDACT_WINDOW - 2)];
            if (shift) {
                i += shift;
                continue;
            }
        }
        struct verdict v = look(set, text + i, len - i);
        if (v.len) {
            int rc = mark(r, text, i, i + v.len);
            if (rc)
                return rc;
        }
        if (v.open && !last)
            break;
        i++;
    }
    *decided = i < limit ? i : limit;
    int rc = pass(r, text, *decided);
    r->settled -= *decided;
    return rc;
}

/* Scans what is held together with as much of data as decides it. *used is how much that is; all of
 * data may now be held. */
static int scan_held(struct redactor *r, const char *data, size_t len, size_t *used)
{
    size_t enough = r->set->longest - 1, take = len < enough ? len : enough, decided;
    memcpy(r->held + r->held_len, data, take);
    size_t joined = r->held_len + take;
    size_t limit = take == len ? joined : r->held_len;
    int rc = scan(r, r->held, joined, limit, false, &decided);
    if (rc)
        return rc;
    *used = 0;
    if (take == len) {
        memmove(r->held, r->held + decided, joined - decided);
        r->held_len = joined - decided;
        *used = len;
    } else {
        r->held_len = 0;
    }
    return 0;
}

/* Under the set's lock, as is what it calls. */
static int feed(struct redactor *r, const char *data, size_t len)
{
    if (r->set->len == 0)
        return r->emit(r->user, data, len);
    if (r->held_len) {
        size_t used = 0;
        int rc = scan_held(r, data, len, &used);
        if (rc || used)
            return rc;
    }
    size_t decided;
    int rc = scan(r, data, len, len, false, &decided);
    if (rc)
        return rc;
    r->held_len = len - decided;
    memcpy(r->held, data + decided, r->held_len);
    return 0;
}

int redactor_feed(struct redactor *r, const char *data, size_t len)
{
    if (len == 0)
        return 0;
    pthread_mutex_lock(&r->set->lock);
    int rc = make_room(r);
    if (rc == 0)
        rc = feed(r, data, len);
    pthread_mutex_unlock(&r->set->lock);
    return rc;
}

int redactor_finish(struct redactor *r)
{
    size_t len = r->held_len, decided;
    r->held_len = 0;
    if (len == 0)
        return 0;
    pthread_mutex_lock(&r->set->lock);
    int rc = scan(r, r->held, len, len, true, &decided);
    pthread_mutex_unlock(&r->set->lock);
    return rc;
}
