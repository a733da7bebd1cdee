// SPDX-License-Identifier: MIT
// What the readers of a job's parts share while it is made, and those readers.
#ifndef ORGRUN_JOB_LOADING_H
#define ORGRUN_JOB_LOADING_H

#include "job/field.h"
#include "job/job.h"

/* A job under construction. */
struct loading {
    struct job *job;
    const struct job_load_opts *opts; /* never NULL */
    const char *file;                 /* relative names start from its directory; may be NULL */
    struct node_mark *marks;          /* of accounts.list, entry by entry */
    size_t marks_cap;
    bool file_unread;        /* accounts.file was named but not read (offline_files) */
    struct node *tree;       /* of accounts.file while it is read; its marks' origin ... */
    char *accounts_path;     /* ... is this */
    bool default_task_names; /* there is one task, which may go without a name */
};

/* Makes a job of a tree that the caller keeps. `text` is taken over, even on failure. */
int job_build(struct job **out, const struct node *root, const char *file, char *text,
              const struct job_load_opts *opts, struct orgrun_error *err);

/* Readers of the job's parts; dst is the part's place in struct job (or job_task). */
field_fn job_accounts_read;         /* struct job_accounts */
field_fn job_role_read;             /* struct job_role */
field_fn job_access_read;           /* struct job_access */
field_fn job_regions_read;          /* struct strv: [""] for `none` */
field_fn job_tasks_read;            /* struct job */
field_fn job_limits_read;           /* struct job_limits */
field_fn job_reports_read;          /* struct job */
field_fn job_inject_read;           /* enum job_inject */
field_fn task_exit_read;            /* struct job_exit_map */
field_fn task_env_read;             /* struct strv */
field_fn task_pass_env_read;        /* struct strv */
field_fn role_name_read;            /* char * */
field_fn role_arn_read;             /* char *: a whole ARN */
field_fn role_external_id_read;     /* char * */
field_fn role_policy_read;          /* char *: JSON */
field_fn role_policy_file_read;     /* char *: what the file holds */
field_fn role_policy_arns_read;     /* struct strv */
field_fn role_tags_read;            /* struct strv: key, value, key, value, ... */
field_fn role_transitive_read;      /* struct strv */
field_fn role_source_identity_read; /* char * */
field_fn role_via_read;             /* struct job_terms */
field_fn entry_list_read;           /* struct job_accounts: adds to its list */
field_fn entry_file_read;           /* struct job_accounts: adds to its list what the file holds */

/* Sorts the index of the list and refuses an id that is there twice. */
int entry_list_finish(struct loading *l, struct orgrun_error *err);

/* Reads a Region or a list of them. With none != NULL the word `none` alone is taken too and sets
 * it. */
int region_list_read(const struct field_at *at, const struct node *value, struct strv *dst,
                     bool *none, struct orgrun_error *err);

/* What the terms of a role must keep together; map is the role's, for the place. */
int role_terms_check(const struct job_role *role, const struct node *map, struct orgrun_error *err);

/* What excludes access by something other than a role; root is the job's. */
int access_check(const struct loading *l, const struct node *root, struct orgrun_error *err);

/* The path of a file that the job names, from the job file's directory. Heap; NULL when out of
 * memory. */
char *loading_resolve(const struct loading *l, const char *name);

/* template_check with the value's place. */
int loading_check_template(const struct node *value, unsigned allowed, struct orgrun_error *err);

#endif
