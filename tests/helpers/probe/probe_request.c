// SPDX-License-Identifier: MIT
// An HTTP request as raw text, taken apart.
#include "helpers/probe/probe_request.h"

#include <stdlib.h>
#include <string.h>

/* One line of the text: [begin, end) without the line break, and where the next one begins. */
struct line {
    size_t begin, end, next;
};

static struct line line_at(const char *raw, size_t len, size_t begin)
{
    const char *lf = memchr(raw + begin, '\n', len - begin);
    struct line l = {begin, lf ? (size_t)(lf - raw) : len, lf ? (size_t)(lf - raw) + 1 : len};
    if (l.end > begin && raw[l.end - 1] == '\r')
        l.end--;
    return l;
}

/* "GET /a b?c=d HTTP/1.1": the target is all between the first and the last space. */
static int parse_first_line(struct probe_request *r, char *line, struct orgrun_error *err)
{
    char *space = strchr(line, ' ');
    if (!space || space == line)
        return error_set(err, ORGRUN_EUSAGE, "the request line \"%s\" has no target", line);
    *space = '\0';
    char *target = space + 1;
    char *version = strrchr(target, ' ');
    if (version && strncmp(version, " HTTP/", 6) == 0)
        *version = '\0';
    char *question = strchr(target, '?');
    if (question)
        *question = '\0';
    r->method = line;
    r->path = target;
    r->query = question ? question + 1 : "";
    return 0;
}

/* `name` is a whole header line; `line` is where it stands in the text that was given. */
static int parse_header(struct probe_request *r, char *name, const char *line, size_t len,
                        struct orgrun_error *err)
{
    char *colon = strchr(name, ':');
    if (!colon)
        return error_set(err, ORGRUN_EUSAGE, "\"%s\" is not a header", name);
    *colon = '\0';
    if (sigv4_adds_header(name))
        return 0;
    if (r->headers_len == SIGV4_MAX_HEADERS)
        return error_set(err, ORGRUN_ELIMIT, "more than %d headers", SIGV4_MAX_HEADERS);
    r->headers[r->headers_len] = (struct sigv4_header){name, colon + 1};
    r->lines[r->headers_len].line = line;
    r->lines[r->headers_len].len = len;
    r->headers_len++;
    return 0;
}

static int parse(struct probe_request *r, const char *raw, size_t len, struct orgrun_error *err)
{
    struct line l = line_at(raw, len, 0);
    r->first_line = raw;
    r->first_len = l.end;
    r->text[l.end] = '\0';
    int rc = parse_first_line(r, r->text, err);
    while (!rc && l.next < len) {
        l = line_at(raw, len, l.next);
        if (l.end == l.begin)
            break;
        size_t begin = l.begin;
        for (struct line more = l; more.next < len; l = more) {
            more = line_at(raw, len, more.next);
            if (raw[more.begin] != ' ' && raw[more.begin] != '\t')
                break;
            memset(r->text + l.end, ' ', more.begin - l.end);
        }
        r->text[l.end] = '\0';
        rc = parse_header(r, r->text + begin, raw + begin, l.end - begin, err);
    }
    r->body = raw + l.next;
    r->body_len = len - l.next;
    return rc;
}

int probe_request_parse(struct probe_request *r, const char *raw, size_t len,
                        struct orgrun_error *err)
{
    *r = (struct probe_request){.text = malloc(len + 1)};
    if (!r->text)
        return error_nomem(err);
    memcpy(r->text, raw, len);
    r->text[len] = '\0';
    int rc = parse(r, raw, len, err);
    if (!rc && memchr(raw, '\0', (size_t)(r->body - raw)))
        rc = error_set(err, ORGRUN_EUSAGE, "the head of the request holds a NUL");
    if (rc)
        probe_request_clear(r);
    return rc;
}

void probe_request_clear(struct probe_request *r)
{
    free(r->text);
    *r = (struct probe_request){0};
}
