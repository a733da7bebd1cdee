// SPDX-License-Identifier: MIT
// Errors and notes, as text or JSON.
#include "cli/complain.h"

#include "cli/environment.h"

#include "cli/eventlog.h"
#include "cli/glyph.h"
#include "cli/mfa.h"
#include "cli/value.h"

#include <stdarg.h>
#include <string.h>

static void write_line(const struct cli *cli, const char *sgr, const char *prefix,
                       const char *message)
{
    terminal_paint(stderr, &cli->err, sgr);
    (void)fputs(prefix, stderr);
    terminal_plain(stderr, &cli->err);
    glyph_write(stderr, message, cli->err.unicode);
    (void)fputc('\n', stderr);
}

int complain_error(const struct cli *cli, const struct orgrun_error *err)
{
    char line[sizeof err->hint];
    (void)fflush(stdout);
    if (cli->settings.log_json) {
        eventlog_message(stderr, "error", err->message, err->hint, value_wall_ms());
        return ORGRUN_EXIT_USAGE;
    }
    write_line(cli, SGR_RED, "orgrun: ", err->message);
    for (const char *hint = err->hint; *hint;) {
        size_t n = strcspn(hint, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)n, hint);
        write_line(cli, "", "  ", line);
        hint += n + (hint[n] == '\n');
    }
    return ORGRUN_EXIT_USAGE;
}

int complain_usage(const struct cli *cli, const char *format, ...)
{
    struct orgrun_error err = {.code = ORGRUN_EUSAGE};
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(err.message, sizeof err.message, format, ap);
    va_end(ap);
    (void)snprintf(err.hint, sizeof err.hint, "Try 'orgrun %s%s--help'.",
                   cli->command ? cli->command->name : "", cli->command ? " " : "");
    if (cli->settings.log_json)
        return complain_error(cli, &err);
    write_line(cli, SGR_RED, "orgrun: ", err.message);
    (void)fprintf(stderr, "%s\n", err.hint);
    return ORGRUN_EXIT_USAGE;
}

void complain_note(const struct cli *cli, const char *format, ...)
{
    char text[1024];
    va_list ap;
    if (cli->settings.quiet)
        return;
    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    (void)fflush(stdout);
    if (cli->settings.log_json)
        eventlog_message(stderr, "info", text, "", value_wall_ms());
    else
        write_line(cli, "", "orgrun: ", text);
}

void complain_log(void *user, enum orgrun_log_level level, const char *message)
{
    const struct cli *cli = user;
    if (cli->settings.quiet)
        return;
    if (cli->settings.log_json)
        eventlog_message(stderr, eventlog_level(level), message, "", value_wall_ms());
    else
        write_line(cli, "",
                   level == ORGRUN_LOG_WARNING ? "orgrun: warning: " : "orgrun: ", message);
}

int complain_context(struct cli *cli, orgrun_log_fn *log, void *user, struct orgrun_ctx **out,
                     struct orgrun_error *err)
{
    const struct settings *s = &cli->settings;
    const struct orgrun_ctx_opts opts = {
        .state_dir = s->state,
        .profile = s->profile,
        .region = s->region,
        .refresh = s->refresh,
        .log = log,
        .log_user = user,
        .mfa = mfa_ask,
        .mfa_user = cli,
        .mfa_serial = s->mfa_serial,
        .log_least = s->verbose > 1   ? ORGRUN_LOG_DEBUG
                     : s->verbose > 0 ? ORGRUN_LOG_INFO
                                      : ORGRUN_LOG_WARNING,
    };
    int rc = orgrun_ctx_new(out, &opts, err);
    environment_wipe();
    return rc;
}
