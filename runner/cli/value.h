// SPDX-License-Identifier: MIT
// Numbers, durations and times between their text and their value.
#ifndef ORGRUN_CLI_VALUE_H
#define ORGRUN_CLI_VALUE_H

#include <stddef.h>
#include <stdint.h>

/* Reads a whole number within least .. most. 0 with *out set, or -1. */
int value_number(const char *text, int64_t least, int64_t most, int64_t *out);

/* Reads "250ms", "90s", "5m", "2h" or "1d". 0 with *ms set, or -1. */
int value_duration(const char *text, int64_t *ms);

#define VALUE_SIZE 32

/* "850ms", "12.3s", "4m05s", "2h03m": how long a thing took. Returns out. */
const char *value_took(int64_t ms, char out[VALUE_SIZE]);

/* "0:12", "12:07", "1:02:07": a running clock. Returns out. */
const char *value_clock(int64_t ms, char out[VALUE_SIZE]);

/* "2026-11-24 03:45:00Z". Returns out. */
const char *value_time(int64_t unix_ms, char out[VALUE_SIZE]);

/* "2026-11-24T03:45:00.123Z". Returns out. */
const char *value_iso(int64_t unix_ms, char out[VALUE_SIZE]);

/* "1 account", "26 accounts". Returns out. */
const char *value_count(size_t n, const char *noun, char out[VALUE_SIZE]);

/* Milliseconds of the monotonic and of the wall clock. */
int64_t value_mono_ms(void);
int64_t value_wall_ms(void);

#endif
