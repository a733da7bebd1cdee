// SPDX-License-Identifier: MIT
// Times and durations as text.
#include "base/clock.h"
#include "unit/unit.h"

static void formats_times(void **state)
{
    (void)state;
    char iso[CLOCK_ISO_SIZE], amz[CLOCK_AMZ_SIZE];
    clock_format_iso(1440938160123, iso);
    assert_string_equal(iso, "2015-08-30T12:36:00.123Z");
    clock_format_amz(1440938160123, amz);
    assert_string_equal(amz, "20150830T123600Z");
    clock_format_iso(-1, iso);
    assert_string_equal(iso, "1969-12-31T23:59:59.999Z");
}

static void parses_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int rc;
        int64_t ms;
    } rows[] = {
        {"2015-08-30T12:36:00Z", 0, 1440938160000},
        {"2015-08-30T12:36:00.5Z", 0, 1440938160500},
        {"2015-08-30T12:36:00.123456Z", 0, 1440938160123},
        {"2015-08-30T14:36:00+02:00", 0, 1440938160000},
        {"2015-08-30T10:06:00-0230", 0, 1440938160000},
        {"20150830T123600Z", 0, 1440938160000},
        {"2015-08-30", -1, 0},
        {"2015-08-30T12:36:00", -1, 0},
        {"2015-08-30T12:36:00Zx", -1, 0},
        {"2015-08-30T12:36:00+02:00x", -1, 0},
        {"", -1, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = 0;
        assert_int_equal(clock_parse(rows[i].text, &ms), rows[i].rc);
        assert_int_equal(ms, rows[i].ms);
    }
}

static void parses_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int rc;
        int64_t ms;
    } rows[] = {
        {"90s", 0, 90000},   {"5m", 0, 300000},
        {"2h", 0, 7200000},  {"250ms", 0, 250},
        {"1d", 0, 86400000}, {"0s", 0, 0},
        {"5", -1, 0},        {"m", -1, 0},
        {"-5m", -1, 0},      {"5 m", -1, 0},
        {"1.5h", -1, 0},     {"5min", -1, 0},
        {"", -1, 0},         {"99999999999s", -1, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = 0;
        assert_int_equal(duration_parse(rows[i].text, &ms), rows[i].rc);
        assert_int_equal(ms, rows[i].ms);
    }
}

static void formats_durations(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {{0, "0ms"},        {850, "850ms"},     {1000, "1.0s"},
                {12345, "12.3s"},  {59999, "59.9s"},   {60000, "1m00s"},
                {245000, "4m05s"}, {3600000, "1h00m"}, {7384000, "2h03m"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[DURATION_SIZE];
        duration_format(rows[i].ms, text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_times),
        cmocka_unit_test(parses_times),
        cmocka_unit_test(parses_durations),
        cmocka_unit_test(formats_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
