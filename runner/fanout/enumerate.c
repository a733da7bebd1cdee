// SPDX-License-Identifier: MIT
// Enumeration: pages stream; listed accounts that no page held come after them.
#include "fanout/enumerate.h"

#include "base/cleanup.h"

#include <search.h>
#include <string.h>

DEFINE_CLEANUP(credentials_unrefp, struct credentials, credentials_unref)

static int ask(struct enumerator *e, const char *token, struct orgrun_error *err)
{
    AUTO(credentials_unrefp) struct credentials *keys = source_credentials(e->source);
    return organizations_list_accounts_begin(&e->pending, &e->source->client,
                                             &e->source->organizations, keys, token, err);
}

/* The page that was asked for; the one after it is asked for at once. */
static int take(struct enumerator *e, struct orgrun_error *err)
{
    struct organizations_page page = {0};
    struct aws_answer answer = {0};
    int rc = organizations_list_accounts_end(TAKE_PTR(e->pending), &page, &answer);
    if (rc && err)
        *err = answer.err;
    aws_answer_clear(&answer);
    if (rc)
        return rc;
    const char *before = e->page.next_token;
    e->endless = before && page.next_token && strcmp(before, page.next_token) == 0;
    organizations_page_clear(&e->page);
    e->page = page;
    e->pages++;
    e->at = 0;
    return page.next_token && !e->endless ? ask(e, page.next_token, err) : 0;
}

int enumerator_open(struct enumerator *e, struct source *source, const struct job *job,
                    struct orgrun_error *err)
{
    *e = (struct enumerator){.source = source, .job = job};
    e->seen = calloc(job->accounts.list_len + 1, sizeof *e->seen);
    if (!e->seen)
        return error_nomem(err);
    if (job->accounts.organization || job->accounts.cover)
        return ask(e, NULL, err);
    e->pages_over = true;
    return 0;
}

/* What is known of an account of the page. */
static struct selection_facts facts_of(const struct enumerator *e, size_t i,
                                       const struct job_entry *entry)
{
    struct selection_facts facts = e->facts ? e->facts[i] : (struct selection_facts){0};
    facts.listed = entry != NULL;
    return facts;
}

/* Looks up the tags of those accounts of the page that nothing else rules out. */
static int tag_page(struct enumerator *e, struct orgrun_error *err)
{
    size_t len = e->page.len, wanted = 0;
    AUTO(free_ptr) const char **ids = calloc(len + 1, sizeof(*ids));
    AUTO(free_ptr) size_t *at = calloc(len + 1, sizeof *at);
    AUTO(free_ptr) const struct strv **tags = calloc(len + 1, sizeof(*tags));
    if (!ids || !at || !tags)
        return error_nomem(err);
    for (size_t i = 0; i < len; i++) {
        char reason[SELECTION_REASON_SIZE];
        const struct account *a = &e->page.accounts[i];
        struct selection_facts facts = facts_of(e, i, job_entry_find(e->job, a->id));
        if (facts.listed || selection_decide(e->job, a, &facts, reason) != SELECTION_RUN)
            continue;
        at[wanted] = i;
        ids[wanted++] = a->id;
    }
    int rc = wanted ? places_tag(&e->places, ids, wanted, tags, err) : 0;
    for (size_t i = 0; rc == 0 && i < wanted; i++)
        e->facts[at[i]].tags = tags[i];
    return rc;
}

/* Finds out about the accounts of a page what selection has to know. */
static int survey_page(struct enumerator *e, struct orgrun_error *err)
{
    if (!places_wanted(e->job))
        return 0;
    free(e->facts);
    e->facts = calloc(e->page.len + 1, sizeof *e->facts);
    if (!e->facts)
        return error_nomem(err);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < e->page.len; i++)
        rc = places_locate(&e->places, &e->page.accounts[i], &e->facts[i], err);
    return rc || !e->job->accounts.rules.tags_len ? rc : tag_page(e, err);
}

int enumerator_begin(struct enumerator *e, struct orgrun_error *err)
{
    int rc = e->pending ? take(e, err) : 0;
    if (rc || e->pages_over || !places_wanted(e->job))
        return rc;
    rc = places_open(&e->places, e->source, e->job, e->page.organization_id, err);
    return rc ? rc : survey_page(e, err);
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* 1 when the id is new, 0 when a page held it before. */
static int note_id(struct enumerator *e, const char *id, struct orgrun_error *err)
{
    char *copy = strdup(id);
    void *node = copy ? tsearch(copy, &e->ids, compare_ids) : NULL;
    if (!node) {
        free(copy);
        return error_nomem(err);
    }
    if (*(char **)node == copy)
        return 1;
    free(copy);
    log_warn(&e->source->ctx->log, "ListAccounts named account %s twice; it counts once", id);
    return 0;
}

/* The next account of the pages: 1, 0 when they are over, or negative. */
static int next_paged(struct enumerator *e, const struct account **out, struct orgrun_error *err)
{
    int rc;
    do {
        while (e->at == e->page.len) { /* a page may be empty and still not be the last */
            if (e->endless)
                return error_set(err, ORGRUN_EPROTOCOL,
                                 "ListAccounts answered the NextToken that it was asked with: its "
                                 "pages do not end");
            if (!e->pending)
                return 0;
            rc = take(e, err);
            if (rc == 0)
                rc = survey_page(e, err);
            if (rc)
                return rc;
        }
        *out = &e->page.accounts[e->at++];
        rc = note_id(e, (*out)->id, err);
    } while (rc == 0);
    return rc;
}

static const struct job_entry *next_listed(struct enumerator *e)
{
    const struct job_accounts *a = &e->job->accounts;
    while (e->at < a->list_len && e->seen[e->at])
        e->at++;
    return e->at < a->list_len ? &a->list[e->at++] : NULL;
}

bool enumerator_peek(const struct enumerator *e, size_t i, struct enumerated *out)
{
    if (e->pages_over || i >= e->page.len)
        return false;
    *out = (struct enumerated){.account = &e->page.accounts[i]};
    out->entry = job_entry_find(e->job, out->account->id);
    struct selection_facts facts = facts_of(e, i, out->entry);
    out->verdict = selection_decide(e->job, out->account, &facts, out->reason);
    return true;
}

int enumerator_next(struct enumerator *e, struct enumerated *out, struct orgrun_error *err)
{
    *out = (struct enumerated){0};
    struct selection_facts facts = {.listed = true, .unknown = e->pages > 0};
    if (!e->pages_over) {
        int rc = next_paged(e, &out->account, err);
        if (rc < 0)
            return rc;
        if (rc == 0) {
            e->pages_over = true;
            e->at = 0;
        }
    }
    if (out->account) {
        out->peeked = e->pages == 1;
        out->entry = job_entry_find(e->job, out->account->id);
        if (out->entry)
            e->seen[out->entry - e->job->accounts.list] = true;
        facts = facts_of(e, e->at - 1, out->entry);
    } else {
        out->entry = next_listed(e);
        if (!out->entry)
            return 0;
        out->account = &out->entry->account;
    }
    out->verdict = selection_decide(e->job, out->account, &facts, out->reason);
    e->accounts++;
    e->selected += out->verdict == SELECTION_RUN;
    return 1;
}

void enumerator_close(struct enumerator *e)
{
    struct organizations_page page = {0};
    struct aws_answer answer = {0};
    if (e->pending) {
        (void)organizations_list_accounts_end(e->pending, &page, &answer);
        aws_answer_clear(&answer);
        organizations_page_clear(&page);
    }
    organizations_page_clear(&e->page);
    places_close(&e->places);
    free(e->facts);
    free(e->seen);
    tdestroy(e->ids, free);
    *e = (struct enumerator){0};
}
