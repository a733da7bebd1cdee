// SPDX-License-Identifier: MIT
// Templates in text: found, checked and expanded.
#include "job/template.h"

#include "base/text.h"

#include <string.h>

static const struct {
    const char *name;
    unsigned bit;
    size_t offset; /* in struct template_vars */
} variables[] = {
    {"account.id", TEMPLATE_ACCOUNT_ID, offsetof(struct template_vars, account_id)},
    {"account.name", TEMPLATE_ACCOUNT_NAME, offsetof(struct template_vars, account_name)},
    {"region", TEMPLATE_REGION, offsetof(struct template_vars, region)},
    {"run.id", TEMPLATE_RUN_ID, offsetof(struct template_vars, run_id)},
    {"task.name", TEMPLATE_TASK_NAME, offsetof(struct template_vars, task_name)},
};
#define VARIABLES (sizeof variables / sizeof *variables)

/* A stretch of text: a variable's name without braces, or characters to be taken as they are. */
struct piece {
    const char *start;
    size_t len;
    bool variable;
};

/* How long the name before a closing brace at s is; 0 when there is none. */
static size_t name_len(const char *s)
{
    if (*s < 'a' || *s > 'z')
        return 0;
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return s[n] == '}' ? n : 0;
}

/* Takes the next piece off a text that is not at its end; returns what follows it. */
static const char *next_piece(const char *s, struct piece *piece)
{
    size_t n;
    if (s[0] == '{' && s[1] == '{' && (n = name_len(s + 2)) > 0 && s[n + 3] == '}') {
        *piece = (struct piece){.start = s + 1, .len = n + 2};
        return s + n + 4;
    }
    if (s[0] == '{' && (n = name_len(s + 1)) > 0) {
        *piece = (struct piece){.start = s + 1, .len = n, .variable = true};
        return s + n + 2;
    }
    n = 1 + strcspn(s + 1, "{");
    *piece = (struct piece){.start = s, .len = n};
    return s + n;
}

/* The variable of that name, or VARIABLES. */
static size_t find(const struct piece *piece)
{
    size_t i = 0;
    while (i < VARIABLES && (strlen(variables[i].name) != piece->len ||
                             memcmp(variables[i].name, piece->start, piece->len) != 0))
        i++;
    return i;
}

static int refuse(const struct piece *piece, bool known, unsigned allowed, struct orgrun_error *err)
{
    const char *names[VARIABLES + 1] = {NULL};
    struct buf list;
    char word[65] = "";
    buf_init(&list, 256);
    for (size_t i = 0, n = 0; i < VARIABLES; i++)
        if (variables[i].bit & allowed) {
            (void)buf_printf(&list, "%s{%s}", n ? ", " : "", variables[i].name);
            names[n++] = variables[i].name;
        }
    memcpy(word, piece->start, piece->len < sizeof word ? piece->len : sizeof word - 1);
    const char *near = known ? NULL : text_nearest(word, names);
    int rc = error_set(err, ORGRUN_EJOB, "%s \"{%s}\"%s%s%s%s (allowed: %s)",
                       known ? "template" : "unknown template", word,
                       known ? " cannot be used here" : "", near ? "; did you mean \"{" : "",
                       near ? near : "", near ? "}\"?" : "", buf_str(&list));
    buf_clear(&list);
    (void)error_hint(err, "For the text \"{%s}\" itself write \"{{%s}}\".", word, word);
    return rc;
}

int template_check(const char *text, unsigned allowed, struct orgrun_error *err)
{
    struct piece piece;
    while (*text) {
        text = next_piece(text, &piece);
        size_t i = piece.variable ? find(&piece) : 0;
        if (piece.variable && (i == VARIABLES || !(variables[i].bit & allowed)))
            return refuse(&piece, i < VARIABLES, allowed, err);
    }
    return 0;
}

int template_expand(struct buf *out, const char *text, const struct template_vars *vars)
{
    struct piece piece;
    int rc = buf_puts(out, "");
    while (*text && rc == 0) {
        text = next_piece(text, &piece);
        size_t i = piece.variable ? find(&piece) : VARIABLES;
        if (i == VARIABLES) {
            rc = buf_append(out, piece.start, piece.len);
            continue;
        }
        const char *value;
        memcpy(&value, (const char *)vars + variables[i].offset, sizeof(value));
        rc = buf_puts(out, value ? value : "");
    }
    return rc;
}
