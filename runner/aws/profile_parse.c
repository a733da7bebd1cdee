// SPDX-License-Identifier: MIT
// The shared files line by line, by the rules that the SDKs' common parser tests lay down.
#include "aws/profile_parse.h"

#include "base/cleanup.h"
#include "base/secret.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_LEN 512

struct span {
    const char *s;
    size_t len;
};

struct parser {
    struct profile_chunks *out;
    enum profile_file file;
    const char *name;
    const struct log *log;
    struct orgrun_error *err;
    int line;
    bool in_section; /* a header was seen */
    bool ignore_section;
    bool ignore_property;
    /* the property under way, which later lines may continue; no name = none */
    char *property;
    bool nested;
    struct buf value;
};

/* ---- text ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(struct span t)
{
    while (t.len > 0 && is_blank(t.s[0])) {
        t.s++;
        t.len--;
    }
    while (t.len > 0 && is_blank(t.s[t.len - 1]))
        t.len--;
    return t;
}

/* Cuts at the first '#' or ';', which within a property counts only after white space. */
static struct span strip_comment(struct span t, bool after_blank)
{
    for (size_t i = 0; i < t.len; i++)
        if ((t.s[i] == '#' || t.s[i] == ';') && (!after_blank || (i > 0 && is_blank(t.s[i - 1]))))
            return (struct span){t.s, i};
    return t;
}

static bool is_name(struct span t, const char *marks)
{
    if (t.len == 0 || t.len > NAME_MAX_LEN)
        return false;
    for (size_t i = 0; i < t.len; i++)
        if (!isalnum((unsigned char)t.s[i]) && !strchr(marks, t.s[i]))
            return false;
    return true;
}

static bool is_section_name(struct span t)
{
    return is_name(t, "-_/.%@:+");
}

/* ---- memory ---- */

void profile_property_clear(struct profile_property *p)
{
    free(p->name);
    secret_free_str(p->value);
    for (size_t i = 0; i < p->nested_len; i++)
        profile_property_clear(&p->nested[i]);
    free(p->nested);
    *p = (struct profile_property){0};
}

void profile_section_clear(struct profile_section *s)
{
    free(s->name);
    for (size_t i = 0; i < s->properties_len; i++)
        profile_property_clear(&s->properties[i]);
    free(s->properties);
    *s = (struct profile_section){0};
}

void profile_chunks_clear(struct profile_chunks *c)
{
    for (size_t i = 0; i < c->len; i++)
        profile_section_clear(&c->items[i].section);
    free(c->items);
    *c = (struct profile_chunks){0};
}

/* Room for one more in an array of structs; NULL when out of memory. The structs hold pointers
 * only, so a block that realloc leaves behind holds no secret. */
static void *grow(void *items, size_t len, size_t *cap, size_t size)
{
    if (len < *cap)
        return items;
    size_t more = *cap ? *cap * 2 : 8;
    void *grown = reallocarray(items, more, size);
    if (grown)
        *cap = more;
    return grown;
}

/* ---- properties ---- */

static char *lower_copy(struct span t)
{
    char *s = strndup(t.s, t.len);
    for (char *c = s; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return s;
}

/* "name = value", both trimmed; false without a '='. */
static bool split(struct span line, struct span *name, struct span *value)
{
    const char *eq = memchr(line.s, '=', line.len);
    if (!eq)
        return false;
    *name = trim((struct span){line.s, (size_t)(eq - line.s)});
    *value = trim((struct span){eq + 1, line.len - (size_t)(eq + 1 - line.s)});
    return true;
}

/* The lines of "\nkey = value\n..." become nested properties. */
static int fill_nested(struct profile_property *p)
{
    size_t cap = 0;
    for (const char *s = strchr(p->value, '\n'); s; s = strchr(s, '\n')) {
        s++;
        struct span name, value;
        if (!split((struct span){s, strcspn(s, "\n")}, &name, &value))
            continue;
        struct profile_property *items = grow(p->nested, p->nested_len, &cap, sizeof *items);
        if (!items)
            return ORGRUN_ENOMEM;
        p->nested = items;
        struct profile_property *n = &items[p->nested_len++];
        *n = (struct profile_property){.name = lower_copy(name),
                                       .value = strndup(value.s, value.len)};
        if (!n->name || !n->value)
            return ORGRUN_ENOMEM;
    }
    return 0;
}

/* Hands the property under way to its section. */
static int end_property(struct parser *p)
{
    if (!p->property)
        return 0;
    struct profile_chunk *c = &p->out->items[p->out->len - 1];
    struct profile_property *items =
        grow(c->section.properties, c->section.properties_len, &c->properties_cap, sizeof *items);
    if (!items || p->value.failed)
        return error_nomem(p->err);
    c->section.properties = items;
    struct profile_property *property = &items[c->section.properties_len++];
    *property = (struct profile_property){.name = TAKE_PTR(p->property),
                                          .value = strdup(buf_str(&p->value))};
    buf_clear(&p->value);
    if (!property->value || (p->nested && fill_nested(property)))
        return error_nomem(p->err);
    return 0;
}

/* ---- lines ---- */

static int fail(struct parser *p, const char *why)
{
    return error_set(p->err, ORGRUN_ECREDENTIALS, "%s:%d: %s", p->name, p->line, why);
}

/* Names are left out of warnings: of a line that breaks the rules, nobody knows what it holds. */
static void warn(const struct parser *p, const char *what)
{
    log_warn(p->log, "%s:%d: %s", p->name, p->line, what);
}

static int property_line(struct parser *p, struct span line)
{
    int rc = end_property(p);
    if (rc || p->ignore_section)
        return rc;
    if (!p->in_section)
        return fail(p, "Expected a profile definition");
    struct span name, value;
    if (!split(trim(strip_comment(line, true)), &name, &value))
        return fail(p, "Expected an '=' sign defining a property");
    if (name.len == 0)
        return fail(p, "Property did not have a name");
    p->ignore_property = !is_name(name, "-_");
    if (p->ignore_property) {
        warn(p, "ignored: a property's name may hold letters, digits, - and _ only");
        return 0;
    }
    p->property = lower_copy(name);
    p->nested = value.len == 0;
    if (!p->property || buf_append(&p->value, value.s, value.len))
        return error_nomem(p->err);
    return 0;
}

static int check_nested(struct parser *p, struct span line)
{
    struct span name, value;
    if (!split(line, &name, &value))
        return fail(p, "Expected an '=' sign defining a sub-property");
    return name.len == 0 ? fail(p, "Sub-property did not have a name") : 0;
}

static int continuation_line(struct parser *p, struct span line)
{
    line = trim(line);
    if (p->ignore_section || p->ignore_property)
        return 0;
    if (!p->property) {
        /* an indented comment continues nothing, and other tools let it pass */
        if (line.s[0] == '#' || line.s[0] == ';')
            return 0;
        fail(p, p->in_section ? "Expected a property definition, found continuation"
                              : "Expected a profile definition, found continuation");
        error_hint(p->err, "a line that begins with white space continues the one before it: "
                           "remove the white space");
        return ORGRUN_ECREDENTIALS;
    }
    int rc = p->nested ? check_nested(p, line) : 0;
    if (rc)
        return rc;
    if (buf_putc(&p->value, '\n') || buf_append(&p->value, line.s, line.len))
        return error_nomem(p->err);
    return 0;
}

/* Takes "<word><blank>" off the front of a header's text. */
static bool take_prefix(struct span *t, const char *word)
{
    size_t n = strlen(word);
    if (t->len <= n || memcmp(t->s, word, n) != 0 || !is_blank(t->s[n]))
        return false;
    *t = trim((struct span){t->s + n, t->len - n});
    return true;
}

/* What a header's text stands for; NULL, or why it is ignored. */
static const char *read_header(const struct parser *p, struct span *name,
                               struct profile_chunk *chunk)
{
    static const struct {
        const char *prefix;
        enum profile_kind kind;
    } prefixes[] = {
        {"profile", PROFILE_KIND_PROFILE},
        {"sso-session", PROFILE_KIND_SSO_SESSION},
        {"services", PROFILE_KIND_SERVICES},
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && !chunk->prefixed; i++) {
        chunk->prefixed = take_prefix(name, prefixes[i].prefix);
        chunk->kind = chunk->prefixed ? prefixes[i].kind : PROFILE_KIND_PROFILE;
    }
    if (p->file == PROFILE_FILE_CREDENTIALS && chunk->prefixed)
        return "section ignored: in the credentials file a section is [NAME] alone";
    if (p->file == PROFILE_FILE_CONFIG && !chunk->prefixed &&
        (name->len != strlen("default") || memcmp(name->s, "default", name->len) != 0))
        return "section ignored: in the config file a profile is [profile NAME] or [default]";
    if (!is_section_name(*name))
        return "section ignored: its name may hold letters, digits and - _ / . % @ : + only";
    return NULL;
}

static int section_line(struct parser *p, struct span line)
{
    int rc = end_property(p);
    if (rc)
        return rc;
    line = trim(strip_comment(line, false));
    struct profile_chunk chunk = {.file = p->file, .line = p->line};
    bool closed = line.s[line.len - 1] == ']';
    struct span name = trim((struct span){line.s + 1, line.len - (closed ? 2 : 1)});
    const char *ignored = read_header(p, &name, &chunk);
    if (!closed)
        return fail(p, chunk.kind == PROFILE_KIND_PROFILE ? "Profile definition must end with ']'"
                                                          : "Section definition must end with ']'");
    p->in_section = true;
    p->ignore_section = ignored;
    p->ignore_property = false;
    if (ignored) {
        warn(p, ignored);
        return 0;
    }
    struct profile_chunk *items = grow(p->out->items, p->out->len, &p->out->cap, sizeof *items);
    if (!items)
        return error_nomem(p->err);
    p->out->items = items;
    chunk.section.name = strndup(name.s, name.len);
    if (!chunk.section.name)
        return error_nomem(p->err);
    items[p->out->len++] = chunk;
    return 0;
}

static int read_line(struct parser *p, struct span line)
{
    p->line++;
    if (line.len > 0 && line.s[line.len - 1] == '\r')
        line.len--;
    if (trim(line).len == 0 || line.s[0] == '#' || line.s[0] == ';')
        return 0;
    if (line.s[0] == '[')
        return section_line(p, line);
    return is_blank(line.s[0]) ? continuation_line(p, line) : property_line(p, line);
}

int profile_parse(struct profile_chunks *out, const char *text, enum profile_file file,
                  const char *name, const struct log *log, struct orgrun_error *err)
{
    struct parser p = {.out = out, .file = file, .name = name, .log = log, .err = err};
    buf_init_secret(&p.value, PROFILE_FILE_MAX);
    if (text_starts(text, "\xef\xbb\xbf"))
        text += 3;
    int rc = 0;
    while (!rc && *text) {
        size_t len = strcspn(text, "\n");
        rc = read_line(&p, (struct span){text, len});
        text += len + (text[len] == '\n');
    }
    if (!rc)
        rc = end_property(&p);
    free(p.property);
    buf_clear(&p.value);
    return rc;
}
