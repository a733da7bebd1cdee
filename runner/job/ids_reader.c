// SPDX-License-Identifier: MIT
// Plain text of account ids: words, and the places they stand at.
#include "job/ids_reader.h"

#include "base/cleanup.h"

#include <string.h>

#define BLANKS " \t\r\n\v\f"

static size_t word_len(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && p[n] && !strchr(BLANKS "#", p[n]))
        n++;
    return n;
}

int ids_reader_parse(struct node **out, const char *text, size_t len, const char *origin,
                     struct orgrun_error *err)
{
    struct node_mark mark = {.origin = origin, .line = 1, .column = 1};
    const char *p = text, *end = text + len;
    if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3; /* a byte order mark */
    *out = NULL;
    AUTO(node_freep) struct node *list = node_new(NODE_LIST, mark);
    if (!list)
        return error_nomem(err);
    while (p < end) {
        size_t n = word_len(p, end);
        if (n) {
            if (node_add(list, NULL, mark, node_new_text(mark, p, n, false)))
                return error_nomem(err);
        } else if (*p == '#') {
            const char *line_end = memchr(p, '\n', (size_t)(end - p));
            n = (size_t)((line_end ? line_end : end) - p);
        } else {
            n = 1;
            if (*p == '\n')
                mark = (struct node_mark){.origin = origin, .line = mark.line + 1};
        }
        for (const char *q = p; q < p + n; q++) /* characters, not bytes */
            mark.column += ((unsigned char)*q & 0xc0) != 0x80;
        mark.column += mark.column == 0;
        p += n;
    }
    *out = list->len ? TAKE_PTR(list) : NULL;
    return 0;
}
