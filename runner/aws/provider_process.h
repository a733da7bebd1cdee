// SPDX-License-Identifier: MIT
// credential_process: a program that prints credentials. Source: AWS SDKs and Tools Reference
// Guide, "Process credential provider".
#ifndef ORGRUN_AWS_PROVIDER_PROCESS_H
#define ORGRUN_AWS_PROVIDER_PROCESS_H

#include "aws/provider.h"

#define PROVIDER_PROCESS_TIMEOUT_MS 60000

/* Runs the command by sh -c, with orgrun's own environment, in a process group of its own that is
 * ended after timeout_ms. Its standard error is shown when it fails. ORGRUN_ECREDENTIALS;
 * ORGRUN_ECANCELLED once env->stop_fd is readable. */
int provider_process_load(const struct provider_env *env, const char *profile, const char *command,
                          int64_t timeout_ms, struct credentials **out, struct orgrun_error *err);

#endif
