// SPDX-License-Identifier: MIT
// Writing answers in the shapes of AWS's query and JSON protocols.
#include "sandbox/answer.h"

#include <libxml/entities.h>
#include <libxml/xmlmemory.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void request_id(char out[37])
{
    unsigned char b[16] = {0};
    RAND_bytes(b, sizeof(b));
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
             b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
}

void answer_init(struct answer *a)
{
    *a = (struct answer){
        .status = 200, .content_type = "text/xml", .outcome = "ok", .retry_after = -1};
    buf_init(&a->body, ANSWER_BODY_MAX);
    request_id(a->request_id);
}

void answer_clear(struct answer *a)
{
    buf_clear(&a->body);
}

void answer_xml_begin(struct answer *a, const char *xmlns, const char *action)
{
    buf_printf(&a->body, "<%sResponse xmlns=\"%s\">\n  <%sResult>\n", action, xmlns, action);
}

void answer_xml_end(struct answer *a, const char *action)
{
    buf_printf(&a->body,
               "  </%sResult>\n  <ResponseMetadata>\n    <RequestId>%s</RequestId>\n"
               "  </ResponseMetadata>\n</%sResponse>\n",
               action, a->request_id, action);
}

void answer_xml_text(struct answer *a, const char *name, const char *text)
{
    xmlChar *escaped = xmlEncodeSpecialChars(NULL, (const xmlChar *)text);
    buf_printf(&a->body, "<%s>%s</%s>\n", name, escaped ? (const char *)escaped : "", name);
    xmlFree(escaped);
}

void answer_xml_error(struct answer *a, const char *xmlns, int status, const char *code,
                      const char *fmt, ...)
{
    char message[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    buf_clear(&a->body);
    a->status = status;
    snprintf(a->outcome, sizeof(a->outcome), "%s", code);
    buf_printf(&a->body, "<ErrorResponse xmlns=\"%s\">\n  <Error>\n    <Type>%s</Type>\n", xmlns,
               status >= 500 ? "Receiver" : "Sender");
    answer_xml_text(a, "Code", code);
    answer_xml_text(a, "Message", message);
    buf_printf(&a->body, "  </Error>\n  <RequestId>%s</RequestId>\n</ErrorResponse>\n",
               a->request_id);
}

void answer_json(struct answer *a, json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    json_decref(value);
    buf_clear(&a->body);
    a->content_type = "application/x-amz-json-1.1";
    if (!text) {
        a->status = 500;
        return;
    }
    buf_puts(&a->body, text);
    free(text);
}

void answer_json_error(struct answer *a, int status, const char *code, const char *reason,
                       const char *fmt, ...)
{
    char message[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    a->status = status;
    snprintf(a->outcome, sizeof(a->outcome), "%s", code);
    json_t *value = json_pack("{s:s, s:s}", "__type", code, "Message", message);
    if (reason)
        json_object_set_new(value, "Reason", json_string(reason));
    answer_json(a, value);
}
