// SPDX-License-Identifier: MIT
// One output stream of a child on its way to a file.
#include "exec/stream.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Leading blanks, and with them whole blank lines, are passed over. */
static void keep_line(struct stream *s, const char *data, size_t len)
{
    for (size_t i = 0; i < len && !s->line_done; i++) {
        if (s->line_len == 0 && is_blank(data[i]))
            continue;
        if (data[i] == '\n')
            s->line_done = true;
        else
            s->line[s->line_len++] = data[i];
        if (s->line_len == sizeof s->line)
            s->line_done = true;
    }
}

static int take(void *user, const char *data, size_t len)
{
    struct stream *s = user;
    keep_line(s, data, len);
    return capture_write(s->capture, data, len, s->err);
}

int stream_open(struct stream *s, const char *path, size_t max, struct redact_set *redact,
                struct orgrun_error *err)
{
    *s = (struct stream){0};
    int rc = redact ? redactor_new(&s->redactor, redact, take, s, err) : 0;
    if (rc == 0)
        rc = capture_open(&s->capture, path, max, err);
    if (rc)
        stream_abort(s);
    return rc;
}

int stream_write(struct stream *s, const char *data, size_t len, struct orgrun_error *err)
{
    s->err = err;
    int rc = s->redactor ? redactor_feed(s->redactor, data, len) : take(s, data, len);
    return rc == ORGRUN_ENOMEM ? error_nomem(err) : rc;
}

int stream_close(struct stream *s, struct capture_result *result, struct orgrun_error *err)
{
    s->err = err;
    int rc = s->redactor ? redactor_finish(s->redactor) : 0;
    redactor_free(TAKE_PTR(s->redactor));
    if (rc) {
        struct capture_result partial;
        *result = (struct capture_result){0};
        (void)capture_close(TAKE_PTR(s->capture), &partial, NULL);
        return rc;
    }
    return capture_close(TAKE_PTR(s->capture), result, err);
}

void stream_abort(struct stream *s)
{
    redactor_free(TAKE_PTR(s->redactor));
    capture_abort(TAKE_PTR(s->capture));
}

int stream_first_line(const struct stream *s, char out[STREAM_LINE_SIZE], struct orgrun_error *err)
{
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, 3 * (size_t)STREAM_LINE_RAW);
    if (text_clean(&clean, s->line, s->line_len, true))
        return error_nomem(err);
    size_t len = clean.len;
    while (len > 0 && clean.data[len - 1] == ' ')
        len--;
    bool cut = len >= STREAM_LINE_SIZE;
    if (cut) {
        len = STREAM_LINE_SIZE - sizeof "...";
        while (len > 0 && ((unsigned char)clean.data[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(out, buf_str(&clean), len);
    memcpy(out + len, cut ? "..." : "", cut ? sizeof "..." : 1);
    return 0;
}
