// SPDX-License-Identifier: MIT
// orgrun session --explain: where the source credentials come from.
#include "cli/explain.h"

#include "cli/complain.h"
#include "cli/glyph.h"
#include "cli/value.h"

#include <stdio.h>
#include <string.h>

#define NAME_WIDTH 19

static void print_text(const struct cli *cli, const char *text)
{
    glyph_write(stdout, text, cli->out.unicode);
    (void)fputc('\n', stdout);
}

static void print_source(void *user, const struct orgrun_source *source)
{
    static const struct {
        const char *sign, *ascii, *sgr;
    } states[] = {
        [ORGRUN_SOURCE_PASSED_OVER] = {"\u2013", "-", SGR_DIM},
        [ORGRUN_SOURCE_CHOSEN] = {"\u2713", "*", SGR_GREEN},
        [ORGRUN_SOURCE_NOT_REACHED] = {" ", " ", SGR_DIM},
    };
    const struct cli *cli = user;
    const char *sign = cli->out.unicode ? states[source->state].sign : states[source->state].ascii;
    terminal_paint(stdout, &cli->out, states[source->state].sgr);
    (void)printf("  %s %-*s", sign, NAME_WIDTH, source->provider);
    terminal_plain(stdout, &cli->out);
    print_text(cli, source->state == ORGRUN_SOURCE_NOT_REACHED ? "not reached" : source->detail);
    for (const char *const *step = source->steps; *step; step++) {
        (void)printf("    %-*s", NAME_WIDTH, "");
        print_text(cli, *step);
    }
}

static void print_row(const struct cli *cli, const char *name, const char *value)
{
    (void)printf("%-12s", name);
    print_text(cli, value);
}

static void print_identity(const struct cli *cli, const struct orgrun_identity *id)
{
    char at[VALUE_SIZE], left[VALUE_SIZE], line[2 * VALUE_SIZE + 16];
    int64_t now = value_wall_ms();
    (void)putchar('\n');
    print_row(cli, "from", id->provider);
    print_row(cli, "access key", id->access_key_id);
    print_row(cli, "caller", id->arn[0] ? id->arn : "not known: GetCallerIdentity was denied");
    if (id->expires_ms == INT64_MAX)
        (void)snprintf(line, sizeof line, "not by themselves");
    else
        (void)snprintf(line, sizeof line, "%s, in %s", value_time(id->expires_ms, at),
                       value_took(id->expires_ms > now ? id->expires_ms - now : 0, left));
    print_row(cli, "they expire", line);
}

int explain_sources(struct cli *cli)
{
    struct orgrun_error err = {0};
    struct orgrun_ctx *ctx = NULL;
    struct orgrun_identity identity;
    int code = ORGRUN_EXIT_PASSED;
    if (complain_context(cli, complain_log, cli, &ctx, &err))
        return complain_error(cli, &err);
    (void)printf("Source credentials, in the order of the AWS SDKs:\n");
    if (orgrun_source_explain(ctx, print_source, cli, &identity, &err))
        code = complain_error(cli, &err);
    else
        print_identity(cli, &identity);
    orgrun_ctx_free(ctx);
    return code;
}
