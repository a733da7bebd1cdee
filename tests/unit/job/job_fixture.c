// SPDX-License-Identifier: MIT
// Jobs of texts, the tables of what must be refused, and files beside them.
#include "unit/job/job_fixture.h"

#include "base/cleanup.h"
#include "base/fs.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

struct job *job_of(const char *text)
{
    struct job *job = NULL;
    struct orgrun_error err = {0};
    if (job_parse(&job, text, strlen(text), "job.yaml", NULL, &err))
        fail_msg("%s\n%s", err.message, text);
    assert_non_null(job);
    return job;
}

struct job *job_format(const char *fmt, ...)
{
    AUTO(free_ptr) char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    assert_true(vasprintf(&text, fmt, ap) >= 0);
    va_end(ap);
    return job_of(text);
}

void assert_refused_in(const char *frame, const struct job_refusal *rows, size_t len)
{
    const char *hole = strstr(frame, "%s");
    assert_non_null(hole);
    for (size_t i = 0; i < len; i++) {
        AUTO(free_ptr) char *text = NULL;
        struct job *job = (struct job *)1; /* must be cleared */
        struct orgrun_error err = {0};
        assert_true(asprintf(&text, "%.*s%s%s", (int)(hole - frame), frame, rows[i].text,
                             hole + strlen("%s")) >= 0);
        int rc = job_parse(&job, text, strlen(text), "job.yaml", NULL, &err);
        if (rc == 0)
            fail_msg("accepted, wanted \"%s\":\n%s", rows[i].message, text);
        assert_error(rc, err, ORGRUN_EJOB, rows[i].message);
        assert_null(job);
        if (rows[i].hint)
            assert_string_equal(err.hint, rows[i].hint);
        assert_int_equal(job_parse(&job, text, strlen(text), "job.yaml", NULL, NULL), ORGRUN_EJOB);
    }
}

void assert_refused(const struct job_refusal *rows, size_t len)
{
    assert_refused_in("%s", rows, len);
}

char *scratch_new(void)
{
    char *dir = strdup("/tmp/orgrun-job-XXXXXX");
    assert_non_null(dir);
    assert_non_null(mkdtemp(dir));
    return dir;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void scratch_free(char *dir)
{
    (void)nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

char *scratch_write(const char *dir, const char *name, const char *data, size_t len)
{
    char *path = fs_join(dir, name);
    assert_non_null(path);
    AUTO(close_file) FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    return path;
}
