// SPDX-License-Identifier: MIT
// Fuzzes the reading of GetRoleCredentials answers: never a crash, credentials that are whole.
#include "aws/sso.h"
#include "fuzz/fuzz_text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct credentials *c = NULL;
    struct orgrun_error err = {0};
    int rc = sso_parse_role_credentials((const char *)data, size, "the portal", &c, &err);
    require(rc == err.code);
    if (rc) {
        require(rc == ORGRUN_ECREDENTIALS && !c);
        require_readable(err.message, false);
        return 0;
    }
    require(credentials_access_key_id(c)[0] && !secret_empty(credentials_secret_key(c)) &&
            !secret_empty(credentials_session_token(c)));
    credentials_unref(c);
    return 0;
}
