// SPDX-License-Identifier: MIT
// Organizations' JSON: objects, texts that may be missing, tokens.
#include "aws/organizations_json.h"

#include "base/buf.h"

json_t *organizations_json_load(const char *json, size_t len, json_error_t *error)
{
    return json_loadb(json, len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, error);
}

int organizations_json_check(const char *body, size_t len)
{
    json_error_t where;
    AUTO(free_json) json_t *root = organizations_json_load(body, len, &where);
    return !json_is_object(root);
}

int organizations_json_text(const json_t *object, const char *member, size_t max, char **out,
                            struct orgrun_error *err)
{
    const json_t *value = json_object_get(object, member);
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_string(value))
        return error_set(err, ORGRUN_EPROTOCOL, "%s is no text", member);
    AUTO(buf_clear) struct buf text;
    buf_init(&text, max);
    const char *s = json_string_value(value);
    const char *end = s + json_string_length(value);
    for (; s < end; s++) {
        if (*s)
            (void)buf_putc(&text, *s);
        else
            (void)buf_puts(&text, "\xef\xbf\xbd");
    }
    if (buf_check(&text, member, err))
        return err ? err->code : ORGRUN_ELIMIT;
    *out = buf_take(&text, err);
    return *out ? 0 : ORGRUN_ENOMEM;
}

int organizations_json_token(const json_t *root, char **out, struct orgrun_error *err)
{
    int rc = organizations_json_text(root, "NextToken", ORGANIZATIONS_TOKEN_MAX, out, err);
    if (rc == 0 && *out && !**out) {
        free(*out);
        *out = NULL;
    }
    return rc;
}
