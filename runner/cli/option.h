// SPDX-License-Identifier: MIT
// Options as tables: what there is, how it is read, where its value goes.
#ifndef ORGRUN_CLI_OPTION_H
#define ORGRUN_CLI_OPTION_H

#include "cli/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the options of one command line said. Words are borrowed from argv. */
struct settings {
    int help, version;
    int quiet, verbose, log_json, progress, colour; /* the last two: VIEW_*, COLOUR_* */
    const char *state, *profile, *region;
    struct words reports, set;
    int64_t concurrency;
    struct words accounts, ous, tags, include, exclude, regions, env;
    const char *joined_after;
    const char *accounts_file, *role, *external_id, *sso_session, *sso_role;
    int organization, refresh;
    int64_t timeout_ms, duration_ms;
    int env_format; /* --format env of a session */
    const char *session_name, *policy_file, *source_identity;
    struct words policy_arns, session_tags, transitive_tags, via;
    int explain, shell, exec;
    const char *mfa_serial, *mfa_code;
    int json;     /* --format json of a list */
    int endpoint; /* --inject endpoint */
    const char *report_format, *output;
    int64_t limit;                             /* -1 when not given */
    struct words principals, managed_policies; /* of setup, as what follows */
    const char *org_id, *partition, *permissions_boundary;
    int allow_session_tags, allow_source_identity, role_only, delegated_admin;
};

void settings_clear(struct settings *s);

enum option_kind {
    OPTION_FLAG,     /* int, set to `most` */
    OPTION_COUNT,    /* int, one more each time */
    OPTION_TEXT,     /* const char *, not empty */
    OPTION_EACH,     /* struct words: one a time */
    OPTION_COMMAS,   /* struct words: several a time */
    OPTION_NUMBER,   /* int64_t within least .. most */
    OPTION_DURATION, /* int64_t, milliseconds */
    OPTION_CHOICE    /* int: place of the word in `choices` */
};

struct option_spec {
    const char *name; /* NULL ends a table */
    char letter;      /* or '\0' */
    enum option_kind kind;
    size_t offset;     /* in struct settings */
    const char *value; /* "PATH": what it takes, for help; NULL for a flag */
    const char *help;  /* sentences; broken into lines by help.c */
    int64_t least, most;
    const char *const *choices; /* NULL-terminated */
};

/* A titled table of options; commands name the groups they take. */
struct option_group {
    const char *title;
    const struct option_spec *options;
};

extern const struct option_group options_session, options_selection, options_task, options_run,
    options_job, options_aws, options_progress, options_output, options_common, options_list,
    options_report, options_runs, options_whole_organization, options_setup, options_setup_template,
    options_partition, options_narrow, options_role, options_sso;

#define OPTION_MESSAGE_SIZE 512

/* Reads the options among argv[1..] into s. `groups` is NULL-terminated. Options may follow
 * operands, unless stop_at_operand. Returns the place in (the reordered) argv of the first operand,
 * or -1 with a message of what is wrong. */
int option_read(const struct option_group *const *groups, bool stop_at_operand, int argc,
                char **argv, struct settings *s, char message[OPTION_MESSAGE_SIZE]);

#endif
