// SPDX-License-Identifier: MIT
// The patterns of a redact_set as the redactor searches for them. Internal to the room.
#ifndef ORGRUN_EXEC_REDACT_SET_H
#define ORGRUN_EXEC_REDACT_SET_H

#include "base/buf.h"
#include "exec/redact.h"

#include <pthread.h>

/* No pattern is shorter: a secret has at least so many bytes, and its encoded forms have more. */
#define REDACT_WINDOW 8

struct redact_pattern {
    size_t at; /* in text */
    size_t len;
};

struct redact_set {
    pthread_mutex_t lock; /* of all below: whoever reads or adds holds it */
    struct buf text;      /* all patterns, one after the other; wiped */
    struct redact_pattern *patterns;
    size_t len;
    size_t cap;
    size_t longest;
    /* For a hashed pair of bytes at the end of a window: how far the window may move without
     * passing over a pattern (0 = look closely). */
    unsigned char shift[4096];
};

static inline unsigned redact_pair(const char *s)
{
    return ((unsigned)(unsigned char)s[0] << 4 ^ (unsigned char)s[1]) & 4095;
}

#endif
