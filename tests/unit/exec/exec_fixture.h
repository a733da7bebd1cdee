// SPDX-License-Identifier: MIT
// What the tests of exec_run share: a runner in a directory of its own, and shorthands.
#ifndef TESTS_EXEC_FIXTURE_H
#define TESTS_EXEC_FIXTURE_H

#include "exec/exec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct exec_fixture {
    struct exec *x;
    char dir[64];
    char out_path[128];
    char err_path[128];
    struct child_env env;
    struct exec_spec spec; /* argv is set by run */
    struct exec_result result;
    struct orgrun_error err;
};

/* cmocka's setup and teardown; *state is the fixture. 8 slots. */
int exec_fixture_setup(void **state);
int exec_fixture_teardown(void **state);

/* exec_run of the NULL-terminated argv into result and err. */
int exec_fixture_run(struct exec_fixture *f, const char *const *argv);
#define RUN(f, ...) exec_fixture_run((f), (const char *const[]){__VA_ARGS__, NULL})
#define SH(f, script) RUN((f), "/bin/sh", "-c", (script))

/* The whole file as text, heap. */
char *exec_fixture_read(const char *path);
void exec_fixture_assert_file(const char *path, const char *want);

/* Makes a file of the given mode in the fixture's directory; its path, borrowed. */
const char *exec_fixture_file(struct exec_fixture *f, const char *name, const char *text, int mode);

#endif
