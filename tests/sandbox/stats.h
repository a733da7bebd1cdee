// SPDX-License-Identifier: MIT
// What the sandbox was asked and what it answered, for tests to count.
#ifndef SANDBOX_STATS_H
#define SANDBOX_STATS_H

#include <jansson.h>
#include <stdint.h>

#define STATS_CALLS_MAX 1000

struct stats {
    json_t *operations; /* {"sts:AssumeRole": {"ok": 25, "AccessDenied": 1}} */
    json_t *assumed;    /* {"<account>": AssumeRole requests for it} */
    json_t *calls;      /* what STS was asked, the first STATS_CALLS_MAX */
    uint64_t requests, connections;
    unsigned in_flight, max_in_flight;
};

/* 0, or -1 when out of memory. */
int stats_init(struct stats *s);
void stats_clear(struct stats *s);
/* Zeroes all but in_flight. */
void stats_reset(struct stats *s);

void stats_begin(struct stats *s); /* a request arrived */
void stats_end(struct stats *s);   /* its answer was sent, or its connection is gone */
void stats_count(struct stats *s, const char *operation, const char *outcome);
void stats_assumed(struct stats *s, const char *account_id);
/* Keeps what a call asked for; takes it over. */
void stats_keep(struct stats *s, json_t *call);

/* {"requests", "connections", "in_flight", "max_in_flight", "operations", "assumed"}. */
json_t *stats_json(const struct stats *s);

#endif
