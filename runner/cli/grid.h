// SPDX-License-Identifier: MIT
// Tables of text: cells in, aligned columns out.
#ifndef ORGRUN_CLI_GRID_H
#define ORGRUN_CLI_GRID_H

#include "cli/terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct grid_column {
    const char *title;
    bool right;   /* numbers */
    bool shrinks; /* may be cut where the terminal is too narrow */
};

/* `columns` is borrowed. */
struct grid {
    const struct grid_column *columns;
    size_t columns_len;
    struct grid_cell *cells;
    size_t cells_len, cells_size;
};

/* Adds the next cell, row by row; text is cleaned for t and copied; sgr ("" for none) is borrowed.
 */
void grid_add(struct grid *g, const struct terminal *t, const char *sgr, const char *text);

/* Writes a line of titles and the rows; a column without any text is left out. A terminal's lines
 * are cut to its width, a file's are not. Nothing when there are no rows. */
void grid_write(FILE *out, const struct grid *g, const struct terminal *t);

void grid_clear(struct grid *g);

#endif
