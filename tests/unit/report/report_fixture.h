// SPDX-License-Identifier: MIT
// What the reports' tests share: a run with one of everything, hostile names among it, and its
// rendering into memory.
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include "../store/fixture.h"
#include "report/report.h"

#define HOSTILE "<script>alert(1)</script>"

struct report_fixture {
    char *dir;
    struct store *store;
};

/* cmocka's setup and teardown: *state is a struct report_fixture. The run "20261124T034500Z-3f9c2a"
 * has two tasks; five accounts, the last suspended; and one more that is excluded. */
int report_fixture_setup(void **state);
int report_fixture_teardown(void **state);

/* The report as heap text. */
char *report_fixture_render(const struct report_fixture *f, const char *format,
                            const struct report_opts *opts);

#endif
