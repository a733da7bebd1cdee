// SPDX-License-Identifier: MIT
// The limits of a run, and where its reports go.
#include "base/text.h"
#include "job/loading.h"
#include "job/template.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000
#define HOUR (3600 * SECOND)
#define DAY (24LL * HOUR)

/* A count of targets, or a percentage of all. */
static int brake_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    struct job_limits *limits = dst;
    char digits[20];
    if (value->kind == NODE_TEXT && text_ends(value->text, "%") &&
        strlen(value->text) < sizeof digits) {
        memcpy(digits, value->text, strlen(value->text) + 1);
        digits[strlen(digits) - 1] = '\0';
        if (field_number(digits, &limits->stop_after_percent) && limits->stop_after_percent >= 1 &&
            limits->stop_after_percent <= 100)
            return 0;
    } else if (value->kind == NODE_TEXT && value->plain &&
               field_number(value->text, &limits->stop_after_failures) &&
               limits->stop_after_failures >= 1) {
        return 0;
    }
    return field_wrong(at, value, err, "a whole number from 1 up, or a percentage from 1% to 100%");
}

static const struct field fields[] = {
    {"concurrency", field_whole, offsetof(struct job_limits, concurrency), 1, JOB_CONCURRENCY_MAX},
    {"deadline", field_duration, offsetof(struct job_limits, deadline_ms), SECOND, 30 * DAY},
    {"stop_after_failures", brake_read},
    {"output", field_bytes, offsetof(struct job_limits, output), 1024, JOB_OUTPUT_MAX},
    {"assume_attempts", field_whole, offsetof(struct job_limits, assume_attempts), 1, 100},
    {"assume_timeout", field_duration, offsetof(struct job_limits, assume_total_ms), SECOND, HOUR},
    {"organization_age", field_duration, offsetof(struct job_limits, organization_age_ms), 0,
     30 * DAY},
};

int job_limits_read(const struct field_at *at, const struct node *value, void *dst,
                    struct orgrun_error *err)
{
    return field_read_map(at->loading, value, "limits", fields, sizeof fields / sizeof *fields, dst,
                          err);
}

static int unknown_format(const struct node_item *item, const char *const *formats,
                          struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    struct buf list;
    buf_init(&list, 512);
    for (size_t i = 0; formats[i]; i++)
        (void)buf_printf(&list, "%s%s", i ? ", " : "", formats[i]);
    const char *near = text_nearest(item->key, formats);
    int rc = node_error(&item->mark, err, "unknown report format \"%s\"%s%s%s (allowed: %s)",
                        node_quote(item->key, quote), near ? "; did you mean \"" : "",
                        near ? near : "", near ? "\"?" : "", buf_str(&list));
    buf_clear(&list);
    return rc;
}

static int check_format(const struct loading *l, const struct node_item *item,
                        struct orgrun_error *err)
{
    const char *const *formats = l->opts->report_formats;
    for (size_t i = 0; formats && formats[i]; i++)
        if (strcmp(formats[i], item->key) == 0)
            return 0;
    return formats ? unknown_format(item, formats, err) : 0;
}

static int add_report(const struct field_at *at, struct job *job, const char *format,
                      const struct node *value, struct orgrun_error *err)
{
    char quote[NODE_QUOTE_SIZE];
    if (!node_is_text(value) || !value->text[0])
        return node_error(&value->mark, err,
                          "report \"%s\" must name a path or a list of paths, not %s", format,
                          node_found(value, quote));
    int rc = loading_check_template(value, TEMPLATE_RUN_ID, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < job->reports_len; i++)
        if (strcmp(job->reports[i].path, value->text) == 0)
            return node_error(&value->mark, err, "two reports go to %s",
                              strcmp(value->text, "-") == 0 ? "standard output (\"-\")"
                                                            : node_quote(value->text, quote));
    if ((int64_t)job->reports_len >= at->field->most)
        return node_error(&value->mark, err, "more than %lld reports", (long long)at->field->most);
    struct job_report *reports = reallocarray(job->reports, job->reports_len + 1, sizeof *reports);
    if (!reports)
        return error_nomem(err);
    job->reports = reports;
    struct job_report *r = &reports[job->reports_len++];
    *r = (struct job_report){.format = strdup(format), .path = strdup(value->text)};
    return r->format && r->path ? 0 : error_nomem(err);
}

int job_reports_read(const struct field_at *at, const struct node *value, void *dst,
                     struct orgrun_error *err)
{
    if (value->kind != NODE_MAP)
        return field_wrong(at, value, err, "a mapping of formats to paths");
    int rc = 0;
    for (size_t i = 0; i < value->len && rc == 0; i++) {
        const struct node_item *item = &value->items[i];
        rc = check_format(at->loading, item, err);
        if (rc == 0 && item->value->kind != NODE_LIST)
            rc = add_report(at, dst, item->key, item->value, err);
        for (size_t j = 0; rc == 0 && item->value->kind == NODE_LIST && j < item->value->len; j++)
            rc = add_report(at, dst, item->key, item->value->items[j].value, err);
    }
    return rc;
}
