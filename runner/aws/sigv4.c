// SPDX-License-Identifier: MIT
// Stages 2 and 3 of Signature Version 4, and the whole of it: the headers that sign a request.
#include "aws/sigv4.h"

#include "aws/sigv4_hash.h"
#include "base/cleanup.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"

int sigv4_string_to_sign(const struct buf *canonical_request, const struct sigv4_opts *opts,
                         struct buf *out, struct orgrun_error *err)
{
    char date[CLOCK_AMZ_SIZE], hash[SIGV4_HEX_SIZE];
    int rc = sigv4_date(opts, date, err);
    if (!rc)
        rc = sigv4_sha256_hex(buf_str(canonical_request), canonical_request->len, hash, err);
    if (rc)
        return rc;
    (void)buf_printf(out, ALGORITHM "\n%s\n", date);
    rc = sigv4_scope(opts, out, err);
    if (rc)
        return rc;
    (void)buf_printf(out, "\n%s", hash);
    return buf_check(out, "the string to sign", err);
}

/* A derived key; wiped when it goes out of scope. */
struct key {
    unsigned char bytes[EVP_MAX_MD_SIZE];
};

static void wipe_key(struct key *k)
{
    secret_wipe(k, sizeof *k);
}

/* out = HMAC(key, text); `key` may be out's own bytes. */
static int hmac(const void *key, size_t key_len, const void *text, size_t len, struct key *out,
                struct orgrun_error *err)
{
    AUTO(wipe_key) struct key digest;
    unsigned int digest_len;
    if (!HMAC(EVP_sha256(), key, (int)key_len, text, len, digest.bytes, &digest_len))
        return error_set(err, ORGRUN_ENOMEM, "OpenSSL could not compute HMAC-SHA-256");
    *out = digest;
    return 0;
}

static int first_key(const struct sigv4_opts *opts, struct key *out, struct orgrun_error *err)
{
    char date[CLOCK_AMZ_SIZE];
    int rc = sigv4_date(opts, date, err);
    if (rc)
        return rc;
    AUTO(buf_clear) struct buf secret;
    buf_init_secret(&secret, SIGV4_MAX_TEXT);
    (void)buf_puts(&secret, "AWS4");
    (void)buf_puts(&secret, secret_reveal(credentials_secret_key(opts->credentials)));
    rc = buf_check(&secret, "the secret access key", err);
    return rc ? rc : hmac(secret.data, secret.len, date, strlen("YYYYMMDD"), out, err);
}

int sigv4_signature(const struct buf *string_to_sign, const struct sigv4_opts *opts, char out[65],
                    struct orgrun_error *err)
{
    AUTO(wipe_key) struct key key;
    int rc = first_key(opts, &key, err);
    const char *const parts[] = {opts->region, opts->service, "aws4_request"};
    for (size_t i = 0; !rc && i < sizeof parts / sizeof *parts; i++)
        rc = hmac(key.bytes, 32, parts[i], strlen(parts[i]), &key, err);
    if (!rc)
        rc = hmac(key.bytes, 32, buf_str(string_to_sign), string_to_sign->len, &key, err);
    if (!rc)
        sigv4_hex(key.bytes, out);
    return rc;
}

static int write_authorization(const struct sigv4_opts *opts, const struct buf *signed_headers,
                               struct sigv4_result *r, struct orgrun_error *err)
{
    (void)buf_printf(&r->authorization, ALGORITHM " Credential=%s/",
                     credentials_access_key_id(opts->credentials));
    int rc = sigv4_scope(opts, &r->authorization, err);
    if (rc)
        return rc;
    (void)buf_printf(&r->authorization, ", SignedHeaders=%s, Signature=%s", buf_str(signed_headers),
                     r->signature);
    return buf_check(&r->authorization, "the Authorization header", err);
}

static int write_added(const struct sigv4_opts *opts, struct sigv4_result *r,
                       struct orgrun_error *err)
{
    char date[CLOCK_AMZ_SIZE];
    int rc = sigv4_date(opts, date, err);
    if (rc)
        return rc;
    /* The canonical request ends with the payload's hash; no need to hash the body again. */
    const char *hash = strrchr(buf_str(&r->canonical_request), '\n') + 1;
    if (opts->sign_body)
        (void)buf_printf(&r->added, "x-amz-content-sha256: %s\n", hash);
    (void)buf_printf(&r->added, "Authorization: %s\nX-Amz-Date: %s\n", buf_str(&r->authorization),
                     date);
    const struct secret *token = credentials_session_token(opts->credentials);
    if (!secret_empty(token))
        (void)buf_printf(&r->added, "X-Amz-Security-Token: %s\n", secret_reveal(token));
    return buf_check(&r->added, "the headers of the signature", err);
}

int sigv4_sign(const struct sigv4_request *req, const struct sigv4_opts *opts,
               struct sigv4_result *out, struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf signed_headers;
    buf_init(&signed_headers, SIGV4_MAX_TEXT);
    out->signature[0] = '\0';
    buf_init_secret(&out->canonical_request, SIGV4_MAX_TEXT);
    buf_init(&out->string_to_sign, SIGV4_MAX_TEXT);
    buf_init(&out->authorization, SIGV4_MAX_TEXT);
    buf_init_secret(&out->added, SIGV4_MAX_TEXT);
    int rc = sigv4_canonical_request(req, opts, &out->canonical_request, &signed_headers, err);
    if (!rc)
        rc = sigv4_string_to_sign(&out->canonical_request, opts, &out->string_to_sign, err);
    if (!rc)
        rc = sigv4_signature(&out->string_to_sign, opts, out->signature, err);
    if (!rc)
        rc = write_authorization(opts, &signed_headers, out, err);
    if (!rc)
        rc = write_added(opts, out, err);
    if (rc)
        sigv4_result_clear(out);
    return rc;
}

void sigv4_result_clear(struct sigv4_result *r)
{
    buf_clear(&r->canonical_request);
    buf_clear(&r->string_to_sign);
    buf_clear(&r->authorization);
    buf_clear(&r->added);
    r->signature[0] = '\0';
}
