// SPDX-License-Identifier: MIT
// Places: what is fresh in the cache, and what has to be asked for.
#include "fanout/places.h"

#include "aws/organizations_walk.h"
#include "base/cleanup.h"
#include "fanout/places_cache.h"

#include <stdlib.h>
#include <string.h>

bool places_wanted(const struct job *job)
{
    return selection_wants_ous(job) || job->accounts.rules.tags_len > 0;
}

static int64_t now_ms(const struct places *p)
{
    return clock_wall_ms(p->source->ctx->clock);
}

/* The time of the oldest thing that may come from the cache. */
static int64_t least_ms(const struct places *p)
{
    return now_ms(p) - p->job->limits.organization_age_ms;
}

static bool has_tree(const struct places *p)
{
    return p->book.tree_ms > 0 && p->book.tree_ms > least_ms(p);
}

/* The source's credentials may have been renewed meanwhile. */
static struct organizations_calls *calls(struct places *p)
{
    struct credentials *keys = source_credentials(p->source);
    organizations_calls_set_source(p->calls, keys);
    credentials_unref(keys);
    return p->calls;
}

static int walk_tree(struct places *p, struct orgrun_error *err)
{
    organizations_tree_clear(&p->book.tree);
    p->book.tree_ms = 0;
    log_info(&p->source->ctx->log, "asking Organizations for its OUs");
    int64_t began = now_ms(p);
    int rc = organizations_walk(calls(p), &p->book.tree, err);
    if (rc)
        return rc;
    p->book.tree_ms = began;
    p->changed = true;
    log_info(&p->source->ctx->log, "the organization has %zu OUs", p->book.tree.len);
    return 0;
}

/* Marks the OUs that the job names, and those within them. */
static int choose_ous(struct places *p, struct orgrun_error *err)
{
    const struct job_organization *rules = &p->job->accounts.rules;
    const struct organizations_tree *t = &p->book.tree;
    free(p->chosen);
    p->chosen = calloc(t->len + 1, sizeof *p->chosen);
    if (!p->chosen)
        return error_nomem(err);
    for (size_t i = 0; i < rules->ous_len; i++) {
        size_t ou;
        int rc = organizations_tree_resolve(t, rules->ous[i].name, &ou, err);
        if (rc)
            return rc;
        p->chosen[ou] = true;
    }
    for (size_t i = 0; !rules->direct && i < t->len; i++) /* parents come first */
        if (t->ous[i].parent != ORGANIZATIONS_NO_OU && p->chosen[t->ous[i].parent])
            p->chosen[i] = true;
    return 0;
}

/* The place of the OU at fault in front, and the code of a wrong job. */
static int blame_job(const struct places *p, int rc, struct orgrun_error *err)
{
    if (!err || (rc != ORGRUN_ENOTFOUND && rc != ORGRUN_EUSAGE))
        return rc;
    const struct job_organization *rules = &p->job->accounts.rules;
    size_t ou;
    for (size_t i = 0; i < rules->ous_len; i++) {
        if (organizations_tree_resolve(&p->book.tree, rules->ous[i].name, &ou, NULL) == 0)
            continue;
        err->code = rules->ous[i].place[0] ? ORGRUN_EJOB : ORGRUN_EUSAGE;
        if (rules->ous[i].place[0])
            (void)error_context(err, "%s", rules->ous[i].place);
        break;
    }
    return err->code;
}

static int open_tree(struct places *p, struct orgrun_error *err)
{
    bool cached = has_tree(p);
    int rc = cached ? 0 : walk_tree(p, err);
    if (rc)
        return rc;
    rc = choose_ous(p, err);
    if (rc == ORGRUN_ENOTFOUND && cached) { /* it may be a new one */
        rc = walk_tree(p, err);
        if (rc)
            return rc;
        rc = choose_ous(p, err);
    }
    return blame_job(p, rc, err);
}

/* Says how old what the cache gives is. */
static void tell_age(const struct places *p)
{
    int64_t oldest = 0, least = least_ms(p);
    bool tree = selection_wants_ous(p->job) && has_tree(p), tags = false;
    if (tree)
        oldest = p->book.tree_ms;
    for (size_t i = 0; p->job->accounts.rules.tags_len && i < p->book.tags_len; i++) {
        int64_t as_of = p->book.tags[i]->as_of_ms;
        if (as_of <= least)
            continue;
        tags = true;
        oldest = !oldest || as_of < oldest ? as_of : oldest;
    }
    if (!oldest)
        return;
    char age[DURATION_SIZE];
    duration_format(now_ms(p) - oldest, age);
    log_warn(&p->source->ctx->log, "%s of the organization as of %s ago (--refresh asks again)",
             tree && tags ? "OUs and tags"
             : tree       ? "OUs"
                          : "tags",
             age);
}

int places_open(struct places *p, struct source *source, const struct job *job,
                const char *organization, struct orgrun_error *err)
{
    p->source = source;
    p->job = job;
    (void)snprintf(p->organization, sizeof p->organization, "%s", organization);
    p->key =
        (struct places_key){source->organizations.url, source->partition->name, p->organization};
    struct credentials *keys = source_credentials(source);
    int rc = organizations_calls_new(&p->calls, &source->client, &source->organizations, keys, err);
    credentials_unref(keys);
    if (rc)
        return rc;
    if (organization[0] && !source->ctx->refresh && job->limits.organization_age_ms > 0) {
        places_cache_read(&p->book, source->ctx->state_dir, &p->key, now_ms(p), &source->ctx->log);
        tell_age(p);
    }
    return selection_wants_ous(job) ? open_tree(p, err) : 0;
}

/* The OU of an account that the tree does not know: it has joined since, or moved into a new OU. */
static int find_newcomer(struct places *p, const char *account, size_t *ou,
                         struct orgrun_error *err)
{
    int rc = organizations_walk_place(calls(p), &p->book.tree, account, err);
    if (rc == ORGRUN_ENOTFOUND) {
        rc = walk_tree(p, err);
        if (rc == 0)
            rc = blame_job(p, choose_ous(p, err), err);
    } else {
        p->changed |= rc == 0;
    }
    *ou = organizations_tree_of(&p->book.tree, account);
    if (rc == 0 && *ou == ORGANIZATIONS_NO_OU)
        rc = error_set(err, ORGRUN_EPROTOCOL,
                       "Organizations does not say in which OU account %s "
                       "is",
                       account);
    return rc;
}

int places_locate(struct places *p, struct account *a, struct selection_facts *facts,
                  struct orgrun_error *err)
{
    if (!selection_wants_ous(p->job))
        return 0;
    size_t ou = organizations_tree_of(&p->book.tree, a->id);
    int rc = ou == ORGANIZATIONS_NO_OU ? find_newcomer(p, a->id, &ou, err) : 0;
    if (rc)
        return rc;
    free(a->ou_path);
    a->ou_path = strdup(p->book.tree.ous[ou].path);
    facts->outside = !p->chosen[ou];
    return a->ou_path ? 0 : error_nomem(err);
}

/* Asks for the tags of len accounts and enters them in the book. */
static int ask_tags(struct places *p, const char *const *accounts, size_t len,
                    struct orgrun_error *err)
{
    struct strv *tags = calloc(len, sizeof *tags);
    if (!tags)
        return error_nomem(err);
    int64_t began = now_ms(p);
    int rc = organizations_walk_tags(calls(p), accounts, len, tags, err);
    for (size_t i = 0; i < len; i++) {
        if (rc == 0)
            rc = places_book_put(&p->book, accounts[i], began, &tags[i], err);
        strv_clear(&tags[i]);
    }
    free(tags);
    p->changed |= rc == 0;
    return rc;
}

int places_tag(struct places *p, const char *const *accounts, size_t len, const struct strv **tags,
               struct orgrun_error *err)
{
    const char **missing = calloc(len + 1, sizeof(*missing));
    size_t missing_len = 0;
    int64_t least = least_ms(p);
    if (!missing)
        return error_nomem(err);
    for (size_t i = 0; i < len; i++) {
        const struct places_tags *entry = places_book_find(&p->book, accounts[i]);
        if (!entry || entry->as_of_ms <= least)
            missing[missing_len++] = accounts[i];
    }
    int rc = missing_len ? ask_tags(p, missing, missing_len, err) : 0;
    free(missing);
    for (size_t i = 0; rc == 0 && i < len; i++)
        tags[i] = &places_book_find(&p->book, accounts[i])->tags;
    return rc;
}

void places_close(struct places *p)
{
    if (p->changed && p->organization[0] && p->job->limits.organization_age_ms > 0)
        places_cache_write(&p->book, p->source->ctx->state_dir, &p->key, least_ms(p),
                           &p->source->ctx->log);
    organizations_calls_free(p->calls);
    places_book_clear(&p->book);
    free(p->chosen);
    *p = (struct places){0};
}
