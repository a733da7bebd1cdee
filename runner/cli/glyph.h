// SPDX-License-Identifier: MIT
// Text on its way to a person: cleaned of controls, measured in columns, cut to fit; and near
// misses.
#ifndef ORGRUN_CLI_GLYPH_H
#define ORGRUN_CLI_GLYPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes that hold any cleaned text of len bytes, with its NUL: one bad byte becomes three. */
#define GLYPH_CLEAN_SIZE(len) ((len)*3 + 1)

/* Copies text into out (size > 0), cut at a character when it does not fit. Controls (C0, DEL, C1,
 * marks that reorder a line) become spaces and bytes that are not UTF-8 become U+FFFD; without
 * `unicode` everything beyond ASCII becomes '?'. Returns the length written. */
size_t glyph_clean(char *out, size_t size, const char *text, bool unicode);

/* Writes text cleaned as above, whatever its length. */
void glyph_write(FILE *out, const char *text, bool unicode);

/* Columns that a cleaned text takes. */
int glyph_width(const char *text);

/* Bytes of the longest start of a cleaned text that takes at most `columns`; *used, which may be
 * NULL, is set to its columns. */
size_t glyph_fit(const char *text, int columns, int *used);

/* Writes a cleaned text in at most `columns`, the last of them an ellipsis when it was cut. Returns
 * the columns used. */
int glyph_write_cut(FILE *out, const char *text, int columns, bool unicode);

/* Edit distance (insert, delete, replace, swap of neighbours), case ignored; a large number for
 * words of more than 64 bytes. */
size_t glyph_distance(const char *a, const char *b);

/* The candidate of a NULL-terminated list nearest to word, or NULL when none is near enough to be
 * worth suggesting. */
const char *glyph_nearest(const char *word, const char *const *candidates);

#endif
