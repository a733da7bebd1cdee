// SPDX-License-Identifier: MIT
// Events of a run folded into its state.
#include "cli/progress.h"

#include "cli/glyph.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_MS 1000 /* an estimate from less time than this is noise */

static void target_set(struct progress_target *t, const struct orgrun_event *event)
{
    (void)glyph_clean(t->account, sizeof t->account, event->account->id, true);
    (void)glyph_clean(t->name, sizeof t->name, event->account->name, true);
    (void)glyph_clean(t->region, sizeof t->region, event->region, true);
    (void)glyph_clean(t->task, sizeof t->task, event->task, true);
}

static void start(struct progress *p, const struct orgrun_event *event, int64_t now_ms)
{
    if (p->first_ms == 0)
        p->first_ms = now_ms;
    if (p->running_len == p->running_size) {
        size_t size = p->running_size ? p->running_size * 2 : 32;
        struct progress_target *more = realloc(p->running, size * sizeof *more);
        if (!more) {
            p->running_lost++;
            return;
        }
        p->running = more;
        p->running_size = size;
    }
    struct progress_target *t = &p->running[p->running_len++];
    target_set(t, event);
    t->since_ms = now_ms;
}

/* Takes the target out of those running; one that never started is not among them. */
static void end(struct progress *p, const struct orgrun_event *event)
{
    struct progress_target done;
    target_set(&done, event);
    for (size_t i = 0; i < p->running_len; i++) {
        struct progress_target *t = &p->running[i];
        if (strcmp(t->account, done.account) == 0 && strcmp(t->region, done.region) == 0 &&
            strcmp(t->task, done.task) == 0) {
            p->running_len--;
            memmove(t, t + 1, (p->running_len - i) * sizeof *t);
            return;
        }
    }
    if (p->running_lost > 0 && event->outcome != ORGRUN_SKIPPED)
        p->running_lost--;
}

void progress_apply(struct progress *p, const struct orgrun_event *event, int64_t now_ms)
{
    switch (event->kind) {
    case ORGRUN_EVENT_RUN_STARTED:
        (void)glyph_clean(p->run_id, sizeof p->run_id, event->run_id, true);
        break;
    case ORGRUN_EVENT_ACCOUNT:
        *(event->account->excluded_because ? &p->excluded : &p->accounts) += 1;
        break;
    case ORGRUN_EVENT_PLANNED:
        p->targets = event->targets;
        p->enumerated = event->enumerated;
        break;
    case ORGRUN_EVENT_TARGET_STARTED:
        start(p, event, now_ms);
        break;
    case ORGRUN_EVENT_TARGET_DONE:
        end(p, event);
        if ((unsigned)event->outcome < ORGRUN_OUTCOMES)
            p->counts.of[event->outcome]++;
        p->last_done_ms = now_ms;
        break;
    case ORGRUN_EVENT_RETRY:
        (void)glyph_clean(p->retry, sizeof p->retry, event->message, true);
        p->retry_ms = now_ms;
        break;
    case ORGRUN_EVENT_REPORT:
    case ORGRUN_EVENT_RUN_FINISHED:
        break;
    }
}

size_t progress_done(const struct progress *p)
{
    size_t done = 0;
    for (int i = 0; i < ORGRUN_OUTCOMES; i++)
        done += p->counts.of[i];
    return done;
}

size_t progress_running(const struct progress *p)
{
    return p->running_len + p->running_lost;
}

int64_t progress_left_ms(const struct progress *p, int64_t now_ms)
{
    /* What never ran took no time and says nothing of the rate. */
    size_t ran =
        p->counts.of[ORGRUN_PASSED] + p->counts.of[ORGRUN_FAILED] + p->counts.of[ORGRUN_ERROR];
    size_t done = progress_done(p);
    if (!p->enumerated || ran == 0 || p->first_ms == 0 || now_ms - p->first_ms < LEAST_MS)
        return -1;
    if (done >= p->targets)
        return 0;
    int64_t took = p->last_done_ms - p->first_ms;
    int64_t left = (int64_t)((double)took / (double)ran * (double)(p->targets - done));
    left -= now_ms - p->last_done_ms;
    return left > 0 ? left : 0;
}

void progress_clear(struct progress *p)
{
    free(p->running);
    *p = (struct progress){0};
}
