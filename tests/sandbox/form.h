// SPDX-License-Identifier: MIT
// Reading application/x-www-form-urlencoded bodies.
#ifndef SANDBOX_FORM_H
#define SANDBOX_FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Copies the decoded value of name. False when the form has no such field, or it does not fit. */
bool form_get(const char *body, size_t len, const char *name, char *out, size_t size);

/* The whole form as an object of texts; of a name that comes twice, the first. */
json_t *form_json(const char *body, size_t len);

#endif
