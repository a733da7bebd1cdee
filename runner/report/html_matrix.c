// SPDX-License-Identifier: MIT
// The HTML report's matrix: a row for each account, a column for each task and Region.
#include "base/cleanup.h"
#include "report/html_page.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 60 /* more cannot be taken in at a glance */

struct column {
    char *task;
    char *region;
};

struct matrix {
    struct html *h;
    struct column columns[COLUMNS_MAX];
    size_t columns_len;
    bool too_wide;
    char *account; /* whose row is being gathered */
    char *name;
    signed char cells[COLUMNS_MAX]; /* outcomes; -1 where there is no target */
};

static void matrix_clear(struct matrix *m)
{
    for (size_t i = 0; i < m->columns_len; i++) {
        free(m->columns[i].task);
        free(m->columns[i].region);
    }
    free(m->account);
    free(m->name);
}

static size_t find(const struct matrix *m, const struct target_record *t)
{
    size_t i = 0;
    while (i < m->columns_len && (strcmp(m->columns[i].task, t->task) != 0 ||
                                  strcmp(m->columns[i].region, t->region) != 0))
        i++;
    return i;
}

static int take_column(void *user, const struct target_record *t)
{
    struct matrix *m = user;
    if (m->too_wide || find(m, t) < m->columns_len)
        return 0;
    if (m->columns_len == COLUMNS_MAX) {
        m->too_wide = true;
        return 0;
    }
    struct column *c = &m->columns[m->columns_len++];
    *c = (struct column){.task = strdup(t->task), .region = strdup(t->region)};
    return c->task && c->region ? 0 : error_nomem(m->h->err);
}

static int compare(const void *a, const void *b)
{
    const struct column *x = a, *y = b;
    int by_task = strcmp(x->task, y->task);
    return by_task ? by_task : strcmp(x->region, y->region);
}

static void put_row(struct matrix *m)
{
    struct html *h = m->h;
    if (!m->account)
        return;
    html_put(h, "<tr><th scope=\"row\">");
    html_text(h, overview_label(m->name, m->account));
    html_put(h, " <span class=\"id\">");
    html_text(h, m->name[0] ? m->account : "");
    html_put(h, "</span></th>");
    for (size_t i = 0; i < m->columns_len; i++) {
        if (m->cells[i] < 0) {
            html_put(h, "<td></td>");
            continue;
        }
        enum orgrun_outcome outcome = (enum orgrun_outcome)m->cells[i];
        const char *name = orgrun_outcome_name(outcome);
        html_putf(h,
                  "<td><span class=\"cell %s\" title=\"%s\"><span aria-hidden=\"true\">%s</span>"
                  "<span class=\"said\">%s</span></span></td>",
                  name, name, html_sign(outcome), name);
    }
    html_put(h, "</tr>\n");
}

/* Targets come sorted by account. */
static int take_cell(void *user, const struct target_record *t)
{
    struct matrix *m = user;
    if (!m->account || strcmp(m->account, t->account_id) != 0) {
        put_row(m);
        free(m->account);
        free(m->name);
        m->account = strdup(t->account_id);
        m->name = strdup(t->account_name ? t->account_name : "");
        memset(m->cells, -1, sizeof m->cells);
        if (!m->account || !m->name)
            return error_nomem(m->h->err);
    }
    m->cells[find(m, t)] = (signed char)t->outcome;
    return 0;
}

static void put_head(struct matrix *m)
{
    struct html *h = m->h;
    html_put(h, "<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">Accounts and tasks</h2>\n"
                "<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th scope=\"col\">"
                "Account</th>");
    for (size_t i = 0; i < m->columns_len; i++) {
        html_put(h, "<th scope=\"col\">");
        html_text(h, m->columns[i].task);
        if (m->columns[i].region[0]) {
            html_put(h, "<br><span class=\"id\">");
            html_text(h, m->columns[i].region);
            html_put(h, "</span>");
        }
        html_put(h, "</th>");
    }
    html_put(h, "</tr></thead><tbody>\n");
}

int html_matrix(struct html *h)
{
    AUTO(matrix_clear) struct matrix m = {.h = h};
    int rc = store_each_target(h->store, h->o->id, take_column, &m, h->err);
    if (rc || m.too_wide || m.columns_len < 2)
        return rc;
    qsort(m.columns, m.columns_len, sizeof m.columns[0], compare);
    put_head(&m);
    rc = store_each_target(h->store, h->o->id, take_cell, &m, h->err);
    if (rc == 0)
        put_row(&m);
    html_put(h, "</tbody></table></div>\n</section>\n");
    return rc;
}
