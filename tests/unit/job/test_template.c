// SPDX-License-Identifier: MIT
// Templates: what counts as one, what is refused, what comes out.
#include "base/cleanup.h"
#include "job/template.h"
#include "unit/unit.h"

#include <string.h>

static const struct template_vars vars = {.account_id = "000000000001",
                                          .account_name = "d\xc3\xa4ta {region}",
                                          .region = "eu-west-1",
                                          .run_id = "R1",
                                          .task_name = "t"};

static void expands(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expanded;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"{account.id}", "000000000001"},
        {"{account.id}-{region}/{run.id}.{task.name}", "000000000001-eu-west-1/R1.t"},
        /* A value is never expanded again. */
        {"<{account.name}>", "<d\xc3\xa4ta {region}>"},
        {"{{region}}", "{region}"},
        {"{{{region}}}", "{{region}}"},
        {"{{region}", "{eu-west-1"},
        {"{region}}", "eu-west-1}"},
        /* Braces of JSON, shells and Go templates. */
        {"{}", "{}"},
        {"{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 1}}"},
        {"${HOME} ${1} {A,B} { region } {region", "${HOME} ${1} {A,B} { region } {region"},
        {"{{.Name}} {{ x }}", "{{.Name}} {{ x }}"},
        {"a{1,2}b{", "a{1,2}b{"},
        {"{{no.such}}", "{no.such}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(buf_clear) struct buf out;
        struct orgrun_error err = {0};
        buf_init(&out, 1000);
        assert_int_equal(template_check(rows[i].text, TEMPLATE_ALL, &err), 0);
        assert_int_equal(template_expand(&out, rows[i].text, &vars), 0);
        assert_string_equal(buf_str(&out), rows[i].expanded);
    }
}

static void expands_what_is_not_known_to_nothing(void **state)
{
    (void)state;
    AUTO(buf_clear) struct buf out;
    const struct template_vars none = {0};
    buf_init(&out, 1000);
    assert_int_equal(template_expand(&out, "<{region}{account.name}>", &none), 0);
    assert_string_equal(buf_str(&out), "<>");
    buf_clear(&out);
    buf_init(&out, 3);
    assert_int_equal(template_expand(&out, "{account.id}", &vars), -1);
}

#define ALL "(allowed: {account.id}, {account.name}, {region}, {run.id}, {task.name})"

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned allowed;
        const char *message, *hint;
    } rows[] = {
        {"a {acount.id} b", TEMPLATE_ALL,
         "unknown template \"{acount.id}\"; did you mean \"{account.id}\"? " ALL,
         "For the text \"{acount.id}\" itself write \"{{acount.id}}\"."},
        {"{account_id}", TEMPLATE_ALL,
         "unknown template \"{account_id}\"; did you mean \"{account.id}\"? " ALL, NULL},
        {"{account-id}", TEMPLATE_ALL,
         "unknown template \"{account-id}\"; did you mean \"{account.id}\"? " ALL, NULL},
        {"{region2}", TEMPLATE_ALL,
         "unknown template \"{region2}\"; did you mean \"{region}\"? " ALL, NULL},
        {"{print}", TEMPLATE_ALL, "unknown template \"{print}\" " ALL,
         "For the text \"{print}\" itself write \"{{print}}\"."},
        {"{region}", TEMPLATE_RUN_ID,
         "template \"{region}\" cannot be used here (allowed: "
         "{run.id})",
         NULL},
        {"{{region}}{runid}", TEMPLATE_RUN_ID,
         "unknown template \"{runid}\"; did you mean \"{run.id}\"? (allowed: {run.id})", NULL},
        {"{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
         TEMPLATE_RUN_ID,
         "unknown template \"{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\" "
         "(allowed: {run.id})",
         NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct orgrun_error err = {0};
        int rc = template_check(rows[i].text, rows[i].allowed, &err);
        assert_error(rc, err, ORGRUN_EJOB, rows[i].message);
        if (rows[i].hint)
            assert_string_equal(err.hint, rows[i].hint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expands),
        cmocka_unit_test(expands_what_is_not_known_to_nothing),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
