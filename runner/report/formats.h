// SPDX-License-Identifier: MIT
// Inside the reports: what each format's file gives to the table of formats.
#ifndef ORGRUN_REPORT_FORMATS_H
#define ORGRUN_REPORT_FORMATS_H

#include "report/report.h"

/* report_format.render, one for each format. */
int report_table(struct store *store, const struct report_opts *opts, FILE *out,
                 struct orgrun_error *err);
int report_json(struct store *store, const struct report_opts *opts, FILE *out,
                struct orgrun_error *err);
int report_junit(struct store *store, const struct report_opts *opts, FILE *out,
                 struct orgrun_error *err);
int report_html(struct store *store, const struct report_opts *opts, FILE *out,
                struct orgrun_error *err);

#endif
