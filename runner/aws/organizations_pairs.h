// SPDX-License-Identifier: MIT
// Organizations' answers that are lists of pairs of texts: roots, OUs, parents, tags.
#ifndef ORGRUN_AWS_ORGANIZATIONS_PAIRS_H
#define ORGRUN_AWS_ORGANIZATIONS_PAIRS_H

#include "base/strv.h"

enum organizations_pairs {
    ORGANIZATIONS_ROOTS,   /* Id, Name */
    ORGANIZATIONS_OUS,     /* Id, Name */
    ORGANIZATIONS_PARENTS, /* Id, Type */
    ORGANIZATIONS_TAGS     /* Key, Value */
};

/* Reads one page: *pairs (zeroed before) receives first, second, first, second, ...; *next_token is
 * heap, or NULL at the end. ORGRUN_EPROTOCOL for an answer that is not of that form, ORGRUN_ELIMIT,
 * ORGRUN_ENOMEM; both are empty then. */
int organizations_pairs_parse(enum organizations_pairs kind, const char *json, size_t len,
                              struct strv *pairs, char **next_token, struct orgrun_error *err);

#endif
