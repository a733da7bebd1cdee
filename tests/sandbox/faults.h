// SPDX-License-Identifier: MIT
// What goes wrong on request: latency, throttling, failures, resets, cut bodies; seeded, so that a
// run can be repeated.
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define FAULTS_BUCKETS 9 /* one for each API of Organizations that has one */

enum fault { FAULT_NONE, FAULT_THROTTLE, FAULT_FAIL, FAULT_RESET, FAULT_TRUNCATE };

struct faults {
    int64_t latency;      /* milliseconds before each answer */
    double throttle;      /* rates from 0 to 1 */
    double fail;          /* 500 or 503 */
    double reset;         /* the connection closed without an answer */
    double truncate;      /* the body cut short of its Content-Length */
    int64_t rate_limit;   /* requests a second, then Throttling; 0: none */
    int64_t fault_count;  /* so many faults by rate, then none; -1: no end */
    int64_t retry_after;  /* x-amz-retry-after of throttles, milliseconds; -1: none */
    int64_t expire_roles; /* so many keys of roles expire at their next use */
    int64_t
        session_seconds; /* sessions of roles last so long whatever was asked for; 0: as asked */
    int64_t seed;
    char only[64];          /* an operation ("sts:AssumeRole") that alone is hit; "": all */
    char wrong_account[13]; /* AssumeRole answers with this account's ARN; "": the right one */
    bool expired;           /* the source key counts as expired */
    bool no_list_regions, no_describe_regions; /* denied */
    bool organizations_limits; /* Organizations' documented token buckets, API by API */
    char ask_mfa[13];          /* the account whose role asks for MFA, or "all"; "": none */
    char hub[13];        /* whose role the other roles trust alone; "": all trust the source */
    int64_t packed_size; /* PackedPolicySize of sessions with policies or tags; 0: a little */
    uint64_t random;     /* state of the generator */
    double tokens;       /* of rate_limit's bucket */
    int64_t refilled_ms;
    struct {
        double tokens;
        int64_t at_ms; /* 0: full */
    } buckets[FAULTS_BUCKETS];
};

/* One setting: its name is the option (--rate-limit) and the key of /sandbox/config (rate_limit).
 */
enum faults_type { FAULTS_INTEGER, FAULTS_RATE, FAULTS_TEXT, FAULTS_FLAG };
struct faults_setting {
    const char *name;
    enum faults_type type;
    size_t offset, size;
    const char *what; /* one line for --help */
};
extern const struct faults_setting faults_settings[]; /* ended by a NULL name */

void faults_init(struct faults *f);

/* Sets one setting by name. ORGRUN_ENOTFOUND for an unknown name, ORGRUN_EUSAGE for a wrong type or
 * a value out of range. Setting the seed starts the random sequence anew. */
int faults_set(struct faults *f, const char *name, const json_t *value, struct orgrun_error *err);

/* The same with the text of an option's value. */
int faults_set_text(struct faults *f, const char *name, const char *text, struct orgrun_error *err);

/* What befalls a request for operation that arrives now. */
enum fault faults_draw(struct faults *f, const char *operation, int64_t mono_ms);

#endif
