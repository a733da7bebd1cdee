// SPDX-License-Identifier: MIT
// Inside the reports: the one place where foreign bytes become safe text, for each format.
#ifndef ORGRUN_REPORT_ESCAPE_H
#define ORGRUN_REPORT_ESCAPE_H

#include "base/buf.h"

#include <stddef.h>

/* Each takes any bytes and appends valid UTF-8; invalid sequences become U+FFFD. 0, or -1 as
 * buf_append. */

/* For one line of a terminal: controls, newlines and marks that reorder text become spaces,
 * colour and cursor sequences vanish. */
int escape_terminal(struct buf *out, const char *text, size_t len);

/* For jansson, which does the rest. */
int escape_json(struct buf *out, const char *text, size_t len);

/* For libxml2, which writes the markup's escapes: characters that XML 1.0 forbids become U+FFFD,
 * terminal sequences vanish. */
int escape_xml(struct buf *out, const char *text, size_t len);

/* For HTML, in text and in quoted attributes: as escape_xml, with the markup's escapes. */
int escape_html(struct buf *out, const char *text, size_t len);

#endif
