// SPDX-License-Identifier: MIT
// Selection: which accounts a job takes, and why not the others.
#include "job/selection.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

enum selection_verdict selection_decide(const struct job *job, const struct account *a,
                                        char reason[SELECTION_REASON_SIZE])
{
    const struct job_accounts *accounts = &job->accounts;
    reason[0] = '\0';
    for (size_t i = 0; i < accounts->exclude_len; i++)
        if (selection_matches(accounts->exclude[i].match, a)) {
            reason_set(reason, "excluded: %s", accounts->exclude[i].reason);
            return SELECTION_EXCLUDED;
        }
    if (!included(accounts, a)) {
        reason_set(reason, "not in include");
        return SELECTION_EXCLUDED;
    }
    if (a->management && accounts->management == JOB_MANAGEMENT_SKIP) {
        reason_set(reason, "management account (management: skip)");
        return SELECTION_EXCLUDED;
    }
    if (a->state && a->state[0] && strcmp(a->state, "ACTIVE") != 0) {
        reason_set(reason, "account is %s", a->state);
        return SELECTION_SKIPPED;
    }
    return SELECTION_RUN;
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
