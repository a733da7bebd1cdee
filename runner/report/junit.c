// SPDX-License-Identifier: MIT
// The JUnit report: one suite a task, one testcase a target, written through libxml2.
#include "base/cleanup.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/output.h"
#include "report/overview.h"

#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <string.h>

#define HEAD_MAX (64 << 10)
#define TEXT_MAX (1 << 20)

/* `failed` is set by the first call that fails, and looked at once at the end. */
struct junit {
    struct store *store;
    xmlTextWriterPtr xml;
    const struct overview *o;
    struct orgrun_error *err;
    bool failed;
};

/* libxml2's BAD_CAST would drop the const. */
static const xmlChar *xml_text(const char *text)
{
    return (const xmlChar *)text;
}

static void writer_drop(xmlTextWriterPtr *xml)
{
    if (*xml)
        xmlFreeTextWriter(*xml);
}

static int write_bytes(void *file, const char *bytes, int len)
{
    return fwrite(bytes, 1, (size_t)len, file) == (size_t)len ? len : -1;
}

static void check(struct junit *j, int rc)
{
    if (rc < 0)
        j->failed = true;
}

static void start(struct junit *j, const char *element)
{
    check(j, xmlTextWriterStartElement(j->xml, xml_text(element)));
}

static void end(struct junit *j)
{
    check(j, xmlTextWriterEndElement(j->xml));
}

static void attribute(struct junit *j, const char *name, const char *value)
{
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, 3 * TEXT_MAX);
    size_t len = strlen(value);
    check(j, escape_xml(&clean, value, len < TEXT_MAX ? len : TEXT_MAX));
    check(j, xmlTextWriterWriteAttribute(j->xml, xml_text(name), xml_text(buf_str(&clean))));
}

static void attributef(struct junit *j, const char *name, const char *fmt, ...) ORGRUN_PRINTF(3, 4);

static void attributef(struct junit *j, const char *name, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    check(j, xmlTextWriterWriteVFormatAttribute(j->xml, xml_text(name), fmt, ap));
    va_end(ap);
}

static void characters(struct junit *j, const char *bytes, size_t len)
{
    AUTO(buf_clear) struct buf clean;
    buf_init(&clean, 3 * TEXT_MAX);
    check(j, escape_xml(&clean, bytes, len));
    check(j, xmlTextWriterWriteString(j->xml, xml_text(buf_str(&clean))));
}

static void line(struct junit *j, const char *text)
{
    characters(j, text, strnlen(text, TEXT_MAX));
    characters(j, "\n", 1);
}

static void seconds(struct junit *j, int64_t ms)
{
    attributef(j, "time", "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
}

static void property(struct junit *j, const char *name, const char *value)
{
    if (!value)
        return;
    start(j, "property");
    attribute(j, "name", name);
    attribute(j, "value", value);
    end(j);
}

static void properties(struct junit *j)
{
    char code[16];
    (void)snprintf(code, sizeof code, "%d", j->o->exit_code);
    start(j, "properties");
    property(j, "orgrun.run_id", j->o->id);
    property(j, "orgrun.job", j->o->job);
    property(j, "orgrun.version", j->o->version);
    property(j, "orgrun.caller_arn", j->o->caller_arn);
    if (overview_finished(j->o)) {
        property(j, "orgrun.exit_code", code);
        property(j, "orgrun.exit_reason", j->o->exit_reason);
    }
    end(j);
}

/* "prod (111122223333)": names alone need not be unique. */
static void label(const char *name, const char *id, struct buf *out)
{
    if (name && name[0])
        buf_printf(out, "%s (%s)", name, id);
    else
        buf_puts(out, id);
}

/* The head of captured output, saying what is missing of it. */
static void stream(struct junit *j, const char *element, const char *path, int64_t bytes,
                   int64_t cut)
{
    if (!path || bytes + cut <= 0)
        return;
    AUTO(buf_clear) struct buf head;
    char note[128] = "";
    start(j, element);
    if (output_head(j->store, path, HEAD_MAX, &head)) {
        line(j, "[orgrun: the file cannot be read any more:]");
        line(j, path);
    } else {
        characters(j, buf_str(&head), head.len);
        if (cut + bytes > (int64_t)head.len)
            (void)snprintf(note, sizeof note, "\n[orgrun: cut here, after %zu of %lld bytes]",
                           head.len, (long long)bytes + (long long)cut);
    }
    characters(j, note, strlen(note));
    end(j);
}

/* How each outcome that did not pass is marked. */
static const char *const marks[ORGRUN_OUTCOMES] = {
    [ORGRUN_FAILED] = "failure",
    [ORGRUN_ERROR] = "error",
    [ORGRUN_SKIPPED] = "skipped",
    [ORGRUN_CANCELLED] = "skipped",
};

static void mark(struct junit *j, const struct target_record *t)
{
    if (!marks[t->outcome])
        return;
    start(j, marks[t->outcome]);
    attribute(j, "message", t->reason ? t->reason : "");
    attribute(j, "type", orgrun_outcome_name(t->outcome));
    if (t->first_line)
        line(j, t->first_line);
    if (t->hint)
        line(j, t->hint);
    end(j);
}

static int put_case(void *user, const struct target_record *t)
{
    struct junit *j = user;
    AUTO(buf_clear) struct buf class;
    buf_init(&class, TEXT_MAX);
    label(t->account_name, t->account_id, &class);
    if (buf_printf(&class, ".%s", t->region[0] ? t->region : "global"))
        return buf_check(&class, "account name", j->err);
    start(j, "testcase");
    attribute(j, "classname", buf_str(&class));
    attribute(j, "name", t->task);
    seconds(j, t->duration_ms);
    mark(j, t);
    stream(j, "system-out", t->stdout_path, t->stdout_bytes, t->stdout_cut);
    stream(j, "system-err", t->stderr_path, t->stderr_bytes, t->stderr_cut);
    end(j);
    return 0;
}

static void counts(struct junit *j, unsigned tests, unsigned failures, unsigned errors)
{
    attributef(j, "tests", "%u", tests);
    attributef(j, "failures", "%u", failures);
    attributef(j, "errors", "%u", errors);
}

static int put_suite(void *user, const struct task_record *task)
{
    struct junit *j = user;
    const uint32_t *of = task->counts.of;
    unsigned skipped = of[ORGRUN_SKIPPED] + of[ORGRUN_CANCELLED];
    char when[CLOCK_ISO_SIZE];
    clock_format_iso(task->started_ms ? task->started_ms : j->o->started_ms, when);
    when[strlen("2026-11-24T03:45:00")] = '\0'; /* the form that JUnit's schemas know */
    start(j, "testsuite");
    attribute(j, "name", task->name);
    counts(j, of[ORGRUN_PASSED] + of[ORGRUN_FAILED] + of[ORGRUN_ERROR] + skipped, of[ORGRUN_FAILED],
           of[ORGRUN_ERROR]);
    attributef(j, "skipped", "%u", skipped);
    seconds(j, task->duration_ms);
    attribute(j, "timestamp", when);
    properties(j);
    int rc = store_each_target_of(j->store, j->o->id, task->name, put_case, j, j->err);
    end(j);
    return rc;
}

static int put_account(void *user, const struct account_record *a)
{
    struct junit *j = user;
    if (strcmp(a->disposition, "excluded") != 0)
        return 0;
    AUTO(buf_clear) struct buf class;
    buf_init(&class, TEXT_MAX);
    label(a->name, a->id, &class);
    if (class.failed)
        return buf_check(&class, "account name", j->err);
    start(j, "testcase");
    attribute(j, "classname", buf_str(&class));
    attribute(j, "name", a->disposition);
    attribute(j, "time", "0.000");
    start(j, "skipped");
    attribute(j, "message", a->reason ? a->reason : "");
    attribute(j, "type", a->disposition);
    end(j);
    end(j);
    return 0;
}

/* The excluded accounts, as a suite of skipped tests; the skipped ones have targets. */
static int put_accounts(struct junit *j, unsigned excluded)
{
    if (excluded == 0)
        return 0;
    start(j, "testsuite");
    attribute(j, "name", "accounts");
    counts(j, excluded, 0, 0);
    attributef(j, "skipped", "%u", excluded);
    attribute(j, "time", "0.000");
    int rc = store_each_account(j->store, j->o->id, put_account, j, j->err);
    end(j);
    return rc;
}

static int put_suites(struct junit *j)
{
    const struct overview *o = j->o;
    unsigned excluded = o->accounts_excluded;
    check(j, xmlTextWriterSetIndent(j->xml, 1));
    check(j, xmlTextWriterSetIndentString(j->xml, xml_text("  ")));
    check(j, xmlTextWriterStartDocument(j->xml, NULL, "UTF-8", NULL));
    start(j, "testsuites");
    attribute(j, "name", o->job);
    counts(j, o->targets + excluded, o->counts.of[ORGRUN_FAILED], o->counts.of[ORGRUN_ERROR]);
    seconds(j, overview_finished(o) ? o->finished_ms - o->started_ms : 0);
    int rc = store_each_task(j->store, o->id, put_suite, j, j->err);
    if (rc == 0)
        rc = put_accounts(j, excluded);
    end(j);
    check(j, xmlTextWriterEndDocument(j->xml));
    return rc;
}

int report_junit(struct store *store, const struct report_opts *opts, FILE *out,
                 struct orgrun_error *err)
{
    AUTO(overview_clear) struct overview o = {0};
    int rc = overview_load(&o, store, opts->run_id, err);
    if (rc)
        return rc;
    xmlOutputBufferPtr bytes = xmlOutputBufferCreateIO(write_bytes, NULL, out, NULL);
    if (!bytes)
        return error_nomem(err);
    AUTO(writer_drop) xmlTextWriterPtr xml = xmlNewTextWriter(bytes);
    if (!xml) {
        xmlOutputBufferClose(bytes);
        return error_nomem(err);
    }
    struct junit j = {.store = store, .xml = xml, .o = &o, .err = err};
    rc = put_suites(&j);
    if (rc == 0 && j.failed && !ferror(out))
        return error_nomem(err);
    return rc;
}
