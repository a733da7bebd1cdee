// SPDX-License-Identifier: MIT
// A page for the terminal, of cells that know how many columns they take.
#include "report/term.h"

#include "base/cleanup.h"
#include "report/escape.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#define WIDTH_DEFAULT 100
#define WIDTH_LEAST 40

static const char *const styles[] = {
    [TERM_PLAIN] = "",           [TERM_BOLD] = "\033[1m",  [TERM_DIM] = "\033[2m",
    [TERM_GREEN] = "\033[32m",   [TERM_RED] = "\033[31m",  [TERM_YELLOW] = "\033[33m",
    [TERM_MAGENTA] = "\033[35m", [TERM_CYAN] = "\033[36m",
};

void term_open(struct term *t, FILE *out, const struct report_opts *opts)
{
    int width = opts->width > 0 ? opts->width : WIDTH_DEFAULT;
    *t = (struct term){
        .out = out,
        .colour = opts->colour,
        .unicode = opts->unicode,
        .width = width < WIDTH_LEAST ? WIDTH_LEAST : (size_t)width,
        .locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0),
    };
    if (t->locale)
        t->before = uselocale(t->locale);
}

void term_close(struct term *t)
{
    if (!t->locale)
        return;
    uselocale(t->before);
    freelocale(t->locale);
    t->locale = (locale_t)0;
}

int term_clean(const struct term *t, const char *text, struct buf *out)
{
    size_t from = out->len;
    if (escape_terminal(out, text ? text : "", text ? strlen(text) : 0))
        return -1;
    if (t->unicode || out->len == from)
        return 0;
    size_t to = from;
    for (size_t i = from; i < out->len; i++) {
        unsigned char c = (unsigned char)out->data[i];
        if ((c & 0xc0) != 0x80) /* the first byte of a character stands for the whole of it */
            out->data[to++] = c < 0x80 ? (char)c : '?';
    }
    out->len = to;
    out->data[to] = '\0';
    return 0;
}

/* Bytes and columns of the character at s (valid UTF-8, not at the end). */
static size_t next_char(const struct term *t, const char *s, size_t *columns)
{
    size_t len = 1;
    while (((unsigned char)s[len] & 0xc0) == 0x80)
        len++;
    *columns = 1;
    if (len > 1 && t->locale) {
        wchar_t wc = 0;
        mbstate_t state = {0};
        int width = mbrtowc(&wc, s, len, &state) == len ? wcwidth(wc) : 1;
        *columns = width >= 0 ? (size_t)width : 1;
    }
    return len;
}

size_t term_columns(const struct term *t, const char *clean)
{
    size_t total = 0, columns;
    for (const char *s = clean; *s; total += columns)
        s += next_char(t, s, &columns);
    return total;
}

/* Bytes of the longest beginning that takes at most `columns`. */
static size_t fit(const struct term *t, const char *clean, size_t columns)
{
    size_t used = 0, width;
    const char *s = clean;
    while (*s) {
        size_t len = next_char(t, s, &width);
        if (used + width > columns)
            break;
        used += width;
        s += len;
    }
    return (size_t)(s - clean);
}

static void put_styled(const struct term *t, enum term_style style, const char *text, size_t len)
{
    bool dress = t->colour && style != TERM_PLAIN && len > 0;
    if (dress)
        (void)fputs(styles[style], t->out);
    (void)fwrite(text, 1, len, t->out);
    if (dress)
        (void)fputs("\033[0m", t->out);
}

void term_puts(const struct term *t, enum term_style style, const char *text)
{
    put_styled(t, style, text, strlen(text));
}

void term_printf(const struct term *t, enum term_style style, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    term_puts(t, style, text);
}

void term_cell(const struct term *t, enum term_style style, const char *clean, size_t columns)
{
    size_t width = term_columns(t, clean);
    if (width <= columns) {
        term_puts(t, style, clean);
        (void)fprintf(t->out, "%*s", (int)(columns - width), "");
        return;
    }
    const char *ellipsis = t->unicode ? "\xe2\x80\xa6" : "...";
    size_t taken = term_columns(t, ellipsis);
    size_t len = columns > taken ? fit(t, clean, columns - taken) : 0;
    char head[1024];
    (void)snprintf(head, sizeof head, "%.*s", (int)len, clean);
    put_styled(t, style, head, strlen(head));
    put_styled(t, style, ellipsis, strlen(ellipsis));
    width = term_columns(t, head) + taken;
    if (width < columns)
        (void)fprintf(t->out, "%*s", (int)(columns - width), "");
}

/* Where to break a text of which `len` bytes fit: after the last space in it, if there is one. */
static size_t break_at(const char *clean, size_t len)
{
    if (clean[len] == '\0' || clean[len] == ' ')
        return len;
    for (size_t i = len; i > 0; i--)
        if (clean[i - 1] == ' ')
            return i;
    return len;
}

void term_wrap(const struct term *t, enum term_style style, const char *clean, size_t indent)
{
    size_t room = t->width > indent + 20 ? t->width - indent : 20;
    for (bool first = true; *clean || first; first = false) {
        size_t fits = fit(t, clean, room);
        size_t len = break_at(clean, fits ? fits : strlen(clean));
        size_t shown = len;
        while (shown > 0 && clean[shown - 1] == ' ')
            shown--;
        if (!first)
            (void)fprintf(t->out, "%*s", (int)indent, "");
        put_styled(t, style, clean, shown);
        (void)fputc('\n', t->out);
        clean += len;
        while (*clean == ' ')
            clean++;
    }
}
