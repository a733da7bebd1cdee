// SPDX-License-Identifier: MIT
// A job: what a YAML job file describes, checked and ready to plan.
#ifndef ORGRUN_JOB_JOB_H
#define ORGRUN_JOB_JOB_H

#include "base/account.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Maxima of what a job file may ask for; job_load refuses what passes them. The text of a job may
 * be longer than the file it came from: written out anew, or made of a command's accounts. */
#define JOB_FILE_MAX (1024 * 1024)
#define JOB_TEXT_MAX (64 * 1024 * 1024)
#define JOB_ACCOUNTS_FILE_MAX (16 * 1024 * 1024)
#define JOB_ACCOUNTS_MAX 100000
#define JOB_TASKS_MAX 1000
#define JOB_CONCURRENCY_MAX 1024
#define JOB_OUTPUT_MAX (1024LL * 1024 * 1024)

enum job_management {
    JOB_MANAGEMENT_ASSUME = 0, /* as any other account */
    JOB_MANAGEMENT_SOURCE,     /* run with the source credentials, when they belong to it */
    JOB_MANAGEMENT_SKIP        /* excluded, with that reason */
};

/* One entry of accounts.list or of accounts.file. Overrides are NULL/empty where the job's hold. */
struct job_entry {
    struct account account;
    char *role;        /* role name, path/name or ARN */
    char *external_id; /* or NULL */
    struct strv regions;
};

struct job_exclude {
    char *match;  /* glob */
    char *reason; /* never NULL; "matches \"<glob>\"" when none was given */
};

/* One OU of accounts.organization.ous. */
struct job_ou {
    char *name;  /* "ou-abcd-12345678", "r-abcd", "/Workloads/Prod" or "Root/Workloads/Prod" */
    char *place; /* where it was written: "job.yaml:3:12", or "" */
};

/* One tag of accounts.organization.tags: an account has the key with one of the values. */
struct job_tag {
    char *key;
    struct strv values; /* at least one */
};

/* Which accounts of the organization; all of these must hold. Nothing named: every account. The
 * accounts of the list are exempt. */
struct job_organization {
    struct job_ou *ous; /* in one of them ... */
    size_t ous_len;
    bool direct; /* ... itself, not in an OU within it (recursive: false) */
    struct job_tag *tags;
    size_t tags_len;
    struct strv states;      /* run exactly those; empty: ACTIVE ones run, others are skipped */
    char *joined_after;      /* as it was written, or NULL */
    int64_t joined_after_ms; /* then or later */
};

struct job_accounts {
    bool organization;
    struct job_organization rules; /* of the organization's accounts */
    bool cover; /* each active account of the organization must be run or match `exclude` */
    struct job_entry *list; /* list and file merged, in order, no id twice */
    size_t list_len;
    const struct job_entry **by_id; /* the same, sorted by id */
    struct strv include;            /* globs; empty means all */
    struct job_exclude *exclude;
    size_t exclude_len;
    bool has_expect;
    int64_t expect_min, expect_max; /* inclusive; INT64_MAX where open */
    enum job_management management;
};

/* A role on the way to the accounts' roles. */
struct job_hop {
    char *role;        /* ARN */
    char *external_id; /* or NULL */
    char *mfa_serial;  /* the MFA device to ask a code of, or NULL */
};

/* What sessions are asked for with, besides role, name, duration and external id. */
struct job_terms {
    char *policy;                    /* JSON, or NULL */
    struct strv policy_arns;         /* of managed policies */
    struct strv tags;                /* key, value, key, value, ... */
    struct strv transitive_tag_keys; /* keys of tags */
    char *source_identity;           /* or NULL */
    struct job_hop *via;             /* assumed one after the other, the last assumes the role */
    size_t via_len;
};
void job_terms_clear(struct job_terms *terms);

struct job_role {
    char *name; /* NULL only where every entry of the list has its own, and with job_access; else
                   "rol", "path/rol" or
                   "arn:<partition>:iam::<account>:role/path/rol"; an ARN's account may be
                   "{account.id}" or "*", meaning each target's */
    char *session_name; /* template */
    int64_t duration_s; /* 900 .. 43200 */
    char *external_id;  /* or NULL */
    struct job_terms terms;
};

/* Another way into the accounts than a role to assume; NULL where there is none. */
struct job_access {
    char *sso_session; /* name of an [sso-session] section of the shared config file */
    char *sso_role;    /* name of a permission set in IAM Identity Center */
};
void job_access_clear(struct job_access *access);

enum job_task_kind { JOB_COMMAND, JOB_SCRIPT };

/* Which exit codes mean what: of[code] is ORGRUN_PASSED, ORGRUN_FAILED or ORGRUN_ERROR. Without an
 * `exit` key 0 is passed and all else failed; with `failed` listed, what is in neither list is
 * error. */
struct job_exit_map {
    uint8_t of[256];
};

/* How a task's children get their session. */
enum job_inject {
    JOB_INJECT_UNSET = 0, /* only while a job is being loaded: the job's holds */
    JOB_INJECT_ENV,       /* keys in the environment; the default */
    JOB_INJECT_ENDPOINT   /* a loopback endpoint that gives keys and renews them */
};

#define JOB_RETRY_ERROR 1u
#define JOB_RETRY_FAILED 2u
#define JOB_RETRY_TIMEOUT 4u
struct job_retry {
    int64_t attempts;   /* in all; 1 = no retry */
    unsigned on;        /* JOB_RETRY_*; default JOB_RETRY_ERROR (which includes time-outs) */
    int64_t backoff_ms; /* before the second attempt; doubled each time, at most 60 s */
};

struct job_task {
    char *name; /* [A-Za-z0-9][A-Za-z0-9._-]{0,63}: safe in a path */
    enum job_task_kind kind;
    struct strv command; /* argv of templates, for JOB_COMMAND */
    char *script;        /* text, not a template, for JOB_SCRIPT */
    char *shell;         /* of a script: "bash" (run as bash -eu), or what the job names */
    bool per_account;    /* the task says `regions: none`: once per account, whatever else holds */
    struct strv regions; /* the task's own; empty means the job's */
    struct job_exit_map exit;
    struct strv env; /* "NAME=template" */
    struct strv
        pass_env;       /* names let through from orgrun's own environment besides the allow-list */
    int64_t timeout_ms; /* 0 = none */
    int64_t kill_after_ms; /* TERM to KILL */
    char *cwd;             /* template, or NULL */
    struct job_retry retry;
    enum job_inject inject; /* never unset */
};

struct job_limits {
    int64_t concurrency;         /* 0 = min(targets, 32) */
    int64_t deadline_ms;         /* for the whole run; 0 = none */
    int64_t stop_after_failures; /* brake: failed + error targets; 0 = none */
    int64_t stop_after_percent;  /* the same as percent of all targets; 0 = none */
    size_t output;               /* bytes kept of each stream of each target */
    int64_t assume_attempts;     /* tries of an AWS call in all */
    int64_t assume_total_ms;     /* ... and the time they may take together */
    int64_t organization_age_ms; /* the oldest OUs and tags taken from the cache; 0 = none are */
};

struct job_report {
    char *format; /* "json", "junit", "html", ... known to report/ */
    char *path;   /* template over {run.id}; "-" is standard output */
};

struct job {
    char *name;
    char *description; /* or NULL */
    char *file;        /* where it came from, for messages; "-" or NULL when not a file */
    struct job_accounts accounts;
    struct job_role role;
    struct job_access access;
    struct strv regions; /* at least one; one "" (once per account) for `none` or no key */
    struct job_task *tasks;
    size_t tasks_len;
    struct job_limits limits;
    enum job_inject inject; /* of tasks that say nothing */
    struct job_report *reports;
    size_t reports_len;
    struct strv once; /* the one "" that job_regions gives for a per-account task */
    char *text; /* YAML that gives this job again (with file for relative names): the job file's own
                   text or, where settings changed it, the job they made, with them as comments.
                   What accounts.file holds is not in it, unless that is standard input. */
};

/* Everything job_load may be told besides the file. */
struct job_load_opts {
    const char *const *settings; /* NULL-terminated "limits.concurrency=4" from --set, or NULL. A
                                    key steps into a list by index from 0 or by an item's name. */
    const char *const *report_formats; /* NULL-terminated list of the formats that exist */
    bool offline_files;                /* do not read accounts.file (for parsing alone) */
};

/* Reads and checks a job file ("-" is standard input, "<stdin>" in messages). Errors are
 * ORGRUN_EJOB (or ORGRUN_EIO, ORGRUN_ELIMIT, ORGRUN_ENOMEM) and begin "file:line:column: ", or
 * "--set KEY=VALUE: " for what a setting put there. *out is NULL on failure. */
int job_load(struct job **out, const char *path, const struct job_load_opts *opts,
             struct orgrun_error *err);

/* The same from memory, of at most JOB_TEXT_MAX bytes, so that it takes the text of any job; `file`
 * is used in messages and to resolve relative paths. */
int job_parse(struct job **out, const char *text, size_t len, const char *file,
              const struct job_load_opts *opts, struct orgrun_error *err);

/* A job of one command, as `orgrun exec` and the API describe it. Borrowed during the call. */
struct job_command {
    const char *const *accounts; /* ids, NULL-terminated, or NULL */
    const char *accounts_file;   /* csv, json or yaml; "-" = standard input; or NULL */
    bool organization;
    const char *const *ous;     /* of the organization: ids or paths, or NULL */
    const char *const *tags;    /* of the organization: "KEY=VALUE"; a key again is "or"; or NULL */
    const char *joined_after;   /* of the organization: a date or time, or NULL */
    const char *const *include; /* globs, or NULL */
    const char *const *exclude; /* globs, or NULL */
    const char *role;           /* NULL = the default role name */
    const char *external_id;    /* or NULL */
    const char *sso_session;    /* in place of a role, with sso_role; or NULL */
    const char *sso_role;
    const char *const *regions; /* NULL = once per account */
    const char *const *argv;    /* NULL-terminated */
    const char *const *env;     /* "NAME=VALUE" templates, as a task's env, or NULL */
    int64_t timeout_ms;         /* 0 = none */
    enum job_inject inject;     /* unset = env */
};
/* Checks as job_load does. ORGRUN_EUSAGE, also when not exactly one of accounts, accounts_file and
 * organization is given; what is wrong within accounts_file is ORGRUN_EJOB. All text is UTF-8. */
int job_from_command(struct job **out, const struct job_command *cmd, struct orgrun_error *err);

/* Why text is no role ("role", "path/role" or an ARN, whose account may be a wildcard), or NULL. */
const char *job_role_fault(const char *role);

void job_free(struct job *job);

/* The entry of the list with that id, or NULL. */
const struct job_entry *job_entry_find(const struct job *job, const char *account_id);

/* Does an item of `regions` stand for those Regions that are enabled in each account: "enabled", or
 * a glob such as "eu-*"? And does it stand for this one? */
bool job_region_is_pattern(const char *region);
bool job_region_matches(const char *pattern, const char *region);

/* Must the enabled Regions of an account be known to say where its tasks run? */
bool job_wants_enabled_regions(const struct job *job, const struct job_entry *entry);

/* The Regions a task runs in for an account: its entry's, else the task's, else the job's; one ""
 * for a per-account task. Some may be patterns. Borrowed. */
const struct strv *job_regions(const struct job *job, const struct job_task *task,
                               const struct job_entry *entry);

#endif
