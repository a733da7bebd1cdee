// SPDX-License-Identifier: MIT
// The book of places: an organization's OUs and tags as they were, in memory and as a file's text.
#ifndef ORGRUN_FANOUT_PLACES_BOOK_H
#define ORGRUN_FANOUT_PLACES_BOOK_H

#include "aws/organizations_tree.h"
#include "base/strv.h"

#include <stdint.h>

#define PLACES_BOOK_MAX (64 * 1024 * 1024) /* bytes of a file */

/* The tags of one account. */
struct places_tags {
    char account[ACCOUNT_ID_SIZE];
    int64_t as_of_ms; /* Unix milliseconds */
    struct strv tags; /* key, value, key, value, ... */
};

/* Zero-initialise. */
struct places_book {
    struct organizations_tree tree;
    int64_t tree_ms;           /* when it was walked, Unix milliseconds; 0 = never */
    struct places_tags **tags; /* sorted by account */
    size_t tags_len, tags_cap;
};

/* Whose book it is. Borrowed. */
struct places_key {
    const char *endpoint; /* URL of Organizations */
    const char *partition;
    const char *organization; /* "o-..." */
};

void places_book_clear(struct places_book *b);

/* The entry of an account, or NULL. Stays where it is until the book is cleared. */
const struct places_tags *places_book_find(const struct places_book *b, const char *account);

/* Puts the tags of an account in, in place of what is there; tags are taken over on success.
 * ORGRUN_ENOMEM. */
int places_book_put(struct places_book *b, const char *account, int64_t as_of_ms, struct strv *tags,
                    struct orgrun_error *err);

/* Reads a file's text into a zeroed book, which stays empty on failure. ORGRUN_EPROTOCOL when it is
 * damaged or of a time after now_ms; ORGRUN_ENOTFOUND when it is the book of another organization,
 * endpoint, partition or version of orgrun; ORGRUN_ENOMEM. */
int places_book_parse(struct places_book *b, const char *text, size_t len,
                      const struct places_key *key, int64_t now_ms, struct orgrun_error *err);

/* The text of it, heap, without tags older than least_ms. NULL with err set. */
char *places_book_text(const struct places_book *b, const struct places_key *key, int64_t least_ms,
                       struct orgrun_error *err);

#endif
