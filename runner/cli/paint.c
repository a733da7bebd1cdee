// SPDX-License-Identifier: MIT
// Painting the state of a run.
#include "cli/paint.h"

#include "cli/glyph.h"
#include "cli/value.h"

#include <stdlib.h>
#include <string.h>

#define BAR_MAX 40
#define BAR_MIN 8
#define RETRY_SHOWN_MS 5000
#define TEXT_MAX 2048

static const char *const outcome_colours[ORGRUN_OUTCOMES] = {
    [ORGRUN_PASSED] = SGR_GREEN,   [ORGRUN_FAILED] = SGR_RED,       [ORGRUN_ERROR] = SGR_MAGENTA,
    [ORGRUN_SKIPPED] = SGR_YELLOW, [ORGRUN_CANCELLED] = SGR_YELLOW,
};

const char *paint_colour(enum orgrun_outcome outcome)
{
    return (unsigned)outcome < ORGRUN_OUTCOMES ? outcome_colours[outcome] : "";
}

/* A line under construction: `left` columns may still be used. */
struct line {
    FILE *out;
    const struct terminal *t;
    int left;
};

/* Adds cleaned or own text in a colour ("" for none), cut to what is left. */
static void line_add(struct line *l, const char *sgr, const char *text)
{
    char clean[TEXT_MAX];
    if (l->left <= 0)
        return;
    (void)glyph_clean(clean, sizeof clean, text, l->t->unicode);
    terminal_paint(l->out, l->t, sgr);
    l->left -= glyph_write_cut(l->out, clean, l->left, l->t->unicode);
    if (*sgr)
        terminal_plain(l->out, l->t);
}

static void line_pad(struct line *l, int columns)
{
    for (; columns > 0 && l->left > 0; columns--, l->left--)
        (void)fputc(' ', l->out);
}

/* Adds text and fills up to `columns`. */
static void line_cell(struct line *l, const char *sgr, const char *text, int columns)
{
    struct line cell = {l->out, l->t, columns < l->left ? columns : l->left};
    int room = cell.left;
    line_add(&cell, sgr, text);
    line_pad(&cell, cell.left);
    l->left -= room;
}

static void line_end(struct line *l)
{
    (void)fputc('\n', l->out);
}

/* The bar: each outcome its share in its colour, then what is left. */
static void paint_bar(struct line *l, const struct progress *p, int width)
{
    size_t total = p->targets > progress_done(p) ? p->targets : progress_done(p);
    const char *full = l->t->unicode ? "\xe2\x94\x81" : "#";
    const char *empty = l->t->unicode ? (l->t->colour ? "\xe2\x94\x81" : "\xe2\x94\x80") : ".";
    size_t sum = 0;
    int drawn = 0;
    for (int i = 0; i < ORGRUN_OUTCOMES && total > 0; i++) {
        sum += p->counts.of[i];
        int until = (int)((uint64_t)sum * (uint64_t)width / total);
        if (until == drawn)
            continue;
        terminal_paint(l->out, l->t, outcome_colours[i]);
        for (; drawn < until; drawn++)
            (void)fputs(full, l->out);
        terminal_plain(l->out, l->t);
    }
    if (drawn < width) {
        terminal_paint(l->out, l->t, SGR_DIM);
        for (; drawn < width; drawn++)
            (void)fputs(empty, l->out);
        terminal_plain(l->out, l->t);
    }
    l->left -= width;
}

/* "18/26  0:12, 0:06 left": everything right of the bar. */
static void format_tail(char *out, size_t size, const struct progress *p, int64_t now_ms)
{
    char elapsed[VALUE_SIZE], left[VALUE_SIZE];
    (void)value_clock(now_ms - p->began_ms, elapsed);
    int64_t left_ms = progress_left_ms(p, now_ms);
    if (!p->enumerated && p->targets == 0)
        (void)snprintf(out, size, "listing accounts  %s", elapsed);
    else if (left_ms < 0 || progress_done(p) >= p->targets)
        (void)snprintf(out, size, "%zu/%zu%s  %s", progress_done(p), p->targets,
                       p->enumerated ? "" : "+", elapsed);
    else
        (void)snprintf(out, size, "%zu/%zu  %s, %s left", progress_done(p), p->targets, elapsed,
                       left_ms < 1000 ? "moments" : value_clock(left_ms, left));
}

static void paint_head(struct line l, const struct progress *p, int64_t now_ms)
{
    char tail[96];
    format_tail(tail, sizeof tail, p, now_ms);
    int job = glyph_width(p->job), rest = l.left - (int)strlen(tail) - 2;
    int bar = rest - job - 2;
    if (bar < BAR_MIN) { /* the name gives way to the bar, and the bar to the numbers */
        job = rest - 2 - BAR_MIN >= 8 ? rest - 2 - BAR_MIN : 0;
        bar = job ? BAR_MIN : rest;
    }
    if (job > 0) {
        line_cell(&l, SGR_BOLD, p->job, job);
        line_pad(&l, 2);
    }
    if (bar > BAR_MAX)
        bar = BAR_MAX;
    if (bar >= BAR_MIN) {
        paint_bar(&l, p, bar);
        line_pad(&l, 2);
    }
    line_add(&l, "", tail);
    line_end(&l);
}

static void paint_counts(struct line l, const struct progress *p)
{
    char text[64];
    for (int i = 0; i < ORGRUN_OUTCOMES; i++) {
        if (p->counts.of[i] == 0 && i != ORGRUN_PASSED)
            continue;
        (void)snprintf(text, sizeof text, "%u %s", p->counts.of[i],
                       orgrun_outcome_name((enum orgrun_outcome)i));
        line_add(&l, p->counts.of[i] ? outcome_colours[i] : SGR_DIM, text);
        line_add(&l, "", "  ");
    }
    (void)snprintf(text, sizeof text, "%zu running", progress_running(p));
    line_add(&l, progress_running(p) ? SGR_CYAN : SGR_DIM, text);
    line_end(&l);
}

static int widest(const struct progress *p, size_t n, size_t offset, int most)
{
    int width = 0;
    for (size_t i = 0; i < n; i++) {
        int w = glyph_width((const char *)&p->running[i] + offset);
        width = w > width ? w : width;
    }
    return width < most ? width : most;
}

static void paint_running(const struct line *blank, const struct progress *p, int64_t now_ms)
{
    size_t room = blank->t->height > 9 ? (size_t)blank->t->height / 3 : 3;
    size_t n = p->running_len <= room ? p->running_len : room - 1;
    int name = widest(p, n, offsetof(struct progress_target, name), blank->left / 3);
    int region = widest(p, n, offsetof(struct progress_target, region), 16);
    int task = widest(p, n, offsetof(struct progress_target, task), blank->left / 3);
    char took[VALUE_SIZE], more[64];
    for (size_t i = 0; i < n; i++) {
        const struct progress_target *t = &p->running[i];
        const struct {
            const char *sgr, *text;
            int width;
        } cells[] = {{"", t->account, 12},
                     {"", t->name, name},
                     {"", t->region, region},
                     {"", t->task, task},
                     {SGR_DIM, value_took(now_ms - t->since_ms, took), 7}};
        struct line l = *blank;
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
            if (cells[c].width > 0) {
                line_pad(&l, 2);
                line_cell(&l, cells[c].sgr, cells[c].text, cells[c].width);
            }
        line_end(&l);
    }
    if (n < progress_running(p)) {
        struct line l = *blank;
        (void)snprintf(more, sizeof more, "  and %zu more", progress_running(p) - n);
        line_add(&l, SGR_DIM, more);
        line_end(&l);
    }
}

void paint_live(FILE *out, const struct progress *p, const struct terminal *t, int64_t now_ms)
{
    struct line line = {out, t, (t->width > 20 ? t->width : 20) - 1};
    paint_head(line, p, now_ms);
    paint_counts(line, p);
    paint_running(&line, p, now_ms);
    if (*p->retry && now_ms - p->retry_ms < RETRY_SHOWN_MS) {
        line_add(&line, SGR_YELLOW, p->retry);
        line_end(&line);
    }
}

int paint_rows(const char *block, int columns)
{
    int rows = 0, width = 0;
    while (*block) {
        if (*block == '\033') {
            block += strcspn(block, "m");
            block += *block == 'm';
        } else if (*block == '\n') {
            rows += width > columns ? (width + columns - 1) / columns : 1;
            width = 0;
            block++;
        } else {
            char text[8];
            size_t n = strcspn(block, "\n\033");
            n = n < sizeof text - 1 ? n : sizeof text - 1;
            while (n > 1 && ((unsigned char)block[n] & 0xc0) == 0x80)
                n--;
            memcpy(text, block, n);
            text[n] = '\0';
            width += glyph_width(text);
            block += n;
        }
    }
    return rows;
}

void paint_done(FILE *out, const struct orgrun_event *event, const struct terminal *t, int columns)
{
    struct line l = {out, t, columns > 0 ? columns : 1 << 20};
    const struct orgrun_account *a = event->account;
    char took[VALUE_SIZE];
    line_cell(&l, paint_colour(event->outcome), orgrun_outcome_name(event->outcome), 9);
    line_add(&l, "", " ");
    line_add(&l, "", a->id);
    if (*a->name) {
        line_add(&l, "", " (");
        line_add(&l, "", a->name);
        line_add(&l, "", ")");
    }
    if (*event->region) {
        line_add(&l, "", " ");
        line_add(&l, "", event->region);
    }
    line_add(&l, "", " ");
    line_add(&l, SGR_BOLD, event->task);
    if (event->outcome == ORGRUN_PASSED) {
        line_add(&l, "", " in ");
        line_add(&l, "", value_took(event->duration_ms, took));
    } else if (*event->reason) {
        line_add(&l, "", ": ");
        line_add(&l, "", event->reason);
    }
    if (event->outcome != ORGRUN_PASSED && *event->first_line) {
        line_add(&l, "", ": ");
        line_add(&l, "", event->first_line);
    }
}

void paint_start(FILE *out, const struct progress *p, const char *state_dir)
{
    (void)fprintf(out, "run %s: job %s, state %s", p->run_id, p->job, state_dir);
}

/* "17 passed, 1 error", or "nothing". */
static void paint_sum(FILE *out, const struct orgrun_counts *counts, const struct terminal *t)
{
    const char *comma = "";
    for (int i = 0; i < ORGRUN_OUTCOMES; i++)
        if (counts->of[i]) {
            (void)fputs(comma, out);
            if (t)
                terminal_paint(out, t, outcome_colours[i]);
            (void)fprintf(out, "%u %s", counts->of[i], orgrun_outcome_name((enum orgrun_outcome)i));
            if (t)
                terminal_plain(out, t);
            comma = ", ";
        }
    if (!*comma)
        (void)fputs("no outcome", out);
}

void paint_status(FILE *out, const struct progress *p, int64_t now_ms)
{
    char left[VALUE_SIZE];
    int64_t left_ms = progress_left_ms(p, now_ms);
    (void)fprintf(out, "%zu/%zu%s done, ", progress_done(p), p->targets, p->enumerated ? "" : "+");
    paint_sum(out, &p->counts, NULL);
    (void)fprintf(out, ", %zu running", progress_running(p));
    if (left_ms > 0)
        (void)fprintf(out, ", about %s left", value_took(left_ms, left));
}

void paint_end(FILE *out, const struct progress *p, const struct orgrun_run_result *result,
               const struct terminal *t, int64_t now_ms)
{
    char took[VALUE_SIZE];
    (void)fprintf(out, "run %s: ", result->run_id);
    paint_sum(out, &result->counts, t);
    (void)fprintf(out, " in %s", value_took(now_ms - p->began_ms, took));
    if (*result->reason) {
        (void)fputs(": ", out);
        glyph_write(out, result->reason, t->unicode);
    }
}
