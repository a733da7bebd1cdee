// SPDX-License-Identifier: MIT
// What the doctor found, kept until all is known, then told: what is wrong first, by cause.
#ifndef ORGRUN_CLI_DIAGNOSIS_H
#define ORGRUN_CLI_DIAGNOSIS_H

#include "cli/terminal.h"
#include "orgrun/orgrun.h"

#include <jansson.h>

/* One account; texts are copies. */
struct finding {
    enum orgrun_doctor_verdict verdict;
    json_t *json; /* the account and what was found, as --format json has it */
    char *key;    /* the same for those that belong in one group */
};

/* Zero-initialise. */
struct findings {
    struct finding *at;
    size_t len, size;
};

/* Adds one, unless it is only being tried. */
void findings_add(struct findings *f, const struct orgrun_diagnosis *diagnosis);

/* The table, on out; all names every account of a group, and its message. */
void findings_write(FILE *out, const struct findings *f, const struct orgrun_doctor_result *result,
                    const struct terminal *t, bool all);

/* {"schema": "orgrun.doctor/1", ...}: a new reference. */
json_t *findings_json(const struct findings *f, const struct orgrun_doctor_result *result);

void findings_clear(struct findings *f);

#endif
