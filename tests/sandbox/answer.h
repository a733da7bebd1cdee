// SPDX-License-Identifier: MIT
// One answer of the sandbox: status, body and the words it is counted under.
#ifndef SANDBOX_ANSWER_H
#define SANDBOX_ANSWER_H

#include "base/buf.h"

#include <jansson.h>

#define ANSWER_BODY_MAX (4 * 1024 * 1024)
#define ANSWER_STS_XMLNS "https://sts.amazonaws.com/doc/2011-06-15/"
#define ANSWER_IAM_XMLNS "https://iam.amazonaws.com/doc/2010-05-08/"

struct answer {
    int status;
    const char *content_type;
    struct buf body;
    char request_id[37];
    char operation[80];  /* "sts:AssumeRole" */
    char outcome[80];    /* "ok", or the error's code */
    int64_t retry_after; /* milliseconds for x-amz-retry-after, or -1 */
    bool truncate;       /* close in the middle of the body */
    bool reset;          /* close without an answer */
};

/* An empty 200 with a fresh request id. */
void answer_init(struct answer *a);
void answer_clear(struct answer *a);

/* Query protocol: opens <ActionResponse><ActionResult>, and closes both after the metadata. */
void answer_xml_begin(struct answer *a, const char *xmlns, const char *action);
void answer_xml_end(struct answer *a, const char *action);
/* <name>text</name>, escaped. */
void answer_xml_text(struct answer *a, const char *name, const char *text);
/* ErrorResponse. */
void answer_xml_error(struct answer *a, const char *xmlns, int status, const char *code,
                      const char *fmt, ...) ORGRUN_PRINTF(5, 6);

/* JSON 1.1; takes value over. */
void answer_json(struct answer *a, json_t *value);
/* {"__type": code, "Message": ...}; reason may be NULL. */
void answer_json_error(struct answer *a, int status, const char *code, const char *reason,
                       const char *fmt, ...) ORGRUN_PRINTF(5, 6);

#endif
