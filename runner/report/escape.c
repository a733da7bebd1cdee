// SPDX-License-Identifier: MIT
// The one place where foreign bytes become safe text, for each format.
#include "report/escape.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* What a byte becomes on its own; NULL = it is part of ordinary text. */
typedef const char *replace_fn(unsigned char c);

static const char *replace_xml(unsigned char c)
{
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r' ? REPLACEMENT : NULL;
}

static const char *replace_html(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return replace_xml(c);
    }
}

/* Appends ordinary text: cleaned, and without the two noncharacters that XML forbids. */
static int append_text(struct buf *out, const unsigned char *s, size_t len)
{
    size_t from = out->len;
    if (text_clean(out, (const char *)s, len, false))
        return -1;
    for (size_t i = from; i + 2 < out->len; i++)
        if (memcmp(out->data + i, "\xef\xbf", 2) == 0 && (unsigned char)out->data[i + 2] >= 0xbe)
            out->data[i + 2] = REPLACEMENT[2]; /* U+FFFE, U+FFFF */
    return 0;
}

/* Splits text at terminal sequences and at the bytes that `replace` replaces. All of those are
 * ASCII, so no character of several bytes is ever split. */
static int append_escaped(struct buf *out, const char *text, size_t len, replace_fn *replace)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t plain = 0; /* where the run of ordinary text began */
    for (size_t i = 0; i < len;) {
        size_t skip = text_sequence_len(text + i, len - i);
        const char *with = skip ? "" : replace(s[i]);
        if (with && (append_text(out, s + plain, i - plain) || buf_puts(out, with)))
            return -1;
        i += skip ? skip : 1;
        if (with)
            plain = i;
    }
    return append_text(out, s + plain, len - plain);
}

int escape_terminal(struct buf *out, const char *text, size_t len)
{
    return text_clean(out, text, len, true);
}

int escape_json(struct buf *out, const char *text, size_t len)
{
    return text_clean(out, text, len, false);
}

int escape_xml(struct buf *out, const char *text, size_t len)
{
    return append_escaped(out, text, len, replace_xml);
}

int escape_html(struct buf *out, const char *text, size_t len)
{
    return append_escaped(out, text, len, replace_html);
}
