// SPDX-License-Identifier: MIT
// Events: what a run tells its embedder, one call at a time.
#include "fanout/events.h"

void events_init(struct events *e, orgrun_event_fn *fn, void *user)
{
    pthread_mutex_init(&e->lock, NULL);
    e->fn = fn;
    e->user = user;
}

void events_clear(struct events *e)
{
    pthread_mutex_destroy(&e->lock);
}

void events_send(struct events *e, const struct orgrun_event *event)
{
    if (!e->fn)
        return;
    struct orgrun_event whole = *event;
    const char **texts[] = {&whole.run_id, &whole.region,     &whole.task,   &whole.reason,
                            &whole.hint,   &whole.first_line, &whole.message};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!*texts[i])
            *texts[i] = "";
    pthread_mutex_lock(&e->lock);
    e->fn(e->user, &whole);
    pthread_mutex_unlock(&e->lock);
}
