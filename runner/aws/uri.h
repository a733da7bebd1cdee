// SPDX-License-Identifier: MIT
// Percent-encoding, path normalisation and canonical query strings. Source: RFC 3986.
#ifndef ORGRUN_AWS_URI_H
#define ORGRUN_AWS_URI_H

#include "base/buf.h"

#include <stddef.h>

/* Each function appends to `out` and returns 0, or -1 as buf_append: check once with buf_check. */

/* Percent-encodes every byte ("%C3%A9", upper case) but the unreserved ones (letters, digits and
 * "-._~") and those of `keep`, which may be "". */
int uri_encode(struct buf *out, const char *text, size_t len, const char *keep);

/* Decodes what is percent-encoded, then encodes all but the unreserved: "%7e b" and "~%20b" both
 * give "~%20b". A "%" without two hex digits behind it stands for itself; "+" is a plus, not a
 * space. Applying it twice changes nothing more. */
int uri_recode(struct buf *out, const char *text, size_t len);

/* Removes empty and "." segments and resolves ".."; the answer starts with "/", and ends with one
 * if `path` did. Nothing is decoded: "%2E" is an ordinary segment. Applying it twice changes
 * nothing more. */
int uri_normalize_path(struct buf *out, const char *path);

/* The parameters of `query` (no "?") recoded, sorted by name and then by value, as "name=value"
 * joined by "&". Empty parameters ("a&&b") vanish; an empty name stays ("=v"), a missing "=" is
 * added. Applying it twice changes nothing more. */
int uri_canonical_query(struct buf *out, const char *query);

#endif
