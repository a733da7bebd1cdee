// SPDX-License-Identifier: MIT
// Picks the text of named elements out of an XML answer without ever building a tree of it.
#include "aws/sts_xml.h"

#include "base/cleanup.h"
#include "base/secret.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <pthread.h>
#include <string.h>

#define PATH_MAX_LEN 256
#define DEPTH_MAX 16
#define TEXT_MAX (64 * 1024) /* a session token has no stated limit */

/* libxml2 sets itself up at its first use, but not when that is on two threads at once. */
static pthread_once_t set_up = PTHREAD_ONCE_INIT;

struct reader {
    struct sts_xml_field *fields;
    size_t fields_len;
    struct sts_xml_field *current; /* the field whose element is open */
    xmlParserCtxtPtr parser;
    char path[PATH_MAX_LEN]; /* of the open element */
    int depth;
    bool doctype, deep, nested, twice, nomem;
};

static void stop(struct reader *r, bool *why)
{
    *why = true;
    xmlStopParser(r->parser);
}

static void on_doctype(void *user, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
    (void)name;
    (void)id;
    (void)uri;
    struct reader *r = user;
    stop(r, &r->doctype);
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespaces_len, const xmlChar **namespaces, int attributes_len,
                     int defaulted, const xmlChar **attributes)
{
    (void)prefix;
    (void)uri;
    (void)namespaces_len;
    (void)namespaces;
    (void)attributes_len;
    (void)defaulted;
    (void)attributes;
    struct reader *r = user;
    size_t used = strlen(r->path);
    size_t len = strlen((const char *)name);
    if (r->current) {
        stop(r, &r->nested);
        return;
    }
    if (++r->depth > DEPTH_MAX || used + 1 + len >= sizeof r->path) {
        stop(r, &r->deep);
        return;
    }
    if (used)
        r->path[used++] = '/';
    memcpy(r->path + used, name, len + 1);
    for (size_t i = 0; i < r->fields_len; i++) {
        if (strcmp(r->fields[i].path, r->path) == 0)
            r->current = &r->fields[i];
    }
    if (r->current && r->current->seen)
        stop(r, &r->twice);
    else if (r->current)
        r->current->seen = true;
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)name;
    (void)prefix;
    (void)uri;
    struct reader *r = user;
    char *slash = strrchr(r->path, '/');
    *(slash ? slash : r->path) = '\0';
    r->depth--;
    r->current = NULL;
}

static void on_text(void *user, const xmlChar *text, int len)
{
    struct reader *r = user;
    if (r->current && buf_append(&r->current->text, text, (size_t)len))
        stop(r, r->current->text.nomem ? &r->nomem : &r->deep);
}

static void on_error(void *user, const char *fmt, ...)
{
    (void)user;
    (void)fmt;
}

DEFINE_CLEANUP(free_parser, xmlParserCtxt, xmlFreeParserCtxt)

static int verdict(const struct reader *r, struct orgrun_error *err)
{
    if (r->nomem)
        return error_nomem(err);
    if (r->doctype)
        return error_set(err, ORGRUN_EPROTOCOL, "the XML has a document type");
    if (r->deep)
        return error_set(err, ORGRUN_EPROTOCOL, "the XML is nested too deeply or too long");
    if (r->nested)
        return error_set(err, ORGRUN_EPROTOCOL, "the XML has elements where text belongs");
    if (r->twice)
        return error_set(err, ORGRUN_EPROTOCOL, "the XML has %s twice", r->current->path);
    if (!r->parser->wellFormed)
        return error_set(err, ORGRUN_EPROTOCOL, "the XML is not well-formed");
    for (size_t i = 0; i < r->fields_len; i++) {
        const struct sts_xml_field *f = &r->fields[i];
        if (!f->seen || f->text.len == 0)
            return error_set(err, ORGRUN_EPROTOCOL, "the XML has no %s", f->path);
    }
    return 0;
}

int sts_xml_read(const char *xml, size_t len, struct sts_xml_field *fields, size_t fields_len,
                 struct orgrun_error *err)
{
    for (size_t i = 0; i < fields_len; i++) {
        buf_init_secret(&fields[i].text, TEXT_MAX);
        fields[i].seen = false;
    }
    if (len > STS_XML_MAX)
        return error_set(err, ORGRUN_EPROTOCOL, "the XML is larger than %d bytes", STS_XML_MAX);
    if (len == 0 || memchr(xml, 0, len)) /* empty, or some other encoding than UTF-8 */
        return error_set(err, ORGRUN_EPROTOCOL, "the XML is not well-formed");
    (void)pthread_once(&set_up, xmlInitParser);
    AUTO(free_parser) xmlParserCtxt *parser = xmlCreateMemoryParserCtxt(xml, (int)len);
    if (!parser)
        return error_nomem(err);
    /* The parser's own copy of the secrets stays in this one place: it only ever moves down. */
    xmlChar *copy = xmlBufContent(parser->input->buf->buffer);
    struct reader r = {.fields = fields, .fields_len = fields_len, .parser = parser};
    xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
                             .internalSubset = on_doctype,
                             .startElementNs = on_start,
                             .endElementNs = on_end,
                             .characters = on_text,
                             .error = on_error,
                             .fatalError = on_error,
                             .warning = on_error};
    *parser->sax = handler;
    parser->userData = &r;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                  XML_PARSE_IGNORE_ENC);
    (void)xmlParseDocument(parser);
    secret_wipe(copy, len);
    return verdict(&r, err);
}

void sts_xml_fields_clear(struct sts_xml_field *fields, size_t fields_len)
{
    for (size_t i = 0; i < fields_len; i++)
        buf_clear(&fields[i].text);
}
