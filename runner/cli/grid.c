// SPDX-License-Identifier: MIT
// Aligning and cutting columns.
#include "cli/grid.h"

#include "cli/glyph.h"
#include "cli/words.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16
#define GAP 2
#define SHRUNK_LEAST 8

struct grid_cell {
    char *text;
    const char *sgr;
};

void grid_add(struct grid *g, const struct terminal *t, const char *sgr, const char *text)
{
    if (g->cells_len == g->cells_size) {
        g->cells_size = g->cells_size ? g->cells_size * 2 : 64;
        g->cells = words_alloc(g->cells, g->cells_size * sizeof *g->cells);
    }
    size_t size = GLYPH_CLEAN_SIZE(strlen(text));
    char *clean = words_alloc(NULL, size);
    (void)glyph_clean(clean, size, text, t->unicode);
    g->cells[g->cells_len++] = (struct grid_cell){clean, sgr};
}

/* Widths that hold every cell; 0 for a column that has none. */
static void measure(const struct grid *g, int widths[COLUMNS_MAX])
{
    assert(g->columns_len > 0);
    for (size_t c = 0; c < g->columns_len; c++)
        widths[c] = 0;
    for (size_t i = 0; i < g->cells_len; i++) {
        size_t c = i % g->columns_len;
        int w = glyph_width(g->cells[i].text);
        widths[c] = w > widths[c] ? w : widths[c];
    }
    for (size_t c = 0; c < g->columns_len; c++) {
        int title = (int)strlen(g->columns[c].title);
        if (widths[c] > 0 && title > widths[c])
            widths[c] = title;
    }
}

/* Takes columns from the widest that may shrink until the line fits, or none can give more. */
static void shrink(const struct grid *g, int widths[COLUMNS_MAX], int room)
{
    int total = -GAP;
    for (size_t c = 0; c < g->columns_len; c++)
        total += widths[c] ? widths[c] + GAP : 0;
    while (total > room) {
        size_t widest = g->columns_len;
        for (size_t c = 0; c < g->columns_len; c++)
            if (g->columns[c].shrinks && widths[c] > SHRUNK_LEAST &&
                (widest == g->columns_len || widths[c] > widths[widest]))
                widest = c;
        if (widest == g->columns_len)
            return;
        widths[widest]--;
        total--;
    }
}

static void spaces(FILE *out, int n)
{
    if (n > 0)
        (void)fprintf(out, "%*s", n, "");
}

static void write_cell(FILE *out, const struct grid *g, const struct terminal *t, size_t c,
                       const struct grid_cell *cell, int width)
{
    int pad = width - glyph_width(cell->text);
    if (g->columns[c].right)
        spaces(out, pad);
    if (*cell->sgr && *cell->text)
        terminal_paint(out, t, cell->sgr);
    (void)glyph_write_cut(out, cell->text, width, t->unicode);
    if (*cell->sgr && *cell->text)
        terminal_plain(out, t);
}

/* Spaces come before a cell that has text, so that no line ends in them. */
static void write_row(FILE *out, const struct grid *g, const struct terminal *t,
                      const struct grid_cell *cells, const int widths[COLUMNS_MAX])
{
    int owed = 0;
    for (size_t c = 0; c < g->columns_len; c++) {
        if (widths[c] == 0)
            continue;
        if (*cells[c].text) {
            spaces(out, owed);
            owed = 0;
            write_cell(out, g, t, c, &cells[c], widths[c]);
            int used = glyph_width(cells[c].text);
            owed += g->columns[c].right || used > widths[c] ? 0 : widths[c] - used;
        } else
            owed += widths[c];
        owed += GAP;
    }
    (void)fputc('\n', out);
}

void grid_write(FILE *out, const struct grid *g, const struct terminal *t)
{
    int widths[COLUMNS_MAX];
    char titles[COLUMNS_MAX][32];
    struct grid_cell head[COLUMNS_MAX];
    if (g->cells_len == 0 || g->columns_len > COLUMNS_MAX)
        return;
    for (size_t c = 0; c < g->columns_len; c++) {
        (void)snprintf(titles[c], sizeof titles[c], "%s", g->columns[c].title);
        head[c] = (struct grid_cell){titles[c], SGR_BOLD};
    }
    measure(g, widths);
    if (t->width > 0)
        shrink(g, widths, t->width);
    write_row(out, g, t, head, widths);
    for (size_t i = 0; i + g->columns_len <= g->cells_len; i += g->columns_len)
        write_row(out, g, t, &g->cells[i], widths);
}

void grid_clear(struct grid *g)
{
    for (size_t i = 0; i < g->cells_len; i++)
        free(g->cells[i].text);
    free(g->cells);
    g->cells = NULL;
    g->cells_len = g->cells_size = 0;
}
