// SPDX-License-Identifier: MIT
// Names of AWS Regions in a job: their form, and the known ones as suggestions.
#include "base/text.h"
#include "job/loading.h"

#include <fnmatch.h>
#include <string.h>

/* For suggestions only: a Region that is not here is taken if it has the form of one. */
static const char *const known[] = {
    "af-south-1",     "ap-east-1",       "ap-east-2",      "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-south-1",      "ap-south-2",     "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-4",  "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
    "ca-central-1",   "ca-west-1",       "cn-north-1",     "cn-northwest-1", "eu-central-1",
    "eu-central-2",   "eu-north-1",      "eu-south-1",     "eu-south-2",     "eu-west-1",
    "eu-west-2",      "eu-west-3",       "eusc-de-east-1", "il-central-1",   "me-central-1",
    "me-south-1",     "mx-central-1",    "sa-east-1",      "us-east-1",      "us-east-2",
    "us-gov-east-1",  "us-gov-west-1",   "us-iso-east-1",  "us-iso-west-1",  "us-isob-east-1",
    "us-isof-east-1", "us-isof-south-1", "us-west-1",      "us-west-2",      NULL};

/* Two or more words of letters and a number, joined by "-". */
static bool has_form(const char *s)
{
    size_t words = 0, total = strlen(s);
    for (;; words++) {
        size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz");
        if (n < 2 || s[n] != '-')
            break;
        s += n + 1;
    }
    size_t digits = strspn(s, "0123456789");
    return words >= 2 && digits >= 1 && digits <= 2 && s[digits] == '\0' && total <= 32;
}

bool job_region_is_pattern(const char *region)
{
    return strcmp(region, "enabled") == 0 || strpbrk(region, "*?[") != NULL;
}

bool job_region_matches(const char *pattern, const char *region)
{
    return strcmp(pattern, "enabled") == 0 || fnmatch(pattern, region, 0) == 0;
}

/* A glob that no Region of today matches is a slip; the check needs no network. */
static int check_pattern(const struct node *value, struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    for (size_t i = 0; known[i]; i++)
        if (job_region_matches(value->text, known[i]))
            return 0;
    return node_error(&value->mark, err, "no Region matches \"%s\"",
                      node_quote(value->text, quote));
}

static int take(const struct field_at *at, const struct node *value, struct strv *dst,
                struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    if (!node_is_text(value))
        return field_wrong_item(at, value, err, "a Region");
    const char *name = node_quote(value->text, quote);
    if (job_region_is_pattern(value->text)) {
        int rc = check_pattern(value, err);
        if (rc)
            return rc;
    } else if (!has_form(value->text)) {
        const char *near = text_nearest(value->text, known);
        return node_error(&value->mark, err, "\"%s\" is not the name of a Region%s%s%s", name,
                          near ? "; did you mean \"" : " (such as eu-west-1)", near ? near : "",
                          near ? "\"?" : "");
    }
    if (strv_contains(dst, value->text))
        return node_error(&value->mark, err, "Region \"%s\" is listed twice", name);
    return strv_push(dst, value->text) ? error_nomem(err) : 0;
}

static bool is_none(const struct node *value)
{
    return value->kind == NODE_TEXT && strcmp(value->text, "none") == 0;
}

int region_list_read(const struct field_at *at, const struct node *value, struct strv *dst,
                     bool *none, struct orgrun_error *err)
{
    bool single = value->kind == NODE_LIST && value->len == 1;
    if (none && (is_none(value) || (single && is_none(value->items[0].value)))) {
        *none = true;
        return 0;
    }
    if (node_is_text(value))
        return take(at, value, dst, err);
    if (value->kind != NODE_LIST)
        return field_wrong(at, value, err,
                           none ? "a Region, a list of Regions, or none"
                                : "a Region or a list of Regions");
    if (value->len == 0)
        return node_error(&value->mark, err, "\"%s\" in %s is empty%s", at->field->key, at->noun,
                          none ? "; \"none\" runs a task once per account" : "");
    for (size_t i = 0; i < value->len; i++) {
        const struct node *item = value->items[i].value;
        if (none && is_none(item))
            return node_error(&item->mark, err, "\"none\" cannot stand beside Regions");
        int rc = take(at, item, dst, err);
        if (rc)
            return rc;
    }
    return 0;
}

int job_regions_read(const struct field_at *at, const struct node *value, void *dst,
                     struct orgrun_error *err)
{
    bool none = false;
    int rc = region_list_read(at, value, dst, &none, err);
    if (rc == 0 && none && strv_push(dst, ""))
        rc = error_nomem(err);
    return rc;
}
