// SPDX-License-Identifier: MIT
// Reports: one file per format, all rendered from the run store.
#ifndef ORGRUN_REPORT_REPORT_H
#define ORGRUN_REPORT_REPORT_H

#include "base/log.h"
#include "store/store_read.h"

#include <stdbool.h>
#include <stdio.h>

struct report_opts {
    const char *run_id;
    bool colour;  /* table: ANSI colours */
    bool unicode; /* table: signs beyond ASCII */
    int width;    /* table: columns; 0 = 100 */
    bool verbose; /* table: passed targets one by one too */
};

/* One format. `render` writes the whole report to out; a short write is the caller's to notice by
 * ferror. */
struct report_format {
    const char *name; /* "json" */
    const char *what; /* one line for --help */
    int (*render)(struct store *store, const struct report_opts *opts, FILE *out,
                  struct orgrun_error *err);
};

/* All formats, ended by a NULL name: table, json, junit, html. */
extern const struct report_format report_formats[];

/* By name, or NULL with err = ORGRUN_ENOTFOUND that suggests the near one and lists them all. */
const struct report_format *report_format_find(const char *name, struct orgrun_error *err);

/* The names, NULL-terminated, for job_load. */
extern const char *const report_format_names[];

/* Renders to path atomically (temporary file, fsync, rename), or to standard output for "-". */
int report_write(struct store *store, const struct report_format *format,
                 const struct report_opts *opts, const char *path, struct orgrun_error *err);

#endif
