// SPDX-License-Identifier: MIT
// IAM policy documents: whom a role trusts, and what its caller may do.
#ifndef ORGRUN_AWS_POLICY_H
#define ORGRUN_AWS_POLICY_H

#include <stdbool.h>

struct policy_trust {
    const char *partition;         /* of the root ARN that an account id becomes */
    const char *const *principals; /* ARNs or account ids; NULL-terminated, at least one */
    const char *external_id;       /* or NULL */
    const char *org_id;            /* of the principals, or NULL */
    bool session_tags, source_identity;
};

/* The trust policy as indented JSON with a newline; heap, NULL when out of memory. */
char *policy_trust(const struct policy_trust *trust);

/* Its statements alone, with commas between them and no newline at the end, to be added to a policy
 * that is there; as above. */
char *policy_trust_statements(const struct policy_trust *trust);

struct policy_source {
    const char *role_arn; /* its account may be "*"; what stands behind ":role/" is literal */
    const char *org_id;   /* of the roles, or NULL */
    bool session_tags, source_identity;
};

/* What assumes that role in every account and reads the organization as orgrun does; as above. */
char *policy_source(const struct policy_source *source);

/* Its statement that allows the assuming alone; as policy_trust_statements. */
char *policy_source_statement(const struct policy_source *source);

#endif
