// SPDX-License-Identifier: MIT
// A way into an account: what the broker has sessions opened by.
#ifndef ORGRUN_AWS_OPENER_H
#define ORGRUN_AWS_OPENER_H

#include "aws/awserror.h"
#include "aws/credentials.h"
#include "aws/session_cause.h"

/* What it takes to get into one account. */
struct broker_request {
    const char *account_id;
    const char *role_arn; /* of that account; the portal has a role of its own, and this is only
                             what messages call it */
    const char *session_name;
    int64_t duration_s;
    const char *external_id; /* or NULL */
};

/* One session being opened. Its owner keeps it until done is called. */
struct opening {
    struct broker_request request;
    /* The end: with credentials, which are taken over and say whose they are, or in failure with
     * the class of AWS's answer; AWSERROR_EXPIRED means that nothing more can be opened with what
     * the opener was given. */
    void (*done)(struct opening *o, struct credentials *credentials, enum awserror_class class_,
                 const struct session_failure *failure);
    void *user;
    void *opener; /* its own */
};

/* self outlives whatever it opens. */
struct opener {
    void *self;
    /* 0, and done will be called once, on the network thread; or a negative code, and it will not.
     * source is what to open it with, NULL for an opener that has its own. Any thread. */
    int (*start)(void *self, struct credentials *source, struct opening *o,
                 struct orgrun_error *err);
};

#endif
