// SPDX-License-Identifier: MIT
// A job file: read, parsed, changed by settings, and made a job.
#include "base/cleanup.h"
#include "base/fs.h"
#include "job/accounts_stdin.h"
#include "job/loading.h"
#include "job/settings.h"
#include "job/yaml_reader.h"
#include "job/yaml_writer.h"

#include <string.h>

/* The text of a job that settings or standard input changed, with the settings as comments. NULL
 * with err set. */
static char *changed_text(const struct node *root, const char *const *settings,
                          struct orgrun_error *err)
{
    struct buf text;
    buf_init(&text, JOB_TEXT_MAX);
    int rc = yaml_writer_write(&text, root, err);
    for (size_t i = 0; rc == 0 && settings && settings[i]; i++) {
        (void)buf_puts(&text, "# set: ");
        for (const char *p = settings[i]; *p; p++)
            (void)buf_putc(&text, (char)(*p >= 0x20 && *p < 0x7f ? *p : '?'));
        (void)buf_putc(&text, '\n');
    }
    char *taken = rc ? NULL : buf_take(&text, err);
    buf_clear(&text);
    return taken;
}

/* Applies the settings and makes the job; origins outlive the tree. */
static int make(struct job **out, struct node *root, const char *text, size_t len, const char *file,
                const struct job_load_opts *opts, struct orgrun_error *err)
{
    const char *const *settings =
        opts && opts->settings && opts->settings[0] ? opts->settings : NULL;
    AUTO(strv_clear) struct strv origins = {0};
    bool changed = false;
    int rc = 0;
    if (settings && root->kind == NODE_MAP)
        rc = settings_apply(root, settings, &origins, err);
    if (rc == 0 && !(opts && opts->offline_files))
        rc = accounts_stdin_take(root, file, &changed, err);
    if (rc)
        return rc;
    changed |= settings && root->kind == NODE_MAP;
    char *own = changed ? changed_text(root, settings, err) : strndup(text, len);
    if (changed && !own)
        return err ? (int)err->code : ORGRUN_ENOMEM;
    return job_build(out, root, file, own, opts, err);
}

int job_parse(struct job **out, const char *text, size_t len, const char *file,
              const struct job_load_opts *opts, struct orgrun_error *err)
{
    const char *origin = !file ? "job" : strcmp(file, "-") == 0 ? "<stdin>" : file;
    const struct node_mark whole = {.origin = origin}, start = {origin, .line = 1, .column = 1};
    *out = NULL;
    if (len > JOB_TEXT_MAX)
        return node_error_at(
            &whole, error_set(err, ORGRUN_ELIMIT, "the job is larger than %d bytes", JOB_TEXT_MAX),
            err);
    struct node *root = NULL;
    int rc = yaml_reader_parse(&root, text, len, origin, true, err);
    if (rc)
        return rc;
    if (!root)
        return node_error(&start, err,
                          "there is no job here; it is a mapping with the keys accounts, role and "
                          "tasks");
    rc = make(out, root, text, len, file, opts, err);
    node_free(root);
    return rc;
}

int job_load(struct job **out, const char *path, const struct job_load_opts *opts,
             struct orgrun_error *err)
{
    struct buf text;
    *out = NULL;
    int rc = fs_read_file(path, JOB_FILE_MAX, &text, err);
    if (rc)
        return rc;
    rc = job_parse(out, buf_str(&text), text.len, path, opts, err);
    buf_clear(&text);
    return rc;
}
