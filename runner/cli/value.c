// SPDX-License-Identifier: MIT
// The text forms of numbers, durations and times.
#include "cli/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

int value_number(const char *text, int64_t least, int64_t most, int64_t *out)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits])
        return -1;
    int64_t n = strtoll(text, NULL, 10);
    if (n < least || n > most)
        return -1;
    *out = n;
    return 0;
}

int value_duration(const char *text, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", SECOND}, {"m", MINUTE}, {"h", HOUR}, {"d", 24 * HOUR}};
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9)
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(text + digits, units[i].unit) == 0) {
            *ms = strtoll(text, NULL, 10) * units[i].ms;
            return 0;
        }
    return -1;
}

const char *value_took(int64_t ms, char out[VALUE_SIZE])
{
    long long n = ms < 0 ? 0 : (long long)ms;
    if (n < SECOND)
        (void)snprintf(out, VALUE_SIZE, "%lldms", n);
    else if (n < MINUTE)
        (void)snprintf(out, VALUE_SIZE, "%lld.%llds", n / SECOND, n % SECOND / 100);
    else if (n < HOUR)
        (void)snprintf(out, VALUE_SIZE, "%lldm%02llds", n / MINUTE, n % MINUTE / SECOND);
    else
        (void)snprintf(out, VALUE_SIZE, "%lldh%02lldm", n / HOUR, n % HOUR / MINUTE);
    return out;
}

const char *value_clock(int64_t ms, char out[VALUE_SIZE])
{
    long long s = ms < 0 ? 0 : (long long)(ms / SECOND);
    if (s < 3600)
        (void)snprintf(out, VALUE_SIZE, "%lld:%02lld", s / 60, s % 60);
    else
        (void)snprintf(out, VALUE_SIZE, "%lld:%02lld:%02lld", s / 3600, s % 3600 / 60, s % 60);
    return out;
}

const char *value_time(int64_t unix_ms, char out[VALUE_SIZE])
{
    time_t t = (time_t)(unix_ms / 1000);
    struct tm tm;
    if (!gmtime_r(&t, &tm) || strftime(out, VALUE_SIZE, "%Y-%m-%d %H:%M:%SZ", &tm) == 0)
        (void)snprintf(out, VALUE_SIZE, "?");
    return out;
}

const char *value_iso(int64_t unix_ms, char out[VALUE_SIZE])
{
    time_t t = (time_t)(unix_ms / 1000);
    struct tm tm;
    size_t n = gmtime_r(&t, &tm) ? strftime(out, VALUE_SIZE, "%Y-%m-%dT%H:%M:%S", &tm) : 0;
    (void)snprintf(out + n, VALUE_SIZE - n, ".%03uZ", (unsigned)(unix_ms % 1000) % 1000u);
    return out;
}

const char *value_count(size_t n, const char *noun, char out[VALUE_SIZE])
{
    (void)snprintf(out, VALUE_SIZE, "%zu %s%s", n, noun, n == 1 ? "" : "s");
    return out;
}

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    (void)clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec / 1000000;
}

int64_t value_mono_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t value_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}
