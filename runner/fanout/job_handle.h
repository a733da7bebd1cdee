// SPDX-License-Identifier: MIT
// The job behind the public handle.
#ifndef ORGRUN_FANOUT_JOB_HANDLE_H
#define ORGRUN_FANOUT_JOB_HANDLE_H

#include "job/job.h"
#include "orgrun/job.h"

struct orgrun_job {
    struct job *job;
};

static inline const struct job *job_of(const struct orgrun_job *handle)
{
    return handle->job;
}

/* sha256 of the job's content, hex: what resume compares. */
void job_content_hash(const struct job *job, char out[65]);

#endif
