// SPDX-License-Identifier: MIT
// The table for the terminal: what went wrong first, then the count of every task, then the
// verdict.
#include "base/cleanup.h"
#include "report/formats.h"
#include "report/overview.h"
#include "report/problems.h"
#include "report/term.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (64 << 10) /* of one line, before it is cut to the page */
#define NAME_MAX 32         /* columns of an account's or a task's name */
#define EXCLUDED_MAX 8      /* excluded accounts named one by one, unless all are wanted */

struct table {
    struct store *store;
    const struct report_opts *opts;
    struct orgrun_error *err;
    struct term term;
    struct overview o;
    struct problems problems;
    size_t account_columns, region_columns, task_columns; /* of the widest */
    unsigned tasks;
    unsigned excluded;           /* named so far */
    unsigned unanswered, listed; /* accounts without an outcome; of them, those gone through */
};

static const struct {
    enum term_style style;
    const char *sign, *ascii;
} looks[ORGRUN_OUTCOMES] = {
    [ORGRUN_PASSED] = {TERM_GREEN, "\xe2\x9c\x93", "+"},
    [ORGRUN_FAILED] = {TERM_RED, "\xe2\x9c\x97", "x"},
    [ORGRUN_ERROR] = {TERM_MAGENTA, "!", "!"},
    [ORGRUN_SKIPPED] = {TERM_DIM, "-", "-"},
    [ORGRUN_CANCELLED] = {TERM_YELLOW, "\xe2\x88\x85", "o"},
};

static const char *sign_of(const struct table *t, enum orgrun_outcome outcome)
{
    return t->opts->unicode ? looks[outcome].sign : looks[outcome].ascii;
}

static size_t widest(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* A clean copy of foreign text in a buffer that the caller clears. */
static const char *clean(const struct table *t, const char *text, struct buf *b)
{
    buf_init(b, 4 * TEXT_MAX);
    (void)term_clean(&t->term, text, b);
    return buf_str(b);
}

static void cell(const struct table *t, enum term_style style, const char *text, size_t columns)
{
    AUTO(buf_clear) struct buf b;
    term_cell(&t->term, style, clean(t, text, &b), columns);
}

static void wrapped(const struct table *t, enum term_style style, const char *text, size_t indent)
{
    AUTO(buf_clear) struct buf b;
    (void)fprintf(t->term.out, "%*s", (int)indent, "");
    term_wrap(&t->term, style, clean(t, text, &b), indent);
}

static void measure(struct table *t, const char *account, const char *region, const char *task)
{
    AUTO(buf_clear) struct buf a;
    AUTO(buf_clear) struct buf b;
    size_t account_columns = term_columns(&t->term, clean(t, account, &a));
    size_t task_columns = term_columns(&t->term, clean(t, task, &b));
    t->account_columns =
        widest(t->account_columns, account_columns < NAME_MAX ? account_columns : NAME_MAX);
    t->task_columns = widest(t->task_columns, task_columns < NAME_MAX ? task_columns : NAME_MAX);
    t->region_columns = widest(t->region_columns, strlen(region));
}

/* Cells two columns apart; the last is not padded. */
struct row_cell {
    enum term_style style;
    const char *text;
    size_t columns; /* 0: left out */
};

static void put_cells(const struct table *t, const struct row_cell *cells, size_t n)
{
    while (n > 0 && (cells[n - 1].columns == 0 || cells[n - 1].text[0] == '\0'))
        n--;
    for (size_t i = 0; i < n; i++) {
        if (cells[i].columns == 0)
            continue;
        AUTO(buf_clear) struct buf b;
        const char *text = clean(t, cells[i].text, &b);
        size_t own = term_columns(&t->term, text);
        bool last = i == n - 1;
        term_cell(&t->term, cells[i].style, text,
                  last && own < cells[i].columns ? own : cells[i].columns);
        (void)fputs(last ? "" : "  ", t->term.out);
    }
    (void)fputc('\n', t->term.out);
}

static void put_row(const struct table *t, size_t indent, const struct problem_row *row)
{
    char took[DURATION_SIZE] = "";
    if (row->started)
        duration_format(row->duration_ms, took);
    (void)fprintf(t->term.out, "%*s", (int)indent, "");
    const struct row_cell cells[] = {
        {TERM_PLAIN, row->id, 12},
        {TERM_BOLD, row->account, t->account_columns},
        {TERM_PLAIN, row->region, t->region_columns},
        {TERM_PLAIN, row->task, t->tasks > 1 ? t->task_columns : 0},
        {TERM_DIM, took, DURATION_SIZE},
    };
    put_cells(t, cells, sizeof cells / sizeof *cells);
}

static void put_hint(const struct table *t, const char *hint)
{
    for (const char *line = hint; *line;) {
        size_t len = strcspn(line, "\n");
        AUTO(free_ptr) char *one = strndup(line, len);
        size_t indent = 4 + strspn(line, " ");
        if (one && len)
            wrapped(t, TERM_CYAN, one + strspn(one, " "), indent);
        line += len + (line[len] == '\n');
    }
}

static void put_group(const struct table *t, const struct problem_group *g, bool same_hint_next)
{
    (void)fputs("  ", t->term.out);
    term_puts(&t->term, looks[g->outcome].style, sign_of(t, g->outcome));
    (void)fputc(' ', t->term.out);
    AUTO(buf_clear) struct buf b;
    term_wrap(&t->term, looks[g->outcome].style, clean(t, g->reason, &b), 4);
    if (g->first_line[0])
        wrapped(t, TERM_PLAIN, g->first_line, 4);
    for (size_t i = 0; i < g->rows_len; i++)
        put_row(t, 6, &g->rows[i]);
    if (g->count > g->rows_len)
        term_printf(&t->term, TERM_DIM, "      and %zu more\n", (size_t)g->count - g->rows_len);
    if (g->hint[0] && !same_hint_next)
        put_hint(t, g->hint);
}

static bool same_hint_next(const struct problems *p, size_t i)
{
    for (size_t k = i + 1; k < p->len; k++)
        if (p->groups[k].outcome == p->groups[i].outcome)
            return p->groups[k].hint_key == p->groups[i].hint_key;
    return false;
}

static void put_problems(const struct table *t, enum orgrun_outcome outcome)
{
    unsigned count = t->o.counts.of[outcome];
    if (count == 0)
        return;
    const char *word = orgrun_outcome_name(outcome);
    term_printf(&t->term, looks[outcome].style, "%c%s", word[0] - 'a' + 'A', word + 1);
    term_printf(&t->term, TERM_DIM, "  %u of %u target%s\n", count, t->o.targets,
                t->o.targets == 1 ? "" : "s");
    for (size_t i = 0; i < t->problems.len; i++)
        if (t->problems.groups[i].outcome == outcome)
            put_group(t, &t->problems.groups[i], same_hint_next(&t->problems, i));
    (void)fputc('\n', t->term.out);
}

static int take_target(void *user, const struct target_record *r)
{
    struct table *t = user;
    if (r->outcome != ORGRUN_PASSED || t->opts->verbose)
        measure(t, r->account_name ? r->account_name : "", r->region, r->task);
    return problems_add(&t->problems, r, t->err);
}

static int put_passed(void *user, const struct target_record *r)
{
    const struct table *t = user;
    if (r->outcome != ORGRUN_PASSED)
        return 0;
    (void)fputs("  ", t->term.out);
    term_puts(&t->term, TERM_GREEN, sign_of(t, ORGRUN_PASSED));
    AUTO(free_ptr) char *account = strdup(r->account_name ? r->account_name : "");
    AUTO(free_ptr) char *id = strdup(r->account_id);
    AUTO(free_ptr) char *region = strdup(r->region);
    AUTO(free_ptr) char *task = strdup(r->task);
    if (!account || !id || !region || !task)
        return error_nomem(t->err);
    put_row(t, 1,
            &(struct problem_row){.account = account,
                                  .id = id,
                                  .region = region,
                                  .task = task,
                                  .started = true,
                                  .duration_ms = r->duration_ms});
    return 0;
}

static int count_task(void *user, const struct task_record *task)
{
    struct table *t = user;
    measure(t, "", "", task->name);
    t->tasks++;
    return 0;
}

static int put_task(void *user, const struct task_record *task)
{
    const struct table *t = user;
    (void)fputs("  ", t->term.out);
    cell(t, TERM_PLAIN, task->name, widest(t->task_columns, 4));
    for (int i = 0; i < ORGRUN_OUTCOMES; i++) {
        if (t->o.counts.of[i] == 0 && i != ORGRUN_PASSED)
            continue;
        char number[16];
        unsigned n = task->counts.of[i];
        (void)snprintf(number, sizeof number, "%*u", (int)strlen(orgrun_outcome_name(i)) + 2, n);
        term_puts(&t->term, n ? looks[i].style : TERM_DIM, number);
    }
    (void)fputc('\n', t->term.out);
    return 0;
}

static int put_tasks(struct table *t)
{
    if (t->tasks < 2)
        return 0;
    (void)fputs("  ", t->term.out);
    cell(t, TERM_DIM, "task", widest(t->task_columns, 4));
    for (int i = 0; i < ORGRUN_OUTCOMES; i++)
        if (t->o.counts.of[i] || i == ORGRUN_PASSED)
            term_printf(&t->term, TERM_DIM, "  %s", orgrun_outcome_name(i));
    (void)fputc('\n', t->term.out);
    int rc = store_each_task(t->store, t->o.id, put_task, t, t->err);
    (void)fputc('\n', t->term.out);
    return rc;
}

static int put_excluded(void *user, const struct account_record *a)
{
    struct table *t = user;
    if (strcmp(a->disposition, "excluded") != 0)
        return 0;
    if (++t->excluded > EXCLUDED_MAX && !t->opts->verbose)
        return 0;
    (void)fputs("    ", t->term.out);
    cell(t, TERM_PLAIN, a->id, 12);
    (void)fputs("  ", t->term.out);
    AUTO(buf_clear) struct buf line;
    buf_init(&line, TEXT_MAX);
    (void)buf_printf(&line, "%s%s%s", a->name ? a->name : "", a->name && a->name[0] ? ": " : "",
                     a->reason ? a->reason : "");
    AUTO(buf_clear) struct buf b;
    term_wrap(&t->term, TERM_DIM, clean(t, buf_str(&line), &b), 18);
    return 0;
}

static int count_unanswered(void *user, const struct account_record *a)
{
    struct table *t = user;
    (void)a;
    t->unanswered++;
    return 0;
}

static int put_unanswered(void *user, const struct account_record *a)
{
    struct table *t = user;
    if (++t->listed > EXCLUDED_MAX && !t->opts->verbose)
        return 0;
    AUTO(buf_clear) struct buf b;
    (void)fputs("      ", t->term.out);
    cell(t, TERM_PLAIN, a->id, 12);
    term_printf(&t->term, TERM_DIM, "  %s\n", clean(t, a->name ? a->name : "", &b));
    return 0;
}

/* The accounts that a run which is not finished owes an answer for. */
static int put_missing(struct table *t)
{
    if (overview_finished(&t->o))
        return 0;
    int rc = store_each_unanswered(t->store, t->o.id, count_unanswered, t, t->err);
    if (rc || t->unanswered == 0)
        return rc;
    term_puts(&t->term, TERM_YELLOW, "No outcome");
    term_printf(&t->term, TERM_DIM,
                "  of %u of %u accounts: the run is under way, or orgrun died\n", t->unanswered,
                t->o.accounts_run);
    rc = store_each_unanswered(t->store, t->o.id, put_unanswered, t, t->err);
    if (t->listed > EXCLUDED_MAX && !t->opts->verbose)
        term_printf(&t->term, TERM_DIM, "      and %u more; --verbose shows them all\n",
                    t->listed - EXCLUDED_MAX);
    (void)fputc('\n', t->term.out);
    return rc;
}

static int put_accounts(struct table *t)
{
    if (t->o.accounts_excluded == 0)
        return 0;
    term_puts(&t->term, TERM_DIM, "Excluded");
    term_printf(&t->term, TERM_DIM, "  %u of %u accounts\n", t->o.accounts_excluded,
                t->o.accounts_seen);
    int rc = store_each_account(t->store, t->o.id, put_excluded, t, t->err);
    if (t->excluded > EXCLUDED_MAX && !t->opts->verbose)
        term_printf(&t->term, TERM_DIM, "    and %u more\n", t->excluded - EXCLUDED_MAX);
    (void)fputc('\n', t->term.out);
    return rc;
}

/* "24 passed, 1 failed  ·  25 targets in 25 accounts  ·  1.2s" and why the exit code is what it is.
 */
static void put_verdict(const struct table *t)
{
    const char *dot = t->opts->unicode ? "  \xc2\xb7  " : "  |  ";
    bool first = true;
    for (int i = 0; i < ORGRUN_OUTCOMES; i++) {
        unsigned n = t->o.counts.of[i];
        if (n == 0)
            continue;
        (void)fputs(first ? "" : ", ", t->term.out);
        term_printf(&t->term, looks[i].style, "%u %s", n, orgrun_outcome_name(i));
        first = false;
    }
    if (first)
        term_puts(&t->term, TERM_DIM, "no targets");
    unsigned accounts = t->o.accounts_run + t->o.accounts_skipped;
    term_printf(&t->term, TERM_DIM, "%s%u target%s in %u account%s", dot, t->o.targets,
                t->o.targets == 1 ? "" : "s", accounts, accounts == 1 ? "" : "s");
    if (!overview_finished(&t->o)) {
        term_printf(&t->term, TERM_YELLOW, "%snot finished\n", dot);
        return;
    }
    char took[DURATION_SIZE];
    duration_format(t->o.finished_ms - t->o.started_ms, took);
    term_printf(&t->term, TERM_DIM, "%s%s\n", dot, took);
    term_printf(&t->term, t->o.exit_code ? TERM_BOLD : TERM_GREEN, "exit code %d", t->o.exit_code);
    (void)fputs(": ", t->term.out);
    AUTO(buf_clear) struct buf b;
    term_wrap(&t->term, TERM_PLAIN, clean(t, t->o.exit_reason, &b), 13);
}

static void put_title(const struct table *t)
{
    AUTO(buf_clear) struct buf b;
    term_puts(&t->term, TERM_BOLD, clean(t, t->o.job, &b));
    term_printf(&t->term, TERM_DIM, "  run %s\n\n", t->o.id);
}

static int put_page(struct table *t)
{
    /* What ran and said no, then what gave no answer, then what never came to it. */
    static const enum orgrun_outcome order[] = {ORGRUN_FAILED, ORGRUN_ERROR, ORGRUN_CANCELLED,
                                                ORGRUN_SKIPPED};
    int rc = store_each_task(t->store, t->o.id, count_task, t, t->err);
    if (!rc)
        rc = store_each_target(t->store, t->o.id, take_target, t, t->err);
    if (rc)
        return rc;
    put_title(t);
    if (t->opts->verbose && t->o.counts.of[ORGRUN_PASSED]) {
        rc = store_each_target(t->store, t->o.id, put_passed, t, t->err);
        (void)fputc('\n', t->term.out);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        put_problems(t, order[i]);
    if (t->problems.beyond)
        term_printf(&t->term, TERM_DIM, "  and %u more that differ; --verbose shows them all\n\n",
                    t->problems.beyond);
    if (!rc)
        rc = put_missing(t);
    if (!rc)
        rc = put_accounts(t);
    if (!rc)
        rc = put_tasks(t);
    if (!rc)
        put_verdict(t);
    return rc;
}

int report_table(struct store *store, const struct report_opts *opts, FILE *out,
                 struct orgrun_error *err)
{
    struct table t = {.store = store, .opts = opts, .err = err, .problems = {.all = opts->verbose}};
    AUTO(overview_clear) struct overview o = {0};
    int rc = overview_load(&o, store, opts->run_id, err);
    if (rc)
        return rc;
    t.o = o; /* borrowed */
    term_open(&t.term, out, opts);
    rc = put_page(&t);
    term_close(&t.term);
    problems_clear(&t.problems);
    return rc;
}
