// SPDX-License-Identifier: MIT
// Small text decisions: near misses, UTF-8 cleaning, prefixes.
#include "base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define WORD_MAX 64
#define OSC_MAX 4096

/* Levenshtein with adjacent transpositions, case-insensitive; words past WORD_MAX are far from all.
 */
static size_t distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    if (la > WORD_MAX || lb > WORD_MAX)
        return SIZE_MAX;
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *prev = rows[1], *cur = rows[2];
    for (size_t j = 0; j <= lb; j++)
        prev[j] = j;
    for (size_t i = 1; i <= la; i++) {
        cur[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            int same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            size_t best = prev[j - 1] + !same;
            if (prev[j] + 1 < best)
                best = prev[j] + 1;
            if (cur[j - 1] + 1 < best)
                best = cur[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            cur[j] = best;
        }
        size_t *spare = before;
        before = prev;
        prev = cur;
        cur = spare;
    }
    return prev[lb];
}

const char *text_nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    size_t least = 2 + strlen(word) / 4;
    for (size_t i = 0; candidates[i]; i++) {
        size_t d = distance(word, candidates[i]);
        if (d < least) {
            least = d;
            best = candidates[i];
        }
    }
    return best;
}

size_t text_decode(const char *text, size_t len, unsigned *cp)
{
    const unsigned char *s = (const unsigned char *)text;
    static const unsigned least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
    if (n == 0 || n > len || s[0] > 0xf4)
        return 0;
    *cp = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *cp = *cp << 6 | (s[i] & 0x3f);
    }
    if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
        return 0;
    return n;
}

/* Controls, and the bidi marks that reorder what a reader sees. */
static bool is_control(unsigned cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f || cp == 0x2028 ||
           cp == 0x2029;
}

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

size_t text_sequence_len(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
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

int text_clean(struct buf *out, const char *text, size_t len, bool printable)
{
    for (size_t i = 0; i < len;) {
        unsigned cp = 0;
        size_t n = printable ? text_sequence_len(text + i, len - i) : 0;
        if (n) {
            i += n;
            continue;
        }
        n = text_decode(text + i, len - i, &cp);
        int rc;
        if (n == 0)
            rc = buf_append(out, "\xef\xbf\xbd", 3);
        else if (printable && is_control(cp))
            rc = buf_putc(out, ' ');
        else
            rc = buf_append(out, text + i, n);
        if (rc)
            return rc;
        i += n ? n : 1;
    }
    return 0;
}

bool text_is_account_id(const char *s)
{
    return strlen(s) == 12 && strspn(s, "0123456789") == 12;
}

bool text_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t ls = strlen(s), lx = strlen(suffix);
    return ls >= lx && strcmp(s + ls - lx, suffix) == 0;
}
