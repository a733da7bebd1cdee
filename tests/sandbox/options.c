// SPDX-License-Identifier: MIT
// One table of options, and the faults' settings beside it.
#include "sandbox/options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, NUMBER, TEXT, LIST, WORD };

struct option_spec {
    const char *name, *value, *what;
    enum kind kind;
    size_t offset;
    const char *words[5]; /* of a WORD: the enum's values in order */
};

#define AT(field) offsetof(struct options, field)

static const struct option_spec specs[] = {
    {"port", "N", "port on 127.0.0.1; 0, the default, takes a free one", NUMBER, AT(port)},
    {"accounts", "N", "active accounts, the management account among them (26)", NUMBER,
     AT(accounts)},
    {"suspended", "N", "suspended accounts besides (1)", NUMBER, AT(suspended)},
    {"denied", "N", "active accounts whose role refuses the caller (1)", NUMBER, AT(denied)},
    {"deny", "ID", "one more account that refuses; repeatable", LIST, AT(deny)},
    {"suspend", "ID", "one more account that is suspended; repeatable", LIST, AT(suspend)},
    {"partition", "NAME", "second field of every ARN (aws)", TEXT, AT(partition)},
    {"region", "NAME", "the one Region that signatures may be scoped to; any by default", TEXT,
     AT(region)},
    {"role", "NAME", "role in each account, path/name (rol_sts_cross_account)", TEXT, AT(role)},
    {"external-id", "TEXT", "ExternalId that the role asks for", TEXT, AT(external_id)},
    {"mfa-code", "CODE", "what every MFA device shows (123456); it is taken once", TEXT,
     AT(mfa_code)},
    {"max-duration", "S", "the role's MaxSessionDuration (3600)", NUMBER, AT(max_duration)},
    {"min-duration", "S", "least DurationSeconds (900)", NUMBER, AT(min_duration)},
    {"skew-tolerance", "S", "how far the clocks may be apart (300)", NUMBER, AT(skew_tolerance)},
    {"source-token", NULL, "the source key is a temporary one, with a session token", FLAG,
     AT(source_token)},
    {"empty-pages", NULL, "an empty page, with a token, before each page", FLAG, AT(empty_pages)},
    {"null-token", NULL, "\"NextToken\": null on the last page rather than none", FLAG,
     AT(null_token)},
    {"overlap", NULL, "a page begins with the account that the one before ended with", FLAG,
     AT(overlap)},
    {"endless", NULL, "the last page's NextToken leads to the last page", FLAG, AT(endless)},
    {"state",
     "WHICH",
     "fields of an account's state: both, new (State), old (Status), neither",
     WORD,
     AT(state),
     {"both", "new", "old", "neither"}},
    {"organizations",
     "HOW",
     "ok, denied, or unused (not in an organization)",
     WORD,
     AT(organizations),
     {"ok", "denied", "unused"}},
    {"tls", "DIR", "HTTPS, with a throw-away CA written to DIR/ca.pem", TEXT, AT(tls)},
    {"ready-file", "PATH", "the line of JSON goes there too, in one step", TEXT, AT(ready_file)},
    {"until-eof", NULL, "end when standard input ends", FLAG, AT(until_eof)},
    {"help", NULL, "this text", FLAG, AT(help)},
    {0}};

static int number_parse(const struct option_spec *s, const char *text, int *out,
                        struct orgrun_error *err)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end || errno || value < 0 || value > 100000000)
        return error_set(err, ORGRUN_EUSAGE, "--%s must be a whole number, not \"%s\"", s->name,
                         text);
    *out = (int)value;
    return 0;
}

static int word_parse(const struct option_spec *s, const char *text, void *field,
                      struct orgrun_error *err)
{
    for (unsigned i = 0; s->words[i]; i++)
        if (strcmp(s->words[i], text) == 0) {
            memcpy(field, &i, sizeof(i));
            return 0;
        }
    return error_set(err, ORGRUN_EUSAGE, "--%s cannot be \"%s\": %s", s->name, text, s->what);
}

static int store(struct options *opts, const struct option_spec *s, const char *value,
                 struct orgrun_error *err)
{
    void *field = (char *)opts + s->offset;
    switch (s->kind) {
    case FLAG:
        *(bool *)field = true;
        return 0;
    case NUMBER:
        return number_parse(s, value, field, err);
    case TEXT:
        *(const char **)field = value;
        return 0;
    case LIST:
        return strv_push(field, value) == 0 ? 0 : error_nomem(err);
    case WORD:
        return word_parse(s, value, field, err);
    }
    return 0;
}

/* --rate-limit 5 of the faults' settings, whose names have underscores. */
static int fault_parse(struct options *opts, const char *name, const char *value,
                       struct orgrun_error *err)
{
    char key[64];
    snprintf(key, sizeof(key), "%s", name);
    for (char *c = key; *c; c++)
        if (*c == '-')
            *c = '_';
    int rc = strcmp(key, "expired") == 0 ? faults_set_text(&opts->faults, key, "true", err)
             : value                     ? faults_set_text(&opts->faults, key, value, err)
                     : error_set(err, ORGRUN_EUSAGE, "--%s needs a value", name);
    if (rc == ORGRUN_ENOTFOUND)
        return error_set(err, ORGRUN_EUSAGE, "unknown option --%s", name);
    return rc;
}

static const struct option_spec *spec_find(const char *name)
{
    for (const struct option_spec *s = specs; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

int options_parse(struct options *opts, int argc, char **argv, struct orgrun_error *err)
{
    *opts = (struct options){.accounts = 26,
                             .suspended = 1,
                             .denied = 1,
                             .partition = "aws",
                             .role = "rol_sts_cross_account",
                             .mfa_code = "123456",
                             .max_duration = 3600,
                             .min_duration = 900,
                             .skew_tolerance = 300};
    faults_init(&opts->faults);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0)
            return error_set(err, ORGRUN_EUSAGE, "unexpected argument \"%s\"", argv[i]);
        const char *name = argv[i] + 2;
        const struct option_spec *s = spec_find(name);
        bool flag = s ? s->kind == FLAG : strcmp(name, "expired") == 0;
        const char *value = flag ? "" : i + 1 < argc ? argv[++i] : NULL;
        if (s && !value)
            return error_set(err, ORGRUN_EUSAGE, "--%s needs a value", name);
        int rc = s ? store(opts, s, value, err) : fault_parse(opts, name, value, err);
        if (rc != 0)
            return rc;
    }
    if (opts->accounts <= opts->denied)
        opts->denied = opts->accounts > 0 ? opts->accounts - 1 : 0;
    return 0;
}

void options_clear(struct options *opts)
{
    strv_clear(&opts->deny);
    strv_clear(&opts->suspend);
}

void options_help(void)
{
    puts("usage: orgrun-sandbox [option...]\n\n"
         "An offline AWS organization on 127.0.0.1: STS, Organizations and a little of IAM. When "
         "it\n"
         "is ready it prints one line of JSON that says where it is and which access key it "
         "takes.\n");
    for (const struct option_spec *s = specs; s->name; s++) {
        char left[48];
        snprintf(left, sizeof(left), "--%s%s%s", s->name, s->value ? " " : "",
                 s->value ? s->value : "");
        printf("  %-22s %s\n", left, s->what);
    }
    puts("\nFaults, which POST /sandbox/config changes while it runs:");
    for (const struct faults_setting *s = faults_settings; s->name; s++) {
        char left[48];
        snprintf(left, sizeof(left), "--%s%s", s->name, s->type == FAULTS_FLAG ? "" : " VALUE");
        for (char *c = left; *c; c++)
            if (*c == '_')
                *c = '-';
        printf("  %-24s %s\n", left, s->what);
    }
}
