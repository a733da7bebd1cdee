// SPDX-License-Identifier: MIT
// Is what a setup document is to hold as AWS wants it?
#ifndef ORGRUN_FANOUT_SETUP_CHECK_H
#define ORGRUN_FANOUT_SETUP_CHECK_H

#include "base/strv.h"
#include "orgrun/setup.h"

/* Checks all that is given, and that it lies in one partition, whose name comes in *partition
 * (static). ORGRUN_EUSAGE, ORGRUN_ENOMEM. */
int setup_check(enum orgrun_setup_document document, const struct orgrun_setup_opts *opts,
                const char **partition, struct orgrun_error *err);

/* The ARNs of the managed policies, the names of AWS's own written out. `out` is to be zero. */
int setup_policy_arns(const struct orgrun_setup_opts *opts, const char *partition, struct strv *out,
                      struct orgrun_error *err);

#endif
