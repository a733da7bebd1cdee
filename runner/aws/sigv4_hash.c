// SPDX-License-Identifier: MIT
// SHA-256 and the two texts that stages of Signature Version 4 share: the date and the scope.
#include "aws/sigv4_hash.h"

#include <openssl/evp.h>
#include <string.h>

void sigv4_hex(const unsigned char digest[32], char out[SIGV4_HEX_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < 32; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[SIGV4_HEX_SIZE - 1] = '\0';
}

int sigv4_sha256_hex(const void *data, size_t len, char out[SIGV4_HEX_SIZE],
                     struct orgrun_error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL))
        return error_set(err, ORGRUN_ENOMEM, "OpenSSL could not compute SHA-256");
    sigv4_hex(digest, out);
    return 0;
}

int sigv4_date(const struct sigv4_opts *opts, char out[CLOCK_AMZ_SIZE], struct orgrun_error *err)
{
    static const int64_t year_10000_ms = 253402300800000;
    if (opts->time_ms < 0 || opts->time_ms >= year_10000_ms)
        return error_set(err, ORGRUN_EUSAGE,
                         "a request cannot be signed for a time before 1970 or after 9999");
    clock_format_amz(opts->time_ms, out);
    return 0;
}

/* The scope is split at "/" and stands in a header, whose parts are split at ", ". */
static int check_scope_part(const char *what, const char *text, struct orgrun_error *err)
{
    if (!text || !*text)
        return error_set(err, ORGRUN_EUSAGE, "a request cannot be signed without a %s", what);
    for (const char *p = text; *p; p++)
        if (*p <= ' ' || *p > '~' || *p == '/' || *p == ',')
            return error_set(err, ORGRUN_EUSAGE, "\"%s\" is not the name of a %s", text, what);
    return 0;
}

int sigv4_scope(const struct sigv4_opts *opts, struct buf *out, struct orgrun_error *err)
{
    char date[CLOCK_AMZ_SIZE];
    int rc = sigv4_date(opts, date, err);
    if (!rc)
        rc = check_scope_part("region", opts->region, err);
    if (!rc)
        rc = check_scope_part("service", opts->service, err);
    if (!rc)
        (void)buf_printf(out, "%.8s/%s/%s/aws4_request", date, opts->region, opts->service);
    return rc;
}
