// SPDX-License-Identifier: MIT
// Which Regions an account has: account:ListRegions (REST-JSON, two pages) and ec2:DescribeRegions
// (query protocol, version 2016-11-15). Those enabled by default everywhere; eu-south-1 is opted in
// to by the accounts of Dev, and is being enabled in those of Prod.
#include "sandbox/sandbox.h"

#include <stdio.h>
#include <string.h>

#define EC2_XMLNS "http://ec2.amazonaws.com/doc/2016-11-15/"
#define PAGE_LEN 10

static const char *const defaults[] = {
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1",   "eu-central-1",   "eu-north-1", "eu-west-1",
    "eu-west-2",      "eu-west-3",      "sa-east-1",      "us-east-1",  "us-east-2",
    "us-west-1",      "us-west-2",      "eu-south-1"}; /* the last: by request */
#define REGIONS_LEN (sizeof(defaults) / sizeof(defaults[0]))

/* The state of the i-th Region for the caller's account. */
static const char *status(const struct sandbox *sb, const struct call *call, size_t i)
{
    const struct org_account *a = org_find(&sb->org, call->caller->account);
    const char *environment = a ? org_environment(a) : "";
    if (i + 1 < REGIONS_LEN)
        return "ENABLED_BY_DEFAULT";
    return strcmp(environment, "dev") == 0    ? "ENABLED"
           : strcmp(environment, "prod") == 0 ? "ENABLING"
                                              : "DISABLED";
}

static bool asked_for(const json_t *wanted, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach(wanted, i, item)
    {
        if (strcmp(json_string_value(item) ? json_string_value(item) : "", word) == 0)
            return true;
    }
    return !wanted;
}

static void list_regions(struct sandbox *sb, const struct call *call, struct answer *answer)
{
    json_t *in = json_loadb(call->request->body, call->request->body_len, 0, NULL);
    const json_t *wanted = json_object_get(in, "RegionOptStatusContains");
    const char *token = json_string_value(json_object_get(in, "NextToken"));
    json_t *list = json_array();
    size_t i = token && strcmp(token, "second") == 0 ? PAGE_LEN : 0, end = i + PAGE_LEN;
    for (; i < REGIONS_LEN && i < end; i++)
        if (asked_for(wanted, status(sb, call, i)))
            json_array_append_new(list, json_pack("{s:s, s:s}", "RegionName", defaults[i],
                                                  "RegionOptStatus", status(sb, call, i)));
    answer_json(answer, json_pack("{s:o, s:s*}", "Regions", list, "NextToken",
                                  i < REGIONS_LEN ? "second" : NULL));
    json_decref(in);
}

bool account_answer(struct sandbox *sb, const struct call *call, struct answer *answer)
{
    if (strcmp(call->action, "ListRegions") != 0)
        return false;
    if (sb->faults.no_list_regions)
        answer_json_error(answer, 403, "AccessDeniedException", NULL,
                          "You don't have permissions to access this resource.");
    else
        list_regions(sb, call, answer);
    return true;
}

bool ec2_answer(struct sandbox *sb, const struct call *call, struct answer *answer)
{
    if (strcmp(call->action, "DescribeRegions") != 0)
        return false;
    if (sb->faults.no_describe_regions) {
        answer_xml_error(answer, EC2_XMLNS, 403, "UnauthorizedOperation",
                         "You are not authorized to perform this operation.");
        return true;
    }
    buf_puts(&answer->body, "<DescribeRegionsResponse xmlns=\"" EC2_XMLNS "\">\n  <regionInfo>\n");
    for (size_t i = 0; i < REGIONS_LEN; i++) {
        const char *state = status(sb, call, i);
        if (strncmp(state, "ENABLED", 7) == 0)
            buf_printf(
                &answer->body,
                "    <item><regionName>%s</regionName><optInStatus>%s</optInStatus></item>\n",
                defaults[i], strcmp(state, "ENABLED") == 0 ? "opted-in" : "opt-in-not-required");
    }
    buf_puts(&answer->body, "  </regionInfo>\n</DescribeRegionsResponse>\n");
    return true;
}
