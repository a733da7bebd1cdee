// SPDX-License-Identifier: MIT
// Error bodies through libxml2 and jansson: no network, no DTD, no word on standard error.
#include "aws/awserror_body.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>
#include <strings.h>

DEFINE_CLEANUP(free_parser, xmlParserCtxt, xmlFreeParserCtxt)
DEFINE_CLEANUP(free_doc, xmlDoc, xmlFreeDoc)
DEFINE_CLEANUP(free_json, json_t, json_decref)

#define ELLIPSIS "..."

void awserror_put(char *field, size_t size, const char *text, size_t len)
{
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, size - sizeof ELLIPSIS);
    bool cut = text_clean(&clean, text, len, true) != 0;
    const char *s = buf_str(&clean);
    size_t n = clean.len;
    while (n > 0 && *s == ' ') {
        s++;
        n--;
    }
    while (n > 0 && s[n - 1] == ' ')
        n--;
    memcpy(field, s, n);
    memcpy(field + n, ELLIPSIS, sizeof ELLIPSIS);
    if (!cut)
        field[n] = '\0';
}

/* ---- XML ---- */

static void swallow(void *user, xmlErrorPtr error)
{
    (void)user;
    (void)error;
}

/* An error answer has no document type; one that brings it is not read further. */
static void refuse_dtd(void *ctx, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    xmlStopParser(ctx);
}

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcasecmp((const char *)node->name, name) == 0;
}

static const xmlNode *child(const xmlNode *parent, const char *name)
{
    for (const xmlNode *n = parent ? parent->children : NULL; n; n = n->next)
        if (is_named(n, name))
            return n;
    return NULL;
}

static void put_node(char *field, size_t size, const xmlNode *node)
{
    if (!node || field[0])
        return;
    xmlChar *text = xmlNodeGetContent(node);
    if (text)
        awserror_put(field, size, (const char *)text, strlen((const char *)text));
    xmlFree(text);
}

/* <ErrorResponse><Error/><RequestId/>, EC2's <Response><Errors><Error/></Errors><RequestID/>, and
 * the bare <Error> of REST-XML. */
static void read_root(const xmlNode *root, struct awserror *out)
{
    const xmlNode *error = is_named(root, "Error") ? root : child(root, "Error");
    if (!error)
        error = child(child(root, "Errors"), "Error");
    if (!error)
        error = root;
    put_node(out->code, sizeof out->code, child(error, "Code"));
    put_node(out->message, sizeof out->message, child(error, "Message"));
    put_node(out->request_id, sizeof out->request_id, child(root, "RequestId"));
    put_node(out->request_id, sizeof out->request_id, child(error, "RequestId"));
}

void awserror_read_xml(const char *body, size_t len, struct awserror *out)
{
    AUTO(free_parser) xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser)
        return;
    parser->sax->serror = swallow;
    parser->sax->internalSubset = refuse_dtd;
    AUTO(free_doc)
    xmlDoc *doc = xmlCtxtReadMemory(parser, body, (int)len, NULL, NULL,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                        XML_PARSE_NOCDATA);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (root)
        read_root(root, out);
}

/* ---- JSON ---- */

/* The first of the names (NULL-terminated) that is a string. */
static void put_member(char *field, size_t size, const json_t *object, const char *const *names)
{
    for (; !field[0] && *names; names++) {
        const json_t *value = json_object_get(object, *names);
        if (json_is_string(value))
            awserror_put(field, size, json_string_value(value), json_string_length(value));
    }
}

/* jansson refuses invalid UTF-8, which an error message may well hold. */
static json_t *load(const char *body, size_t len)
{
    json_t *root = json_loadb(body, len, JSON_ALLOW_NUL, NULL);
    if (root)
        return root;
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, 3 * (size_t)AWSERROR_BODY_MAX);
    if (text_clean(&clean, body, len, false))
        return NULL;
    return json_loadb(buf_str(&clean), clean.len, JSON_ALLOW_NUL, NULL);
}

void awserror_read_json(const char *body, size_t len, struct awserror *out)
{
    /* the last of each is the form of RFC 6749, which the OIDC service speaks */
    static const char *const codes[] = {"code", "Code", "__type", "error", NULL};
    static const char *const messages[] = {"message", "Message", "errorMessage",
                                           "error_description", NULL};
    static const char *const ids[] = {"RequestId", "requestId", NULL};
    AUTO(free_json) json_t *root = load(body, len);
    put_member(out->code, sizeof out->code, root, codes);
    put_member(out->message, sizeof out->message, root, messages);
    put_member(out->request_id, sizeof out->request_id, root, ids);
}
