// SPDX-License-Identifier: MIT
// Enumeration: the accounts of a job one after another, from its list or from Organizations' pages.
#ifndef ORGRUN_FANOUT_ENUMERATE_H
#define ORGRUN_FANOUT_ENUMERATE_H

#include "aws/organizations.h"
#include "fanout/places.h"
#include "fanout/source.h"
#include "job/selection.h"

/* One account and what selection says of it; borrowed until the next call. */
struct enumerated {
    const struct account *account;
    const struct job_entry *entry; /* its overrides, or NULL */
    enum selection_verdict verdict;
    bool peeked; /* enumerator_peek showed it before */
    char reason[SELECTION_REASON_SIZE];
};

struct enumerator {
    struct source *source;
    const struct job *job;
    struct aws_pending *pending; /* the page that was asked for ahead, or NULL */
    struct organizations_page page;
    struct places places;
    struct selection_facts *facts; /* by account of the page; NULL where no places are wanted */
    size_t at;                     /* in page, then in the job's list */
    bool pages_over;
    bool endless;              /* the page's NextToken leads back to it */
    bool *seen;                /* of the job's list: came in a page already */
    void *ids;                 /* tsearch: the account ids that pages held so far */
    size_t pages;              /* taken so far */
    size_t accounts, selected; /* so far */
};

/* Asks for the first page when the job wants the organization, to run in or to compare its list
 * with. enumerator_close either way. */
int enumerator_open(struct enumerator *e, struct source *source, const struct job *job,
                    struct orgrun_error *err);

/* Waits for that page and the OUs and tags that it takes to choose from it, so that a refusal shows
 * before anything runs. Errors are those of organizations_list_accounts_end and places_open. */
int enumerator_begin(struct enumerator *e, struct orgrun_error *err);

/* The i-th account of the page that enumerator_begin took, before enumerator_next took any;
 * false past its end. */
bool enumerator_peek(const struct enumerator *e, size_t i, struct enumerated *out);

/* 1 with out set; 0 at the end; negative when a later page could not be had. An account that
 * Organizations names twice comes once; a NextToken that leads back to its own page is
 * ORGRUN_EPROTOCOL. */
int enumerator_next(struct enumerator *e, struct enumerated *out, struct orgrun_error *err);

/* After source_stop, so that it does not wait for a page that nobody wants. */
void enumerator_close(struct enumerator *e);

#endif
