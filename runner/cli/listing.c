// SPDX-License-Identifier: MIT
// JSON forms of what the lists show.
#include "cli/listing.h"

#include "cli/glyph.h"
#include "cli/words.h"

#include <stdlib.h>
#include <string.h>

void listing_set(json_t *object, const char *key, const char *text)
{
    if (!text) {
        (void)json_object_set_new(object, key, json_null());
        return;
    }
    size_t size = GLYPH_CLEAN_SIZE(strlen(text));
    char *clean = words_alloc(NULL, size);
    (void)glyph_clean(clean, size, text, true);
    (void)json_object_set_new(object, key, json_string(clean));
    free(clean);
}

void listing_note(json_t *seen, const char *text)
{
    (void)json_object_set_new(seen, text, json_true());
}

json_t *listing_account(const struct orgrun_account *account)
{
    json_t *object = json_object();
    listing_set(object, "id", account->id);
    listing_set(object, "name", account->name);
    listing_set(object, "email", account->email);
    listing_set(object, "ou_path", account->ou_path);
    listing_set(object, "state", account->state);
    (void)json_object_set_new(object, "management", json_boolean(account->management));
    (void)json_object_set_new(object, "selected", json_boolean(!account->excluded_because));
    listing_set(object, "excluded_because", account->excluded_because);
    return object;
}

void listing_print(json_t *root)
{
    (void)json_dumpf(root, stdout, JSON_INDENT(2));
    (void)fputc('\n', stdout);
    json_decref(root);
}
