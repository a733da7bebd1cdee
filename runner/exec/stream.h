// SPDX-License-Identifier: MIT
// One output stream of a child on its way to a file: redacted, captured, its first line kept.
#ifndef ORGRUN_EXEC_STREAM_H
#define ORGRUN_EXEC_STREAM_H

#include "exec/capture.h"
#include "exec/redact.h"

#define STREAM_LINE_RAW 1024
#define STREAM_LINE_SIZE 256

/* Embedded; must not move while open. */
struct stream {
    struct redactor *redactor; /* NULL: nothing to redact */
    struct capture *capture;
    struct orgrun_error *err;   /* of the call under way */
    char line[STREAM_LINE_RAW]; /* the first line with something in it, as far as it has come */
    size_t line_len;
    bool line_done;
};

/* redact may be NULL. As capture_open. */
int stream_open(struct stream *s, const char *path, size_t max, struct redact_set *redact,
                struct orgrun_error *err);
/* As capture_write. */
int stream_write(struct stream *s, const char *data, size_t len, struct orgrun_error *err);
/* As capture_close; s is cleared either way. */
int stream_close(struct stream *s, struct capture_result *result, struct orgrun_error *err);
/* Closes and removes the file. Safe on a zeroed or closed stream. */
void stream_abort(struct stream *s);

/* The first line with something other than white space in it, fit for one line of a table: valid
 * UTF-8 without controls or outer blanks; one that was cut ends in "...". "" when there is none.
 * Still there after stream_close. ORGRUN_ENOMEM. */
int stream_first_line(const struct stream *s, char out[STREAM_LINE_SIZE], struct orgrun_error *err);

#endif
