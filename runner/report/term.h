// SPDX-License-Identifier: MIT
// Inside the reports: a page for the terminal, of cells that know how many columns they take.
#ifndef ORGRUN_REPORT_TERM_H
#define ORGRUN_REPORT_TERM_H

#include "base/buf.h"
#include "report/report.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>

enum term_style {
    TERM_PLAIN,
    TERM_BOLD,
    TERM_DIM,
    TERM_GREEN,
    TERM_RED,
    TERM_YELLOW,
    TERM_MAGENTA,
    TERM_CYAN,
};

struct term {
    FILE *out;
    bool colour;
    bool unicode;
    size_t width;
    locale_t locale; /* of characters and their widths; 0 when the system has none for UTF-8 */
    locale_t before;
};

/* Until term_close the calling thread's character type is UTF-8. */
void term_open(struct term *t, FILE *out, const struct report_opts *opts);
void term_close(struct term *t);

/* Foreign text as one clean line, ASCII alone on a terminal that has no more; NULL counts as "".
 * 0, or -1 as buf_append. */
int term_clean(const struct term *t, const char *text, struct buf *out);

/* Columns that a clean line takes. */
size_t term_columns(const struct term *t, const char *clean);

/* Our own text as it is. */
void term_puts(const struct term *t, enum term_style style, const char *text);
void term_printf(const struct term *t, enum term_style style, const char *fmt, ...)
    ORGRUN_PRINTF(3, 4);

/* A clean line in exactly `columns`: padded, or cut with an ellipsis. */
void term_cell(const struct term *t, enum term_style style, const char *clean, size_t columns);

/* A clean line broken between words to fit the page, every line after the first led by `indent`
 * spaces; the first continues a line on which `indent` columns are taken. Ends the line. */
void term_wrap(const struct term *t, enum term_style style, const char *clean, size_t indent);

#endif
