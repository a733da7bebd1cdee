// SPDX-License-Identifier: MIT
// Unit tests of aws/pacer: what a bucket lets pass, by a clock of the test's own.
#include "aws/pacer.h"

#include "unit/unit.h"

static void takes_and_waits(void **state)
{
    (void)state;
    enum { TAKE, DRAIN };
    static const struct {
        double rate, burst;
        struct {
            int what;
            int64_t at_ms, wait_ms;
        } steps[12];
        size_t len;
    } rows[] = {
        /* a burst, then one each 200 ms, however often it is asked in between */
        {5,
         2,
         {{TAKE, 1000, 0},
          {TAKE, 1000, 0},
          {TAKE, 1000, 200},
          {TAKE, 1000, 200},
          {TAKE, 1100, 100},
          {TAKE, 1199, 1},
          {TAKE, 1200, 0},
          {TAKE, 1200, 200},
          {TAKE, 1400, 0}},
         9},
        /* time makes no more than the burst */
        {10,
         3,
         {{TAKE, 0, 0},
          {TAKE, 1000000, 0},
          {TAKE, 1000000, 0},
          {TAKE, 1000000, 0},
          {TAKE, 1000000, 100}},
         5},
        /* the slowest API of all */
        {1, 2, {{TAKE, 0, 0}, {TAKE, 0, 0}, {TAKE, 0, 1000}, {TAKE, 999, 1}, {TAKE, 1000, 0}}, 5},
        /* a rate whose interval is no whole number of milliseconds */
        {3,
         1,
         {{TAKE, 0, 0},
          {TAKE, 0, 334},
          {TAKE, 333, 1},
          {TAKE, 334, 0},
          {TAKE, 667, 1},
          {TAKE, 668, 0}},
         6},
        /* a throttle empties it, and it fills again */
        {5, 8, {{TAKE, 50, 0}, {DRAIN, 50, 0}, {TAKE, 50, 200}, {TAKE, 250, 0}}, 4},
        /* a clock that goes back gives nothing, and takes nothing away */
        {5, 1, {{TAKE, 1000, 0}, {TAKE, 500, 700}, {TAKE, 1100, 100}, {TAKE, 1200, 0}}, 4},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pacer p;
        pacer_init(&p, rows[i].rate, rows[i].burst);
        for (size_t k = 0; k < rows[i].len; k++) {
            if (rows[i].steps[k].what == DRAIN) {
                pacer_drain(&p, rows[i].steps[k].at_ms);
                continue;
            }
            int64_t wait = pacer_take(&p, rows[i].steps[k].at_ms);
            if (wait != rows[i].steps[k].wait_ms)
                fail_msg("row %zu, step %zu: %lld", i, k, (long long)wait);
        }
    }
}

/* Whoever waits as told never takes more than AWS would give, and wastes nothing. */
static void keeps_the_rate(void **state)
{
    (void)state;
    static const struct {
        double rate, burst;
    } rows[] = {{1, 2}, {5, 8}, {6, 10}, {8, 12}, {10, 15}, {20, 30}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pacer p;
        int64_t now = 7;
        int taken = 0;
        pacer_init(&p, rows[i].rate, rows[i].burst);
        while (now < 7 + 60000) {
            int64_t wait = pacer_take(&p, now);
            taken += wait == 0;
            now += wait;
        }
        int most = (int)(rows[i].burst + rows[i].rate * 60);
        assert_in_range(taken, most * 99 / 100, most);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_and_waits),
        cmocka_unit_test(keeps_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
