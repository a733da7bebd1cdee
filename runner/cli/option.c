// SPDX-License-Identifier: MIT
// Reading options by their tables, over getopt_long.
#include "cli/option.h"

#include "cli/glyph.h"
#include "cli/value.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX 64
#define FIRST_LONG 256 /* above every letter; the value of option i is FIRST_LONG + i */

/* The options of all groups in one row, and the forms getopt and near misses need. */
struct row {
    const struct option_spec *specs[OPTIONS_MAX];
    struct option longs[OPTIONS_MAX + 1];
    char dashed[OPTIONS_MAX][32];
    const char *names[OPTIONS_MAX + 1];
    char letters[3 * OPTIONS_MAX];
    size_t len;
};

static void row_add(struct row *row, const struct option_spec *spec)
{
    size_t i = row->len++;
    row->specs[i] = spec;
    row->longs[i] = (struct option){spec->name, spec->value ? required_argument : no_argument, NULL,
                                    FIRST_LONG + (int)i};
    (void)snprintf(row->dashed[i], sizeof row->dashed[i], "--%s", spec->name);
    row->names[i] = row->dashed[i];
    if (spec->letter) {
        size_t n = strlen(row->letters);
        row->letters[n] = spec->letter;
        row->letters[n + 1] = spec->value ? ':' : '\0';
    }
}

static void row_fill(struct row *row, const struct option_group *const *groups, bool stop)
{
    memset(row, 0, sizeof *row);
    (void)snprintf(row->letters, sizeof row->letters, "%s:", stop ? "+" : "");
    for (; *groups; groups++)
        for (const struct option_spec *spec = (*groups)->options; spec->name; spec++)
            if (row->len < OPTIONS_MAX)
                row_add(row, spec);
}

/* The option that getopt's value names: a letter or FIRST_LONG + place. */
static const struct option_spec *row_find(const struct row *row, int value)
{
    if (value >= FIRST_LONG)
        return row->specs[value - FIRST_LONG];
    for (size_t i = 0; i < row->len; i++)
        if (row->specs[i]->letter == value)
            return row->specs[i];
    return NULL;
}

/* An option that is not there: nearest name, or the names it abbreviates. */
static void say_unknown(const struct row *row, const char *arg, char *message)
{
    char given[64], several[256] = "";
    size_t n = 0, matches = 0;
    (void)snprintf(given, sizeof given, "%.*s", (int)strcspn(arg, "="), arg);
    for (size_t i = 0; i < row->len; i++)
        if (strlen(given) > 2 && strncmp(row->names[i], given, strlen(given)) == 0) {
            matches++;
            n += (size_t)snprintf(several + n, sizeof several - n, "%s%s", n ? ", " : "",
                                  row->names[i]);
        }
    const char *near = glyph_nearest(given, row->names);
    if (matches > 1)
        (void)snprintf(message, OPTION_MESSAGE_SIZE, "option '%s' could be any of %s", given,
                       several);
    else if (near)
        (void)snprintf(message, OPTION_MESSAGE_SIZE, "unknown option '%s': did you mean '%s'?",
                       given, near);
    else
        (void)snprintf(message, OPTION_MESSAGE_SIZE, "unknown option '%s'", given);
}

/* getopt said '?' or ':'; optopt says of what. */
static void say_refused(const struct row *row, int verdict, char **argv, char *message)
{
    const struct option_spec *spec = optopt ? row_find(row, optopt) : NULL;
    if (verdict == ':' && spec)
        (void)snprintf(message, OPTION_MESSAGE_SIZE, "option '--%s' needs a value: --%s=%s",
                       spec->name, spec->name, spec->value);
    else if (spec)
        (void)snprintf(message, OPTION_MESSAGE_SIZE, "option '--%s' takes no value", spec->name);
    else if (optopt)
        (void)snprintf(message, OPTION_MESSAGE_SIZE, "unknown option '-%c'", optopt);
    else
        say_unknown(row, argv[optind - 1], message);
}

static int bad_value(const struct option_spec *spec, const char *arg, const char *wanted,
                     char *message)
{
    (void)snprintf(message, OPTION_MESSAGE_SIZE, "option '--%s': '%s' is not %s", spec->name, arg,
                   wanted);
    return -1;
}

static int set_choice(const struct option_spec *spec, const char *arg, int *place, char *message)
{
    char all[128] = "";
    size_t n = 0;
    for (int i = 0; spec->choices[i]; i++) {
        if (strcmp(spec->choices[i], arg) == 0) {
            *place = i;
            return 0;
        }
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", spec->choices[i]);
    }
    const char *near = glyph_nearest(arg, spec->choices);
    char wanted[256];
    (void)snprintf(wanted, sizeof wanted, "one of %s%s%s%s", all, near ? ": did you mean '" : "",
                   near ? near : "", near ? "'?" : "");
    return bad_value(spec, arg, wanted, message);
}

static int set_number(const struct option_spec *spec, const char *arg, int64_t *number,
                      char *message)
{
    char wanted[80];
    if (value_number(arg, spec->least, spec->most, number) == 0)
        return 0;
    (void)snprintf(wanted, sizeof wanted, "a whole number from %lld to %lld",
                   (long long)spec->least, (long long)spec->most);
    return bad_value(spec, arg, wanted, message);
}

static int set_value(const struct option_spec *spec, const char *arg, struct settings *s,
                     char *message)
{
    void *place = (char *)s + spec->offset;
    if (spec->value && *arg == '\0') {
        (void)snprintf(message, OPTION_MESSAGE_SIZE, "option '--%s': the value is empty",
                       spec->name);
        return -1;
    }
    switch (spec->kind) {
    case OPTION_FLAG:
        *(int *)place = (int)spec->most;
        return 0;
    case OPTION_COUNT:
        ++*(int *)place;
        return 0;
    case OPTION_TEXT:
        *(const char **)place = arg;
        return 0;
    case OPTION_EACH:
        words_add(place, arg);
        return 0;
    case OPTION_COMMAS:
        words_split(place, arg);
        return 0;
    case OPTION_NUMBER:
        return set_number(spec, arg, place, message);
    case OPTION_DURATION:
        return value_duration(arg, place) == 0
                   ? 0
                   : bad_value(spec, arg, "a duration such as 90s, 5m or 2h", message);
    case OPTION_CHOICE:
        return set_choice(spec, arg, place, message);
    }
    return 0;
}

int option_read(const struct option_group *const *groups, bool stop_at_operand, int argc,
                char **argv, struct settings *s, char message[OPTION_MESSAGE_SIZE])
{
    struct row row;
    row_fill(&row, groups, stop_at_operand);
    opterr = 0;
    optind = 0;
    for (;;) {
        int value = getopt_long(argc, argv, row.letters, row.longs, NULL);
        if (value == -1)
            return optind;
        const struct option_spec *spec = row_find(&row, value);
        if (!spec) {
            say_refused(&row, value, argv, message);
            return -1;
        }
        if (set_value(spec, optarg ? optarg : "", s, message))
            return -1;
    }
}

void settings_clear(struct settings *s)
{
    struct words *all[] = {
        &s->reports, &s->set,        &s->accounts,         &s->include,      &s->exclude,
        &s->regions, &s->env,        &s->policy_arns,      &s->session_tags, &s->transitive_tags,
        &s->via,     &s->principals, &s->managed_policies, &s->ous,          &s->tags};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        words_clear(all[i]);
}
