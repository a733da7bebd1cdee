// SPDX-License-Identifier: MIT
// Files of accounts: csv, json, yaml, what AWS itself prints, and what each gets wrong.
#include "base/cleanup.h"
#include "job/accounts_file.h"
#include "unit/job/job_fixture.h"

#include <stdio.h>
#include <string.h>

#define ASK "role: r\ntasks: [{name: t, command: [a]}]\naccounts: {file: %s}\n"

/* Loads a job beside which a file of that name and text lies. */
static int load_file(const char *name, const char *text, struct job **out, struct orgrun_error *err)
{
    char *dir = scratch_new();
    free(scratch_write(dir, name, text, strlen(text)));
    AUTO(free_ptr) char *job = NULL, *job_path = NULL;
    assert_true(asprintf(&job, ASK, name) >= 0 && asprintf(&job_path, "%s/job.yaml", dir) >= 0);
    int rc = job_parse(out, job, strlen(job), job_path, NULL, err);
    if (rc && strncmp(err->message, dir, strlen(dir)) == 0) /* leave the name alone */
        memmove(err->message, err->message + strlen(dir) + 1, strlen(err->message) - strlen(dir));
    scratch_free(dir);
    return rc;
}

#define BOM "\xef\xbb\xbf"

static void reads_the_same_of_all(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"a.csv", "id,name,regions,role\n000000000001,prod,eu-west-1;us-east-1,p/r\n"
                  "111122223333,,,\n"},
        {"a.csv", BOM "ID,Name,Regions,ROLE\r\n\"000000000001\",\"prod\",\"eu-west-1 us-east-1\","
                      "p/r\r\n\r\n111122223333,,,"},
        {"a.CSV", "name , id,role,regions\n prod ,000000000001 , p/r , eu-west-1 ; us-east-1\n"
                  "\n,111122223333,,\n  \n"},
        {"a.json", "[{\"id\": \"000000000001\", \"name\": \"prod\", \"role\": \"p/r\", "
                   "\"regions\": [\"eu-west-1\", \"us-east-1\"]}, 111122223333]"},
        {"a.json", BOM "{\"accounts\": [{\"id\": \"000000000001\", \"name\": \"prod\", \"role\": "
                       "\"p/r\", \"regions\": [\"eu-west-1\", \"us-east-1\"]}, "
                       "\"111122223333\"]}\r\n"},
        {"a.yaml", "- {id: '000000000001', name: prod, role: p/r, regions: [eu-west-1, us-east-1]}"
                   "\n- 111122223333\n"},
        {"a.yml", BOM "accounts:\r\n- id: 000000000001\r\n  name: prod\r\n  role: p/r\r\n  "
                      "regions: [eu-west-1, us-east-1]\r\n- '111122223333'\r\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job *job = NULL;
        struct orgrun_error err = {0};
        if (load_file(rows[i].name, rows[i].text, &job, &err))
            fail_msg("%zu: %s", i, err.message);
        const struct job_accounts *a = &job->accounts;
        assert_int_equal(a->list_len, 2);
        assert_string_equal(a->list[0].account.id, "000000000001");
        assert_string_equal(a->list[0].account.name, "prod");
        assert_string_equal(a->list[0].role, "p/r");
        assert_int_equal(a->list[0].regions.len, 2);
        assert_string_equal(a->list[0].regions.items[1], "us-east-1");
        assert_string_equal(a->list[1].account.id, "111122223333");
        assert_null(a->list[1].account.name);
        assert_null(a->list[1].role);
        job_free(job);
    }
}

static void reads_quoted_fields(void **state)
{
    (void)state;
    struct job *job = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(
        load_file("a.csv", "id,name\n1,\n\"111122223333\" , \"a, \"\"b\"\"\r\nc \" \n", &job, &err),
        ORGRUN_EJOB);
    assert_string_equal(err.message, "a.csv:2: \"1\" has 1 digit; account ids have 12 and leading "
                                     "zeros count: write it as \"000000000001\"");
    assert_int_equal(
        load_file("a.csv", "id,name\n\"111122223333\" , \"a, \"\"b\"\"\r\nc \" \n", &job, &err), 0);
    assert_string_equal(job->accounts.list[0].account.name, "a, \"b\"\r\nc ");
    job_free(job);
}

static void reads_what_aws_prints(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"Accounts\": [{\"Id\": \"000000000001\", \"Arn\": \"arn:aws:...\", \"Email\": \"a@b\", "
        "\"Name\": \"prod\", \"Status\": \"ACTIVE\", \"State\": \"SUSPENDED\", "
        "\"JoinedTimestamp\": 1.5}], \"NextToken\": null}",
        "Accounts:\n- Arn: arn:aws\n  Email: a@b\n  Id: '000000000001'\n  Name: prod\n"
        "  Status: SUSPENDED\n",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct job *job = NULL;
        struct orgrun_error err = {0};
        assert_int_equal(load_file(i ? "a.yaml" : "a.json", texts[i], &job, &err), 0);
        const struct account *a = &job->accounts.list[0].account;
        assert_string_equal(a->id, "000000000001");
        assert_string_equal(a->email, "a@b");
        assert_string_equal(a->name, "prod");
        assert_string_equal(a->state, "SUSPENDED");
        job_free(job);
    }
}

static void refuses_csv(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"", "a.csv: it lists no accounts"},
        {"id\n", "a.csv: it lists no accounts"},
        {"111122223333\n444455556666\n",
         "a.csv:1: the first row must name the columns, with \"id\" among them", ""},
        {"\nid;name\n111122223333;x\n",
         "a.csv:2: the first row must name the columns, with \"id\" among them",
         "Columns are separated by commas."},
        {"account,name\n", "a.csv:1: the first row must name the columns, with \"id\" among them"},
        {"id,,name\n", "a.csv:1: column 2 has no name"},
        {"id,name,ID\n", "a.csv:1: column \"id\" is there twice"},
        {"id,name\n111122223333\n", "a.csv:2: this row has 1 field, the header has 2"},
        {"id,name\n111122223333,a,b\n", "a.csv:2: this row has 3 fields, the header has 2"},
        {"id,name\n,x\n", "a.csv:2: \"id\" is missing in an account"},
        {"id,owner\n111122223333,\n444455556666,x\n",
         "a.csv:1: unknown key \"owner\" in an account (allowed: id, name, email, ou_path, state, "
         "role, external_id, regions)"},
        {"id,name\n111122223333,\"x\n\n", "a.csv:2: a quoted field is never closed"},
        {"id,name\n111122223333,\"a\nb\"c\n",
         "a.csv:3: text follows a quoted field; a quote within one is written \"\""},
        {"id,name\n111122223333,a\"b\n", "a.csv:2: a quote stands in a field that is not quoted"},
        {"id\n111122223333\r444455556666\n",
         "a.csv:2: a carriage return stands without a new line"},
        {"id,name\n111122223333,\xff\n", "a.csv:2: not valid UTF-8"},
        {"id,regions\n111122223333,eu-west1\n",
         "a.csv:2: \"eu-west1\" is not the name of a Region; did you mean \"eu-west-1\"?"},
        {"id,name\n\"111122223333\",\"a\nb\"\n111122223333,\n",
         "a.csv:4: account 111122223333 is listed twice (first at a.csv:2)"},
        {"id\n1.11122E+11\n", "a.csv:2: \"1.11122E+11\" is not an account id, which has 12 digits",
         "A spreadsheet or a number type has rounded it; write all 12 digits as text."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job *job = NULL;
        struct orgrun_error err = {0};
        int rc = load_file("a.csv", rows[i].text, &job, &err);
        char *first = strstr(err.message, "(first at /");
        if (first) /* ... the directory here too */
            memmove(first + 10, strrchr(first, '/') + 1, strlen(strrchr(first, '/')));
        assert_error(rc, err, ORGRUN_EJOB, rows[i].message);
        if (rows[i].hint)
            assert_string_equal(err.hint, rows[i].hint);
    }
}

static void refuses_json_and_yaml(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *message;
    } rows[] = {
        {"a.json", "", "a.json:1: unexpected token near end of file"},
        {"a.json", "[]", "a.json: it lists no accounts"},
        {"a.json", "[111122223333", "a.json:1:13: ']' expected near end of file"},
        {"a.json", "[\n 012345678901]", "a.json:2:2: invalid token near '0'"},
        {"a.json", "[12345678901]",
         "a.json: entry 1: \"12345678901\" has 11 digits; account ids have 12 and leading zeros "
         "count: quote it as \"012345678901\""},
        {"a.json", "[\"444455556666\", 1.11122223333e11]",
         "a.json: entry 2: \"111122223333.00000\" is not an account id, which has 12 digits"},
        {"a.json", "[true]", "a.json: entry 1: \"true\" is not an account id, which has 12 digits"},
        {"a.json", "[null]",
         "a.json: entry 1: each item of \"file\" in accounts must be an account "
         "id or a mapping with an id, not nothing"},
        {"a.json", "[{\"id\": \"1\", \"id\": \"2\"}]",
         "a.json:1:17: duplicate object key near "
         "'\"id\"'"},
        {"a.json", "[{\"id\": \"111122223333\", \"nam\": 1}]",
         "a.json: entry 1: unknown key \"nam\" in an account; did you mean \"name\"? (allowed: id, "
         "name, email, ou_path, state, role, external_id, regions)"},
        {"a.json", "[\"111122223333\", \"111122223333\"]",
         "a.json: entry 2: account 111122223333 is listed twice (first at a.json: entry 1)"},
        {"a.json", "{\"id\": \"111122223333\"}",
         "a.json: an accounts file holds a list of accounts, or a mapping with the one key "
         "\"accounts\", not a mapping"},
        {"a.json", "{\"accounts\": [], \"more\": 1}",
         "a.json: an accounts file holds a list of accounts, or a mapping with the one key "
         "\"accounts\", not other keys besides"},
        {"a.json", "\"111122223333\"",
         "a.json: an accounts file holds a list of accounts, or a mapping with the one key "
         "\"accounts\", not \"111122223333\""},
        {"a.json", "{\"Accounts\": [], \"NextToken\": \"x\"}",
         "a.json: the list is not whole: it holds a \"NextToken\"; make it without a maximum "
         "number of items"},
        {"a.json", "{\"Accounts\": {}}", "a.json: \"Accounts\" must be a list, not a mapping"},
        {"a.json", "{\"Accounts\": [1]}",
         "a.json: entry 1: each item of \"Accounts\" must be a mapping, not \"1\""},
        {"a.json", "{\"Accounts\": [{\"Id\": []}]}",
         "a.json: entry 1: \"Id\" of an account must be text, not a list"},
        {"a.json", "{\"Accounts\": [{\"Name\": \"x\"}]}",
         "a.json: entry 1: \"id\" is missing in an account"},
        {"a.json", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
         "a.json: entry 1: nested too deeply: at most 16 levels"},
        {"a.json", "[\"\\u0000\"]",
         "a.json:1:9: \\u0000 is not allowed without JSON_ALLOW_NUL near '\"\\u0000\"'"},
        {"a.json", "[\"\xff\"]", "a.json:1:2: unable to decode byte 0xff near '\"'"},
        {"a.yaml", "", "a.yaml: it lists no accounts"},
        {"a.yaml", "- &a '111122223333'\n",
         "a.yaml:1:3: anchor \"&a\" is not allowed: write each value out where it is used"},
        {"a.yaml", "- 12345678901\n",
         "a.yaml:1:3: \"12345678901\" has 11 digits; account ids have 12 and leading zeros count: "
         "quote it as \"012345678901\""},
        {"a.yaml", "accounts: x\n",
         "a.yaml:1:11: an accounts file holds a list of accounts, or a mapping with the one key "
         "\"accounts\", not \"x\""},
        {"a.txt", "x",
         "job.yaml:3:18: \"file\" in accounts must be a file whose name ends in "
         ".csv, .json, .yaml or .yml, not \"a.txt\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct job *job = NULL;
        struct orgrun_error err = {0};
        int rc = load_file(rows[i].name, rows[i].text, &job, &err);
        char *first = strstr(err.message, "(first at /");
        if (first)
            memmove(first + 10, strrchr(first, '/') + 1, strlen(strrchr(first, '/')));
        assert_error(rc, err, ORGRUN_EJOB, rows[i].message);
    }
}

static void refuses_names(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"[a.csv]", "job.yaml:3:18: \"file\" in accounts must be the name of a csv, json or yaml "
                    "file, not a list"},
        {"''", "job.yaml:3:18: \"file\" in accounts must be the name of a csv, json or yaml file, "
               "not \"\""},
        {"'--'", "job.yaml:3:18: \"file\" in accounts must be a file whose name ends in .csv, "
                 ".json, .yaml or .yml, not \"--\""},
    };
    assert_refused_in(ASK, rows, COUNT(rows));
    struct job *job = NULL;
    struct orgrun_error err = {0};
    static const char text[] = "role: r\ntasks: [{name: t, command: [a]}]\n"
                               "accounts: {file: /none/a.csv}\n";
    int rc = job_parse(&job, text, strlen(text), "job.yaml", NULL, &err);
    assert_error(rc, err, ORGRUN_EIO,
                 "job.yaml:3:18: cannot open /none/a.csv: No such file or directory");
    const struct job_load_opts offline = {.offline_files = true};
    assert_int_equal(job_parse(&job, text, strlen(text), "job.yaml", &offline, &err), 0);
    assert_int_equal(job->accounts.list_len, 0);
    job_free(job);
}

/* An id may stand in the list or in the file, not in both. */
static void joins_list_and_file(void **state)
{
    (void)state;
    char *dir = scratch_new();
    AUTO(free_ptr) char *path = scratch_write(dir, "a.csv", "id\n444455556666\n", 16);
    struct job *job = job_format("role: r\ntasks: [{name: t, command: [a]}]\n"
                                 "accounts: {list: ['111122223333'], file: %s}\n",
                                 path);
    assert_int_equal(job->accounts.list_len, 2);
    assert_non_null(job_entry_find(job, "444455556666"));
    job_free(job);
    AUTO(free_ptr) char *text = NULL;
    char wanted[256];
    struct orgrun_error err = {0};
    assert_true(asprintf(&text,
                         "role: r\ntasks: [{name: t, command: [a]}]\n"
                         "accounts: {file: %s, list: ['444455556666']}\n",
                         path) >= 0);
    int rc = job_parse(&job, text, strlen(text), "job.yaml", NULL, &err);
    (void)snprintf(wanted, sizeof wanted,
                   "job.yaml:3:%zu: account 444455556666 is listed twice (first at %s:2)",
                   strlen("accounts: {file: , list: [") + strlen(path) + 1, path);
    assert_error(rc, err, ORGRUN_EJOB, wanted);
    scratch_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_same_of_all), cmocka_unit_test(reads_quoted_fields),
        cmocka_unit_test(reads_what_aws_prints), cmocka_unit_test(refuses_csv),
        cmocka_unit_test(refuses_json_and_yaml), cmocka_unit_test(refuses_names),
        cmocka_unit_test(joins_list_and_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
