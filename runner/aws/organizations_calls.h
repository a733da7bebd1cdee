// SPDX-License-Identifier: MIT
// Organizations calls, many at once, each API within the token bucket that AWS documents for it.
#ifndef ORGRUN_AWS_ORGANIZATIONS_CALLS_H
#define ORGRUN_AWS_ORGANIZATIONS_CALLS_H

#include "aws/call.h"

enum organizations_api {
    ORGANIZATIONS_LIST_ROOTS,
    ORGANIZATIONS_LIST_OUS,      /* ListOrganizationalUnitsForParent */
    ORGANIZATIONS_LIST_ACCOUNTS, /* ListAccountsForParent */
    ORGANIZATIONS_LIST_PARENTS,
    ORGANIZATIONS_LIST_TAGS, /* ListTagsForResource */
    ORGANIZATIONS_APIS
};

const char *organizations_api_name(enum organizations_api api); /* "organizations:ListRoots" */

/* Calls that one thread asks for and waits for. */
struct organizations_calls;

/* client and endpoint are borrowed and outlive it; a reference to source is taken. ORGRUN_ENOMEM.
 */
int organizations_calls_new(struct organizations_calls **out, struct aws_client *client,
                            const struct endpoint *endpoint, struct credentials *source,
                            struct orgrun_error *err);

/* Signs with these from now on. Takes a reference. */
void organizations_calls_set_source(struct organizations_calls *c, struct credentials *source);

/* Waits for what is in flight. NULL is fine. */
void organizations_calls_free(struct organizations_calls *c);

/* Asks for a page, of the children, parents or tags of `subject` (an id; NULL for ListRoots); token
 * NULL = the first. It is sent as soon as the API's bucket allows. `user` comes back with the
 * answer. ORGRUN_ENOMEM. */
int organizations_calls_ask(struct organizations_calls *c, enum organizations_api api,
                            const char *subject, const char *token, size_t user,
                            struct orgrun_error *err);

/* One call that has ended. */
struct organizations_reply {
    enum organizations_api api;
    size_t user;
    char *subject, *token;    /* as asked, or NULL */
    struct aws_answer answer; /* with a hint on AccessDenied */
};
void organizations_reply_clear(struct organizations_reply *r);

/* Waits for one: 1 with *out filled (out->answer.rc says how it went); 0 when nothing is asked for;
 * negative when a call could not be started. */
int organizations_calls_next(struct organizations_calls *c, struct organizations_reply *out,
                             struct orgrun_error *err);

/* Drops what was asked for and not yet sent, and waits for the rest. */
void organizations_calls_drop(struct organizations_calls *c);

#endif
