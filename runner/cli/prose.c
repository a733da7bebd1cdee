// SPDX-License-Identifier: MIT
// Breaking lines between words.
#include "cli/prose.h"

#include "cli/glyph.h"
#include "cli/words.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_LEAST 20

/* One line of a cleaned text, broken at blanks; a word that is longer than a line has one to
 * itself. */
static void write_broken(FILE *out, const struct terminal *t, int column, int indent,
                         const char *sgr, char *line)
{
    int width = (t->width > 0 ? t->width : PROSE_WIDTH) - 1;
    int room = width - indent > ROOM_LEAST ? width - indent : ROOM_LEAST, used = 0;
    char *rest = NULL;
    (void)fprintf(out, "%*s", indent > column ? indent - column : 0, "");
    terminal_paint(out, t, sgr);
    for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        int columns = glyph_width(word);
        if (used > 0 && used + 1 + columns > room) {
            if (*sgr)
                terminal_plain(out, t);
            (void)fprintf(out, "\n%*s", indent, "");
            terminal_paint(out, t, sgr);
            used = 0;
        }
        (void)fprintf(out, "%s%s", used ? " " : "", word);
        used += (used > 0) + columns;
    }
    if (*sgr)
        terminal_plain(out, t);
    (void)fputc('\n', out);
}

void prose_write(FILE *out, const struct terminal *t, int column, int indent, const char *sgr,
                 const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n"), size = GLYPH_CLEAN_SIZE(len);
        char *line = words_copy(text, len), *clean = words_alloc(NULL, size);
        (void)glyph_clean(clean, size, line, t->unicode);
        if (len > 0 && strchr(" {}[]", *clean))
            (void)fprintf(out, "%*s%s\n", indent, "", clean);
        else
            write_broken(out, t, column, indent, sgr, clean);
        free(line);
        free(clean);
        column = 0;
        text += len + (text[len] == '\n');
    }
}
