// SPDX-License-Identifier: MIT
// The system's clock, and the text forms of times and durations.
#include "base/clock.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t system_wall_ms(void *self)
{
    (void)self;
    return read_ms(CLOCK_REALTIME);
}

static int64_t system_mono_ms(void *self)
{
    (void)self;
    return read_ms(CLOCK_MONOTONIC);
}

static const struct clock_ops system_ops = {system_wall_ms, system_mono_ms};
const struct clock clock_system = {&system_ops, NULL};

static struct tm utc(int64_t unix_ms, int *ms)
{
    int64_t s = unix_ms / 1000;
    *ms = (int)(unix_ms % 1000);
    if (*ms < 0) {
        *ms += 1000;
        s--;
    }
    time_t t = (time_t)s;
    struct tm tm;
    if (!gmtime_r(&t, &tm))
        memset(&tm, 0, sizeof tm);
    return tm;
}

void clock_format_iso(int64_t unix_ms, char out[CLOCK_ISO_SIZE])
{
    int ms;
    struct tm tm = utc(unix_ms, &ms);
    size_t n = strftime(out, CLOCK_ISO_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out + n, CLOCK_ISO_SIZE - n, ".%03dZ", ms);
}

void clock_format_amz(int64_t unix_ms, char out[CLOCK_AMZ_SIZE])
{
    int ms;
    struct tm tm = utc(unix_ms, &ms);
    (void)strftime(out, CLOCK_AMZ_SIZE, "%Y%m%dT%H%M%SZ", &tm);
}

/* Reads ".123456" into milliseconds; 0 when there is no fraction. */
static int fraction_ms(const char **p)
{
    if (**p != '.')
        return 0;
    int ms = 0, scale = 100;
    for (++*p; isdigit((unsigned char)**p); ++*p) {
        ms += (**p - '0') * scale;
        scale /= 10;
    }
    return ms;
}

/* Reads "Z" or "+hh:mm" (colon optional) up to the end; -1 when it is neither. */
static int offset_minutes(const char *p, int *minutes)
{
    *minutes = 0;
    if (strcmp(p, "Z") == 0 || strcmp(p, "z") == 0)
        return 0;
    int h, m, n = 0;
    if ((*p != '+' && *p != '-') ||
        (sscanf(p + 1, "%2d:%2d%n", &h, &m, &n) != 2 && sscanf(p + 1, "%2d%2d%n", &h, &m, &n) != 2))
        return -1;
    if (p[1 + n] != '\0')
        return -1;
    *minutes = (h * 60 + m) * (*p == '-' ? -1 : 1);
    return 0;
}

int clock_parse(const char *text, int64_t *unix_ms)
{
    struct tm tm = {0};
    const char *p = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!p) {
        memset(&tm, 0, sizeof tm);
        p = strptime(text, "%Y%m%dT%H%M%S", &tm);
    }
    if (!p)
        return -1;
    int ms = fraction_ms(&p), minutes;
    if (offset_minutes(p, &minutes))
        return -1;
    *unix_ms = ((int64_t)timegm(&tm) - (int64_t)minutes * 60) * 1000 + ms;
    return 0;
}

struct timespec clock_deadline(int64_t mono_ms)
{
    return (struct timespec){.tv_sec = mono_ms / 1000, .tv_nsec = mono_ms % 1000 * 1000000};
}

int duration_parse(const char *text, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 10)
        return -1;
    int64_t n = strtoll(text, NULL, 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(text + digits, units[i].unit) == 0) {
            *ms = n * units[i].ms;
            return 0;
        }
    return -1;
}

void duration_format(int64_t ms, char out[DURATION_SIZE])
{
    long long s = ms / 1000;
    if (ms < 1000)
        (void)snprintf(out, DURATION_SIZE, "%lldms", (long long)ms);
    else if (ms < 60000)
        (void)snprintf(out, DURATION_SIZE, "%lld.%llds", s, (long long)(ms % 1000 / 100));
    else if (s < 3600)
        (void)snprintf(out, DURATION_SIZE, "%lldm%02llds", s / 60, s % 60);
    else
        (void)snprintf(out, DURATION_SIZE, "%lldh%02lldm", s / 3600, s % 3600 / 60);
}
