// SPDX-License-Identifier: MIT
// Selection: which accounts a job takes, and why not the others.
#include "job/selection.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define JOINED_MAX 4096 /* of words in a reason, which is cut anyhow */

bool selection_matches(const char *glob, const struct account *a)
{
    const char *const texts[] = {a->id, a->name, a->email, a->ou_path};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] && fnmatch(glob, texts[i], 0) == 0)
            return true;
    return false;
}

/* Writes a reason, cut at a character. */
static void reason_set(char reason[SELECTION_REASON_SIZE], const char *fmt, ...)
    ORGRUN_PRINTF(2, 3);
static void reason_set(char reason[SELECTION_REASON_SIZE], const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(reason, SELECTION_REASON_SIZE, fmt, ap);
    va_end(ap);
    if (n < SELECTION_REASON_SIZE)
        return;
    size_t len = SELECTION_REASON_SIZE - 4;
    while (len > 0 && ((unsigned char)reason[len] & 0xc0) == 0x80)
        len--;
    memcpy(reason + len, "...", 4);
}

static bool included(const struct job_accounts *accounts, const struct account *a)
{
    for (size_t i = 0; i < accounts->include.len; i++)
        if (selection_matches(accounts->include.items[i], a))
            return true;
    return accounts->include.len == 0;
}

static const struct job_exclude *excluded(const struct job_accounts *accounts,
                                          const struct account *a)
{
    for (size_t i = 0; i < accounts->exclude_len; i++)
        if (selection_matches(accounts->exclude[i].match, a))
            return &accounts->exclude[i];
    return NULL;
}

static bool is_active(const struct account *a)
{
    return !a->state || !a->state[0] || strcmp(a->state, "ACTIVE") == 0;
}

/* "a", "a or b", "a, b or c". */
static void join(struct buf *out, const struct strv *words)
{
    for (size_t i = 0; i < words->len; i++)
        (void)buf_printf(out, "%s%s",
                         i == 0               ? ""
                         : i + 1 < words->len ? ", "
                                              : " or ",
                         words->items[i]);
}

static void say_ous(const struct job_organization *rules, char reason[SELECTION_REASON_SIZE])
{
    AUTO(buf_clear) struct buf ous;
    buf_init(&ous, JOINED_MAX);
    for (size_t i = 0; i < rules->ous_len; i++)
        (void)buf_printf(&ous, "%s%s", i ? ", " : "", rules->ous[i].name);
    reason_set(reason, "not %sin the OU%s %s", rules->direct ? "directly " : "",
               rules->ous_len == 1 ? "" : "s", buf_str(&ous));
}

static void say_joined(const struct job_organization *rules, const struct account *a,
                       char reason[SELECTION_REASON_SIZE])
{
    char when[CLOCK_ISO_SIZE];
    clock_format_iso(a->joined_ms, when);
    if (a->joined_ms > 0)
        reason_set(reason, "joined %.10s, not after %s", when, rules->joined_after);
    else
        reason_set(reason, "when it joined is not known, but must be after %s",
                   rules->joined_after);
}

static void say_not_among(const char *what, const char *is, const struct strv *allowed,
                          char reason[SELECTION_REASON_SIZE])
{
    AUTO(buf_clear) struct buf words;
    buf_init(&words, JOINED_MAX);
    join(&words, allowed);
    reason_set(reason, "%s is %s, not %s", what, is, buf_str(&words));
}

/* Does an account of the organization keep the rules that need no tags? */
static bool keeps_rules(const struct job_organization *rules, const struct account *a,
                        const struct selection_facts *facts, char reason[SELECTION_REASON_SIZE])
{
    if (rules->ous_len && facts->outside)
        say_ous(rules, reason);
    else if (rules->states.len && !strv_contains(&rules->states, a->state ? a->state : ""))
        say_not_among("state", a->state ? a->state : "not known", &rules->states, reason);
    else if (rules->joined_after && (a->joined_ms <= 0 || a->joined_ms < rules->joined_after_ms))
        say_joined(rules, a, reason);
    else
        return true;
    return false;
}

static const char *tag_value(const struct strv *tags, const char *key)
{
    for (size_t i = 0; i + 1 < tags->len; i += 2)
        if (strcmp(tags->items[i], key) == 0)
            return tags->items[i + 1];
    return NULL;
}

static bool keeps_tags(const struct job_organization *rules, const struct strv *tags,
                       char reason[SELECTION_REASON_SIZE])
{
    for (size_t i = 0; i < rules->tags_len; i++) {
        const struct job_tag *want = &rules->tags[i];
        const char *value = tag_value(tags, want->key);
        if (value && strv_contains(&want->values, value))
            continue;
        if (!value) {
            reason_set(reason, "tag %s is not set", want->key);
            return false;
        }
        AUTO(free_ptr) char *name = NULL, *quoted = NULL;
        if (asprintf(&name, "tag %s", want->key) < 0)
            name = NULL;
        if (asprintf(&quoted, "\"%s\"", value) < 0)
            quoted = NULL;
        say_not_among(name ? name : "a tag", quoted ? quoted : "another", &want->values, reason);
        return false;
    }
    return true;
}

/* The verdict without regard to coverage. */
static enum selection_verdict choose(const struct job_accounts *accounts, const struct account *a,
                                     const struct selection_facts *facts,
                                     char reason[SELECTION_REASON_SIZE])
{
    const struct job_organization *rules = &accounts->rules;
    const struct job_exclude *exclude = excluded(accounts, a);
    bool ruled = !facts->listed && accounts->organization;
    if (exclude)
        reason_set(reason, "excluded: %s", exclude->reason);
    else if (!facts->listed && !accounts->organization)
        reason_set(reason, "not listed");
    else if (!included(accounts, a))
        reason_set(reason, "not in include");
    else if (a->management && accounts->management == JOB_MANAGEMENT_SKIP)
        reason_set(reason, "management account (management: skip)");
    else if (ruled && !keeps_rules(rules, a, facts, reason))
        return SELECTION_EXCLUDED;
    else if (!is_active(a) && !(ruled && rules->states.len)) {
        reason_set(reason, "account is %s", a->state);
        return SELECTION_SKIPPED;
    } else if (!ruled || !facts->tags || keeps_tags(rules, facts->tags, reason))
        return SELECTION_RUN;
    return SELECTION_EXCLUDED;
}

enum selection_verdict selection_decide(const struct job *job, const struct account *a,
                                        const struct selection_facts *facts,
                                        char reason[SELECTION_REASON_SIZE])
{
    static const struct selection_facts none;
    const struct job_accounts *accounts = &job->accounts;
    char why[SELECTION_REASON_SIZE];
    reason[0] = '\0';
    enum selection_verdict verdict = choose(accounts, a, facts ? facts : &none, reason);
    if (!accounts->cover)
        return verdict;
    if (verdict == SELECTION_RUN && facts && facts->unknown) {
        reason_set(reason, "the organization has no such account");
        return SELECTION_UNCOVERED;
    }
    bool deliberate =
        excluded(accounts, a) || (a->management && accounts->management == JOB_MANAGEMENT_SKIP);
    if (verdict != SELECTION_EXCLUDED || deliberate || !is_active(a))
        return verdict;
    memcpy(why, reason, sizeof why);
    reason_set(reason, "neither run nor excluded: %s", why);
    return SELECTION_UNCOVERED;
}

bool selection_wants_ous(const struct job *job)
{
    const struct job_accounts *a = &job->accounts;
    bool slash = a->rules.ous_len > 0;
    for (size_t i = 0; i < a->include.len; i++)
        slash |= strchr(a->include.items[i], '/') != NULL;
    for (size_t i = 0; i < a->exclude_len; i++)
        slash |= strchr(a->exclude[i].match, '/') != NULL;
    return slash && (a->organization || a->cover);
}

bool selection_coverage(const struct job *job, size_t selected, char reason[SELECTION_REASON_SIZE])
{
    const struct job_accounts *a = &job->accounts;
    const long long min = a->expect_min, max = a->expect_max;
    reason[0] = '\0';
    if (!a->has_expect || ((int64_t)selected >= min && (int64_t)selected <= max))
        return true;
    if (min == max)
        reason_set(reason, "expected %lld account%s, selected %zu", min, min == 1 ? "" : "s",
                   selected);
    else if (a->expect_max == INT64_MAX)
        reason_set(reason, "expected at least %lld account%s, selected %zu", min,
                   min == 1 ? "" : "s", selected);
    else if (min == 0)
        reason_set(reason, "expected at most %lld account%s, selected %zu", max,
                   max == 1 ? "" : "s", selected);
    else
        reason_set(reason, "expected %lld to %lld accounts, selected %zu", min, max, selected);
    return false;
}
