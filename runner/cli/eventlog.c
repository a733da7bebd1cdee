// SPDX-License-Identifier: MIT
// JSON lines for events and diagnostics.
#include "cli/eventlog.h"

#include "cli/glyph.h"
#include "cli/value.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* jansson refuses what is not UTF-8, so text goes through the cleaner. */
static void set_text(json_t *object, const char *key, const char *text)
{
    size_t size = GLYPH_CLEAN_SIZE(strlen(text));
    char *clean = malloc(size);
    if (!clean)
        return;
    (void)glyph_clean(clean, size, text, true);
    (void)json_object_set_new(object, key, json_string(clean));
    free(clean);
}

static void set_number(json_t *object, const char *key, int64_t number)
{
    (void)json_object_set_new(object, key, json_integer(number));
}

static json_t *line_new(const char *level, int64_t wall_ms)
{
    char time[VALUE_SIZE];
    json_t *object = json_object();
    set_text(object, "time", value_iso(wall_ms, time));
    set_text(object, "level", level);
    return object;
}

static void line_write(FILE *out, json_t *object)
{
    if (json_dumpf(object, out, JSON_COMPACT) == 0)
        (void)fputc('\n', out);
    json_decref(object);
}

static void set_target(json_t *object, const struct orgrun_event *event)
{
    set_text(object, "account", event->account->id);
    set_text(object, "account_name", event->account->name);
    set_text(object, "region", event->region);
    set_text(object, "task", event->task);
}

static void set_done(json_t *object, const struct orgrun_event *event)
{
    set_target(object, event);
    set_text(object, "status", orgrun_outcome_name(event->outcome));
    set_text(object, "reason", event->reason);
    if (*event->hint)
        set_text(object, "hint", event->hint);
    if (*event->first_line)
        set_text(object, "first_line", event->first_line);
    set_number(object, "duration_ms", event->duration_ms);
}

static const char *done_level(enum orgrun_outcome outcome)
{
    return outcome == ORGRUN_FAILED || outcome == ORGRUN_ERROR ? "error" : "info";
}

void eventlog_event(FILE *out, const struct orgrun_event *event, int64_t wall_ms)
{
    static const char *const names[] = {
        [ORGRUN_EVENT_RUN_STARTED] = "run_started",
        [ORGRUN_EVENT_ACCOUNT] = "account",
        [ORGRUN_EVENT_PLANNED] = "planned",
        [ORGRUN_EVENT_TARGET_STARTED] = "target_started",
        [ORGRUN_EVENT_TARGET_DONE] = "target_done",
        [ORGRUN_EVENT_RETRY] = "retry",
        [ORGRUN_EVENT_REPORT] = "report",
        [ORGRUN_EVENT_RUN_FINISHED] = "run_finished",
    };
    bool done = event->kind == ORGRUN_EVENT_TARGET_DONE;
    json_t *object = line_new(done ? done_level(event->outcome) : "info", wall_ms);
    set_text(object, "event", names[event->kind]);
    switch (event->kind) {
    case ORGRUN_EVENT_RUN_STARTED:
        set_text(object, "run", event->run_id);
        break;
    case ORGRUN_EVENT_ACCOUNT:
        set_text(object, "account", event->account->id);
        set_text(object, "account_name", event->account->name);
        if (event->account->excluded_because)
            set_text(object, "excluded_because", event->account->excluded_because);
        break;
    case ORGRUN_EVENT_PLANNED:
        set_number(object, "targets", (int64_t)event->targets);
        (void)json_object_set_new(object, "enumerated", json_boolean(event->enumerated));
        break;
    case ORGRUN_EVENT_TARGET_STARTED:
        set_target(object, event);
        break;
    case ORGRUN_EVENT_TARGET_DONE:
        set_done(object, event);
        break;
    case ORGRUN_EVENT_RETRY:
        set_text(object, "message", event->message);
        break;
    case ORGRUN_EVENT_REPORT:
        set_text(object, "path", event->message);
        break;
    case ORGRUN_EVENT_RUN_FINISHED:
        set_number(object, "exit_code", event->exit_code);
        set_text(object, "reason", event->message);
        break;
    }
    line_write(out, object);
}

void eventlog_message(FILE *out, const char *level, const char *message, const char *hint,
                      int64_t wall_ms)
{
    json_t *object = line_new(level, wall_ms);
    set_text(object, "message", message);
    if (*hint)
        set_text(object, "hint", hint);
    line_write(out, object);
}

const char *eventlog_level(enum orgrun_log_level level)
{
    static const char *const names[] = {"debug", "info", "warning"};
    return (unsigned)level < sizeof names / sizeof *names ? names[level] : "info";
}
