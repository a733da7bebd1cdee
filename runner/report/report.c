// SPDX-License-Identifier: MIT
// The table of formats, and the writing of a report to where it was asked for.
#include "report/report.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/text.h"
#include "report/formats.h"

#include <errno.h>
#include <string.h>

const struct report_format report_formats[] = {
    {"table", "for the terminal: what went wrong first", report_table},
    {"json", "orgrun.report/1, one result a line", report_json},
    {"junit", "JUnit XML for CI systems, one testcase a target", report_junit},
    {"html", "one page for people, that needs no network", report_html},
    {NULL, NULL, NULL},
};

const char *const report_format_names[] = {"table", "json", "junit", "html", NULL};

static void list_names(char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; report_formats[i].name && len < size; i++)
        len +=
            (size_t)snprintf(out + len, size - len, "%s%s", i ? ", " : "", report_formats[i].name);
}

const struct report_format *report_format_find(const char *name, struct orgrun_error *err)
{
    for (const struct report_format *f = report_formats; f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    char names[128];
    list_names(names, sizeof names);
    const char *near = text_nearest(name, report_format_names);
    if (near)
        error_set(err, ORGRUN_ENOTFOUND, "no report format \"%s\"; did you mean \"%s\"?", name,
                  near);
    else
        error_set(err, ORGRUN_ENOTFOUND, "no report format \"%s\"", name);
    error_hint(err, "The formats are %s.", names);
    return NULL;
}

static int render(struct store *store, const struct report_format *format,
                  const struct report_opts *opts, FILE *out, struct orgrun_error *err)
{
    int rc = store_snapshot_begin(store, err);
    if (rc)
        return rc;
    rc = format->render(store, opts, out, err);
    store_snapshot_end(store);
    return rc;
}

static int write_stdout(struct store *store, const struct report_format *format,
                        const struct report_opts *opts, struct orgrun_error *err)
{
    errno = 0;
    int rc = render(store, format, opts, stdout, err);
    if (rc)
        return rc;
    if (fflush(stdout) != 0 || ferror(stdout))
        return error_set_errno(err, ORGRUN_EIO, errno,
                               "cannot write the report to standard output");
    return 0;
}

/* What a new file's mode would be: the umask is read from /proc, as umask(2) can only be asked by
 * changing it under every other thread. */
static unsigned file_mode(void)
{
    AUTO(close_file) FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    unsigned mask;
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "Umask: %o", &mask) == 1)
            return 0666 & ~mask;
    return 0600;
}

int report_write(struct store *store, const struct report_format *format,
                 const struct report_opts *opts, const char *path, struct orgrun_error *err)
{
    if (strcmp(path, "-") == 0)
        return write_stdout(store, format, opts, err);
    struct fs_atomic file;
    int rc = fs_atomic_open(&file, path, file_mode(), err);
    if (rc)
        return rc;
    rc = render(store, format, opts, file.file, err);
    if (rc == 0)
        return fs_atomic_commit(&file, err);
    fs_atomic_abort(&file);
    return rc;
}
