// SPDX-License-Identifier: MIT
// STS: AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity (query protocol, version
// 2011-06-15, XML answers).
#ifndef ORGRUN_AWS_STS_H
#define ORGRUN_AWS_STS_H

#include "aws/call.h"

/* What AssumeRole takes besides what names the session; zero is nothing. Arrays are
 * NULL-terminated, or NULL. Source: STS API Reference, AssumeRole. */
struct sts_terms {
    const char *policy; /* session policy, JSON */
    const char *const *policy_arns;
    const char *const *tags; /* key, value, key, value, ... */
    const char *const *transitive_tag_keys;
    const char *source_identity;
};

struct sts_assume_role {
    const char *role_arn;
    const char *session_name;
    int64_t duration_s;
    const char *external_id;       /* or NULL */
    const struct sts_terms *terms; /* or NULL */
    const char *mfa_serial;        /* SerialNumber, or NULL */
    const char *mfa_code;          /* TokenCode; with mfa_serial */
};

struct sts_identity {
    char account[13];
    char *arn;     /* heap */
    char *user_id; /* heap */
};
void sts_identity_clear(struct sts_identity *i);

/* "Action=AssumeRole&Version=2011-06-15&..." ; form-encoded. */
int sts_assume_role_body(const struct sts_assume_role *in, struct buf *out,
                         struct orgrun_error *err);

/* Reads an AssumeRole answer into credentials whose account_id comes from AssumedRoleUser/Arn.
 * ORGRUN_EPROTOCOL for anything missing or malformed. */
int sts_parse_assume_role(const char *xml, size_t len, struct credentials **out,
                          struct orgrun_error *err);
/* PackedPolicySize of an AssumeRole answer: percent of what STS takes of policies and tags
 * together; -1 when it is not said. */
int sts_parse_packed_size(const char *xml, size_t len);

int sts_parse_identity(const char *xml, size_t len, struct sts_identity *out,
                       struct orgrun_error *err);

/* Starts AssumeRole; done's answer body is for sts_parse_assume_role. */
int sts_assume_role_start(struct aws_client *client, const struct endpoint *endpoint,
                          struct credentials *source, const struct sts_assume_role *in,
                          aws_done_fn *done, void *user, struct orgrun_error *err);

/* AssumeRole, waiting. Not on the network thread. */
int sts_assume_role(struct aws_client *client, const struct endpoint *endpoint,
                    struct credentials *source, const struct sts_assume_role *in,
                    struct credentials **out, struct orgrun_error *err);

#define STS_WEB_TOKEN_MAX 20000 /* characters, by the API reference */
struct sts_web_identity {
    const char *role_arn;
    const char *session_name;
    const char *token; /* a secret */
};

/* AssumeRoleWithWebIdentity, which is not signed, waiting. Not on the network thread. */
int sts_assume_role_with_web_identity(struct aws_client *client, const struct endpoint *endpoint,
                                      const struct sts_web_identity *in, struct credentials **out,
                                      struct orgrun_error *err);

/* GetSessionToken with an MFA code: keys of the same user that say so, for 12 hours. Waiting. Not
 * on the network thread. */
int sts_get_session_token(struct aws_client *client, const struct endpoint *endpoint,
                          struct credentials *source, const char *mfa_serial, const char *mfa_code,
                          struct credentials **out, struct orgrun_error *err);

/* GetCallerIdentity, waiting. Not on the network thread. sts_identity_clear on success. */
int sts_get_caller_identity(struct aws_client *client, const struct endpoint *endpoint,
                            struct credentials *source, struct sts_identity *out,
                            struct orgrun_error *err);

/* Starts GetCallerIdentity; done's answer body is for sts_parse_identity. */
int sts_get_caller_identity_start(struct aws_client *client, const struct endpoint *endpoint,
                                  struct credentials *source, aws_done_fn *done, void *user,
                                  struct orgrun_error *err);

#endif
