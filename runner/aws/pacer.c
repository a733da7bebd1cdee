// SPDX-License-Identifier: MIT
// The pacer: tokens by the clock it is shown.
#include "aws/pacer.h"

#include <math.h>

void pacer_init(struct pacer *p, double rate, double burst)
{
    *p = (struct pacer){.rate = rate, .burst = burst, .tokens = burst};
}

static void refill(struct pacer *p, int64_t mono_ms)
{
    if (!p->started) {
        p->started = true;
        p->at_ms = mono_ms;
    }
    if (mono_ms <= p->at_ms)
        return;
    p->tokens = fmin(p->burst, p->tokens + (double)(mono_ms - p->at_ms) * p->rate / 1000);
    p->at_ms = mono_ms;
}

int64_t pacer_take(struct pacer *p, int64_t mono_ms)
{
    refill(p, mono_ms);
    const double almost = 1 - 1e-6; /* sums of fractions fall short of a whole */
    if (p->tokens >= almost) {
        p->tokens = fmax(0, p->tokens - 1);
        return 0;
    }
    double wait = ceil((almost - p->tokens) * 1000 / p->rate) + (double)(p->at_ms - mono_ms);
    return wait < 1 ? 1 : (int64_t)wait;
}

void pacer_drain(struct pacer *p, int64_t mono_ms)
{
    refill(p, mono_ms);
    p->tokens = 0;
}
