// SPDX-License-Identifier: MIT
// What AWS allows in a setup document.
#include "fanout/setup_check.h"

#include "aws/endpoint.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "job/job.h"

#include <regex.h>
#include <string.h>

#define DURATION_LEAST_S 3600
#define DURATION_MOST_S 43200

/* What a word must look like, as the templates ask for it too. */
static const struct shape {
    const char *noun, *pattern, *allowed;
    size_t least, most;
} external_id = {"an external id", "^[A-Za-z0-9_+=,.@:/-]+$",
                 "2 to 1224 letters, digits and _+=,.@:/-", 2, 1224},
  org_id = {"an organization id", "^o-[a-z0-9]{10,32}$", "such as o-a1b2c3d4e5", 1, 34},
  ou = {"an organizational unit or root", "^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$",
        "an id such as ou-ab12-c3d4e5f6 or r-ab12", 1, 68},
  policy_name = {"a managed policy", "^([!-~]+/)?[A-Za-z0-9_+=,.@-]{1,128}$",
                 "a name such as SecurityAudit, with its path if it has one, or an ARN", 1, 512},
  policy_arn = {"a managed policy", "^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/[!-~]+$",
                "arn:PARTITION:iam::aws:policy/NAME", 1, 2048},
  boundary = {"a permissions boundary", "^([!-~]+/)?[A-Za-z0-9_+=,.@-]{1,128}$",
              "the name of a policy that every account has, with its path if it has one", 1, 512},
  principal_arn = {"a principal", "^arn:[a-z-]+:iam::[0-9]{12}:(root|(role|user)/[!-~]+)$",
                   "an account id, or arn:PARTITION:iam::ACCOUNT:role/NAME (or user/NAME)", 1,
                   2048};

static bool matches(const char *text, const char *pattern)
{
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
        return false;
    bool yes = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return yes;
}

static int check_shape(const struct shape *shape, const char *text, struct orgrun_error *err)
{
    size_t len = strlen(text);
    if (len >= shape->least && len <= shape->most && matches(text, shape->pattern))
        return 0;
    return error_set(err, ORGRUN_EUSAGE, "\"%.100s\" is not %s: %s", text, shape->noun,
                     shape->allowed);
}

static int check_each(const struct shape *shape, const char *const *words, struct orgrun_error *err)
{
    int rc = 0;
    for (; rc == 0 && words && *words; words++)
        rc = check_shape(shape, *words, err);
    return rc;
}

/* Who a session is cannot be trusted, only the role it came from. */
static int refuse_session(const char *arn, struct orgrun_error *err)
{
    char account[13], role[65], partition[33];
    if (sscanf(arn, "arn:%32[a-z-]:sts::%12[0-9]:assumed-role/%64[^/]", partition, account, role) !=
        3)
        return check_shape(&principal_arn, arn, err);
    return error_set(err, ORGRUN_EUSAGE,
                     "\"%.100s\" is a session, which is gone tomorrow: name its role, "
                     "arn:%s:iam::%s:role/%s, with its path if it has one",
                     arn, partition, account, role);
}

static int check_principal(const char *principal, struct orgrun_error *err)
{
    if (text_is_account_id(principal))
        return 0;
    if (text_starts(principal, "arn:") && strstr(principal, ":sts::"))
        return refuse_session(principal, err);
    int rc = check_shape(&principal_arn, principal, err);
    const char *name = rc ? NULL : strchr(principal, '/');
    const char *fault = name ? job_role_fault(name + 1) : NULL;
    return fault ? error_set(err, ORGRUN_EUSAGE, "\"%.100s\" is not a principal: %s", principal,
                             fault)
                 : rc;
}

static int check_role(enum orgrun_setup_document document, const char *role,
                      struct orgrun_error *err)
{
    const char *fault = job_role_fault(role);
    if (!fault && document != ORGRUN_SETUP_SOURCE_POLICY && text_starts(role, "arn:"))
        fault = "a template names the role by NAME or PATH/NAME, the same in every account";
    return fault ? error_set(err, ORGRUN_EUSAGE, "\"%.100s\" is not a role here: %s", role, fault)
                 : 0;
}

/* The lists of a template have commas between their members. */
static int refuse_comma(const char *const *words, struct orgrun_error *err)
{
    for (; words && *words; words++)
        if (strchr(*words, ','))
            return error_set(err, ORGRUN_EUSAGE,
                             "\"%.100s\" holds a comma, which a list of a template cannot: choose "
                             "another name",
                             *words);
    return 0;
}

/* Policies of a stack set have the same ARN in every account, which only AWS's own do. */
static int refuse_owned(const char *const *policies, struct orgrun_error *err)
{
    for (; policies && *policies; policies++)
        if (text_starts(*policies, "arn:") && !strstr(*policies, ":iam::aws:"))
            return error_set(err, ORGRUN_EUSAGE,
                             "\"%.100s\" is one account's policy; a stack set reaches many, where "
                             "only AWS's own have the same ARN",
                             *policies);
    return 0;
}

static int check_template(enum orgrun_setup_document document, const struct orgrun_setup_opts *o,
                          struct orgrun_error *err)
{
    int rc = check_each(&ou, o->ous, err);
    for (const char *const *p = o->managed_policies; rc == 0 && p && *p; p++)
        rc = check_shape(text_starts(*p, "arn:") ? &policy_arn : &policy_name, *p, err);
    if (rc == 0 && o->permissions_boundary)
        rc = check_shape(&boundary, o->permissions_boundary, err);
    if (rc == 0 && o->duration_s &&
        (o->duration_s < DURATION_LEAST_S || o->duration_s > DURATION_MOST_S))
        rc = error_set(err, ORGRUN_EUSAGE, "a role's sessions last at most between 1h and 12h");
    if (rc == 0)
        rc = refuse_comma(o->principals, err);
    if (rc == 0)
        rc = refuse_comma(o->managed_policies, err);
    if (rc == 0 && document == ORGRUN_SETUP_STACKSET)
        rc = refuse_owned(o->managed_policies, err);
    return rc;
}

static int unknown_partition(const char *name, struct orgrun_error *err)
{
    char all[256] = "";
    size_t n = 0;
    const struct partition *p;
    for (size_t i = 0; (p = partition_at(i)) && n < sizeof all; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", p->name);
    return error_set(err, ORGRUN_EUSAGE, "\"%.100s\" is not a partition: one of %s", name, all);
}

/* The partition's field of an ARN; false when text is none. */
static bool arn_partition(const char *text, char out[33])
{
    return sscanf(text, "arn:%32[^:]:", out) == 1;
}

/* By name, by Region, by the first principal or role that is an ARN, or aws. */
static int choose_partition(const struct orgrun_setup_opts *o, const char **out,
                            struct orgrun_error *err)
{
    const char *name = o->partition;
    char field[33];
    if (!name && o->region) {
        if (!region_is_valid(o->region))
            return error_set(err, ORGRUN_EUSAGE,
                             "\"%.100s\" is not a Region, which looks like eu-west-1", o->region);
        name = partition_of_region(o->region)->name;
    }
    for (const char *const *p = o->principals; !name && p && *p; p++)
        name = arn_partition(*p, field) ? field : NULL;
    if (!name && o->role)
        name = arn_partition(o->role, field) ? field : NULL;
    const struct partition *partition = partition_find(name ? name : "aws");
    if (!partition)
        return unknown_partition(name, err);
    *out = partition->name;
    return 0;
}

static int check_same(const char *text, const char *partition, struct orgrun_error *err)
{
    char field[33];
    if (!text || !arn_partition(text, field) || strcmp(field, partition) == 0)
        return 0;
    return error_set(err, ORGRUN_EUSAGE,
                     "\"%.100s\" lies in partition %s, not in %s: nothing reaches from one to "
                     "another",
                     text, field, partition);
}

static int check_partitions(const struct orgrun_setup_opts *o, const char *partition,
                            struct orgrun_error *err)
{
    const char *const *lists[] = {o->principals, o->managed_policies};
    int rc = check_same(o->role, partition, err);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const char *const *p = lists[i]; rc == 0 && p && *p; p++)
            rc = check_same(*p, partition, err);
    return rc;
}

int setup_check(enum orgrun_setup_document document, const struct orgrun_setup_opts *o,
                const char **partition, struct orgrun_error *err)
{
    int rc = o->role ? check_role(document, o->role, err) : 0;
    for (const char *const *p = o->principals; rc == 0 && p && *p; p++)
        rc = check_principal(*p, err);
    if (rc == 0 && o->external_id)
        rc = check_shape(&external_id, o->external_id, err);
    if (rc == 0 && o->org_id)
        rc = check_shape(&org_id, o->org_id, err);
    if (rc == 0 && document <= ORGRUN_SETUP_ROLE)
        rc = check_template(document, o, err);
    if (rc == 0 && document == ORGRUN_SETUP_TRUST && (!o->principals || !o->principals[0]))
        rc = error_set(err, ORGRUN_EUSAGE, "a trust policy needs a principal, which it trusts: %s",
                       principal_arn.allowed);
    if (rc == 0)
        rc = choose_partition(o, partition, err);
    return rc ? rc : check_partitions(o, *partition, err);
}

/* AWS's policies for job functions have a path that people leave out. */
static const char *policy_path(const char *name)
{
    static const char *const functions[] = {
        "Billing",     "DataScientist",       "DatabaseAdministrator", "NetworkAdministrator",
        "SupportUser", "SystemAdministrator", "ViewOnlyAccess"};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (strcmp(name, functions[i]) == 0)
            return "job-function/";
    return "";
}

int setup_policy_arns(const struct orgrun_setup_opts *o, const char *partition, struct strv *out,
                      struct orgrun_error *err)
{
    for (const char *const *p = o->managed_policies; p && *p; p++)
        if (text_starts(*p, "arn:")
                ? strv_push(out, *p)
                : strv_printf(out, "arn:%s:iam::aws:policy/%s%s", partition, policy_path(*p), *p))
            return error_nomem(err);
    return 0;
}
