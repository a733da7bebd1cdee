// SPDX-License-Identifier: MIT
// What fuzz targets of readers ask of texts and trees.
#ifndef ORGRUN_TESTS_FUZZ_TEXT_H
#define ORGRUN_TESTS_FUZZ_TEXT_H

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

static inline bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* UTF-8 without controls other than new lines. */
static inline void require_readable(const char *text, bool lines)
{
    unsigned cp;
    for (size_t len = strlen(text), n; len > 0; text += n, len -= n) {
        n = text_decode(text, len, &cp);
        require(n > 0);
        require((cp >= 0x20 && (cp < 0x7f || cp > 0x9f)) || (lines && cp == '\n'));
    }
}

/* An error that a reader of `file` may give: it begins with the file's name. */
static inline void require_error(int rc, const struct orgrun_error *err, const char *file)
{
    size_t len = strlen(file);
    require(rc == ORGRUN_EJOB && err->code == rc);
    require(strncmp(err->message, file, len) == 0 && err->message[len] == ':');
    require(strlen(err->message) > len + 2);
    require_readable(err->message, false);
    require_readable(err->hint, true);
}

#endif
