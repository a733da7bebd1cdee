// SPDX-License-Identifier: MIT
// What the store's tests share: a state directory of their own, and records with short hands.
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/store_read.h"
#include "store/store_write.h"

/* A fresh directory below $TMPDIR, heap; fixture_remove deletes it and all in it. */
char *fixture_dir(void);
void fixture_remove(char *dir);

/* "<dir>/<name>" in a buffer that the next call with the same slot (0..3) overwrites. */
const char *fixture_path(int slot, const char *dir, const char *name);

struct store *fixture_open(const char *dir, enum store_mode mode);

struct run_record fixture_run(const char *id, int64_t started_ms);
struct account_record fixture_account(const char *id, const char *name);
struct target_record fixture_target(const char *account_id, const char *region, const char *task,
                                    enum orgrun_outcome outcome);

/* Asserts that err is exactly this. */
void assert_error(const struct orgrun_error *err, int rc, enum orgrun_code code,
                  const char *message);

#endif
