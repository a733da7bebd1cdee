// SPDX-License-Identifier: MIT
// Page tokens are base64 of "scope|offset|filled".
#include "sandbox/page.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define TOKEN_TEXT_SIZE 96
#define TOKEN_SIZE (TOKEN_TEXT_SIZE / 3 * 4 + 5)

/* Where a page begins, and whether the empty page before it was given already. */
struct place {
    size_t offset;
    bool filled;
};

static void token_write(const struct page_spec *spec, struct place place, char out[TOKEN_SIZE])
{
    char text[TOKEN_TEXT_SIZE];
    int len = snprintf(text, sizeof(text), "%.60s|%zu|%d", spec->scope, place.offset, place.filled);
    EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)text, len);
}

static bool token_read(const struct page_spec *spec, const char *token, struct place *out)
{
    /* Offsets are few: the token is right when writing the place it names gives it again. */
    char text[TOKEN_SIZE] = "", again[TOKEN_SIZE];
    if (strlen(token) >= TOKEN_SIZE ||
        EVP_DecodeBlock((unsigned char *)text, (const unsigned char *)token, (int)strlen(token)) <
            0)
        return false;
    const char *bar = strchr(text, '|');
    int filled;
    if (!bar || sscanf(bar, "|%zu|%d", &out->offset, &filled) != 2)
        return false;
    out->filled = filled != 0;
    token_write(spec, *out, again);
    return strcmp(token, again) == 0;
}

static bool input_read(const struct page_spec *spec, const json_t *in, size_t *limit,
                       struct place *place, struct answer *answer)
{
    const json_t *max = json_object_get(in, "MaxResults");
    const json_t *token = json_object_get(in, "NextToken");
    json_int_t asked = max ? json_integer_value(max) : PAGE_MAX;
    if (asked < 1 || asked > PAGE_MAX) {
        answer_json_error(answer, 400, "InvalidInputException",
                          asked < 1 ? "MIN_VALUE_EXCEEDED" : "MAX_VALUE_EXCEEDED",
                          "You specified an invalid value for MaxResults.");
        return false;
    }
    *limit = (size_t)asked;
    if (token && !json_is_null(token) &&
        (!json_is_string(token) || !token_read(spec, json_string_value(token), place))) {
        answer_json_error(answer, 400, "InvalidInputException", "INVALID_NEXT_TOKEN",
                          "You specified an invalid NextToken.");
        return false;
    }
    return true;
}

void page_answer(const struct page_spec *spec, const struct options *opts, const json_t *in,
                 struct answer *answer)
{
    size_t limit;
    struct place place = {0, false};
    if (!input_read(spec, in, &limit, &place, answer))
        return;
    bool empty = opts->empty_pages && !place.filled;
    size_t end = place.offset + (empty ? 0 : limit);
    if (end > spec->total)
        end = spec->total;
    json_t *items = json_array();
    for (size_t i = place.offset; i < end; i++)
        json_array_append_new(items, spec->at(spec->user, i));
    json_t *value = json_pack("{s:o}", spec->member, items);
    if (empty || end < spec->total || opts->endless) {
        char token[TOKEN_SIZE];
        bool last = end == spec->total;
        size_t next = last ? place.offset : end - (opts->overlap && end > place.offset + 1);
        token_write(spec, (struct place){next, empty}, token);
        json_object_set_new(value, "NextToken", json_string(token));
    } else if (opts->null_token) {
        json_object_set_new(value, "NextToken", json_null());
    }
    answer_json(answer, value);
}
