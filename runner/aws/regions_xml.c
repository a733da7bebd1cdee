// SPDX-License-Identifier: MIT
// DescribeRegions' answer: DescribeRegionsResponse/regionInfo/item with regionName and optInStatus.
#include "aws/regions.h"

#include "base/cleanup.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

DEFINE_CLEANUP(free_doc, xmlDoc, xmlFreeDoc)

static bool is_named(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

static xmlNode *child(const xmlNode *parent, const char *name)
{
    for (xmlNode *n = parent ? parent->children : NULL; n; n = n->next)
        if (is_named(n, name))
            return n;
    return NULL;
}

/* The text of a child element; NULL when there is none. */
static const char *text_of(const xmlNode *parent, const char *name)
{
    const xmlNode *n = child(parent, name);
    n = n ? n->children : NULL;
    return n && n->type == XML_TEXT_NODE && !n->next ? (const char *)n->content : NULL;
}

static int take_item(const xmlNode *item, struct strv *out, struct orgrun_error *err)
{
    const char *name = text_of(item, "regionName"), *status = text_of(item, "optInStatus");
    if (!name || !region_is_valid(name))
        return error_set(err, ORGRUN_EPROTOCOL, "a Region has no name");
    if ((status && strcmp(status, "not-opted-in") == 0) || strv_contains(out, name))
        return 0;
    return strv_push(out, name) ? error_nomem(err) : 0;
}

int regions_parse_ec2(const char *xml, size_t len, struct strv *out, struct orgrun_error *err)
{
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    AUTO(free_doc) xmlDoc *doc = xmlReadMemory(xml, (int)len, NULL, NULL, options);
    if (!doc || doc->intSubset)
        return error_set(err, ORGRUN_EPROTOCOL, "the DescribeRegions answer is no XML");
    const xmlNode *root = xmlDocGetRootElement(doc);
    const xmlNode *list =
        root && is_named(root, "DescribeRegionsResponse") ? child(root, "regionInfo") : NULL;
    if (!list)
        return error_set(err, ORGRUN_EPROTOCOL, "there is no list of Regions");
    int rc = 0;
    for (const xmlNode *n = list->children; rc == 0 && n; n = n->next)
        if (is_named(n, "item"))
            rc = take_item(n, out, err);
    return rc;
}
