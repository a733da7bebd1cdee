// SPDX-License-Identifier: MIT
// The one place where foreign bytes become safe text, for each format.
#include "report/escape.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"
#define OSC_MAX 4096

/* Length of the operating system command (title, hyperlink) at s, up to its BEL or ESC \; or 0. */
static size_t osc_len(const unsigned char *s, size_t len)
{
    if (len > OSC_MAX)
        len = OSC_MAX;
    for (size_t i = 2; i < len; i++) {
        if (s[i] == 0x07)
            return i + 1;
        if (s[i] == 0x1b)
            return i + 1 < len && s[i + 1] == '\\' ? i + 2 : 0;
    }
    return 0;
}

/* Length of the whole terminal sequence (ECMA-48 CSI or OSC) at s, or 0 when there is none. */
static size_t sequence_len(const unsigned char *s, size_t len)
{
    if (len < 3 || s[0] != 0x1b)
        return 0;
    if (s[1] == ']')
        return osc_len(s, len);
    if (s[1] != '[')
        return 0;
    size_t i = 2;
    while (i < len && s[i] >= 0x30 && s[i] <= 0x3f)
        i++;
    while (i < len && s[i] >= 0x20 && s[i] <= 0x2f)
        i++;
    return i < len && s[i] >= 0x40 && s[i] <= 0x7e ? i + 1 : 0;
}

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

static const char *replace_nothing(unsigned char c)
{
    (void)c;
    return NULL;
}

/* Appends ordinary text: cleaned, and without the two noncharacters that XML forbids. */
static int append_text(struct buf *out, const unsigned char *s, size_t len, bool printable)
{
    size_t from = out->len;
    if (text_clean(out, (const char *)s, len, printable))
        return -1;
    for (size_t i = from; i + 2 < out->len; i++)
        if (memcmp(out->data + i, "\xef\xbf", 2) == 0 && (unsigned char)out->data[i + 2] >= 0xbe)
            out->data[i + 2] = REPLACEMENT[2]; /* U+FFFE, U+FFFF */
    return 0;
}

/* Splits text at terminal sequences and at the bytes that `replace` replaces. All of those are
 * ASCII, so no character of several bytes is ever split. */
static int append_escaped(struct buf *out, const char *text, size_t len, bool printable,
                          replace_fn *replace)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t plain = 0; /* where the run of ordinary text began */
    for (size_t i = 0; i < len;) {
        size_t skip = sequence_len(s + i, len - i);
        const char *with = skip ? "" : replace(s[i]);
        if (with && (append_text(out, s + plain, i - plain, printable) || buf_puts(out, with)))
            return -1;
        i += skip ? skip : 1;
        if (with)
            plain = i;
    }
    return append_text(out, s + plain, len - plain, printable);
}

int escape_terminal(struct buf *out, const char *text, size_t len)
{
    return append_escaped(out, text, len, true, replace_nothing);
}

int escape_json(struct buf *out, const char *text, size_t len)
{
    return text_clean(out, text, len, false);
}

int escape_xml(struct buf *out, const char *text, size_t len)
{
    return append_escaped(out, text, len, false, replace_xml);
}

int escape_html(struct buf *out, const char *text, size_t len)
{
    return append_escaped(out, text, len, false, replace_html);
}
