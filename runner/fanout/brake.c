// SPDX-License-Identifier: MIT
// Brakes and the exit code: pure decisions over counts.
#include "fanout/brake.h"

#include <stdio.h>

bool brake_pulled(const struct job_limits *limits, const struct orgrun_counts *counts, size_t total,
                  bool enumerated)
{
    uint64_t bad = (uint64_t)counts->of[ORGRUN_FAILED] + counts->of[ORGRUN_ERROR];
    if (bad == 0)
        return false;
    if (limits->stop_after_failures > 0 && bad >= (uint64_t)limits->stop_after_failures)
        return true;
    return limits->stop_after_percent > 0 && enumerated && total > 0 &&
           bad * 100 >= (uint64_t)limits->stop_after_percent * total;
}

static const char *plural(uint32_t n)
{
    return n == 1 ? "" : "s";
}

/* What went wrong in targets: "2 failed, 1 error". */
static int count_reason(const struct orgrun_counts *c, char *reason, size_t size)
{
    uint32_t failed = c->of[ORGRUN_FAILED], error = c->of[ORGRUN_ERROR];
    if (error && failed)
        (void)snprintf(reason, size, "%u target%s gave no answer (error), %u failed", error,
                       plural(error), failed);
    else if (error)
        (void)snprintf(reason, size, "%u target%s gave no answer (error)", error, plural(error));
    else
        (void)snprintf(reason, size, "%u target%s failed", failed, plural(failed));
    return error ? ORGRUN_EXIT_ERROR : ORGRUN_EXIT_FAILED;
}

int run_exit_code(const struct run_facts *f, char *reason, size_t size)
{
    uint64_t done = 0;
    for (int i = 0; i < ORGRUN_OUTCOMES; i++)
        done += f->counts.of[i];
    if (f->stop == STOP_SIGNAL) {
        (void)snprintf(reason, size, "%s", f->stop_reason);
        return 128 + f->stop_signal;
    }
    bool undone = f->left_undone || done != f->targets;
    if (f->stop == STOP_RECORD || (f->stop == STOP_SOURCE && undone)) {
        (void)snprintf(reason, size, "%s", f->stop_reason);
        return ORGRUN_EXIT_ERROR;
    }
    if (f->stop != STOP_NONE && undone) {
        (void)snprintf(reason, size, "%s%s%s", f->stop_reason,
                       f->enumeration_error ? "; not all accounts are known: " : "",
                       f->enumeration_error ? f->enumeration_error : "");
        return ORGRUN_EXIT_STOPPED;
    }
    if (f->enumeration_error) {
        (void)snprintf(reason, size, "not all accounts are known: %s", f->enumeration_error);
        return ORGRUN_EXIT_ERROR;
    }
    if (!f->coverage_met) {
        (void)snprintf(reason, size, "coverage not met: %s", f->coverage_reason);
        return ORGRUN_EXIT_ERROR;
    }
    if (f->selected == 0 && !f->empty_is_fine) {
        (void)snprintf(reason, size, "no account was selected, so nothing was run");
        return ORGRUN_EXIT_ERROR;
    }
    if (done != f->targets || f->counts.of[ORGRUN_CANCELLED]) {
        (void)snprintf(reason, size, "%llu of %zu targets have no outcome",
                       (unsigned long long)f->targets - done + f->counts.of[ORGRUN_CANCELLED],
                       f->targets);
        return ORGRUN_EXIT_ERROR;
    }
    if (f->counts.of[ORGRUN_ERROR] || f->counts.of[ORGRUN_FAILED])
        return count_reason(&f->counts, reason, size);
    uint32_t skipped = f->counts.of[ORGRUN_SKIPPED];
    if (f->selected > 0 && f->counts.of[ORGRUN_PASSED] == 0) { /* no Region of any was enabled */
        (void)snprintf(reason, size, "nothing was run: %u target%s skipped", skipped,
                       skipped == 1 ? " was" : "s were");
        return ORGRUN_EXIT_ERROR;
    }
    (void)snprintf(reason, size,
                   skipped ? "every target that was run passed" : "every target passed");
    return ORGRUN_EXIT_PASSED;
}
