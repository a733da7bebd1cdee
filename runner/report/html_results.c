// SPDX-License-Identifier: MIT
// The HTML report's table of targets, each with what it wrote.
#include "base/cleanup.h"
#include "report/html_page.h"
#include "report/output.h"

#include <string.h>

#define HEAD_MAX (16 << 10)       /* of a stream of a target that did not pass */
#define HEAD_PASSED_MAX (2 << 10) /* and of one that did */

static void put_head(struct html *h)
{
    static const struct {
        const char *label;
        const char *sort; /* by text, by number; NULL: not */
    } columns[] = {{"Outcome", "number"}, {"Account", "text"}, {"Name", "text"},
                   {"Region", "text"},    {"Task", "text"},    {"Took", "number"}};
    html_put(h, "<section aria-labelledby=\"results\">\n<h2 id=\"results\">Targets</h2>\n"
                "<div class=\"tools\" hidden><label>Filter <input type=\"search\" id=\"filter\" "
                "autocomplete=\"off\" placeholder=\"account, Region, task, output\"></label> "
                "<button type=\"button\" id=\"unfold\" aria-pressed=\"false\">Show all details"
                "</button> <span id=\"shown\" role=\"status\"></span></div>\n"
                "<div class=\"scroll\"><table id=\"targets\"><thead><tr>\n");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        html_putf(h, "<th scope=\"col\" data-sort=\"%s\">%s</th>\n", columns[i].sort,
                  columns[i].label);
    html_put(h, "<th scope=\"col\">Reason</th>\n</tr></thead>\n");
}

static void put_stream(struct html *h, const char *name, const char *path, int64_t bytes,
                       int64_t cut, size_t max)
{
    if (!path || bytes + cut <= 0)
        return;
    AUTO(buf_clear) struct buf head = {0};
    html_putf(h, "<h4>%s <span class=\"path\">", name);
    html_text(h, path);
    html_put(h, "</span></h4>\n");
    if (h->output_left <= 0) {
        html_put(h, "<p class=\"cut\">left out: the page has reached its size</p>\n");
        return;
    }
    if (output_head(h->store, path, max, &head)) {
        html_put(h, "<p class=\"cut\">the file cannot be read any more</p>\n");
        return;
    }
    h->output_left -= (int64_t)head.len;
    html_put(h, "<pre>");
    html_bytes(h, buf_str(&head), head.len);
    html_put(h, "</pre>\n");
    int64_t whole = bytes + cut;
    if (whole > (int64_t)head.len)
        html_putf(h, "<p class=\"cut\">%zu of %lld bytes shown</p>\n", head.len, (long long)whole);
}

static void put_detail(struct html *h, const char *name, const char *value)
{
    if (!value || !value[0])
        return;
    html_putf(h, "<div><dt>%s</dt><dd>", name);
    html_text(h, value);
    html_put(h, "</dd></div>\n");
}

static void put_details(struct html *h, const struct target_record *t)
{
    char started[CLOCK_ISO_SIZE] = "", code[16] = "", signal[16] = "", attempts[16] = "";
    if (t->started_ms)
        clock_format_iso(t->started_ms, started);
    if (t->exit_code >= 0)
        (void)snprintf(code, sizeof code, "%d", t->exit_code);
    if (t->signal)
        (void)snprintf(signal, sizeof signal, "%d", t->signal);
    if (t->attempts > 1)
        (void)snprintf(attempts, sizeof attempts, "%d", t->attempts);
    size_t max = t->outcome == ORGRUN_PASSED ? HEAD_PASSED_MAX : HEAD_MAX;
    html_put(h, "<tr class=\"details\"><td colspan=\"7\"><dl class=\"facts\">\n");
    put_detail(h, "Exit code", code);
    put_detail(h, "Signal", signal);
    put_detail(h, "Attempts", attempts);
    put_detail(h, "Started", started);
    put_detail(h, "Ran as", t->session_arn);
    put_detail(h, "OU", t->ou_path);
    html_put(h, "</dl>\n");
    if (t->hint && t->hint[0]) {
        html_put(h, "<pre class=\"hint\">");
        html_text(h, t->hint);
        html_put(h, "</pre>\n");
    }
    put_stream(h, "Standard error", t->stderr_path, t->stderr_bytes, t->stderr_cut, max);
    put_stream(h, "Standard output", t->stdout_path, t->stdout_bytes, t->stdout_cut, max);
    html_put(h, "</td></tr>\n");
}

static int put_target(void *user, const struct target_record *t)
{
    struct html *h = user;
    const char *outcome = orgrun_outcome_name(t->outcome);
    char took[DURATION_SIZE] = "";
    if (t->started_ms)
        duration_format(t->duration_ms, took);
    html_putf(h,
              "<tbody data-outcome=\"%s\">\n<tr><td data-key=\"%d\"><span class=\"chip %s\"><span "
              "aria-hidden=\"true\">%s</span> %s</span></td><th scope=\"row\" class=\"id\">",
              outcome, (int)t->outcome, outcome, html_sign(t->outcome), outcome);
    html_text(h, t->account_id);
    html_put(h, "</th><td>");
    html_text(h, t->account_name);
    html_put(h, "</td><td>");
    html_text(h, t->region);
    html_put(h, "</td><td>");
    html_text(h, t->task);
    html_putf(h, "</td><td class=\"took\" data-key=\"%lld\">%s</td><td class=\"reason\">",
              (long long)(t->started_ms ? t->duration_ms : -1), took);
    html_text(h, t->reason);
    if (t->first_line && t->outcome != ORGRUN_PASSED) {
        html_put(h, "<br><code>");
        html_text(h, t->first_line);
        html_put(h, "</code>");
    }
    html_put(h, "</td></tr>\n");
    put_details(h, t);
    html_put(h, "</tbody>\n");
    return 0;
}

int html_results(struct html *h)
{
    put_head(h);
    int rc = store_each_target(h->store, h->o->id, put_target, h, h->err);
    html_put(h, "</table></div>\n</section>\n");
    return rc;
}
