// SPDX-License-Identifier: MIT
// What is sent for an API call, by the service's protocol: path, query, headers and body.
#include "aws/request.h"

#include "aws/uri.h"

#include <string.h>
#include <strings.h>

#define FORM_TYPE "application/x-www-form-urlencoded; charset=utf-8"

/* What each protocol brings along. */
static const struct {
    const char *name;
    const char *method, *content_type;
    bool has_action, has_version, has_body;
} protocols[REQUEST_PROTOCOLS] = {
    [REQUEST_REST] = {"REST", "GET", NULL, false, false, true},
    [REQUEST_QUERY] = {"query", "POST", FORM_TYPE, true, true, false},
    [REQUEST_JSON_1_0] = {"JSON", "POST", "application/x-amz-json-1.0", true, false, true},
    [REQUEST_JSON_1_1] = {"JSON", "POST", "application/x-amz-json-1.1", true, false, true},
};

/* Headers that are made of other parts of the request. */
static const char *const made_headers[] = {"host", "content-length", "transfer-encoding", "expect"};

static bool is_set(const char *s)
{
    return s && *s;
}

/* Visible ASCII, as it stands in a request line; what begins another part is not in it. */
static bool is_sendable(const char *text, const char * not )
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~' || strchr(not, *text))
            return false;
    return true;
}

static int check_protocol(const struct request *in, struct orgrun_error *err)
{
    if (!is_set(in->service))
        return error_set(err, ORGRUN_EUSAGE, "a request names no service");
    if ((unsigned)in->protocol >= REQUEST_PROTOCOLS)
        return error_set(err, ORGRUN_EUSAGE, "%s: there is no protocol %d", in->service,
                         (int)in->protocol);
    const char *name = protocols[in->protocol].name;
    bool has_action = protocols[in->protocol].has_action;
    if (has_action != is_set(in->action))
        return error_set(err, ORGRUN_EUSAGE, "%s: a request of the %s protocol %s", in->service,
                         name, has_action ? "must name its action" : "has no action");
    if (protocols[in->protocol].has_version != is_set(in->version))
        return error_set(err, ORGRUN_EUSAGE, "%s: a request of the %s protocol %s", in->service,
                         name, is_set(in->version) ? "has no version" : "must name its version");
    if (in->body_len && !protocols[in->protocol].has_body)
        return error_set(err, ORGRUN_EUSAGE,
                         "%s: the body of a request of the query protocol is made of its "
                         "parameters",
                         in->service);
    if (in->params && in->params[0] && has_action && in->protocol != REQUEST_QUERY)
        return error_set(err, ORGRUN_EUSAGE, "%s: the parameters of a JSON request are its body",
                         in->service);
    return 0;
}

static int check_parts(const struct request *in, struct orgrun_error *err)
{
    size_t params = 0, headers = 0;
    while (in->params && in->params[params])
        params++;
    while (in->headers && in->headers[headers])
        headers++;
    if (params % 2)
        return error_set(err, ORGRUN_EUSAGE, "%s: the last parameter, \"%s\", has no value",
                         in->service, in->params[params - 1]);
    if (headers > REQUEST_HEADERS_MAX)
        return error_set(err, ORGRUN_ELIMIT, "%s: a request of %zu headers; at most %d are sent",
                         in->service, headers, REQUEST_HEADERS_MAX);
    if (is_set(in->path) && in->path[0] != '/')
        return error_set(err, ORGRUN_EUSAGE, "%s: the path \"%s\" does not begin with /",
                         in->service, in->path);
    if (in->path && in->path_encoded && !is_sendable(in->path, "?#"))
        return error_set(err, ORGRUN_EUSAGE, "%s: the path is not encoded", in->service);
    if (in->query && !is_sendable(in->query, "#"))
        return error_set(err, ORGRUN_EUSAGE, "%s: the query is not encoded", in->service);
    if (in->body_len && in->method && strcmp(in->method, "HEAD") == 0)
        return error_set(err, ORGRUN_EUSAGE, "%s: a HEAD request has no body", in->service);
    return 0;
}

/* "Action=a&Version=b&name=value", whichever there are, behind what `out` holds. */
static void add_pair(struct buf *out, const char *name, const char *value)
{
    if (out->len)
        (void)buf_putc(out, '&');
    (void)uri_encode(out, name, strlen(name), "");
    (void)buf_putc(out, '=');
    (void)uri_encode(out, value, strlen(value), "");
}

static int write_texts(const struct request *in, struct request_built *out,
                       struct orgrun_error *err)
{
    struct buf *pairs = in->protocol == REQUEST_QUERY ? &out->form : &out->query;
    const char *path = is_set(in->path) ? in->path : "/";
    const char *action = in->action ? in->action : "";
    const char *dot = strrchr(action, '.');
    (void)buf_printf(&out->operation, "%s:%s", in->service,
                     dot       ? dot + 1
                     : *action ? action
                               : out->method);
    (void)(in->path_encoded ? buf_puts(&out->path, path)
                            : uri_encode(&out->path, path, strlen(path), "/"));
    (void)buf_puts(&out->query, in->query ? in->query : "");
    if (in->protocol == REQUEST_QUERY) {
        add_pair(pairs, "Action", action);
        add_pair(pairs, "Version", in->version ? in->version : "");
    }
    for (const char *const *p = in->params; p && *p; p += 2)
        add_pair(pairs, p[0], p[1]);
    int rc = buf_check(&out->path, "the path of a request", err);
    if (!rc)
        rc = buf_check(&out->query, "the query of a request", err);
    if (!rc)
        rc = buf_check(&out->form, "the form of a request", err);
    return rc ? rc : buf_check(&out->operation, "the name of a request", err);
}

static bool is_named(const char *header, const char *name)
{
    size_t n = strlen(name);
    return strncasecmp(header, name, n) == 0 && header[n] == ':';
}

static int write_headers(const struct request *in, struct request_built *out,
                         struct orgrun_error *err)
{
    const char *type = in->content_type ? in->content_type : protocols[in->protocol].content_type;
    int rc = 0;
    for (const char *const *h = in->headers; h && *h && !rc; h++) {
        for (size_t i = 0; i < sizeof made_headers / sizeof *made_headers; i++)
            if (is_named(*h, made_headers[i]))
                return error_set(err, ORGRUN_EUSAGE, "%s: header %s is made of the request itself",
                                 in->service, made_headers[i]);
        if (is_named(*h, "content-type")) {
            if (in->content_type)
                return error_set(err, ORGRUN_EUSAGE, "%s: the content type is given twice",
                                 in->service);
            type = NULL;
        }
        rc = strv_push(&out->headers, *h);
    }
    if (!rc && is_set(type))
        rc = strv_printf(&out->headers, "Content-Type: %s", type);
    if (!rc && (in->protocol == REQUEST_JSON_1_0 || in->protocol == REQUEST_JSON_1_1))
        rc = strv_printf(&out->headers, "X-Amz-Target: %s", in->action);
    return rc ? error_nomem(err) : 0;
}

int request_build(const struct request *in, struct request_built *out, struct orgrun_error *err)
{
    *out = (struct request_built){0};
    buf_init(&out->path, REQUEST_TEXT_MAX);
    buf_init(&out->query, REQUEST_TEXT_MAX);
    buf_init_secret(&out->form, REQUEST_TEXT_MAX);
    buf_init(&out->operation, REQUEST_TEXT_MAX);
    int rc = check_protocol(in, err);
    if (!rc)
        rc = check_parts(in, err);
    if (rc)
        return rc;
    out->method = in->method ? in->method : protocols[in->protocol].method;
    rc = write_texts(in, out, err);
    if (!rc)
        rc = write_headers(in, out, err);
    bool is_json = in->protocol == REQUEST_JSON_1_0 || in->protocol == REQUEST_JSON_1_1;
    out->body = in->body_len ? in->body : is_json ? "{}" : buf_str(&out->form);
    out->body_len = in->body_len ? in->body_len : is_json ? 2 : out->form.len;
    return rc;
}

void request_built_clear(struct request_built *b)
{
    buf_clear(&b->path);
    buf_clear(&b->query);
    buf_clear(&b->form);
    buf_clear(&b->operation);
    strv_clear(&b->headers);
}
