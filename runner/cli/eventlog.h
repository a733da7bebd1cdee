// SPDX-License-Identifier: MIT
// Events and diagnostics as JSON, one object a line.
#ifndef ORGRUN_CLI_EVENTLOG_H
#define ORGRUN_CLI_EVENTLOG_H

#include "orgrun/orgrun.h"

#include <stdio.h>

/* {"time", "level", "event", ...}: what the event carries. */
void eventlog_event(FILE *out, const struct orgrun_event *event, int64_t wall_ms);

/* {"time", "level", "message", "hint"?}; hint may be "". */
void eventlog_message(FILE *out, const char *level, const char *message, const char *hint,
                      int64_t wall_ms);

/* The word for a level: "debug", "info", "warning". */
const char *eventlog_level(enum orgrun_log_level level);

#endif
