// SPDX-License-Identifier: MIT
// What all parts of the HTML page write with.
#include "report/html_page.h"

#include "base/cleanup.h"
#include "report/escape.h"

#include <stdarg.h>
#include <string.h>

#define TEXT_MAX (1 << 20)

const char *html_sign(enum orgrun_outcome outcome)
{
    static const char *const signs[ORGRUN_OUTCOMES] = {
        [ORGRUN_PASSED] = "\xe2\x9c\x93",
        [ORGRUN_FAILED] = "\xe2\x9c\x97",
        [ORGRUN_ERROR] = "!",
        [ORGRUN_SKIPPED] = "\xe2\x80\x93",
        [ORGRUN_CANCELLED] = "\xe2\x88\x85",
    };
    return signs[outcome];
}

void html_put(const struct html *h, const char *markup)
{
    (void)fputs(markup, h->out);
}

void html_putf(const struct html *h, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vfprintf(h->out, fmt, ap);
    va_end(ap);
}

void html_bytes(struct html *h, const char *bytes, size_t len)
{
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, 6 * TEXT_MAX);
    if (escape_html(&clean, bytes, len < TEXT_MAX ? len : TEXT_MAX))
        h->nomem = true;
    (void)fwrite(buf_str(&clean), 1, clean.len, h->out);
}

void html_text(struct html *h, const char *text)
{
    if (text)
        html_bytes(h, text, strlen(text));
}
