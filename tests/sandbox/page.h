// SPDX-License-Identifier: MIT
// Answering a list page by page, with the quirks a client must bear: empty pages and null tokens.
#ifndef SANDBOX_PAGE_H
#define SANDBOX_PAGE_H

#include "sandbox/answer.h"
#include "sandbox/options.h"

#define PAGE_MAX 20

struct page_spec {
    const char *member; /* of the answer: "Accounts" */
    const char *scope;  /* a token of one list is not good for another */
    size_t total;
    json_t *(*at)(const void *user, size_t i); /* a new reference */
    const void *user;
};

/* Reads MaxResults (1 to 20) and NextToken of `in`, answers the page or InvalidInputException. */
void page_answer(const struct page_spec *spec, const struct options *opts, const json_t *in,
                 struct answer *answer);

#endif
