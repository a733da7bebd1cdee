// SPDX-License-Identifier: MIT
// Fuzzes the escaping of reports: whatever the bytes, each format gets valid UTF-8 without the
// controls that it forbids, XML is read back as it was meant, HTML has no markup left.
#include "base/cleanup.h"
#include "base/text.h"
#include "report/escape.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 65536

static void require(bool holds)
{
    if (!holds)
        abort();
}

typedef int escape_fn(struct buf *out, const char *text, size_t len);

/* As text_clean sees it: text that is valid UTF-8 comes back unchanged. */
static void check_utf8(const struct buf *text, bool printable)
{
    AUTO(buf_clear) struct buf again;
    buf_init(&again, SIZE_MAX);
    require(text_clean(&again, buf_str(text), text->len, printable) == 0);
    require(again.len == text->len && memcmp(buf_str(&again), buf_str(text), text->len) == 0);
}

static bool is_forbidden(unsigned char c)
{
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

static void check_controls(const struct buf *text)
{
    for (size_t i = 0; i < text->len; i++)
        require(!is_forbidden((unsigned char)text->data[i]));
}

/* Escapes into out, which the caller clears. Nothing becomes nothing. */
static void escape(escape_fn *function, struct buf *out, const uint8_t *data, size_t size)
{
    buf_init(out, SIZE_MAX);
    require(function(out, (const char *)data, size) == 0);
    require(size > 0 || out->len == 0);
}

/* Puts the text into an element and an attribute, and reads both back. */
static void check_xml(const struct buf *text)
{
    xmlBufferPtr bytes = xmlBufferCreate();
    xmlTextWriterPtr writer = bytes ? xmlNewTextWriterMemory(bytes, 0) : NULL;
    require(writer != NULL);
    require(xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL) >= 0 &&
            xmlTextWriterStartElement(writer, (const xmlChar *)"e") >= 0 &&
            xmlTextWriterWriteAttribute(writer, (const xmlChar *)"a",
                                        (const xmlChar *)buf_str(text)) >= 0 &&
            xmlTextWriterWriteString(writer, (const xmlChar *)buf_str(text)) >= 0 &&
            xmlTextWriterEndDocument(writer) >= 0);
    xmlFreeTextWriter(writer);
    xmlDocPtr doc = xmlReadMemory((const char *)bytes->content, (int)bytes->use, NULL, NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_HUGE);
    require(doc != NULL);
    xmlNodePtr root = xmlDocGetRootElement(doc);
    require(root->children == NULL || (root->children == root->last && xmlNodeIsText(root->last)));
    xmlChar *content = xmlNodeGetContent(root), *attribute = xmlGetProp(root, (const xmlChar *)"a");
    require(content && strcmp((const char *)content, buf_str(text)) == 0);
    require(attribute && strcmp((const char *)attribute, buf_str(text)) == 0);
    xmlFree(content);
    xmlFree(attribute);
    xmlFreeDoc(doc);
    xmlBufferFree(bytes);
}

/* Appends HTML text with its character references resolved; every '&' must begin a known one. */
static void unescape_html(struct buf *out, const struct buf *html)
{
    static const struct {
        const char *reference;
        char c;
    } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    for (const char *s = buf_str(html); *s;) {
        size_t i = 0;
        if (*s != '&') {
            require(buf_putc(out, *s++) == 0);
            continue;
        }
        while (i < sizeof known / sizeof *known && !text_starts(s, known[i].reference))
            i++;
        require(i < sizeof known / sizeof *known && buf_putc(out, known[i].c) == 0);
        s += strlen(known[i].reference);
    }
}

/* No markup is left, and read back it is what XML would hold. */
static void check_html(const struct buf *html, const struct buf *xml)
{
    AUTO(buf_clear) struct buf text;
    buf_init(&text, SIZE_MAX);
    require(strpbrk(buf_str(html), "<>\"'") == NULL);
    unescape_html(&text, html);
    require(text.len == xml->len && memcmp(buf_str(&text), buf_str(xml), xml->len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX)
        return 0;
    AUTO(buf_clear) struct buf terminal, json, xml, html;
    escape(escape_terminal, &terminal, data, size);
    check_utf8(&terminal, true);
    escape(escape_json, &json, data, size);
    check_utf8(&json, false);
    escape(escape_xml, &xml, data, size);
    check_utf8(&xml, false);
    check_controls(&xml);
    check_xml(&xml);
    escape(escape_html, &html, data, size);
    check_utf8(&html, false);
    check_controls(&html);
    check_html(&html, &xml);
    return 0;
}
