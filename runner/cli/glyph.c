// SPDX-License-Identifier: MIT
// UTF-8 decoding, cleaning and measuring of text for people.
#include "cli/glyph.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#define WORD_MAX 64

/* Decodes the character at s, which is not at its NUL. Its length, or 0 when it is not UTF-8. */
static size_t decode(const char *text, unsigned *cp)
{
    static const unsigned least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)text;
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
    if (n == 0 || s[0] > 0xf4)
        return 0;
    *cp = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *cp = *cp << 6 | (s[i] & 0x3f);
    }
    bool valid = *cp >= least[n] && *cp <= 0x10ffff && (*cp < 0xd800 || *cp > 0xdfff);
    return valid ? n : 0;
}

/* Controls, and the marks that reorder or break the line a reader sees. */
static bool is_control(unsigned cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f || cp == 0x2028 ||
           cp == 0x2029;
}

/* The cleaned form of the character at *text, which it steps over. */
static const char *clean_one(const char **text, char held[5], bool unicode)
{
    unsigned cp = 0;
    size_t n = decode(*text, &cp);
    const char *start = *text;
    *text += n ? n : 1;
    if (n && is_control(cp))
        return " ";
    if (!unicode && (n == 0 || cp >= 0x80))
        return "?";
    if (n == 0)
        return "\xef\xbf\xbd";
    memcpy(held, start, n);
    held[n] = '\0';
    return held;
}

size_t glyph_clean(char *out, size_t size, const char *text, bool unicode)
{
    size_t len = 0;
    char held[5];
    while (*text) {
        const char *piece = clean_one(&text, held, unicode);
        size_t n = strlen(piece);
        if (len + n >= size)
            break;
        memcpy(out + len, piece, n);
        len += n;
    }
    out[len] = '\0';
    return len;
}

void glyph_write(FILE *out, const char *text, bool unicode)
{
    char held[5];
    while (*text)
        (void)fputs(clean_one(&text, held, unicode), out);
}

/* Columns of one character; what the C library does not know takes one. */
static int columns_of(unsigned cp)
{
    if (cp < 0x7f)
        return 1;
    int n = wcwidth((wchar_t)cp);
    return n < 0 ? 1 : n;
}

size_t glyph_fit(const char *text, int columns, int *used)
{
    const char *p = text;
    int width = 0;
    while (*p) {
        unsigned cp = 0;
        size_t n = decode(p, &cp);
        int w = n ? columns_of(cp) : 1;
        if (width + w > columns)
            break;
        width += w;
        p += n ? n : 1;
    }
    if (used)
        *used = width;
    return (size_t)(p - text);
}

int glyph_width(const char *text)
{
    int used;
    (void)glyph_fit(text, INT32_MAX / 2, &used);
    return used;
}

int glyph_write_cut(FILE *out, const char *text, int columns, bool unicode)
{
    int used;
    if (columns <= 0)
        return 0;
    size_t n = glyph_fit(text, columns, &used);
    if (text[n] == '\0') {
        (void)fwrite(text, 1, n, out);
        return used;
    }
    const char *mark = unicode ? "\xe2\x80\xa6" : columns > 3 ? "..." : "";
    int mark_width = unicode ? 1 : (int)strlen(mark);
    n = glyph_fit(text, columns - mark_width, &used);
    (void)fwrite(text, 1, n, out);
    (void)fputs(mark, out);
    return used + mark_width;
}

size_t glyph_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    if (la > WORD_MAX || lb > WORD_MAX)
        return SIZE_MAX;
    size_t d[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= la; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= lb; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= la; i++)
        for (size_t j = 1; j <= lb; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            size_t best = d[i - 1][j - 1] + (x != y);
            best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]) && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    return d[la][lb];
}

const char *glyph_nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    size_t least = 2 + strlen(word) / 4;
    for (size_t i = 0; candidates[i]; i++) {
        size_t d = glyph_distance(word, candidates[i]);
        if (d < least && d < strlen(candidates[i])) {
            least = d;
            best = candidates[i];
        }
    }
    return best;
}
