// SPDX-License-Identifier: MIT
// The HTML report: whole without a network, and harmless whatever an account is called.
#include "report_fixture.h"

#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static int count(xmlXPathContextPtr xpath, const char *expression)
{
    xmlXPathObjectPtr o = xmlXPathEvalExpression((const xmlChar *)expression, xpath);
    assert_non_null(o);
    int n = (int)xmlXPathCastToNumber(o);
    xmlXPathFreeObject(o);
    return n;
}

static void structure(void **state)
{
    static const struct {
        const char *expression;
        int wanted;
    } rows[] = {
        {"count(//script)", 1},
        {"count(//style)", 1},
        {"count(//*[@onclick or @onload or @style])", 0},
        {"count(//*[@src]|//link|//iframe|//img)", 0},
        {"count(//table[@id='targets']/tbody)", 10},
        {"count(//table[@id='targets']/tbody[@data-outcome='failed'])", 2},
        {"count(//article[contains(@class, 'problem')])", 4},
        {"count(//table[contains(@class, 'matrix')]/tbody/tr)", 5},
        {"count(//table[contains(@class, 'matrix')]/tbody/tr[1]/td)", 2},
        {"count(//h1)", 1},
        {"count(//*[@id='excluded'])", 1},
        {"count(//th[@scope='row'][contains(., '<script>alert(1)</script>')])", 1},
    };
    char *text = report_fixture_render(*state, "html", &(struct report_opts){0});
    htmlDocPtr doc = htmlReadMemory(text, (int)strlen(text), NULL, "UTF-8",
                                    HTML_PARSE_NONET | HTML_PARSE_NOERROR);
    assert_non_null(doc);
    xmlXPathContextPtr xpath = xmlXPathNewContext(doc);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (count(xpath, rows[i].expression) != rows[i].wanted)
            fail_msg("%s is %d, not %d", rows[i].expression, count(xpath, rows[i].expression),
                     rows[i].wanted);
    xmlXPathFreeContext(xpath);
    xmlFreeDoc(doc);
    assert_null(strstr(text, HOSTILE));
    assert_null(strstr(text, "http:"));
    assert_null(strstr(text, "https:"));
    free(text);
}

/* The hash of what stands between two tags is in the policy. */
static void assert_allowed(const char *page, const char *begin, const char *end)
{
    const char *from = strstr(page, begin);
    assert_non_null(from);
    from += strlen(begin);
    const char *to = strstr(from, end);
    assert_non_null(to);
    unsigned char digest[32], base64[48];
    assert_int_equal(EVP_Digest(from, (size_t)(to - from), digest, NULL, EVP_sha256(), NULL), 1);
    EVP_EncodeBlock(base64, digest, sizeof digest);
    char wanted[80];
    (void)snprintf(wanted, sizeof wanted, "'sha256-%s'", (const char *)base64);
    assert_non_null(strstr(page, wanted));
}

static void policy(void **state)
{
    char *text = report_fixture_render(*state, "html", &(struct report_opts){0});
    assert_non_null(strstr(text, "default-src 'none'"));
    assert_null(strstr(text, "unsafe-inline"));
    assert_allowed(text, "<style>", "</style>");
    assert_allowed(text, "<script>", "</script>");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structure),
        cmocka_unit_test(policy),
    };
    int rc = cmocka_run_group_tests(tests, report_fixture_setup, report_fixture_teardown);
    xmlCleanupParser();
    return rc;
}
