// SPDX-License-Identifier: MIT
// The public job functions over the job room.
#include "fanout/job_handle.h"

#include "report/report.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wrap(struct orgrun_job **out, struct job *job, struct orgrun_error *err)
{
    struct orgrun_job *handle = malloc(sizeof *handle);
    if (!handle) {
        job_free(job);
        return error_nomem(err);
    }
    handle->job = job;
    *out = handle;
    return 0;
}

int orgrun_job_load(struct orgrun_job **out, const char *path, const char *const *settings,
                    struct orgrun_error *err)
{
    *out = NULL;
    struct job *job = NULL;
    struct job_load_opts opts = {.settings = settings, .report_formats = report_format_names};
    int rc = job_load(&job, path, &opts, err);
    return rc ? rc : wrap(out, job, err);
}

int orgrun_job_from_command(struct orgrun_job **out, const struct orgrun_command *c,
                            struct orgrun_error *err)
{
    *out = NULL;
    struct job *job = NULL;
    struct job_command cmd = {
        .accounts = c->accounts,
        .accounts_file = c->accounts_file,
        .organization = c->organization,
        .ous = c->ous,
        .tags = c->tags,
        .joined_after = c->joined_after,
        .include = c->include,
        .exclude = c->exclude,
        .role = c->role,
        .external_id = c->external_id,
        .sso_session = c->sso_session,
        .sso_role = c->sso_role,
        .regions = c->regions,
        .env = c->env,
        .argv = c->argv,
        .timeout_ms = c->timeout_ms,
        .inject = c->inject == ORGRUN_INJECT_ENDPOINT ? JOB_INJECT_ENDPOINT : JOB_INJECT_UNSET,
    };
    int rc = job_from_command(&job, &cmd, err);
    return rc ? rc : wrap(out, job, err);
}

void orgrun_job_free(struct orgrun_job *handle)
{
    if (!handle)
        return;
    job_free(handle->job);
    free(handle);
}

void orgrun_job_describe(const struct orgrun_job *handle, struct orgrun_job_summary *out)
{
    const struct job *job = handle->job;
    bool once_only = job->regions.len == 1 && !job->regions.items[0][0];
    *out = (struct orgrun_job_summary){
        .name = job->name,
        .description = job->description ? job->description : "",
        .organization = job->accounts.organization,
        .listed = job->accounts.list_len,
        .tasks = job->tasks_len,
        .regions = once_only ? 0 : job->regions.len,
        .role = job->access.sso_role ? job->access.sso_role
                : job->role.name     ? job->role.name
                                     : "",
        .reports = job->reports_len,
    };
    for (size_t i = 0; i < job->reports_len; i++)
        out->report_on_stdout |= strcmp(job->reports[i].path, "-") == 0;
}

void job_content_hash(const struct job *job, char out[65])
{
    unsigned char digest[32];
    const char *text = job->text ? job->text : "";
    if (EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL) != 1)
        memset(digest, 0, sizeof digest);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
