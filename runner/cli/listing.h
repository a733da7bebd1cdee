// SPDX-License-Identifier: MIT
// Lists as JSON on standard output.
#ifndef ORGRUN_CLI_LISTING_H
#define ORGRUN_CLI_LISTING_H

#include "orgrun/orgrun.h"

#include <jansson.h>

/* Sets key to text, cleaned; NULL becomes null. */
void listing_set(json_t *object, const char *key, const char *text);

/* Notes that a text was seen, as a key of `seen`. */
void listing_note(json_t *seen, const char *text);

/* {"id", "name", "email", "ou_path", "state", "management", "selected", "excluded_because"}. */
json_t *listing_account(const struct orgrun_account *account);

/* Prints root, indented, and drops it. */
void listing_print(json_t *root);

#endif
