// SPDX-License-Identifier: MIT
// Small text decisions: globs, near misses, UTF-8 cleaning.
#ifndef ORGRUN_BASE_TEXT_H
#define ORGRUN_BASE_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* The candidate nearest to word by edit distance (case-insensitive), or NULL when none is near
 * enough to be worth suggesting (distance > 1 + len/4). candidates is NULL-terminated. */
const char *text_nearest(const char *word, const char *const *candidates);

/* How many of the len > 0 bytes at s make its first character, with its code point in *cp; 0 when
 * they are not valid UTF-8 (no surrogates, no overlong forms). */
size_t text_decode(const char *s, size_t len, unsigned *cp);

/* Length of the whole terminal sequence (ECMA-48 CSI or OSC) at the beginning of text; 0 when there
 * is none. */
size_t text_sequence_len(const char *text, size_t len);

/* Appends text with invalid UTF-8 replaced by U+FFFD, and, when `printable`, without terminal
 * sequences and with every other C0/C1 control (newline and tab too), bidi override and DEL
 * replaced by a space. 0, or -1 as buf_append. */
int text_clean(struct buf *out, const char *text, size_t len, bool printable);

/* Valid 12-digit account id? */
bool text_is_account_id(const char *s);

bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);

#endif
