// SPDX-License-Identifier: MIT
// The JSON documents of the container credential protocol.
#include "aws/credential_document.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"

#include <jansson.h>
#include <string.h>

#define DOCUMENT_MAX (64u << 10)

struct member {
    const char *name, *value;
    bool optional; /* left out when it is "" */
};

/* jansson keeps copies of the values, which are secrets: they are wiped where they lie. */
static void drop(json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        union {
            const char *read;
            void *write;
        } text = {.read = json_string_value(value)};
        secret_wipe(text.write, json_string_length(value));
    }
    json_decref(object);
}

static int append(const char *data, size_t len, void *user)
{
    return buf_append(user, data, len);
}

static struct credential_document *from_members(const struct member *members, size_t len)
{
    AUTO(buf_clear) struct buf text;
    buf_init_secret(&text, DOCUMENT_MAX);
    json_t *object = json_object();
    int rc = object ? 0 : -1;
    for (size_t i = 0; i < len && rc == 0; i++)
        if (members[i].value[0] || !members[i].optional)
            rc = json_object_set_new(object, members[i].name, json_string(members[i].value));
    if (rc == 0)
        rc = json_dump_callback(object, append, &text, JSON_COMPACT);
    drop(object);
    struct credential_document *d = rc ? NULL : malloc(sizeof *d + text.len);
    if (!d)
        return NULL;
    d->len = text.len;
    memcpy(d->text, buf_str(&text), text.len);
    return d;
}

struct credential_document *credential_document_new(const struct credentials *c, int64_t forever_ms)
{
    char expires[CLOCK_ISO_SIZE];
    int64_t end = credentials_expires_ms(c);
    clock_format_iso(end == CREDENTIALS_NEVER ? forever_ms : end, expires);
    size_t seconds = strcspn(expires, "."); /* whole ones, as AWS gives them */
    if (expires[seconds])
        memcpy(expires + seconds, "Z", sizeof "Z");
    const struct member members[] = {
        {"AccessKeyId", credentials_access_key_id(c)},
        {"SecretAccessKey", secret_reveal(credentials_secret_key(c))},
        {"Token", secret_reveal(credentials_session_token(c))}, /* botocore insists on one */
        {"Expiration", expires},
        {"AccountId", credentials_account_id(c), .optional = true},
    };
    return from_members(members, sizeof members / sizeof *members);
}

struct credential_document *credential_document_error(const char *code, const char *message)
{
    const struct member members[] = {{"code", code}, {"message", message}};
    return from_members(members, sizeof members / sizeof *members);
}

void credential_document_free(struct credential_document *d)
{
    if (d)
        secret_wipe(d->text, d->len);
    free(d);
}
