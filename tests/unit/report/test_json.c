// SPDX-License-Identifier: MIT
// The JSON report, read back by jansson.
#include "report_fixture.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *load(const struct report_fixture *f)
{
    char *text = report_fixture_render(f, "json", &(struct report_opts){0});
    json_error_t err;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &err);
    if (!root)
        fail_msg("line %d: %s", err.line, err.text);
    free(text);
    return root;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void run_and_summary(void **state)
{
    json_t *root = load(*state);
    assert_string_equal(text_of(root, "schema"), "orgrun.report/1");
    const json_t *run = json_object_get(root, "run");
    assert_string_equal(text_of(run, "id"), "20261124T034500Z-3f9c2a");
    assert_string_equal(text_of(run, "job"), "nightly");
    assert_string_equal(text_of(run, "started_at"), "2026-11-24T03:45:00.000Z");
    assert_string_equal(text_of(run, "finished_at"), "2026-11-24T03:45:12.300Z");
    assert_int_equal(json_integer_value(json_object_get(run, "exit_code")), 3);
    static const struct {
        const char *key;
        int count;
    } wanted[] = {{"targets", 10}, {"passed", 4},  {"failed", 2},
                  {"error", 1},    {"skipped", 2}, {"cancelled", 1}};
    const json_t *summary = json_object_get(root, "summary");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_int_equal(json_integer_value(json_object_get(summary, wanted[i].key)),
                         wanted[i].count);
    const json_t *excluded = json_object_get(json_object_get(root, "accounts"), "excluded");
    assert_int_equal(json_array_size(excluded), 1);
    assert_string_equal(text_of(json_array_get(excluded, 0), "reason"), "no workloads");
    json_decref(root);
}

static void results(void **state)
{
    json_t *root = load(*state);
    const json_t *all = json_object_get(root, "results"), *entry;
    char last[64] = "";
    size_t i;
    assert_int_equal(json_array_size(all), 10);
    json_array_foreach((json_t *)(uintptr_t)all, i, entry)
    {
        char key[64];
        (void)snprintf(key, sizeof key, "%s %s", text_of(json_object_get(entry, "account"), "id"),
                       text_of(entry, "task"));
        assert_true(strcmp(last, key) < 0);
        memcpy(last, key, sizeof last);
        assert_true(json_is_null(json_object_get(entry, "region")));
    }
    const json_t *first = json_array_get(all, 0);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(first, "output"), "n")), 1);
    assert_int_equal(json_integer_value(json_object_get(first, "exit_code")), 0);
    const json_t *failed = json_array_get(all, 4);
    assert_string_equal(text_of(json_object_get(failed, "account"), "name"), HOSTILE);
    assert_string_equal(text_of(failed, "status"), "failed");
    assert_true(json_is_null(json_object_get(failed, "output")));
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(failed, "stderr"), "cut_bytes")), 5000);
    const json_t *skipped = json_array_get(all, 8);
    assert_string_equal(text_of(skipped, "status"), "skipped");
    assert_true(json_is_null(json_object_get(skipped, "started_at")));
    assert_true(json_is_null(json_object_get(skipped, "exit_code")));
    json_decref(root);
}

static void one_result_a_line(void **state)
{
    char *text = report_fixture_render(*state, "json", &(struct report_opts){0});
    size_t lines = 0;
    for (const char *p = text; (p = strstr(p, "\n{\"account\":")) != NULL; p++)
        lines++;
    assert_int_equal(lines, 10);
    assert_string_equal(text + strlen(text) - 4, "\n]}\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_and_summary),
        cmocka_unit_test(results),
        cmocka_unit_test(one_result_a_line),
    };
    return cmocka_run_group_tests(tests, report_fixture_setup, report_fixture_teardown);
}
