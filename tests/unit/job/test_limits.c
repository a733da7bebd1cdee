// SPDX-License-Identifier: MIT
// The limits of a job and the places of its reports.
#include "unit/job/job_fixture.h"

#include <string.h>

#define LIMITS JOB_SOUND "limits: {%s}\n"

static void reads_limits(void **state)
{
    (void)state;
    struct job *job = job_format(LIMITS, "concurrency: 1024, deadline: 30d, stop_after_failures: "
                                         "100%, output: 64KiB, assume_attempts: 100, "
                                         "assume_timeout: 1h");
    const struct job_limits *l = &job->limits;
    assert_int_equal(l->concurrency, 1024);
    assert_int_equal(l->deadline_ms, 30LL * 24 * 3600 * 1000);
    assert_int_equal(l->stop_after_percent, 100);
    assert_int_equal(l->stop_after_failures, 0);
    assert_int_equal(l->output, 65536);
    assert_int_equal(l->assume_attempts, 100);
    assert_int_equal(l->assume_total_ms, 3600000);
    job_free(job);
    static const struct {
        const char *text;
        int64_t failures, percent;
        size_t output;
    } rows[] = {
        {"stop_after_failures: 1, output: 1024", 1, 0, 1024},
        {"stop_after_failures: 1%, output: 1GiB", 0, 1, 1073741824},
        {"stop_after_failures: '5%', output: 8MiB", 0, 5, 8388608},
        {"output: 1073741824", 0, 0, 1073741824},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        job = job_format(LIMITS, rows[i].text);
        assert_int_equal(job->limits.stop_after_failures, rows[i].failures);
        assert_int_equal(job->limits.stop_after_percent, rows[i].percent);
        assert_int_equal(job->limits.output, rows[i].output);
        job_free(job);
    }
}

#define BRAKE                                                                                      \
    "job.yaml:4:31: \"stop_after_failures\" in limits must be a whole number from 1 up, or a "     \
    "percentage from 1% to 100%, not "
#define SIZE                                                                                       \
    "job.yaml:4:18: \"output\" in limits must be a size from 1KiB to 1024MiB, such as 65536, "     \
    "64KiB or 8MiB, not "

static void refuses_limits(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"concurency: 4", "job.yaml:4:10: unknown key \"concurency\" in limits; did you mean "
                          "\"concurrency\"? (allowed: concurrency, deadline, stop_after_failures, "
                          "output, assume_attempts, assume_timeout, organization_age)"},
        {"canary: 2", "job.yaml:4:10: unknown key \"canary\" in limits (allowed: concurrency, "
                      "deadline, stop_after_failures, output, assume_attempts, assume_timeout, "
                      "organization_age)"},
        {"concurrency: 0", "job.yaml:4:23: \"concurrency\" in limits must be a whole number from 1 "
                           "to 1024, not \"0\""},
        {"concurrency: 1025", "job.yaml:4:23: \"concurrency\" in limits must be a whole number "
                              "from 1 to 1024, not \"1025\""},
        {"concurrency: 4.0", "job.yaml:4:23: \"concurrency\" in limits must be a whole number from "
                             "1 to 1024, not \"4.0\""},
        {"concurrency: 99999999999999999999", "job.yaml:4:23: \"concurrency\" in limits must be a "
                                              "whole number from 1 to 1024, not "
                                              "\"99999999999999999999\""},
        {"deadline: 0s", "job.yaml:4:20: \"deadline\" in limits must be a duration from 1s to 30d, "
                         "such as 90s, 5m or 2h, not \"0s\""},
        {"deadline: ", "job.yaml:4:20: \"deadline\" in limits must be a duration from 1s to 30d, "
                       "such as 90s, 5m or 2h, not nothing"},
        {"stop_after_failures: 0", BRAKE "\"0\""},
        {"stop_after_failures: '3'", BRAKE "\"3\""},
        {"stop_after_failures: 0%", BRAKE "\"0%\""},
        {"stop_after_failures: 101%", BRAKE "\"101%\""},
        {"stop_after_failures: 1.5%", BRAKE "\"1.5%\""},
        {"stop_after_failures: '%'", BRAKE "\"%\""},
        {"stop_after_failures: [1]", BRAKE "a list"},
        {"output: 1023", SIZE "\"1023\""},
        {"output: 2GiB", SIZE "\"2GiB\""},
        {"output: 8MB", SIZE "\"8MB\""},
        {"output: KiB", SIZE "\"KiB\""},
        {"output: {}", SIZE "a mapping"},
        {"assume_attempts: 101", "job.yaml:4:27: \"assume_attempts\" in limits must be a whole "
                                 "number from 1 to 100, not \"101\""},
        {"assume_timeout: 2h", "job.yaml:4:26: \"assume_timeout\" in limits must be a duration "
                               "from 1s to 1h, such as 90s, 5m or 2h, not \"2h\""},
    };
    assert_refused_in(LIMITS, rows, COUNT(rows));
    static const struct job_refusal whole[] = {
        {"[4]", "job.yaml:4:9: limits must be a mapping, not a list"},
        {"4", "job.yaml:4:9: limits must be a mapping, not \"4\""},
    };
    assert_refused_in(JOB_SOUND "limits: %s\n", whole, COUNT(whole));
}

static void reads_reports(void **state)
{
    (void)state;
    struct job *job =
        job_of(JOB_SOUND "reports: {junit: [a.xml, 'out/{run.id}.xml'], json: '-'}\n");
    static const char *const wanted[][2] = {
        {"junit", "a.xml"}, {"junit", "out/{run.id}.xml"}, {"json", "-"}};
    assert_int_equal(job->reports_len, COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_string_equal(job->reports[i].format, wanted[i][0]);
        assert_string_equal(job->reports[i].path, wanted[i][1]);
    }
    job_free(job);
}

static void refuses_reports(void **state)
{
    (void)state;
    static const struct job_refusal rows[] = {
        {"out.json", "job.yaml:4:10: \"reports\" in the job must be a mapping of formats to paths, "
                     "not \"out.json\""},
        {"[json]",
         "job.yaml:4:10: \"reports\" in the job must be a mapping of formats to paths, not a list"},
        {"{json: }",
         "job.yaml:4:17: report \"json\" must name a path or a list of paths, not nothing"},
        {"{json: ''}", "job.yaml:4:17: report \"json\" must name a path or a list of paths, not "
                       "\"\""},
        {"{json: {a: b}}", "job.yaml:4:17: report \"json\" must name a path or a list of paths, "
                           "not a mapping"},
        {"{json: [[a]]}", "job.yaml:4:18: report \"json\" must name a path or a list of paths, not "
                          "a list"},
        {"{json: '{region}.json'}",
         "job.yaml:4:17: template \"{region}\" cannot be used here (allowed: {run.id})"},
        {"{json: a, junit: a}", "job.yaml:4:27: two reports go to a"},
        {"{json: '-', junit: '-'}", "job.yaml:4:29: two reports go to standard output (\"-\")"},
    };
    assert_refused_in(JOB_SOUND "reports: %s\n", rows, COUNT(rows));
}

static void knows_the_formats(void **state)
{
    (void)state;
    static const char *const formats[] = {"table", "json", "junit", NULL};
    const struct job_load_opts opts = {.report_formats = formats};
    static const struct {
        const char *text, *message;
    } rows[] = {
        {JOB_SOUND "reports: {jsno: a}\n", "job.yaml:4:11: unknown report format \"jsno\"; did you "
                                           "mean \"json\"? (allowed: table, json, junit)"},
        {JOB_SOUND "reports: {html: a}\n", "job.yaml:4:11: unknown report format \"html\" "
                                           "(allowed: table, json, junit)"},
    };
    struct job *job = NULL;
    struct orgrun_error err = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        int rc = job_parse(&job, rows[i].text, strlen(rows[i].text), "job.yaml", &opts, &err);
        assert_error(rc, err, ORGRUN_EJOB, rows[i].message);
    }
    static const char good[] = JOB_SOUND "reports: {table: a, json: b}\n";
    assert_int_equal(job_parse(&job, good, strlen(good), "job.yaml", &opts, &err), 0);
    job_free(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_limits),      cmocka_unit_test(refuses_limits),
        cmocka_unit_test(reads_reports),     cmocka_unit_test(refuses_reports),
        cmocka_unit_test(knows_the_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
