// SPDX-License-Identifier: MIT
// Signed requests to any AWS service and Region with a session.
#ifndef ORGRUN_REQUEST_H
#define ORGRUN_REQUEST_H

#include "orgrun/api.h"
#include "orgrun/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a service wants to be asked; its API reference says which it is. Source: Smithy, "AWS
 * protocols". */
enum orgrun_protocol {
    /** Method, path, query, headers and body are the request's own (REST-JSON, REST-XML, smithy's
     * RPC v2 CBOR): S3, Lambda, EKS, Route 53, ... */
    ORGRUN_PROTOCOL_REST = 0,
    /** POST of a form: Action, Version and parameters (the query protocol and EC2's): STS, IAM,
     * EC2, CloudFormation, Auto Scaling, ... The answer is XML. */
    ORGRUN_PROTOCOL_QUERY,
    /** POST of a JSON document, X-Amz-Target says for what (awsJson1_0): DynamoDB, SQS, ... */
    ORGRUN_PROTOCOL_JSON_1_0,
    /** The same as awsJson1_1: Organizations, ECS, SSM, CloudTrail, Config, ... */
    ORGRUN_PROTOCOL_JSON_1_1
};

/** Takes a piece of the body; returns 0 to go on. len is not 0. The bytes are borrowed for the
 * call.
 */
typedef int orgrun_body_fn(void *user, const void *data, size_t len);

#define ORGRUN_REQUEST_BODY_MAX ((size_t)64 * 1024 * 1024) /**< bytes of a request's body */
#define ORGRUN_RESPONSE_BODY_MAX ((size_t)8 * 1024 * 1024) /**< of an answer's, unless told */

/**
 * One request. Zero-initialise, or begin with orgrun_request_query, _json or _rest. Everything is
 * borrowed during orgrun_session_request.
 */
struct orgrun_request {
    /** The service as the SDKs and the aws CLI call it, or the first label of its host: "ec2",
     * "s3", "iam", "dynamodb", "cloudwatch" or "monitoring". Decides endpoint and signature. */
    const char *service;
    /** The Region to ask; NULL: the session's. A global service (iam, route53,
     * organizations, ...) has its own, whatever stands here. */
    const char *region;
    /** "https://host[:port][/base]" in place of what service, Region, AWS_ENDPOINT_URL_<SERVICE>
     * and AWS_ENDPOINT_URL say; NULL: those. Plain http only to the loopback. */
    const char *endpoint;
    enum orgrun_protocol protocol;
    /** Query: the Action ("DescribeRegions"). JSON: the X-Amz-Target
     * ("DynamoDB_20120810.ListTables"). REST: NULL. */
    const char *action;
    const char *version; /**< query: the Version of the API ("2016-11-15"); else NULL */
    /** Name, value, name, value, ..., NULL; raw text, which is percent-encoded here. Query: into
     * the form. REST: into the query string. JSON: none. */
    const char *const *params;
    const char *method; /**< NULL: GET with REST, POST with the others */
    /** NULL: "/". Raw text beginning with "/", percent-encoded here (all but letters, digits and
     * "-._~/"); for S3 "/bucket/key", and it is sent as it stands, "//" and "/../" too. */
    const char *path;
    bool path_encoded; /**< the path is percent-encoded already */
    /** A query string that is percent-encoded already, without "?"; NULL: none. params come behind
     * it. */
    const char *query;
    /** "Name: value", NULL-terminated; NULL: none. At most 48. Host, Content-Length, Expect,
     * Transfer-Encoding and the signature's own are not for the caller. */
    const char *const *headers;
    /** NULL: the protocol's own, and with REST none. */
    const char *content_type;
    const void *body; /**< NULL: none, and with JSON "{}". Query: NULL */
    size_t body_len;  /**< bytes; at most ORGRUN_REQUEST_BODY_MAX */
    /** The request must not be carried out twice: it is tried again only where AWS cannot have
     * acted on it (no connection, throttled, expired credentials, a wrong clock), and neither after
     * a 5xx nor when the answer was lost. */
    bool not_idempotent;
    int64_t timeout_ms; /**< of one attempt, from connecting to the last byte; 0: 30 s */
    /** Of all attempts and the waits between them; 0: no limit but that on attempts (3). With a
     * limit, throttling is waited out until then. */
    int64_t total_ms;
    /** Bytes of the answer's body that are taken at most; 0: ORGRUN_RESPONSE_BODY_MAX; SIZE_MAX: no
     * limit. More is ORGRUN_ELIMIT. */
    size_t body_max;
    /** Takes the body of a 2xx as it comes, on the calling thread; NULL: it is kept in the
     * response. Who takes long holds up the sender alone; other calls of the session are allowed.
     * Not 0 ends the request with ORGRUN_ECANCELLED. Nothing is given out twice: once the first
     * piece is, a broken connection is an error (ORGRUN_ENETWORK) and no reason to try again. The
     * body of any other answer is kept in the response. */
    orgrun_body_fn *on_body;
    void *user; /**< on_body's */
};

/** A request of the query protocol: params as in the struct; NULL: none. */
ORGRUN_API struct orgrun_request orgrun_request_query(const char *service, const char *action,
                                                      const char *version,
                                                      const char *const *params);

/** A request of JSON 1.0 or 1.1: target is the X-Amz-Target, json the document; NULL: "{}". */
ORGRUN_API struct orgrun_request orgrun_request_json(const char *service,
                                                     enum orgrun_protocol protocol,
                                                     const char *target, const char *json);

/** A REST request: path as in the struct, raw. */
ORGRUN_API struct orgrun_request orgrun_request_rest(const char *service, const char *method,
                                                     const char *path, const void *body,
                                                     size_t body_len);

/**
 * What came of a request; {0} before. Strings are never NULL after the call and live until it is
 * cleared.
 */
struct orgrun_response {
    /** HTTP status; 0: there was no answer, or not the whole of one. A failure that S3 reports
     * behind its 200 counts as 500.
     */
    int status;
    const char *body;       /**< NUL-terminated besides; "" when there is none or on_body took it */
    size_t body_len;        /**< bytes */
    const char *request_id; /**< AWS's; "" when the answer has none */
    /** AWS's code for a refusal, of any protocol ("AccessDenied", "NoSuchBucket"), without
     * namespace or URI; "" for a success, and for a refusal without one (HEAD has no body). */
    const char *error_code;
    const char *error_message; /**< AWS's words, cleaned for one line of text; or "" */
    int attempts;              /**< requests sent, the first among them */
    void *owner;               /**< the library's own */
};

/**
 * Signs the request with the session's credentials, sends it, and waits for the answer. Any number
 * of threads may do so with one session. Credentials that end within five minutes are assumed anew
 * first; when AWS calls them expired all the same they are assumed anew, once, and the request is
 * sent again.
 *
 * Tried again as the SDKs' standard mode has it: faults of the network, 500, 502, 503, 504 and
 * throttling, at most 3 attempts, with random growing delays and one budget of retries for the
 * session.
 *
 * 0 for a 2xx. ORGRUN_EAWS for any other answer, a redirection too (none is followed), with status,
 * error code, message, request id, headers and body in the response; err names them for people.
 * ORGRUN_ECREDENTIALS when the credentials have expired and cannot be had anew, or AWS calls the
 * new ones expired too. When the role cannot be assumed anew the error is that of
 * orgrun_session_open, and the response is empty. ORGRUN_ENETWORK (no connection, no certificate to
 * trust, no whole answer in time), ORGRUN_ELIMIT (body_max, or a request that is too large),
 * ORGRUN_ECANCELLED (on_body), ORGRUN_EUSAGE (a request that cannot be made), ORGRUN_ENOMEM. The
 * response may be NULL, and is to be cleared whatever is returned.
 */
ORGRUN_API int orgrun_session_request(struct orgrun_session *session,
                                      const struct orgrun_request *request,
                                      struct orgrun_response *response, struct orgrun_error *err);

/** The value of a header of the answer, by its name in any case; NULL when it is not there, the
 * first when there are several. Borrowed until the response is cleared. */
ORGRUN_API const char *orgrun_response_header(const struct orgrun_response *response,
                                              const char *name);

/** Frees, and wipes the body. Safe on a zeroed or cleared response. */
ORGRUN_API void orgrun_response_clear(struct orgrun_response *response);

#ifdef __cplusplus
}
#endif
#endif
