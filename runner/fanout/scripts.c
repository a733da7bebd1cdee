// SPDX-License-Identifier: MIT
// The run's script files: each script task's text, once a run, readable by its owner alone.
#include "base/cleanup.h"
#include "base/fs.h"
#include "fanout/run.h"

#include <string.h>

static int write_one(struct run *r, size_t i, struct orgrun_error *err)
{
    char name[160];
    (void)snprintf(name, sizeof name, "runs/%s/%s.script", r->id, r->job->tasks[i].name);
    r->scripts[i] = fs_join(r->ctx->state_dir, name);
    if (!r->scripts[i])
        return error_nomem(err);
    struct fs_atomic file;
    int rc = fs_atomic_open(&file, r->scripts[i], 0600, err);
    if (rc)
        return rc;
    (void)fputs(r->job->tasks[i].script, file.file); /* commit looks at ferror */
    return fs_atomic_commit(&file, err);
}

int scripts_write(struct run *r, struct orgrun_error *err)
{
    r->scripts = calloc(r->job->tasks_len, sizeof *r->scripts);
    if (!r->scripts)
        return error_nomem(err);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->job->tasks_len; i++)
        if (r->job->tasks[i].kind == JOB_SCRIPT)
            rc = write_one(r, i, err);
    return rc;
}

void scripts_free(struct run *r)
{
    for (size_t i = 0; r->scripts && i < r->job->tasks_len; i++)
        free(r->scripts[i]);
    free(r->scripts);
    r->scripts = NULL;
}
