// SPDX-License-Identifier: MIT
// Jobs of texts, the tables of what must be refused, and files beside them.
#ifndef ORGRUN_TESTS_JOB_FIXTURE_H
#define ORGRUN_TESTS_JOB_FIXTURE_H

#include "job/job.h"
#include "unit/unit.h"

/* A text that is no job, with what is said of it: exact message, and hint where not NULL. */
struct job_refusal {
    const char *text;
    const char *message;
    const char *hint;
};

/* Loads the text as job.yaml, failing the test where it is refused. The caller frees. */
struct job *job_of(const char *text);

/* The same of a formatted text. */
struct job *job_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Asserts that job.yaml with each text is refused with ORGRUN_EJOB and that message. */
void assert_refused(const struct job_refusal *rows, size_t len);

/* As assert_refused, each text put for the %s of frame. */
void assert_refused_in(const char *frame, const struct job_refusal *rows, size_t len);

/* A job whose accounts, role and task are in order; its end is open for further keys. */
#define JOB_SOUND "accounts: {list: ['111122223333']}\nrole: r\ntasks: [{name: t, command: [a]}]\n"

/* A private directory, removed with what tests write there. */
char *scratch_new(void); /* heap */
void scratch_free(char *dir);
/* Writes a file in it; returns its path, heap. */
char *scratch_write(const char *dir, const char *name, const char *data, size_t len);

#endif
