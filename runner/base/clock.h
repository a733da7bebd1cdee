// SPDX-License-Identifier: MIT
// Time behind a function table, so that no unit test sleeps; and the text forms of times and
// durations.
#ifndef ORGRUN_BASE_CLOCK_H
#define ORGRUN_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct clock_ops {
    int64_t (*wall_ms)(void *self); /* Unix time, milliseconds */
    int64_t (*mono_ms)(void *self); /* monotonic, milliseconds, arbitrary origin */
};

/* A clock: a table and its self. Copied by value. */
struct clock {
    const struct clock_ops *ops;
    void *self;
};

/* The system's clock. */
extern const struct clock clock_system;

static inline int64_t clock_wall_ms(struct clock c)
{
    return c.ops->wall_ms(c.self);
}

static inline int64_t clock_mono_ms(struct clock c)
{
    return c.ops->mono_ms(c.self);
}

#define CLOCK_ISO_SIZE 25 /* "2026-11-24T03:45:00.123Z" and NUL */
/* Writes RFC 3339 UTC with milliseconds. */
void clock_format_iso(int64_t unix_ms, char out[CLOCK_ISO_SIZE]);

#define CLOCK_AMZ_SIZE 17 /* "20261124T034500Z" and NUL */
/* Writes the form of the x-amz-date header. */
void clock_format_amz(int64_t unix_ms, char out[CLOCK_AMZ_SIZE]);

/* Parses RFC 3339 ("Z" or numeric offset, optional fraction) and "20261124T034500Z".
 * 0 with *unix_ms set, or -1. */
int clock_parse(const char *text, int64_t *unix_ms);

/* Monotonic milliseconds to an absolute CLOCK_MONOTONIC timespec, for pthread_cond_clockwait. */
struct timespec clock_deadline(int64_t mono_ms);

/* Parses "90s", "5m", "2h", "250ms", "1d" (one unit; a whole number). 0 with *ms set, or -1. */
int duration_parse(const char *text, int64_t *ms);

#define DURATION_SIZE 24
/* A short form for people: "850ms", "12.3s", "4m05s", "2h03m". */
void duration_format(int64_t ms, char out[DURATION_SIZE]);

#endif
