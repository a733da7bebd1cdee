// SPDX-License-Identifier: MIT
// Diagnostics handed to whoever embeds the library.
#include "base/log.h"

#include <stdio.h>

void log_msg(const struct log *log, enum orgrun_log_level level, const char *fmt, ...)
{
    if (!log || !log->write || level < log->least)
        return;
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    log->write(log->user, level, text);
}
