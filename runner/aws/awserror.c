// SPDX-License-Identifier: MIT
// AWS errors: headers, body and status put together, and what class of trouble a code is.
#include "aws/awserror.h"

#include "aws/awserror_body.h"
#include "base/text.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Codes whose status alone would mislead. A trailing '*' stands for any rest. */
static const struct {
    const char *code;
    enum awserror_class class_;
} classes[] = {
    {"Throttling", AWSERROR_THROTTLING},
    {"ThrottlingException", AWSERROR_THROTTLING},
    {"ThrottledException", AWSERROR_THROTTLING},
    {"RequestThrottledException", AWSERROR_THROTTLING},
    {"RequestThrottled", AWSERROR_THROTTLING},
    {"TooManyRequestsException", AWSERROR_THROTTLING},
    {"ProvisionedThroughputExceededException", AWSERROR_THROTTLING},
    {"TransactionInProgressException", AWSERROR_THROTTLING},
    {"RequestLimitExceeded", AWSERROR_THROTTLING},
    {"BandwidthLimitExceeded", AWSERROR_THROTTLING},
    {"LimitExceededException", AWSERROR_THROTTLING},
    {"SlowDown", AWSERROR_THROTTLING},
    {"PriorRequestNotComplete", AWSERROR_THROTTLING},
    {"EC2ThrottledException", AWSERROR_THROTTLING},
    {"RequestTimeout*", AWSERROR_TRANSIENT},
    {"IDPCommunicationError*", AWSERROR_TRANSIENT},
    {"ExpiredToken", AWSERROR_EXPIRED},
    {"ExpiredTokenException", AWSERROR_EXPIRED},
    {"TokenRefreshRequired", AWSERROR_EXPIRED},
    {"RequestExpired", AWSERROR_CLOCK_SKEW},
    {"RequestInTheFuture", AWSERROR_CLOCK_SKEW},
    {"RequestTimeTooSkewed", AWSERROR_CLOCK_SKEW},
    {"AccessDenied*", AWSERROR_DENIED},
    {"UnauthorizedOperation", AWSERROR_DENIED},
    {"UnauthorizedException", AWSERROR_DENIED},
    {"NotAuthorized*", AWSERROR_DENIED},
    {"InvalidClientTokenId", AWSERROR_CLIENT},
    {"UnrecognizedClientException", AWSERROR_CLIENT},
    {"SignatureDoesNotMatch", AWSERROR_CLIENT},
    {"InvalidSignatureException", AWSERROR_CLIENT},
    {"IncompleteSignature*", AWSERROR_CLIENT},
    {"MissingAuthenticationToken*", AWSERROR_CLIENT},
    {"AuthFailure", AWSERROR_CLIENT},
    {"OptInRequired", AWSERROR_CLIENT},
    {"RegionDisabledException", AWSERROR_CLIENT},
};

static bool matches(const char *pattern, const char *code)
{
    size_t n = strlen(pattern);
    if (pattern[n - 1] == '*')
        return strncmp(pattern, code, n - 1) == 0;
    return strcmp(pattern, code) == 0;
}

static enum awserror_class class_of_status(int status)
{
    switch (status) {
    case 0: /* no answer at all */
    case 500:
    case 502:
    case 503:
    case 504:
        return AWSERROR_TRANSIENT;
    case 401:
    case 403:
        return AWSERROR_DENIED;
    default:
        return status >= 500 ? AWSERROR_SERVER : AWSERROR_CLIENT;
    }
}

enum awserror_class awserror_classify(int status, const char *code)
{
    if (status >= 200 && status < 300)
        return AWSERROR_NONE;
    for (size_t i = 0; code && i < sizeof classes / sizeof *classes; i++)
        if (matches(classes[i].code, code))
            return classes[i].class_;
    return class_of_status(status);
}

const char *awserror_class_name(enum awserror_class c)
{
    static const char *const names[] = {
        [AWSERROR_NONE] = "none",
        [AWSERROR_TRANSIENT] = "transient",
        [AWSERROR_THROTTLING] = "throttling",
        [AWSERROR_EXPIRED] = "expired",
        [AWSERROR_CLOCK_SKEW] = "clock skew",
        [AWSERROR_DENIED] = "denied",
        [AWSERROR_CLIENT] = "client",
        [AWSERROR_SERVER] = "server",
    };
    return (unsigned)c < sizeof names / sizeof *names ? names[c] : "unknown";
}

/* The value of a header, without leading space; NULL when absent. */
static const char *header(const char *const *headers, const char *name)
{
    size_t n = strlen(name);
    for (; headers && *headers; headers++) {
        if (strncasecmp(*headers, name, n) != 0 || (*headers)[n] != ':')
            continue;
        const char *value = *headers + n + 1;
        return value + strspn(value, " \t");
    }
    return NULL;
}

static void put_header(char *field, size_t size, const char *const *headers, const char *name)
{
    const char *value = field[0] ? NULL : header(headers, name);
    if (value)
        awserror_put(field, size, value, strlen(value));
}

/* "namespace#Code:http://..." to "Code" (Smithy, AWS JSON protocols, "Operation error
 * serialization"). */
static void strip(char *code)
{
    code[strcspn(code, ":")] = '\0';
    const char *hash = strchr(code, '#');
    if (hash)
        memmove(code, hash + 1, strlen(hash + 1) + 1);
}

static long read_retry_after(const char *const *headers)
{
    const char *text = header(headers, "x-amz-retry-after");
    if (!text || !isdigit((unsigned char)*text))
        return -1;
    char *end;
    errno = 0;
    long ms = strtol(text, &end, 10);
    end += strspn(end, " \t\r\n");
    return errno || *end ? -1 : ms;
}

static void read_headers(const char *const *headers, struct awserror *out)
{
    static const char *const ids[] = {"x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        put_header(out->request_id, sizeof out->request_id, headers, ids[i]);
    out->retry_after_ms = read_retry_after(headers);
    const char *date = header(headers, "date");
    time_t t = date ? curl_getdate(date, NULL) : -1;
    out->server_time_ms = t < 0 ? -1 : (long long)t * 1000;
}

/* The code in headers wins: a query-compatible service gives "Code;Fault" beside its JSON type. */
static void read_code_headers(const char *const *headers, struct awserror *out)
{
    put_header(out->code, sizeof out->code, headers, "x-amzn-query-error");
    out->code[strcspn(out->code, ";")] = '\0';
    put_header(out->code, sizeof out->code, headers, "x-amzn-errortype");
}

static void read_body(const char *body, size_t len, struct awserror *out)
{
    if (!body || len > AWSERROR_BODY_MAX)
        return;
    size_t skip = 0;
    if (len >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0)
        skip = 3;
    while (skip < len && isspace((unsigned char)body[skip]))
        skip++;
    if (skip == len)
        return;
    if (body[skip] == '<')
        awserror_read_xml(body + skip, len - skip, out);
    else if (body[skip] == '{')
        awserror_read_json(body + skip, len - skip, out);
}

/* Two codes stand for a wrong secret as well as for a wrong clock; the message tells them apart. */
static bool is_skewed_signature(const struct awserror *e)
{
    return (strcmp(e->code, "SignatureDoesNotMatch") == 0 ||
            strcmp(e->code, "InvalidSignatureException") == 0) &&
           (strstr(e->message, "Signature expired") ||
            strstr(e->message, "Signature not yet current"));
}

void awserror_parse(int status, const char *const *headers, const char *body, size_t body_len,
                    struct awserror *out)
{
    memset(out, 0, sizeof *out);
    out->status = status;
    out->class_ = awserror_classify(status, "");
    if (out->class_ != AWSERROR_NONE) {
        read_code_headers(headers, out);
        read_body(body, body_len, out);
        strip(out->code);
        out->class_ =
            is_skewed_signature(out) ? AWSERROR_CLOCK_SKEW : awserror_classify(status, out->code);
    }
    read_headers(headers, out);
}
