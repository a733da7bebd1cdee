// SPDX-License-Identifier: MIT
// Sessions for askers who need no more than an error when there is none.
#include "aws/broker.h"

static int get(struct broker *b, const char *account_id, bool lasting, struct credentials **out,
               struct orgrun_error *err)
{
    struct session_failure why;
    int rc = broker_try(b, account_id, lasting, out, &why);
    if (rc && err)
        *err = why.err;
    return rc;
}

int broker_get(struct broker *b, const char *account_id, struct credentials **out,
               struct orgrun_error *err)
{
    return get(b, account_id, false, out, err);
}

int broker_get_lasting(struct broker *b, const char *account_id, struct credentials **out,
                       struct orgrun_error *err)
{
    return get(b, account_id, true, out, err);
}
