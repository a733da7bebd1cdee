// SPDX-License-Identifier: MIT
// An HTTP request as raw text, taken apart.
#ifndef ORGRUN_TESTS_PROBE_REQUEST_H
#define ORGRUN_TESTS_PROBE_REQUEST_H

#include "aws/sigv4.h"

/* Pointers go into `text`, or into the text that was parsed where that is said. */
struct probe_request {
    char *text; /* a copy, cut into pieces */
    const char *method;
    const char *path;
    const char *query; /* "" when there is none */
    struct sigv4_header headers[SIGV4_MAX_HEADERS];
    struct {
        const char *line; /* in the parsed text: "Name:value" and the lines that continue it */
        size_t len;       /* without the last line break */
    } lines[SIGV4_MAX_HEADERS];
    size_t headers_len;
    const char *first_line; /* in the parsed text; first_len without its line break */
    size_t first_len;
    const char *body; /* in the parsed text */
    size_t body_len;
};

/* Takes apart "METHOD target HTTP/1.1", header lines, an empty line and a body. Lines end in LF or
 * CRLF; the target may hold spaces; a line that begins with a blank continues the one before, its
 * line break becoming blanks. Headers that the signer adds itself are left out. The len bytes at
 * `raw` must outlive *r. 0, or an error code with *r cleared. */
int probe_request_parse(struct probe_request *r, const char *raw, size_t len,
                        struct orgrun_error *err);
void probe_request_clear(struct probe_request *r);

#endif
