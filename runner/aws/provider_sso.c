// SPDX-License-Identifier: MIT
// Source credentials from IAM Identity Center. Source: AWS SDKs and Tools Reference Guide, "IAM
// Identity Center credential provider".
#include "aws/provider_profile.h"

#include "aws/sso.h"
#include "aws/sso_login.h"
#include "base/cleanup.h"

#include <stdio.h>

int provider_sso_load(const struct provider_env *env, const struct provider_sso *sso,
                      struct credentials **out, struct orgrun_error *err)
{
    const struct sso_place place = {.session = sso->session,
                                    .start_url = sso->start_url,
                                    .region = sso->region,
                                    .profile = sso->profile};
    AUTO(sso_login_clear) struct sso_login login = {0};
    AUTO(aws_answer_clear) struct aws_answer answer = {0};
    struct endpoint portal;
    int rc = sso_login_open(env, &place, &login, err);
    if (rc == 0)
        rc = provider_endpoint(env, "sso", sso->region, &portal, err);
    if (rc)
        return rc;
    const struct sso_role_credentials in = {.token = sso_login_token(&login),
                                            .role_name = sso->role_name,
                                            .account_id = sso->account_id};
    rc = sso_role_credentials(env->client, &portal, &in, &answer, err);
    if (rc && sso_failure_of(&answer) == SSO_LOGIN_ENDED)
        return sso_login_hint(&place, err);
    if (rc)
        return rc;
    char from[160];
    (void)snprintf(from, sizeof from, "Identity Center, by the profile %s", sso->profile);
    return sso_parse_role_credentials(buf_str(&answer.body), answer.body.len, from, out, err);
}
