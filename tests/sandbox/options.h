// SPDX-License-Identifier: MIT
// The command line of orgrun-sandbox.
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

#include "base/strv.h"
#include "sandbox/faults.h"

#include <stdbool.h>

/* Which fields of an account say what state it is in. */
enum options_state { STATE_BOTH, STATE_NEW, STATE_OLD, STATE_NEITHER };
/* What Organizations says to everything. */
enum options_organizations { ORGANIZATIONS_OK, ORGANIZATIONS_DENIED, ORGANIZATIONS_UNUSED };

struct options {
    int port; /* 0: any free one */
    int accounts, suspended, denied;
    struct strv deny, suspend; /* account ids, besides those */
    const char *partition;
    const char *region; /* NULL: any */
    const char *role;
    const char *external_id; /* NULL: none is asked for */
    const char *mfa_code;    /* of every device */
    int max_duration, min_duration;
    int skew_tolerance;
    bool source_token; /* the source key is a temporary one */
    bool empty_pages, null_token, overlap, endless;
    enum options_state state;
    enum options_organizations organizations;
    const char *tls; /* directory for ca.pem, or NULL for plain HTTP */
    const char *ready_file;
    bool until_eof;
    bool help;
    struct faults faults;
};

/* Reads the command line; strings are borrowed from argv. ORGRUN_EUSAGE. */
int options_parse(struct options *opts, int argc, char **argv, struct orgrun_error *err);
void options_clear(struct options *opts);

/* The text of --help, to standard output. */
void options_help(void);

#endif
