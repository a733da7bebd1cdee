// SPDX-License-Identifier: MIT
// Fuzzes the reading of AWS's errors: never a crash, always texts for one line, always a class.
#include "aws/awserror.h"
#include "base/cleanup.h"
#include "fuzz/fuzz_text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_HEADERS 16

/* Lines up to an empty one are headers, the rest is the body. */
static char *split(char *text, const char *headers[MAX_HEADERS + 1])
{
    for (size_t n = 0; *text && n < MAX_HEADERS; n++) {
        char *lf = strchr(text, '\n');
        if (lf == text)
            return text + 1;
        headers[n] = text;
        if (!lf)
            return text + strlen(text);
        *lf = '\0';
        text = lf + 1;
    }
    return text;
}

/* The first two bytes are the status. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    int status = 100 + (data[0] | data[1] << 8) % 500;
    AUTO(free_ptr) char *text = malloc(size - 1);
    require(text != NULL);
    memcpy(text, data + 2, size - 2);
    text[size - 2] = '\0';
    const char *headers[MAX_HEADERS + 1] = {0};
    char *body = split(text, headers);
    struct awserror e;
    awserror_parse(status, headers, body, size - 2 - (size_t)(body - text), &e);
    require(e.status == status && (e.class_ == AWSERROR_NONE) == (status / 100 == 2));
    require(awserror_class_name(e.class_)[0] && e.retry_after_ms >= -1);
    require_readable(e.code, false);
    require_readable(e.message, false);
    require_readable(e.request_id, false);
    return 0;
}
