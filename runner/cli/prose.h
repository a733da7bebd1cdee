// SPDX-License-Identifier: MIT
// Sentences on a page: broken into lines between words, with what must stay whole left whole.
#ifndef ORGRUN_CLI_PROSE_H
#define ORGRUN_CLI_PROSE_H

#include "cli/terminal.h"

#include <stdio.h>

#define PROSE_WIDTH 100 /* where nothing limits it */

/* Writes text, cleaned, in lines that begin at `indent` and fit t's width, the first of which is
 * begun and stands at `column`; in a colour ("" for none). A newline in text ends a line; one that
 * begins with a blank or a bracket, as those of a JSON document do, is not broken. */
void prose_write(FILE *out, const struct terminal *t, int column, int indent, const char *sgr,
                 const char *text);

#endif
