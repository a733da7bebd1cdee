// SPDX-License-Identifier: MIT
// Fuzzes the canonicalisation of requests: never a crash, never a raw control byte in what is
// signed, and every canonical form is its own canonical form.
#include "aws/sigv4.h"
#include "aws/uri.h"
#include "base/cleanup.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DEFINE_CLEANUP(drop_credentials, struct credentials, credentials_unref)

#define MAX_INPUT 65536

static void require(bool holds)
{
    if (!holds)
        abort();
}

static int recode_text(struct buf *out, const char *text)
{
    return uri_recode(out, text, strlen(text));
}

static void check_idempotent(int (*function)(struct buf *out, const char *text), const char *text)
{
    AUTO(buf_clear) struct buf once, twice;
    buf_init(&once, SIZE_MAX);
    buf_init(&twice, SIZE_MAX);
    require(function(&once, text) == 0 && function(&twice, buf_str(&once)) == 0);
    require(once.len == twice.len && memcmp(buf_str(&once), buf_str(&twice), once.len) == 0);
}

/* Takes the text up to the next line feed off *rest; "" when there is none left. */
static char *next_line(char **rest)
{
    char *line = *rest, *lf = strchr(line, '\n');
    if (lf)
        *lf = '\0';
    *rest = lf ? lf + 1 : line + strlen(line);
    return line;
}

/* Lines: method, path, query, "name:value" headers up to an empty line, then the body. */
static struct sigv4_request split(char *text, struct sigv4_header *headers)
{
    struct sigv4_request req = {.method = next_line(&text), .headers = headers};
    req.path = next_line(&text);
    req.query = next_line(&text);
    headers[req.headers_len++] = (struct sigv4_header){"host", "h"};
    char *line;
    while (*(line = next_line(&text)) && req.headers_len < SIGV4_MAX_HEADERS) {
        char *colon = strchr(line, ':');
        if (colon)
            *colon = '\0';
        headers[req.headers_len++] = (struct sigv4_header){line, colon ? colon + 1 : ""};
    }
    req.body = text;
    req.body_len = strlen(text);
    return req;
}

static void check_canonical(const struct buf *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->len; i++) {
        unsigned char c = (unsigned char)text->data[i];
        lines += c == '\n';
        require(c == '\n' || (c >= ' ' && c != 0x7f));
    }
    require(lines >= 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > MAX_INPUT)
        return 0;
    AUTO(free_ptr) char *text = strndup((const char *)data + 1, size - 1);
    AUTO(drop_credentials) struct credentials *credentials = NULL;
    const struct credentials_parts parts = {.access_key_id = "A",
                                            .secret_key = "s",
                                            .session_token = data[0] & 16 ? "token" : NULL,
                                            .expires_ms = CREDENTIALS_NEVER};
    require(text && credentials_new(&credentials, &parts, NULL) == 0);
    check_idempotent(recode_text, text);
    check_idempotent(uri_normalize_path, text);
    check_idempotent(uri_canonical_query, text);
    struct sigv4_header headers[SIGV4_MAX_HEADERS];
    const struct sigv4_request req = split(text, headers);
    const struct sigv4_opts opts = {.credentials = credentials,
                                    .region = "us-east-1",
                                    .service = "sts",
                                    .time_ms = 1440938160000,
                                    .normalize_path = data[0] & 1,
                                    .double_encode_path = data[0] & 2,
                                    .sign_body = data[0] & 4,
                                    .omit_session_token = data[0] & 8,
                                    .unsigned_payload = data[0] & 32};
    struct sigv4_result result;
    struct orgrun_error err = {0};
    int rc = sigv4_sign(&req, &opts, &result, &err);
    require(rc == err.code && (rc == 0 || rc == ORGRUN_EUSAGE || rc == ORGRUN_ELIMIT));
    if (rc == 0) {
        check_canonical(&result.canonical_request);
        require(strlen(result.signature) == 64);
        sigv4_result_clear(&result);
    }
    return 0;
}
