// SPDX-License-Identifier: MIT
// A job out of its tree: the keys of the job file, the defaults, and what only the whole shows.
#include "base/cleanup.h"
#include "base/text.h"
#include "job/loading.h"
#include "job/template.h"

#include <stdlib.h>
#include <string.h>

DEFINE_CLEANUP(job_freep, struct job, job_free)

static const struct field fields[] = {
    {"name", field_text, offsetof(struct job, name), 1, 128},
    {"description", field_prose, offsetof(struct job, description), 0, 4096},
    {"accounts", job_accounts_read, offsetof(struct job, accounts), .required = true},
    {"role", job_role_read, offsetof(struct job, role)},
    {"access", job_access_read, offsetof(struct job, access)},
    {"regions", job_regions_read, offsetof(struct job, regions)},
    {"tasks", job_tasks_read, 0, 1, JOB_TASKS_MAX, .required = true},
    {"limits", job_limits_read, offsetof(struct job, limits)},
    {"inject", job_inject_read, offsetof(struct job, inject)},
    {"reports", job_reports_read, 0, 0, 64},
};

int loading_check_template(const struct node *value, unsigned allowed, struct orgrun_error *err)
{
    int rc = template_check(value->text, allowed, err);
    if (rc && !value->mark.origin && err)
        err->code = ORGRUN_EUSAGE;
    return rc ? node_error_at(&value->mark, value->mark.origin ? rc : ORGRUN_EUSAGE, err) : 0;
}

/* "nightly" of "jobs/nightly.yaml"; "job" where there is no file. */
static char *default_name(const char *file)
{
    const char *base = file ? strrchr(file, '/') : NULL;
    base = base ? base + 1 : file ? file : "";
    const char *dot = strrchr(base, '.');
    size_t len = dot ? (size_t)(dot - base) : strlen(base);
    if (len == 0 || strcmp(base, "-") == 0)
        return strdup("job");
    struct buf name;
    buf_init(&name, 4096);
    (void)text_clean(&name, base, len, true);
    return buf_take(&name, NULL);
}

/* A role is needed wherever an account may come that has none of its own. */
static int check_role(const struct loading *l, const struct node *root, struct orgrun_error *err)
{
    const struct job *job = l->job;
    if (job->access.sso_session)
        return access_check(l, root, err);
    size_t without = 0;
    for (size_t i = 0; i < job->accounts.list_len; i++)
        without += !job->accounts.list[i].role;
    if (job->role.name || (!job->accounts.organization && (l->file_unread || without == 0)))
        return 0;
    const struct node_item *role = node_find(root, "role");
    if (role)
        return node_error(&role->value->mark, err, "\"name\" is missing in role");
    int rc = node_error(&root->mark, err, "\"role\" is missing in the job");
    (void)error_hint(err, "Name the role that orgrun assumes in each account, such as \"role: "
                          "rol_sts_cross_account\".");
    return rc;
}

static int fill_defaults(struct job *job, struct orgrun_error *err)
{
    if (job->inject == JOB_INJECT_UNSET)
        job->inject = JOB_INJECT_ENV;
    for (size_t i = 0; i < job->tasks_len; i++)
        if (job->tasks[i].inject == JOB_INJECT_UNSET)
            job->tasks[i].inject = job->inject;
    if (!job->name)
        job->name = default_name(job->file);
    if (!job->role.session_name)
        job->role.session_name = strdup("orgrun-{run.id}");
    if (!job->name || !job->role.session_name || strv_push(&job->once, "") ||
        (job->regions.len == 0 && strv_push(&job->regions, "")))
        return error_nomem(err);
    return 0;
}

static int build(struct loading *l, const struct node *root, struct orgrun_error *err)
{
    char found[NODE_FOUND_SIZE];
    if (root->kind != NODE_MAP)
        return node_error(&root->mark, err,
                          "a job is a mapping with the keys accounts, role and tasks, not %s",
                          node_found(root, found));
    int rc =
        field_read_map(l, root, "the job", fields, sizeof fields / sizeof *fields, l->job, err);
    if (rc == 0)
        rc = check_role(l, root, err);
    return rc ? rc : fill_defaults(l->job, err);
}

int job_build(struct job **out, const struct node *root, const char *file, char *text,
              const struct job_load_opts *opts, struct orgrun_error *err)
{
    static const struct job_load_opts none;
    AUTO(job_freep) struct job *job = calloc(1, sizeof *job);
    *out = NULL;
    if (!job) {
        free(text);
        return error_nomem(err);
    }
    job->text = text;
    job->file = file ? strdup(file) : NULL;
    if (!text || (file && !job->file))
        return error_nomem(err);
    job->role.duration_s = 3600;
    job->limits = (struct job_limits){.output = (size_t)8 * 1024 * 1024,
                                      .assume_attempts = 8,
                                      .assume_total_ms = 120000,
                                      .organization_age_ms = 3600000};
    struct loading l = {.job = job, .opts = opts ? opts : &none, .file = file};
    int rc = build(&l, root, err);
    free(l.marks);
    node_free(l.tree);
    free(l.accounts_path);
    if (rc == 0)
        *out = TAKE_PTR(job);
    return rc;
}
