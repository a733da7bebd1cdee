// SPDX-License-Identifier: MIT
// Unit tests of aws/regions: answers good and bad.
#include "aws/regions.h"

#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define ITEM(name, status) "{\"RegionName\":\"" name "\",\"RegionOptStatus\":\"" status "\"}"
#define REGION(name, status)                                                                       \
    "<item><regionName>" name "</regionName><regionEndpoint>x</regionEndpoint><optInStatus>"       \
    "" status "</optInStatus></item>"
#define RESPONSE(items)                                                                            \
    "<DescribeRegionsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r"     \
    "</requestId><regionInfo>" items "</regionInfo></DescribeRegionsResponse>"

static void assert_names(struct strv *names, const char *wanted)
{
    char text[200] = "";
    for (size_t i = 0; i < names->len; i++)
        strcat(strcat(text, names->items[i]), " ");
    assert_string_equal(text, wanted);
    strv_clear(names);
}

static void reads_list_regions(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        int rc;
        const char *names, *token, *message;
    } rows[] = {
        {"{\"Regions\":[" ITEM("us-east-1", "ENABLED_BY_DEFAULT") "," ITEM(
             "eu-south-1",
             "ENABLED") "," ITEM("me-south-1",
                                 "DISABLED") "," ITEM("af-south-1",
                                                      "ENABLING") "," ITEM("ap-east-1",
                                                                           "DISABLING") "," ITEM("a"
                                                                                                 "p"
                                                                                                 "-"
                                                                                                 "e"
                                                                                                 "a"
                                                                                                 "s"
                                                                                                 "t"
                                                                                                 "-"
                                                                                                 "2",
                                                                                                 "N"
                                                                                                 "E"
                                                                                                 "W") "]}",
         0, "us-east-1 eu-south-1 ", NULL, ""},
        {"{\"Regions\":[],\"NextToken\":\"t\"}", 0, "", "t", ""},
        {"{\"Regions\":[],\"NextToken\":null}", 0, "", NULL, ""},
        {"{\"Regions\":[],\"NextToken\":7}", ORGRUN_EPROTOCOL, "", NULL,
         "the NextToken is no text, or too long"},
        {"{\"Regions\":{}}", ORGRUN_EPROTOCOL, "", NULL, "there is no list of Regions"},
        {"", ORGRUN_EPROTOCOL, "", NULL, "there is no list of Regions"},
        {"{\"Regions\":[{\"RegionName\":\"us-east-1\"}]}", ORGRUN_EPROTOCOL, "", NULL,
         "a Region has no name or no status"},
        {"{\"Regions\":[" ITEM("../../x", "ENABLED") "]}", ORGRUN_EPROTOCOL, "", NULL,
         "a Region has no name or no status"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct strv names = {0};
        struct orgrun_error err = {0};
        char *token = NULL;
        int rc = regions_parse_account(rows[i].json, strlen(rows[i].json), &names, &token, &err);
        assert_error(rc, err, rows[i].rc, rows[i].message);
        assert_names(&names, rows[i].names);
        assert_int_equal(token != NULL, rows[i].token != NULL);
        if (token)
            assert_string_equal(token, rows[i].token);
        free(token);
    }
}

static void reads_describe_regions(void **state)
{
    (void)state;
    static const struct {
        const char *xml;
        int rc;
        const char *names, *message;
    } rows[] = {
        {RESPONSE(REGION("us-east-1", "opt-in-not-required") REGION("eu-south-1", "opted-in")
                      REGION("me-south-1", "not-opted-in")),
         0, "us-east-1 eu-south-1 ", ""},
        {RESPONSE("<item><regionName>us-east-1</regionName></item>"), 0, "us-east-1 ", ""},
        {RESPONSE(""), 0, "", ""},
        {RESPONSE("<item><regionEndpoint>x</regionEndpoint></item>"), ORGRUN_EPROTOCOL, "",
         "a Region has no name"},
        {RESPONSE("<item><regionName>a/b</regionName></item>"), ORGRUN_EPROTOCOL, "",
         "a Region has no name"},
        {"<a/>", ORGRUN_EPROTOCOL, "", "there is no list of Regions"},
        {"", ORGRUN_EPROTOCOL, "", "the DescribeRegions answer is no XML"},
        {"{}", ORGRUN_EPROTOCOL, "", "the DescribeRegions answer is no XML"},
        {"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" RESPONSE(""), ORGRUN_EPROTOCOL,
         "", "the DescribeRegions answer is no XML"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct strv names = {0};
        struct orgrun_error err = {0};
        int rc = regions_parse_ec2(rows[i].xml, strlen(rows[i].xml), &names, &err);
        assert_error(rc, err, rows[i].rc, rows[i].message);
        assert_names(&names, rows[i].names);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_list_regions),
        cmocka_unit_test(reads_describe_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
