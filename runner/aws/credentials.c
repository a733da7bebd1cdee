// SPDX-License-Identifier: MIT
// Credentials: immutable, refcounted, with an absolute expiry.
#include "aws/credentials.h"

#include "base/cleanup.h"

#include <stdatomic.h>
#include <string.h>

struct credentials {
    atomic_uint refs;
    int64_t expires_ms;
    struct secret secret_key;
    struct secret session_token;
    char *access_key_id;
    char *account_id;
    char *arn;
    char *provider;
};

DEFINE_CLEANUP(drop_credentials, struct credentials, credentials_unref)

static bool has_control(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return true;
    return false;
}

/* A key that breaks a header line would also break the signature; say so where it came from. */
static int check_part(const char *text, bool required, const char *what, const char *provider,
                      struct orgrun_error *err)
{
    if (required && (!text || !*text))
        return error_set(err, ORGRUN_ECREDENTIALS, "the %s from %s is empty", what, provider);
    if (text && has_control(text))
        return error_set(err, ORGRUN_ECREDENTIALS, "the %s from %s holds a control character", what,
                         provider);
    return 0;
}

static int copy_text(char **out, const char *text)
{
    *out = strdup(text ? text : "");
    return *out ? 0 : ORGRUN_ENOMEM;
}

static int copy_secret(struct secret *out, const char *text)
{
    return text && *text ? secret_set(out, text, strlen(text)) : 0;
}

int credentials_new(struct credentials **out, const struct credentials_parts *parts,
                    struct orgrun_error *err)
{
    const char *provider = parts->provider ? parts->provider : "an unnamed provider";
    int rc = check_part(parts->access_key_id, true, "access key id", provider, err);
    if (!rc)
        rc = check_part(parts->secret_key, true, "secret access key", provider, err);
    if (!rc)
        rc = check_part(parts->session_token, false, "session token", provider, err);
    if (rc)
        return rc;
    AUTO(drop_credentials) struct credentials *c = calloc(1, sizeof *c);
    if (!c)
        return error_nomem(err);
    atomic_init(&c->refs, 1);
    c->expires_ms = parts->expires_ms;
    if (copy_text(&c->access_key_id, parts->access_key_id) ||
        copy_text(&c->account_id, parts->account_id) || copy_text(&c->arn, parts->arn) ||
        copy_text(&c->provider, provider) || copy_secret(&c->secret_key, parts->secret_key) ||
        copy_secret(&c->session_token, parts->session_token))
        return error_nomem(err);
    *out = TAKE_PTR(c);
    return 0;
}

struct credentials *credentials_ref(struct credentials *c)
{
    if (c)
        atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

void credentials_unref(struct credentials *c)
{
    if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
        return;
    secret_clear(&c->secret_key);
    secret_clear(&c->session_token);
    free(c->access_key_id);
    free(c->account_id);
    free(c->arn);
    free(c->provider);
    free(c);
}

const char *credentials_access_key_id(const struct credentials *c)
{
    return c->access_key_id;
}

const struct secret *credentials_secret_key(const struct credentials *c)
{
    return &c->secret_key;
}

const struct secret *credentials_session_token(const struct credentials *c)
{
    return &c->session_token;
}

int64_t credentials_expires_ms(const struct credentials *c)
{
    return c->expires_ms;
}

const char *credentials_account_id(const struct credentials *c)
{
    return c->account_id;
}

const char *credentials_arn(const struct credentials *c)
{
    return c->arn;
}

const char *credentials_provider(const struct credentials *c)
{
    return c->provider;
}
