// SPDX-License-Identifier: MIT
// Reading the Authorization header and judging a request by it.
#include "sandbox/auth.h"

#include "base/clock.h"
#include "sandbox/canonical.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ALGORITHM "AWS4-HMAC-SHA256"

/* The parts of `ALGORITHM Credential=.../.../.../.../aws4_request, SignedHeaders=..., Signature=`.
 */
struct authorization {
    char credential[256];
    char signed_headers[1024];
    char signature[80];
    char key_id[129], date[9], region[65], service[65];
};

const char *auth_header_get(const struct auth_request *request, const char *name)
{
    for (size_t i = 0; i < request->headers_len; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    return NULL;
}

static void verdict(struct auth_result *out, enum auth_verdict verdict_, const char *fmt, ...)
    ORGRUN_PRINTF(3, 4);
static void verdict(struct auth_result *out, enum auth_verdict verdict_, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    out->verdict = verdict_;
    vsnprintf(out->message, sizeof(out->message), fmt, ap);
    va_end(ap);
}

/* Copies the value of `name=` out of the comma-separated list; false when absent or too long. */
static bool parameter(const char *list, const char *name, char *out, size_t size)
{
    size_t name_len = strlen(name);
    for (const char *at = list; *at;) {
        at += strspn(at, " ,");
        size_t len = strcspn(at, " ,");
        if (len > name_len && strncmp(at, name, name_len) == 0 && at[name_len] == '=') {
            const char *value = at + name_len + 1;
            size_t value_len = len - name_len - 1;
            if (value_len == 0 || value_len >= size)
                return false;
            memcpy(out, value, value_len);
            out[value_len] = '\0';
            return true;
        }
        at += len;
    }
    return false;
}

static bool authorization_parse(const char *value, struct authorization *a, struct auth_result *out)
{
    if (strncmp(value, ALGORITHM " ", sizeof(ALGORITHM)) != 0) {
        verdict(out, AUTH_INCOMPLETE, "Unsupported AWS 'algorithm': '%.40s'.", value);
        return false;
    }
    const char *list = value + sizeof(ALGORITHM);
    const struct {
        const char *name;
        char *out;
        size_t size;
    } parts[] = {{"Credential", a->credential, sizeof(a->credential)},
                 {"Signature", a->signature, sizeof(a->signature)},
                 {"SignedHeaders", a->signed_headers, sizeof(a->signed_headers)}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!parameter(list, parts[i].name, parts[i].out, parts[i].size)) {
            verdict(out, AUTH_INCOMPLETE, "Authorization header requires '%s' parameter.",
                    parts[i].name);
            return false;
        }
    char last[16];
    if (sscanf(a->credential, "%128[^/]/%8[0-9]/%64[^/]/%64[^/]/%15s", a->key_id, a->date,
               a->region, a->service, last) != 5 ||
        strcmp(last, "aws4_request") != 0) {
        verdict(out, AUTH_INCOMPLETE,
                "Credential must have exactly 5 slash-delimited elements, e.g. "
                "keyid/date/region/service/term, got '%s'",
                a->credential);
        return false;
    }
    return true;
}

static bool looks_like_region(const char *region)
{
    size_t len = strlen(region);
    return len >= 5 && strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
           strchr(region, '-') != NULL;
}

/* The scope must be for this service, a Region, and the day of x-amz-date. */
static bool scope_holds(const struct authorization *a, const char *amz_date,
                        const struct auth_opts *opts, struct auth_result *out)
{
    if (strcmp(a->service, opts->service) != 0)
        verdict(out, AUTH_MISMATCH, "Credential should be scoped to correct service: '%s'. ",
                opts->service);
    else if (opts->region ? strcmp(a->region, opts->region) != 0 : !looks_like_region(a->region))
        verdict(out, AUTH_MISMATCH, "Credential should be scoped to a valid region. ");
    else if (strncmp(a->date, amz_date, 8) != 0)
        verdict(out, AUTH_MISMATCH,
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                "from HTTP: '%s' != '%.8s', from '%s'.",
                a->date, amz_date, amz_date);
    else
        return true;
    return false;
}

static bool date_holds(const char *amz_date, const struct auth_opts *opts, struct auth_result *out)
{
    int64_t sent_ms;
    if (strlen(amz_date) != CLOCK_AMZ_SIZE - 1 || clock_parse(amz_date, &sent_ms) != 0) {
        verdict(out, AUTH_INCOMPLETE,
                "Date must be in ISO-8601 'basic format'. Got '%s'. See "
                "http://en.wikipedia.org/wiki/ISO_8601",
                amz_date);
        return false;
    }
    int64_t sent_s = sent_ms / 1000;
    bool late = sent_s<opts->now_s - opts->skew_s, early = sent_s> opts->now_s + opts->skew_s;
    if (!late && !early)
        return true;
    char now[CLOCK_AMZ_SIZE], limit[CLOCK_AMZ_SIZE];
    clock_format_amz(opts->now_s * 1000, now);
    clock_format_amz((opts->now_s + (late ? -opts->skew_s : opts->skew_s)) * 1000, limit);
    verdict(out, AUTH_MISMATCH, "%s: %s is %s than %s (%s %c %lld min.)",
            late ? "Signature expired" : "Signature not yet current", amz_date,
            late ? "now earlier" : "still later", limit, now, late ? '-' : '+',
            (long long)(opts->skew_s / 60));
    return false;
}

/* Is name one of the semicolon-separated signed headers? */
static bool is_signed(const char *signed_headers, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *at = signed_headers; *at;) {
        size_t len = strcspn(at, ";");
        if (len == name_len && strncasecmp(at, name, len) == 0)
            return true;
        at += len + (at[len] == ';');
    }
    return false;
}

/* host and every x-amz-* header must be signed; the token may be added after signing. */
static bool signed_headers_hold(const struct auth_request *request, const struct authorization *a,
                                struct auth_result *out)
{
    if (!is_signed(a->signed_headers, "host")) {
        verdict(out, AUTH_MISMATCH,
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        return false;
    }
    for (size_t i = 0; i < request->headers_len; i++) {
        const char *name = request->headers[i].name;
        if (strncasecmp(name, "x-amz-", 6) == 0 && strcasecmp(name, "x-amz-security-token") != 0 &&
            !is_signed(a->signed_headers, name)) {
            verdict(out, AUTH_MISMATCH, "'%s' must be a 'SignedHeader' in the AWS Authorization.",
                    name);
            return false;
        }
    }
    return true;
}

static struct key *key_of(const struct auth_request *request, const struct authorization *a,
                          const struct auth_opts *opts)
{
    struct key *key = keys_find(opts->keys, a->key_id);
    const char *token = auth_header_get(request, "x-amz-security-token");
    if (!key || (key->token == NULL) != (token == NULL))
        return NULL;
    return !token || strcmp(token, key->token) == 0 ? key : NULL;
}

static bool signature_holds(const struct auth_request *request, const struct authorization *a,
                            const char *amz_date, const struct key *key)
{
    char expected[65];
    const struct canonical_opts opts = {.signed_headers = a->signed_headers,
                                        .amz_date = amz_date,
                                        .scope = a->credential + strlen(a->key_id) + 1,
                                        .secret = key->secret,
                                        .date = a->date,
                                        .region = a->region,
                                        .service = a->service};
    return canonical_signature(request, &opts, expected) == 0 && strlen(a->signature) == 64 &&
           CRYPTO_memcmp(expected, a->signature, 64) == 0;
}

void auth_verify(const struct auth_request *request, const struct auth_opts *opts,
                 struct auth_result *out)
{
    *out = (struct auth_result){0};
    struct authorization a = {0};
    const char *value = auth_header_get(request, "authorization");
    const char *amz_date = auth_header_get(request, "x-amz-date");
    if (!value) {
        verdict(out, AUTH_MISSING, "Request is missing Authentication Token");
        return;
    }
    if (!authorization_parse(value, &a, out))
        return;
    if (!amz_date) {
        verdict(out, AUTH_INCOMPLETE,
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                "header.");
        return;
    }
    struct key *key = key_of(request, &a, opts);
    if (!key) {
        verdict(out, AUTH_UNKNOWN_KEY, "The security token included in the request is invalid.");
        return;
    }
    if (!date_holds(amz_date, opts, out) || !scope_holds(&a, amz_date, opts, out) ||
        !signed_headers_hold(request, &a, out))
        return;
    if (!signature_holds(request, &a, amz_date, key)) {
        verdict(out, AUTH_MISMATCH,
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method. Consult the service "
                "documentation for details.");
        return;
    }
    if (key->expires_s <= opts->now_s || (opts->source_expired && key->kind == KEY_SOURCE)) {
        verdict(out, AUTH_EXPIRED, "The security token included in the request is expired");
        return;
    }
    out->key = key;
}
