// SPDX-License-Identifier: MIT
// The JUnit report, read back by libxml2.
#include "report_fixture.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>

struct page {
    xmlDocPtr doc;
    xmlXPathContextPtr xpath;
};

static struct page load(const struct report_fixture *f)
{
    char *text = report_fixture_render(f, "junit", &(struct report_opts){0});
    struct page p = {.doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET)};
    assert_non_null(p.doc);
    p.xpath = xmlXPathNewContext(p.doc);
    free(text);
    return p;
}

static void drop(struct page *p)
{
    xmlXPathFreeContext(p->xpath);
    xmlFreeDoc(p->doc);
}

static void assert_number(const struct page *p, const char *expression, int wanted)
{
    xmlXPathObjectPtr o = xmlXPathEvalExpression((const xmlChar *)expression, p->xpath);
    assert_non_null(o);
    if ((int)xmlXPathCastToNumber(o) != wanted)
        fail_msg("%s is %d, not %d", expression, (int)xmlXPathCastToNumber(o), wanted);
    xmlXPathFreeObject(o);
}

static void assert_text(const struct page *p, const char *expression, const char *wanted)
{
    xmlXPathObjectPtr o = xmlXPathEvalExpression((const xmlChar *)expression, p->xpath);
    xmlChar *text = xmlXPathCastToString(o);
    assert_string_equal((const char *)text, wanted);
    xmlFree(text);
    xmlXPathFreeObject(o);
}

static void counts(void **state)
{
    struct page p = load(*state);
    assert_number(&p, "count(/testsuites/testsuite)", 3); /* two tasks, the excluded account */
    assert_number(&p, "count(//testcase)", 11);
    assert_number(&p, "number(/testsuites/@tests)", 11);
    assert_number(&p, "sum(/testsuites/testsuite/@tests)", 11);
    assert_number(&p, "number(/testsuites/@failures)", 2);
    assert_number(&p, "number(/testsuites/@errors)", 1);
    assert_number(&p, "count(//failure)", 2);
    assert_number(&p, "count(//error)", 1);
    assert_number(&p, "count(//skipped)", 4); /* two skipped, one cancelled, one excluded */
    assert_number(&p, "sum(/testsuites/testsuite/@skipped)", 4);
    assert_number(&p, "count(//testcase[not(*) or system-out][not(failure|error|skipped)])", 4);
    drop(&p);
}

static void texts(void **state)
{
    struct page p = load(*state);
    assert_text(&p, "//testcase[failure][2]/@classname", HOSTILE " (222233334444).global");
    assert_text(&p, "//failure[1]/@message", "exit code 1");
    assert_text(&p, "//error/@message", "timed out after 5m");
    assert_text(&p, "//error", "Raise the task's timeout.\n");
    assert_text(&p, "string(//testcase[failure][1]/system-err)",
                "\xef\xbf\xbdred & <b>\n\n[orgrun: cut here, after 20 of 5020 bytes]");
    assert_text(&p, "//testsuite[1]/@timestamp", "2026-11-24T03:45:00");
    assert_text(&p, "//testsuite[@name='accounts']/testcase/skipped/@message", "no workloads");
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(texts),
    };
    int rc = cmocka_run_group_tests(tests, report_fixture_setup, report_fixture_teardown);
    xmlCleanupParser();
    return rc;
}
