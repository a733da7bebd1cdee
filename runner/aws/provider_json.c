// SPDX-License-Identifier: MIT
// Credentials out of the JSON documents that providers answer with.
#include "aws/provider_json.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <jansson.h>
#include <string.h>

/* Strings hold secrets: each is wiped before it is freed. */
static void wipe(json_t *value)
{
    const char *key;
    json_t *item;
    if (json_is_string(value))
        secret_wipe((void *)(uintptr_t)json_string_value(value), json_string_length(value));
    json_object_foreach(value, key, item)
    {
        wipe(item);
    }
}

static void json_drop(json_t **value)
{
    wipe(*value);
    json_decref(*value);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && text[0] ? text : NULL;
}

static int lacks(const char *from, const char *name, struct orgrun_error *err)
{
    return error_set(err, ORGRUN_ECREDENTIALS, "%s gave no %s", from, name);
}

static int read_expiration(const json_t *object, const struct provider_json_names *names,
                           const char *from, int64_t *out, struct orgrun_error *err)
{
    const json_t *value = json_object_get(object, names->expiration);
    *out = CREDENTIALS_NEVER;
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return 0;
    }
    if (!value || json_is_null(value))
        return names->token_required ? lacks(from, names->expiration, err) : 0;
    const char *text = json_string_value(value);
    if (!text || clock_parse(text, out))
        return error_set(err, ORGRUN_ECREDENTIALS, "%s gave an %s that is no time", from,
                         names->expiration);
    if (names->grace_ms && *out <= names->now_ms)
        *out = names->now_ms + names->grace_ms;
    return 0;
}

int provider_json_read(const char *text, size_t len, const struct provider_json_names *names,
                       const char *from, struct credentials **out, struct orgrun_error *err)
{
    AUTO(json_drop) json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *object = names->within ? json_object_get(root, names->within) : root;
    if (!json_is_object(object))
        return error_set(err, ORGRUN_ECREDENTIALS, "%s gave no JSON document of credentials", from);
    if (names->versioned && json_integer_value(json_object_get(object, "Version")) != 1)
        return error_set(err, ORGRUN_ECREDENTIALS,
                         "%s gave a document that is not of \"Version\": 1", from);
    struct credentials_parts parts = {
        .access_key_id = text_of(object, names->key),
        .secret_key = text_of(object, names->secret),
        .session_token = text_of(object, names->token),
        .provider = from,
    };
    if (!parts.access_key_id)
        return lacks(from, names->key, err);
    if (!parts.secret_key)
        return lacks(from, names->secret, err);
    if (!parts.session_token && names->token_required)
        return lacks(from, names->token, err);
    int rc = read_expiration(object, names, from, &parts.expires_ms, err);
    return rc ? rc : credentials_new(out, &parts, err);
}
