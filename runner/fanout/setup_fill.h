// SPDX-License-Identifier: MIT
// Filling a template: values in place of names, and one template within another.
#ifndef ORGRUN_FANOUT_SETUP_FILL_H
#define ORGRUN_FANOUT_SETUP_FILL_H

#include "base/buf.h"

/* What a name stands for. A table is ended by a NULL name. */
struct setup_value {
    const char *name;
    const char *value;               /* ... of "@name@", or NULL */
    const char *text;                /* ... of the line "# @name@": a template, or NULL */
    const struct setup_value *table; /* ... which is filled from this */
};

/* Appends text, filled from the table:
 * - a line that holds "@name@", in double quotes, gets the value in their place, quoted; it is left
 *   out when there is no value;
 * - a line that is "# @name@" gives way to that text, as far in as it stood itself.
 * Check `out` afterwards. */
void setup_fill(struct buf *out, const char *text, const struct setup_value *table);

#endif
