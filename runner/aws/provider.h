// SPDX-License-Identifier: MIT
// Source credentials: one interface, one file a provider, tried in the SDKs' order.
#ifndef ORGRUN_AWS_PROVIDER_H
#define ORGRUN_AWS_PROVIDER_H

#include "aws/call.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/profile.h"
#include "base/clock.h"
#include "base/log.h"

#define PROVIDER_MFA_CODE_SIZE 16

/* What providers look at. Borrowed by the chain for its life. */
struct provider_env {
    const char *const *env;          /* orgrun's own environment, "NAME=value", NULL-terminated */
    const char *profile;             /* chosen on the command line, or NULL */
    const struct profile_set *files; /* parsed shared files */
    struct aws_client *client;       /* for providers that ask AWS; NULL = only the
                                        environment and static keys are looked at */
    const char *region;              /* whose STS is asked */
    struct clock clock;
    const struct log *log;
    /* Asks a person for the code that the MFA device shows; may be NULL, and then it is an error
     * that one is needed. 0 with code filled, or a negative code. */
    int (*mfa_code)(void *user, const char *serial, char code[PROVIDER_MFA_CODE_SIZE],
                    struct orgrun_error *err);
    void *mfa_user;
    int stop_fd; /* readable once nothing is worth waiting for any more; 0 = none */
};

/* Asks env for a code; `whose` ("the profile \"x\"") names what needs it. */
int provider_mfa_code(const struct provider_env *env, const char *whose, const char *serial,
                      char code[PROVIDER_MFA_CODE_SIZE], struct orgrun_error *err);

/* What a provider answers besides an error. */
enum provider_answer {
    PROVIDER_FOUND = 0, /* *out is set */
    PROVIDER_ABSENT = 1 /* not configured here: the next one is asked; `why` says so */
};

#define PROVIDER_WHY_SIZE 160
struct provider_ops {
    const char *name; /* "environment", "profile", ... */
    /* Is there anything here to load from? PROVIDER_FOUND with what (no secret) in `why`, or
     * PROVIDER_ABSENT with why not. No network, no file. */
    int (*configured)(const struct provider_env *env, char why[PROVIDER_WHY_SIZE]);
    /* PROVIDER_FOUND, PROVIDER_ABSENT (with why), or a negative code: configured but broken, which
     * ends the search (a half-set environment must not fall through to another identity). */
    int (*load)(const struct provider_env *env, struct credentials **out,
                char why[PROVIDER_WHY_SIZE], struct orgrun_error *err);
};

extern const struct provider_ops provider_environment;  /* AWS_ACCESS_KEY_ID, ... */
extern const struct provider_ops provider_web_identity; /* AWS_WEB_IDENTITY_TOKEN_FILE, ... */
extern const struct provider_ops provider_profile;      /* the chosen profile, of any kind */
extern const struct provider_ops provider_container;    /* ECS, EKS Pod Identity */
extern const struct provider_ops provider_imds;         /* EC2's instance metadata, version 2 */

/* All of them, in the SDKs' order. */
#define PROVIDERS 5
extern const struct provider_ops *const provider_chain[PROVIDERS];

/* Whether the provider has a say: with a profile named on the command line the environment has
 * none. As provider_ops.configured. */
int provider_configured(const struct provider_env *env, const struct provider_ops *provider,
                        char why[PROVIDER_WHY_SIZE]);

/* Asks each in order. With a profile named on the command line the environment is passed over.
 * None: ORGRUN_ECREDENTIALS, whose hint lists each provider and why it was passed over. */
int provider_chain_load(const struct provider_env *env, struct credentials **out,
                        struct orgrun_error *err);

/* The endpoint of a service in a Region: AWS_ENDPOINT_URL_<SERVICE> and AWS_ENDPOINT_URL, the
 * profile's services section and endpoint_url, else by the rule sets, with FIPS and dual stack as
 * the environment or the profile says. Source: AWS SDKs and Tools Reference Guide,
 * "Service-specific endpoints".
 */
int provider_endpoint(const struct provider_env *env, const char *service, const char *region,
                      struct endpoint *out, struct orgrun_error *err);

/* The Region to call STS in: AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`; NULL when
 * none. */
const char *provider_region(const struct provider_env *env);

/* The name of the profile in force: command line, AWS_PROFILE, else "default". */
const char *provider_profile_name(const struct provider_env *env);

/* The value of NAME in a NULL-terminated "NAME=value" array, or NULL; empty counts as unset. */
const char *provider_getenv(const char *const *env, const char *name);

#endif
