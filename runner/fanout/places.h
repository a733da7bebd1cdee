// SPDX-License-Identifier: MIT
// Places: in which OU each account of the organization is and how it is tagged, from the cache in
// the state directory or asked for.
#ifndef ORGRUN_FANOUT_PLACES_H
#define ORGRUN_FANOUT_PLACES_H

#include "aws/organizations_calls.h"
#include "fanout/places_book.h"
#include "fanout/source.h"
#include "job/selection.h"

/* Zero-initialise. */
struct places {
    struct source *source;
    const struct job *job;
    struct organizations_calls *calls;
    struct places_book book;
    struct places_key key;
    char organization[64]; /* of key; "" = not known, so there is no cache */
    bool *chosen;          /* by OU: the job's ous hold its accounts */
    bool changed;          /* what the cache does not know yet */
};

/* Does the job need any of this? */
bool places_wanted(const struct job *job);

/* Reads the cache, asks for the tree of OUs where it is wanted and not had, finds the job's OUs in
 * it. organization is the "o-..." of ListAccounts, or "". ORGRUN_EJOB or ORGRUN_EUSAGE for an OU
 * that does not exist, which begins with its place in the job; else errors of
 * organizations_walk. places_close either way. */
int places_open(struct places *p, struct source *source, const struct job *job,
                const char *organization, struct orgrun_error *err);

/* Sets the account's ou_path and facts->outside, where the tree is wanted. */
int places_locate(struct places *p, struct account *a, struct selection_facts *facts,
                  struct orgrun_error *err);

/* The tags of accounts, in places that stay until places_close: asked for at once, where the cache
 * does not have them. */
int places_tag(struct places *p, const char *const *accounts, size_t len, const struct strv **tags,
               struct orgrun_error *err);

/* Writes the cache where there is news, and ends. */
void places_close(struct places *p);

#endif
