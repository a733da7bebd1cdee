// SPDX-License-Identifier: MIT
// Inside the reports: the HTML page that is being written, and its parts.
#ifndef ORGRUN_REPORT_HTML_PAGE_H
#define ORGRUN_REPORT_HTML_PAGE_H

#include "report/overview.h"
#include "report/report.h"

#include <stdio.h>

struct html {
    struct store *store;
    FILE *out;
    struct orgrun_error *err;
    const struct overview *o;
    int64_t output_left; /* bytes of captured output that the page still takes */
    bool nomem;          /* a text could not be escaped; looked at once at the end */
};

/* How an outcome looks: a sign besides the colour, which the style gives by the outcome's name. */
const char *html_sign(enum orgrun_outcome outcome);

/* Our own markup as it is. */
void html_put(const struct html *h, const char *markup);
void html_putf(const struct html *h, const char *fmt, ...) ORGRUN_PRINTF(2, 3);

/* Foreign text, for content and for quoted attributes; NULL counts as "". */
void html_text(struct html *h, const char *text);
void html_bytes(struct html *h, const char *bytes, size_t len);

/* The style sheet and the script, each between its tags, and the policy that allows these two and
 * nothing else: a <meta> with their hashes. */
void html_policy(struct html *h);
void html_style(const struct html *h);
void html_script(const struct html *h);

/* Accounts by tasks and Regions, where there is more than one column. 0 or an error. */
int html_matrix(struct html *h);

/* Every target, with what it wrote. 0 or an error. */
int html_results(struct html *h);

#endif
