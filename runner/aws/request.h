// SPDX-License-Identifier: MIT
// What is sent for an API call, by the service's protocol: path, query, headers and body.
#ifndef ORGRUN_AWS_REQUEST_H
#define ORGRUN_AWS_REQUEST_H

#include "base/buf.h"
#include "base/strv.h"

#define REQUEST_TEXT_MAX ((size_t)1024 * 1024) /* of each text made here: path, query, form */
#define REQUEST_HEADERS_MAX 48

enum request_protocol {
    REQUEST_REST = 0, /* method, path, query, headers, body */
    REQUEST_QUERY,    /* a form that begins with Action and Version */
    REQUEST_JSON_1_0, /* X-Amz-Target, and a JSON body */
    REQUEST_JSON_1_1,
    REQUEST_PROTOCOLS
};

/* Everything is borrowed. Source: Smithy, "AWS protocols". */
struct request {
    const char *service; /* for messages */
    enum request_protocol protocol;
    const char *action;        /* query: Action; JSON: X-Amz-Target */
    const char *version;       /* query: Version */
    const char *const *params; /* name, value, name, value, NULL; encoded here: into the form, or
                                  with REST into the query */
    const char *method;        /* NULL: POST, with REST GET */
    const char *path;          /* NULL: "/" */
    bool path_encoded;
    const char *query; /* as it will be sent, without "?"; comes before params */
    const char *const *headers;
    const char *content_type; /* NULL: the protocol's; with REST none */
    const void *body;
    size_t body_len;
};

/* Text is owned, `method` and `body` are borrowed from the request or from here. */
struct request_built {
    const char *method;
    struct buf path, query, form, operation; /* operation: "ec2:DescribeRegions" */
    struct strv headers;
    const void *body;
    size_t body_len;
};

/* ORGRUN_EUSAGE for what the protocol does not have or cannot do without, and for headers that are
 * made here; ORGRUN_ELIMIT; ORGRUN_ENOMEM. *out is to be cleared either way. */
int request_build(const struct request *in, struct request_built *out, struct orgrun_error *err);
void request_built_clear(struct request_built *b);

#endif
