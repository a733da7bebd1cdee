// SPDX-License-Identifier: MIT
// When source credentials are renewed, as a table.
#include "fanout/renewal.h"
#include "unit/unit.h"

#define S 1000LL
#define MIN (60 * S)
#define NOW 1764000000000LL

static void decides_when_to_renew(void **state)
{
    (void)state;
    static const struct {
        int64_t expires, due;
    } rows[] = {
        {CREDENTIALS_NEVER, INT64_MAX},
        {NOW + 12 * 60 * MIN, NOW + 12 * 60 * MIN - 5 * MIN},
        {NOW + 60 * MIN, NOW + 55 * MIN},
        {NOW + 20 * MIN, NOW + 15 * MIN}, /* where both rules say the same */
        {NOW + 20 * MIN - 4, NOW + 15 * MIN - 3},
        {NOW + 8 * S, NOW + 6 * S},
        {NOW + 4, NOW + 3},
        {NOW + 1, NOW + 1},
        {NOW, NOW},
        {NOW - 1, NOW - 1}, /* ended: at once */
        {NOW - 60 * MIN, NOW - 60 * MIN},
        {0, 0},
        {CREDENTIALS_NEVER - 1, CREDENTIALS_NEVER - 1 - 5 * MIN},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t got = renewal_due(rows[i].expires, NOW);
        if (got != rows[i].due)
            fail_msg("row %zu: %lld", i, (long long)(got - NOW));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decides_when_to_renew)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
