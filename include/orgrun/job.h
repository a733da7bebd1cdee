// SPDX-License-Identifier: MIT
// Jobs: loaded from a YAML file, or made of one command.
#ifndef ORGRUN_JOB_H
#define ORGRUN_JOB_H

#include "orgrun/api.h"
#include "orgrun/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque and immutable; may be run any number of times. */
struct orgrun_job;

/**
 * Reads and checks a job file ("-": standard input), without any network. `settings` is NULL or a
 * NULL-terminated list of "dotted.key=value" that replace or add keys ("limits.concurrency=4"; the
 * value is YAML). Errors are ORGRUN_EJOB and begin with "file:line:column: ".
 */
ORGRUN_API int orgrun_job_load(struct orgrun_job **out, const char *path,
                               const char *const *settings, struct orgrun_error *err);

/** How a command gets its account's session. */
enum orgrun_inject {
    ORGRUN_INJECT_ENV = 0, /**< keys in its environment, as they are when it starts */
    ORGRUN_INJECT_ENDPOINT /**< an endpoint of its own on the loopback that renews them; no key in
                              the environment */
};

/** A job of one command. Zero-initialise; everything is copied. */
struct orgrun_command {
    const char *const *accounts; /**< ids, NULL-terminated; or NULL */
    const char *accounts_file;   /**< csv, json or yaml; "-": standard input; or NULL */
    bool organization;           /**< the accounts of the organization; all, or those: */
    const char *const *ous;      /**< in one of these OUs: ids or paths; or NULL */
    const char *const *tags;     /**< with these tags, "KEY=VALUE"; a key again is "or"; or NULL */
    const char *joined_after;    /**< that joined then or later: a date or RFC 3339; or NULL */
    const char *const *include;  /**< globs on id, name, email, OU path; or NULL */
    const char *const *exclude;  /**< globs; or NULL */
    const char *role;            /**< NULL: rol_sts_cross_account */
    const char *external_id;     /**< or NULL */
    const char *sso_session;     /**< in place of a role: an [sso-session] of the shared config
                                    file, with whose login each account's session is had; or NULL */
    const char *sso_role;        /**< with sso_session: the name of a permission set */
    const char *const *regions;  /**< names, globs or "enabled"; NULL: once per account */
    const char *const *env;      /**< "NAME=VALUE" for the command, NULL-terminated; or NULL */
    const char *const *argv;     /**< the command, NULL-terminated */
    int64_t timeout_ms;          /**< 0: none */
    enum orgrun_inject inject;   /**< how the session reaches the command */
};

/** Exactly one of accounts, accounts_file and organization must be given. ORGRUN_EUSAGE otherwise,
 * and for rules on the organization's accounts without it. */
ORGRUN_API int orgrun_job_from_command(struct orgrun_job **out,
                                       const struct orgrun_command *command,
                                       struct orgrun_error *err);

/** Frees; NULL is fine. */
ORGRUN_API void orgrun_job_free(struct orgrun_job *job);

/** What the job says of itself, for a person. Borrowed. */
struct orgrun_job_summary {
    const char *name;
    const char *description; /**< "" when there is none */
    bool organization;       /**< accounts come from Organizations */
    size_t listed;           /**< accounts listed in the job or its file */
    size_t tasks;
    size_t regions;
    const char *role; /**< or the permission set, where the job names one */
    size_t reports;
    bool report_on_stdout; /**< one of its reports is written to standard output */
};

/** Fills out; its strings live as long as the job. */
ORGRUN_API void orgrun_job_describe(const struct orgrun_job *job, struct orgrun_job_summary *out);

#ifdef __cplusplus
}
#endif
#endif
