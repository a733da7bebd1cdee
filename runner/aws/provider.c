// SPDX-License-Identifier: MIT
// The provider chain: which source credentials, profile and Region are in force.
#include "aws/provider.h"

#include <string.h>

const char *provider_getenv(const char *const *env, const char *name)
{
    size_t n = strlen(name);
    for (; env && *env; env++)
        if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
            return (*env)[n + 1] ? *env + n + 1 : NULL;
    return NULL;
}
