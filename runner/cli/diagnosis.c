// SPDX-License-Identifier: MIT
// Findings grouped, as a table and as JSON.
#include "cli/diagnosis.h"

#include "cli/glyph.h"
#include "cli/listing.h"
#include "cli/prose.h"
#include "cli/value.h"
#include "cli/words.h"

#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 20 /* accounts of one group, unless all are wanted */
#define NAME_MAX 32  /* columns of an account's name */

/* The groups of the table in order; those that are fine are counted only. */
static const struct section {
    enum orgrun_doctor_verdict verdict;
    const char *title, *sign, *ascii, *sgr;
} sections[] = {
    {ORGRUN_DOCTOR_REFUSED, "Refused", "\u2717", "x", SGR_RED},
    {ORGRUN_DOCTOR_UNTRIED, "Not tried to the end", "\u2205", "o", SGR_YELLOW},
    {ORGRUN_DOCTOR_UNCOVERED, "Not covered", "!", "!", SGR_MAGENTA},
    {ORGRUN_DOCTOR_SKIPPED, "Skipped, as a run would", "-", "-", SGR_YELLOW},
    {ORGRUN_DOCTOR_EXCLUDED, "Excluded", "-", "-", SGR_DIM},
};
#define SECTIONS (sizeof sections / sizeof *sections)

static json_t *finding_json(const struct orgrun_diagnosis *d)
{
    json_t *object = json_object();
    (void)json_object_set_new(object, "account", listing_account(&d->account));
    listing_set(object, "verdict", orgrun_doctor_verdict_name(d->verdict));
    const struct {
        const char *key, *text;
    } texts[] = {{"role_arn", d->role_arn},
                 {"session_arn", d->session_arn},
                 {"cause", d->cause},
                 {"summary", d->summary},
                 {"message", d->message}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        listing_set(object, texts[i].key, *texts[i].text ? texts[i].text : NULL);
    /* Not through listing_set: the lines of a statement are to stay lines. */
    (void)json_object_set_new(object, "hint", *d->hint ? json_string(d->hint) : json_null());
    return object;
}

/* What an account needs is the same for a group; what was answered names the account. Reasons that
 * come without an answer are the job's own words. */
static char *group_key(const struct orgrun_diagnosis *d)
{
    bool asked = d->verdict == ORGRUN_DOCTOR_REFUSED;
    const char *parts[] = {d->cause, asked ? d->hint : d->message};
    size_t size = strlen(parts[0]) + strlen(parts[1]) + 2;
    char *key = words_alloc(NULL, size);
    (void)snprintf(key, size, "%s\n%s", parts[0], parts[1]);
    return key;
}

void findings_add(struct findings *f, const struct orgrun_diagnosis *d)
{
    if (d->verdict == ORGRUN_DOCTOR_TRYING)
        return;
    if (f->len == f->size) {
        f->size = f->size ? f->size * 2 : 64;
        f->at = words_alloc(f->at, f->size * sizeof *f->at);
    }
    f->at[f->len++] = (struct finding){d->verdict, finding_json(d), group_key(d)};
}

static const char *text_of(const struct finding *f, const char *key)
{
    const char *text = json_string_value(json_object_get(f->json, key));
    return text ? text : "";
}

static const char *account_of(const struct finding *f, const char *key)
{
    const char *text = json_string_value(json_object_get(json_object_get(f->json, "account"), key));
    return text ? text : "";
}

/* Findings with one key: the first, and how many. */
struct group {
    const struct finding *first;
    size_t len;
};

/* The groups of a verdict, the largest first; to be freed. */
static struct group *groups_of(const struct findings *f, enum orgrun_doctor_verdict verdict,
                               size_t *len)
{
    struct group *groups = words_alloc(NULL, (f->len + 1) * sizeof *groups);
    size_t n = 0;
    for (size_t i = 0; i < f->len; i++) {
        if (f->at[i].verdict != verdict)
            continue;
        size_t g = 0;
        while (g < n && strcmp(groups[g].first->key, f->at[i].key) != 0)
            g++;
        if (g == n)
            groups[n++] = (struct group){&f->at[i], 0};
        groups[g].len++;
    }
    for (size_t i = 1; i < n; i++) /* by insertion, which keeps the order of equals */
        for (size_t k = i; k > 0 && groups[k].len > groups[k - 1].len; k--) {
            struct group other = groups[k];
            groups[k] = groups[k - 1];
            groups[k - 1] = other;
        }
    *len = n;
    return groups;
}

static int name_columns(const struct findings *f, const struct group *g)
{
    int most = 0;
    for (size_t i = 0; i < f->len; i++) {
        int w = glyph_width(account_of(&f->at[i], "name"));
        if (f->at[i].verdict == g->first->verdict && strcmp(f->at[i].key, g->first->key) == 0)
            most = w > most ? w : most;
    }
    return most < NAME_MAX ? most : NAME_MAX;
}

/* "437360144576  payments-prod  Workloads/Prod". */
static void write_account(FILE *out, const struct terminal *t, const struct finding *f, int columns)
{
    char name[GLYPH_CLEAN_SIZE(512)];
    const char *path = account_of(f, "ou_path");
    (void)glyph_clean(name, sizeof name, account_of(f, "name"), t->unicode);
    (void)fprintf(out, "      %s", account_of(f, "id"));
    if (*name) {
        (void)fputs("  ", out);
        terminal_paint(out, t, SGR_BOLD);
        int used = glyph_write_cut(out, name, columns, t->unicode);
        terminal_plain(out, t);
        if (*path)
            (void)fprintf(out, "%*s", columns - used, "");
    }
    if (*path) {
        (void)fputs("  ", out);
        glyph_write(out, path, t->unicode);
    }
    (void)fputc('\n', out);
}

static void write_accounts(FILE *out, const struct terminal *t, const struct findings *f,
                           const struct group *g, bool all)
{
    int columns = name_columns(f, g);
    size_t named = 0;
    for (size_t i = 0; i < f->len; i++) {
        const struct finding *one = &f->at[i];
        if (one->verdict != g->first->verdict || strcmp(one->key, g->first->key) != 0)
            continue;
        if (named++ >= NAMED_MAX && !all)
            continue;
        write_account(out, t, one, columns);
        if (all && one->verdict == ORGRUN_DOCTOR_REFUSED)
            prose_write(out, t, 0, 8, SGR_DIM, text_of(one, "message"));
    }
    if (named > NAMED_MAX && !all)
        (void)fprintf(out, "      and %zu more; --verbose names them all\n", named - NAMED_MAX);
}

/* What to do, behind an arrow. */
static void write_hint(FILE *out, const struct terminal *t, const char *hint)
{
    if (!*hint)
        return;
    (void)fputs("    ", out);
    terminal_paint(out, t, SGR_CYAN);
    (void)fputs(t->unicode ? "\u2192" : ">", out);
    terminal_plain(out, t);
    prose_write(out, t, 5, 6, "", hint);
}

/* The sign, the cause, its accounts, what was answered to the first, and what to do. */
static void write_group(FILE *out, const struct terminal *t, const struct section *s,
                        const struct findings *f, const struct group *g, bool all)
{
    const struct finding *first = g->first;
    bool asked = first->verdict == ORGRUN_DOCTOR_REFUSED;
    const char *cause = text_of(first, asked ? "summary" : "message");
    const char *sign = t->unicode ? s->sign : s->ascii;
    char line[1200];
    (void)fputs("  ", out);
    terminal_paint(out, t, s->sgr);
    (void)fputs(sign, out);
    terminal_plain(out, t);
    (void)snprintf(line, sizeof line, "%s", *cause ? cause : text_of(first, "summary"));
    (void)fputc(' ', out);
    prose_write(out, t, 4, 4, asked ? SGR_BOLD : "", line);
    write_accounts(out, t, f, g, all);
    if (!asked)
        return;
    if (!all)
        prose_write(out, t, 0, 4, SGR_DIM, text_of(first, "message"));
    write_hint(out, t, text_of(first, "hint"));
}

static void write_section(FILE *out, const struct terminal *t, const struct section *s,
                          const struct findings *f, bool all)
{
    size_t len = 0, total = 0;
    char text[VALUE_SIZE];
    struct group *groups = groups_of(f, s->verdict, &len);
    for (size_t i = 0; i < len; i++)
        total += groups[i].len;
    if (len) {
        terminal_paint(out, t, SGR_BOLD);
        (void)fputs(s->title, out);
        terminal_plain(out, t);
        (void)fprintf(out, "  %s\n", value_count(total, "account", text));
    }
    for (size_t i = 0; i < len; i++) {
        write_group(out, t, s, f, &groups[i], all);
        (void)fputc('\n', out);
    }
    free(groups);
}

/* "25 entered, 1 refused, 1 skipped". */
static void write_counts(FILE *out, const struct terminal *t, const struct orgrun_doctor_result *r)
{
    const struct {
        size_t n;
        const char *word, *sgr;
    } counts[] = {{r->entered, "entered", SGR_GREEN},  {r->refused, "refused", SGR_RED},
                  {r->untried, "untried", SGR_YELLOW}, {r->uncovered, "not covered", SGR_MAGENTA},
                  {r->skipped, "skipped", SGR_YELLOW}, {r->excluded, "excluded", ""}};
    const char *comma = "";
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i].n == 0 && i > 0)
            continue;
        (void)fputs(comma, out);
        terminal_paint(out, t, counts[i].n ? counts[i].sgr : "");
        (void)fprintf(out, "%zu %s", counts[i].n, counts[i].word);
        terminal_plain(out, t);
        comma = ", ";
    }
    (void)fputc('\n', out);
}

void findings_write(FILE *out, const struct findings *f, const struct orgrun_doctor_result *r,
                    const struct terminal *t, bool all)
{
    for (size_t i = 0; i < SECTIONS; i++)
        write_section(out, t, &sections[i], f, all);
    if (*r->caller_arn) {
        (void)fputs("as ", out);
        glyph_write(out, r->caller_arn, t->unicode);
        (void)fputc('\n', out);
    }
    write_counts(out, t, r);
    (void)fprintf(out, "exit code %d: ", r->exit_code);
    glyph_write(out, r->reason, t->unicode);
    (void)fputc('\n', out);
}

json_t *findings_json(const struct findings *f, const struct orgrun_doctor_result *r)
{
    json_t *accounts = json_array(), *root = json_object();
    for (size_t i = 0; i < f->len; i++)
        (void)json_array_append(accounts, f->at[i].json);
    listing_set(root, "schema", "orgrun.doctor/1");
    listing_set(root, "caller_arn", *r->caller_arn ? r->caller_arn : NULL);
    (void)json_object_set_new(root, "exit_code", json_integer(r->exit_code));
    listing_set(root, "reason", r->reason);
    (void)json_object_set_new(root, "summary",
                              json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "entered",
                                        (json_int_t)r->entered, "refused", (json_int_t)r->refused,
                                        "untried", (json_int_t)r->untried, "uncovered",
                                        (json_int_t)r->uncovered, "skipped", (json_int_t)r->skipped,
                                        "excluded", (json_int_t)r->excluded));
    (void)json_object_set_new(root, "accounts", accounts);
    return root;
}

void findings_clear(struct findings *f)
{
    for (size_t i = 0; i < f->len; i++) {
        json_decref(f->at[i].json);
        free(f->at[i].key);
    }
    free(f->at);
    *f = (struct findings){0};
}
