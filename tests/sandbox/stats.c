// SPDX-License-Identifier: MIT
// Counters in the form in which they are given out.
#include "sandbox/stats.h"

int stats_init(struct stats *s)
{
    *s = (struct stats){
        .operations = json_object(), .assumed = json_object(), .calls = json_array()};
    return s->operations && s->assumed && s->calls ? 0 : -1;
}

void stats_clear(struct stats *s)
{
    json_decref(s->operations);
    json_decref(s->assumed);
    json_decref(s->calls);
    *s = (struct stats){0};
}

void stats_reset(struct stats *s)
{
    json_object_clear(s->operations);
    json_object_clear(s->assumed);
    json_array_clear(s->calls);
    s->requests = s->connections = 0;
    s->max_in_flight = s->in_flight;
}

void stats_begin(struct stats *s)
{
    s->requests++;
    if (++s->in_flight > s->max_in_flight)
        s->max_in_flight = s->in_flight;
}

void stats_end(struct stats *s)
{
    s->in_flight--;
}

static void add_one(json_t *object, const char *key)
{
    json_int_t was = json_integer_value(json_object_get(object, key));
    json_object_set_new(object, key, json_integer(was + 1));
}

void stats_count(struct stats *s, const char *operation, const char *outcome)
{
    json_t *of = json_object_get(s->operations, operation);
    if (!of) {
        of = json_object();
        json_object_set_new(s->operations, operation, of);
    }
    add_one(of, outcome);
}

void stats_assumed(struct stats *s, const char *account_id)
{
    add_one(s->assumed, account_id);
}

void stats_keep(struct stats *s, json_t *call)
{
    if (json_array_size(s->calls) < STATS_CALLS_MAX)
        json_array_append_new(s->calls, call);
    else
        json_decref(call);
}

json_t *stats_json(const struct stats *s)
{
    return json_pack("{s:I, s:I, s:i, s:i, s:O, s:O}", "requests", (json_int_t)s->requests,
                     "connections", (json_int_t)s->connections, "in_flight", (int)s->in_flight,
                     "max_in_flight", (int)s->max_in_flight, "operations", s->operations, "assumed",
                     s->assumed);
}
