// SPDX-License-Identifier: MIT
// Enabled Regions: ListRegions page by page, and DescribeRegions in its stead.
#include "aws/regions.h"

#include "base/cleanup.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (256 * 1024)
#define TIMEOUT_MS 30000
#define PAGES_MAX 20
#define TOKEN_MAX 4096

DEFINE_CLEANUP(free_json, json_t, json_decref)

static json_t *load(const char *json, size_t len)
{
    json_error_t where;
    return json_loadb(json, len, JSON_REJECT_DUPLICATES, &where);
}

static int check_json(const char *body, size_t len)
{
    AUTO(free_json) json_t *root = load(body, len);
    return !json_is_object(root);
}

/* Account Management API Reference, Region.RegionOptStatus: what lets calls through now. */
static bool is_enabled(const char *status)
{
    return strcmp(status, "ENABLED") == 0 || strcmp(status, "ENABLED_BY_DEFAULT") == 0;
}

int regions_parse_account(const char *json, size_t len, struct strv *out, char **next_token,
                          struct orgrun_error *err)
{
    AUTO(free_json) json_t *root = load(json, len);
    const json_t *list = json_object_get(root, "Regions");
    *next_token = NULL;
    if (!json_is_array(list))
        return error_set(err, ORGRUN_EPROTOCOL, "there is no list of Regions");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(item, "RegionName"));
        const char *status = json_string_value(json_object_get(item, "RegionOptStatus"));
        if (!name || !status || !region_is_valid(name))
            return error_set(err, ORGRUN_EPROTOCOL, "a Region has no name or no status");
        if (is_enabled(status) && !strv_contains(out, name) && strv_push(out, name))
            return error_nomem(err);
    }
    const json_t *token = json_object_get(root, "NextToken");
    if (!token || json_is_null(token) || (json_is_string(token) && !json_string_length(token)))
        return 0;
    if (!json_is_string(token) || json_string_length(token) > TOKEN_MAX)
        return error_set(err, ORGRUN_EPROTOCOL, "the NextToken is no text, or too long");
    *next_token = strdup(json_string_value(token));
    return *next_token ? 0 : error_nomem(err);
}

static int begin_account(struct aws_pending **out, const struct regions_ask *ask, const char *token,
                         struct orgrun_error *err)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    AUTO(free_json)
    json_t *body = json_pack("{s:[s,s], s:i, s:s*}", "RegionOptStatusContains", "ENABLED",
                             "ENABLED_BY_DEFAULT", "MaxResults", 50, "NextToken", token);
    AUTO(free_ptr) char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    if (!text)
        return error_nomem(err);
    const struct aws_call_spec spec = {.operation = "account:ListRegions",
                                       .endpoint = ask->account,
                                       .credentials = ask->session,
                                       .method = "POST",
                                       .path = "/list-regions",
                                       .headers = headers,
                                       .body = text,
                                       .body_len = strlen(text),
                                       .max_body = ANSWER_MAX,
                                       .timeout_ms = TIMEOUT_MS,
                                       .check = check_json};
    return aws_call_begin(out, ask->client, &spec, err);
}

int regions_begin(struct aws_pending **out, const struct regions_ask *ask, struct orgrun_error *err)
{
    return begin_account(out, ask, NULL, err);
}

/* Takes one page of ListRegions. */
static int end_page(struct aws_pending *pending, struct strv *out, char **token,
                    struct orgrun_error *err)
{
    struct aws_answer answer = {0};
    int rc = aws_call_end(pending, &answer);
    if (rc)
        *err = answer.err;
    else
        rc = regions_parse_account(buf_str(&answer.body), answer.body.len, out, token, err);
    aws_answer_clear(&answer);
    return rc;
}

static int end_account(struct aws_pending *pending, const struct regions_ask *ask, struct strv *out,
                       struct orgrun_error *err)
{
    AUTO(free_ptr) char *token = NULL;
    int rc = end_page(pending, out, &token, err);
    for (int page = 1; rc == 0 && token; page++) {
        struct aws_pending *next = NULL;
        if (page == PAGES_MAX)
            return error_set(err, ORGRUN_EPROTOCOL, "account:ListRegions: its pages do not end");
        rc = begin_account(&next, ask, token, err);
        free(TAKE_PTR(token));
        if (rc == 0)
            rc = end_page(next, out, &token, err);
    }
    return rc;
}

static int describe(const struct regions_ask *ask, struct strv *out, struct orgrun_error *err)
{
    static const char *const headers[] = {
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8", NULL};
    static const char body[] = "Action=DescribeRegions&Version=2016-11-15";
    const struct aws_call_spec spec = {.operation = "ec2:DescribeRegions",
                                       .endpoint = ask->ec2,
                                       .credentials = ask->session,
                                       .method = "POST",
                                       .path = "/",
                                       .headers = headers,
                                       .body = body,
                                       .body_len = strlen(body),
                                       .max_body = ANSWER_MAX,
                                       .timeout_ms = TIMEOUT_MS};
    struct aws_answer answer = {0};
    int rc = aws_call(ask->client, &spec, &answer);
    if (rc)
        *err = answer.err;
    else
        rc = regions_parse_ec2(buf_str(&answer.body), answer.body.len, out, err);
    aws_answer_clear(&answer);
    return rc;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int regions_end(struct aws_pending *pending, const struct regions_ask *ask, struct strv *out,
                struct orgrun_error *err)
{
    struct orgrun_error first = {0}, second = {0};
    int rc = end_account(pending, ask, out, &first);
    if (rc && rc != ORGRUN_ECANCELLED && rc != ORGRUN_ENOMEM) {
        strv_clear(out);
        rc = describe(ask, out, &second);
        if (rc) {
            (void)error_context(&second, "%.400s", first.message);
            first = second;
        }
    }
    if (rc) {
        strv_clear(out);
        if (err)
            *err = first;
        return rc;
    }
    if (out->len)
        qsort(out->items, out->len, sizeof *out->items, compare);
    return 0;
}
