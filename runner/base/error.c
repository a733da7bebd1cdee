// SPDX-License-Identifier: MIT
// The error object's text: formatted, cleaned, cut at a character.
#include "base/error.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Controls and bytes that are not UTF-8 become '?'; a text that was cut loses its broken last
 * character and gains "...". */
static void finish(char *text, size_t size, int wanted, bool keep_newlines)
{
    size_t len = strlen(text);
    if (wanted >= 0 && (size_t)wanted >= size) {
        len = size - 4;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
        memcpy(text + len, "...", 4);
        len += 3;
    }
    for (size_t i = 0; i < len;) {
        unsigned cp = 0;
        size_t n = text_decode(text + i, len - i, &cp);
        bool bad =
            n == 0 || (cp < 0x20 && !(keep_newlines && cp == '\n')) || (cp >= 0x7f && cp < 0xa0);
        n = n ? n : 1;
        if (bad)
            memset(text + i, '?', n);
        i += n;
    }
}

ORGRUN_PRINTF(2, 0)
static void vset_message(struct orgrun_error *err, const char *fmt, va_list ap)
{
    int n = vsnprintf(err->message, sizeof err->message, fmt, ap);
    finish(err->message, sizeof err->message, n, false);
}

int error_set(struct orgrun_error *err, enum orgrun_code code, const char *fmt, ...)
{
    if (!err)
        return code;
    va_list ap;
    va_start(ap, fmt);
    vset_message(err, fmt, ap);
    va_end(ap);
    err->code = code;
    err->hint[0] = '\0';
    return code;
}

int error_set_errno(struct orgrun_error *err, enum orgrun_code code, int errnum, const char *fmt,
                    ...)
{
    if (!err)
        return code;
    char text[sizeof err->message];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    char why[128];
    return error_set(err, code, "%s: %s", text, strerror_r(errnum, why, sizeof why));
}

int error_context(struct orgrun_error *err, const char *fmt, ...)
{
    if (!err)
        return ORGRUN_EUSAGE;
    char text[sizeof err->message];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    char old[sizeof err->message];
    memcpy(old, err->message, sizeof old);
    int n = snprintf(err->message, sizeof err->message, "%s: %s", text, old);
    finish(err->message, sizeof err->message, n, false);
    return err->code;
}

int error_hint(struct orgrun_error *err, const char *fmt, ...)
{
    if (!err)
        return ORGRUN_EUSAGE;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->hint, sizeof err->hint, fmt, ap);
    va_end(ap);
    finish(err->hint, sizeof err->hint, n, true);
    return err->code;
}

int error_nomem(struct orgrun_error *err)
{
    return error_set(err, ORGRUN_ENOMEM, "out of memory");
}
