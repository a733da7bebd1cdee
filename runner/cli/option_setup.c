// SPDX-License-Identifier: MIT
// The options of setup.
#include "cli/option.h"

#define AT(field) offsetof(struct settings, field)

const struct option_group options_setup = {
    "Role and trust",
    (const struct option_spec[]){
        {"role", '\0', OPTION_TEXT, AT(role), "ROLE",
         "Name or path/name of the role; rol_sts_cross_account when not given. [stackset, "
         "source-policy]"},
        {"principal", '\0', OPTION_EACH, AT(principals), "ARN|ID",
         "Who may assume the role: ARN of a role or user, or id of a whole account. May be given "
         "several times. [stackset, trust]"},
        {"external-id", '\0', OPTION_TEXT, AT(external_id), "ID",
         "External id that must be given. [stackset, trust]"},
        {"org-id", '\0', OPTION_TEXT, AT(org_id), "o-ID",
         "Only principals, and only roles, of this organization. [all]"},
        {"session-tags", '\0', OPTION_FLAG, AT(allow_session_tags), NULL,
         "Let session tags be passed. [all]", .most = 1},
        {"source-identity", '\0', OPTION_FLAG, AT(allow_source_identity), NULL,
         "Let a source identity be set. [all]", .most = 1},
        {NULL},
    }};

const struct option_group options_setup_template = {
    "Template",
    (const struct option_spec[]){
        {"ous", '\0', OPTION_COMMAS, AT(ous), "ID,...",
         "Organizational units, or the root, whose accounts get the role. [stackset]"},
        {"managed-policy", '\0', OPTION_EACH, AT(managed_policies), "NAME|ARN",
         "What the role may do: the name of an AWS managed policy, or an ARN; nothing when not "
         "given. May be given several times. [stackset]"},
        {"permissions-boundary", '\0', OPTION_TEXT, AT(permissions_boundary), "NAME",
         "Name of a policy that every account has and that bounds what the role may do. "
         "[stackset]"},
        {"duration", '\0', OPTION_DURATION, AT(duration_ms), "TIME",
         "How long the role's sessions may last, 1h to 12h; 1h when not given. [stackset]"},
        {"delegated-admin", '\0', OPTION_FLAG, AT(delegated_admin), NULL,
         "The stack set is made by a delegated administrator. [stackset]", .most = 1},
        {"role-only", '\0', OPTION_FLAG, AT(role_only), NULL,
         "Print the template of the role in one account. [stackset]", .most = 1},
        {NULL},
    }};

const struct option_group options_partition = {
    "Partition",
    (const struct option_spec[]){
        {"partition", '\0', OPTION_TEXT, AT(partition), "NAME",
         "aws, aws-cn, aws-us-gov ...: the second word of ARNs. [all]"},
        {"region", '\0', OPTION_TEXT, AT(region), "REGION",
         "A Region of the partition; that of the first ARN given, AWS_REGION or AWS_DEFAULT_REGION "
         "when neither is. [all]"},
        {NULL},
    }};
