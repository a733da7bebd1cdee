// SPDX-License-Identifier: MIT
// The HTML report: one file that needs no network, read from the top by a person in a hurry.
#include "base/cleanup.h"
#include "report/formats.h"
#include "report/html_page.h"
#include "report/problems.h"

#include <string.h>

#define OUTPUT_MAX (8 << 20)

static void put_head(struct html *h)
{
    html_put(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html_policy(h);
    html_put(h, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    html_text(h, h->o->job);
    if (overview_finished(h->o))
        html_putf(h, ": exit code %d", h->o->exit_code);
    html_put(h, "</title>\n");
    html_style(h);
    html_put(h, "</head>\n<body>\n");
}

static void put_fact(struct html *h, const char *name, const char *value)
{
    if (!value || !value[0])
        return;
    html_putf(h, "<div><dt>%s</dt><dd>", name);
    html_text(h, value);
    html_put(h, "</dd></div>\n");
}

static void put_facts(struct html *h)
{
    const struct overview *o = h->o;
    char started[CLOCK_ISO_SIZE], took[DURATION_SIZE] = "", accounts[64];
    clock_format_iso(o->started_ms, started);
    if (overview_finished(o))
        duration_format(o->finished_ms - o->started_ms, took);
    (void)snprintf(accounts, sizeof accounts, "%u seen, %u run, %u skipped, %u excluded",
                   o->accounts_seen, o->accounts_run, o->accounts_skipped, o->accounts_excluded);
    html_put(h, "<dl class=\"facts\">\n");
    put_fact(h, "Run", o->id);
    put_fact(h, "Started", started);
    put_fact(h, "Took", took);
    put_fact(h, "Accounts", accounts);
    put_fact(h, "Caller", o->caller_arn);
    html_put(h, "</dl>\n");
}

static void put_verdict(struct html *h)
{
    const struct overview *o = h->o;
    html_put(h, "<header>\n<h1>");
    html_text(h, o->job);
    html_put(h, "</h1>\n");
    if (overview_finished(o)) {
        html_putf(h, "<p class=\"verdict %s\"><strong>Exit code %d</strong> ",
                  o->exit_code == 0   ? "passed"
                  : o->exit_code == 1 ? "failed"
                                      : "error",
                  o->exit_code);
        html_text(h, o->exit_reason);
    } else {
        html_put(h, "<p class=\"verdict cancelled\"><strong>Not finished</strong> The run is under "
                    "way, or orgrun died before its end.");
    }
    html_put(h, "</p>\n");
    put_facts(h);
    html_put(h, "</header>\n");
}

static void put_tiles(struct html *h)
{
    html_put(h, "<section aria-label=\"Targets by outcome\" class=\"tiles\">\n");
    for (int i = 0; i < ORGRUN_OUTCOMES; i++) {
        const char *name = orgrun_outcome_name((enum orgrun_outcome)i);
        unsigned n = h->o->counts.of[i];
        html_putf(h,
                  "<button type=\"button\" class=\"tile %s%s\" data-outcome=\"%s\" "
                  "aria-pressed=\"false\"><span class=\"sign\" aria-hidden=\"true\">%s</span>"
                  "<span class=\"count\">%u</span> %s</button>\n",
                  name, n ? "" : " none", name, html_sign((enum orgrun_outcome)i), n, name);
    }
    html_put(h, "</section>\n");
}

static void put_rows(struct html *h, const struct problem_group *g)
{
    html_put(h, "<ul class=\"where\">\n");
    for (size_t i = 0; i < g->rows_len; i++) {
        const struct problem_row *row = &g->rows[i];
        html_put(h, "<li><b>");
        html_text(h, overview_label(row->account, row->id));
        html_put(h, "</b> <span class=\"id\">");
        html_text(h, row->id);
        html_put(h, "</span> ");
        html_text(h, row->region);
        html_put(h, row->region[0] ? " " : "");
        html_text(h, row->task);
        html_put(h, "</li>\n");
    }
    if (g->count > g->rows_len)
        html_putf(h, "<li class=\"more\">and %zu more</li>\n", (size_t)g->count - g->rows_len);
    html_put(h, "</ul>\n");
}

static void put_problem(struct html *h, const struct problem_group *g)
{
    const char *name = orgrun_outcome_name(g->outcome);
    html_putf(h,
              "<article class=\"problem %s\">\n<h3><span class=\"chip %s\"><span "
              "aria-hidden=\"true\">%s</span> %u %s</span> ",
              name, name, html_sign(g->outcome), g->count, name);
    html_text(h, g->reason);
    html_put(h, "</h3>\n");
    if (g->first_line[0]) {
        html_put(h, "<pre class=\"first\">");
        html_text(h, g->first_line);
        html_put(h, "</pre>\n");
    }
    put_rows(h, g);
    if (g->hint[0]) {
        html_put(h, "<details><summary>What to do</summary><pre>");
        html_text(h, g->hint);
        html_put(h, "</pre></details>\n");
    }
    html_put(h, "</article>\n");
}

struct collector {
    struct problems problems;
    struct orgrun_error *err;
};

static int take_target(void *user, const struct target_record *t)
{
    struct collector *c = user;
    return problems_add(&c->problems, t, c->err);
}

static int put_problems(struct html *h)
{
    static const enum orgrun_outcome order[] = {ORGRUN_FAILED, ORGRUN_ERROR, ORGRUN_CANCELLED,
                                                ORGRUN_SKIPPED};
    struct collector c = {.err = h->err};
    int rc = store_each_target(h->store, h->o->id, take_target, &c, h->err);
    if (rc == 0 && c.problems.len) {
        html_put(h, "<section aria-labelledby=\"attention\">\n<h2 id=\"attention\">What needs "
                    "attention</h2>\n");
        for (size_t k = 0; k < sizeof order / sizeof *order; k++)
            for (size_t i = 0; i < c.problems.len; i++)
                if (c.problems.groups[i].outcome == order[k])
                    put_problem(h, &c.problems.groups[i]);
        if (c.problems.beyond)
            html_putf(h, "<p>and %u targets more, each for a reason of its own: see below</p>\n",
                      c.problems.beyond);
        html_put(h, "</section>\n");
    }
    problems_clear(&c.problems);
    return rc;
}

static int put_excluded(void *user, const struct account_record *a)
{
    struct html *h = user;
    if (strcmp(a->disposition, "excluded") != 0)
        return 0;
    html_put(h, "<tr><th scope=\"row\" class=\"id\">");
    html_text(h, a->id);
    html_put(h, "</th><td>");
    html_text(h, a->name);
    html_put(h, "</td><td>");
    html_text(h, a->reason);
    html_put(h, "</td></tr>\n");
    return 0;
}

static int put_accounts(struct html *h)
{
    if (h->o->accounts_excluded == 0)
        return 0;
    html_put(h, "<section aria-labelledby=\"excluded\">\n<h2 id=\"excluded\">Excluded accounts</h2>"
                "\n<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Account</th><th "
                "scope=\"col\">Name</th><th scope=\"col\">Reason</th></tr></thead><tbody>\n");
    int rc = store_each_account(h->store, h->o->id, put_excluded, h, h->err);
    html_put(h, "</tbody></table></div>\n</section>\n");
    return rc;
}

static int put_page(struct html *h)
{
    put_head(h);
    put_verdict(h);
    html_put(h, "<main>\n");
    put_tiles(h);
    int rc = put_problems(h);
    if (!rc)
        rc = html_matrix(h);
    if (!rc)
        rc = html_results(h);
    if (!rc)
        rc = put_accounts(h);
    html_put(h, "</main>\n<footer>orgrun ");
    html_text(h, h->o->version);
    html_put(h, ", from the run store</footer>\n");
    html_script(h);
    html_put(h, "</body>\n</html>\n");
    return rc;
}

int report_html(struct store *store, const struct report_opts *opts, FILE *out,
                struct orgrun_error *err)
{
    AUTO(overview_clear) struct overview o = {0};
    int rc = overview_load(&o, store, opts->run_id, err);
    if (rc)
        return rc;
    struct html h = {.store = store, .out = out, .err = err, .o = &o, .output_left = OUTPUT_MAX};
    rc = put_page(&h);
    return rc == 0 && h.nomem ? error_nomem(err) : rc;
}
