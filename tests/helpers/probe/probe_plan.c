// SPDX-License-Identifier: MIT
// The probe's `chain`: profile files and an environment to the ordered plan of providers. Nobody is
// asked.
#include "helpers/probe/probe.h"

#include "aws/provider_plan.h"
#include "base/cleanup.h"
#include "helpers/probe/probe_field.h"
#include "helpers/probe/probe_home.h"

#include <string.h>

static void add_step(void *user, const struct provider_step *step)
{
    static const char *const states[] = {[PROVIDER_STEP_PASSED] = "passed",
                                         [PROVIDER_STEP_CHOSEN] = "chosen",
                                         [PROVIDER_STEP_REACHED_NOT] = "not reached"};
    json_t *answer = user;
    if (step->state == PROVIDER_STEP_CHOSEN)
        (void)json_object_set_new(answer, "chosen", json_string(step->provider));
    (void)json_array_append_new(json_object_get(answer, "providers"),
                                json_pack("{s:s, s:s, s:o}", "provider", step->provider, "state",
                                          states[step->state], "detail", probe_text(step->detail)));
}

static void add_hop(void *user, const struct provider_hop *hop)
{
    (void)json_array_append_new(user, json_pack("{s:s?, s:s, s:o}", "profile", hop->profile, "kind",
                                                hop->kind, "detail", probe_text(hop->detail)));
}

/* The texts of the request, or else the files that the environment names. */
static int take_files(const json_t *request, const char *const *env, struct profile_set *out,
                      struct orgrun_error *err)
{
    const char *config = probe_field_text(request, "input", "config_file|configFile");
    const char *credentials =
        probe_field_text(request, "input", "credentials_file|credentialsFile");
    return config || credentials
               ? profile_set_parse(out, config, "config", credentials, "credentials", NULL, err)
               : profile_set_load(out, env, NULL, err);
}

static void plan(const struct provider_env *env, json_t *answer)
{
    struct orgrun_error err = {0};
    const char *chosen;
    provider_plan(env, add_step, answer);
    chosen = json_string_value(json_object_get(answer, "chosen"));
    if (!chosen || strcmp(chosen, provider_profile.name) != 0)
        return;
    if (provider_plan_profile(env, add_hop, json_object_get(answer, "profiles"), &err))
        (void)json_object_set_new(answer, "error", probe_text(err.message));
}

json_t *probe_plan(const json_t *request, char *error, size_t error_size)
{
    AUTO(probe_home_clear) struct probe_home home = {0};
    AUTO(profile_set_clear) struct profile_set files = {0};
    struct orgrun_error err = {0};
    if (probe_home_open(&home, request, &err)) {
        (void)snprintf(error, error_size, "%s", err.message);
        return NULL;
    }
    const struct provider_env env = {.env = (const char *const *)strv_array(&home.env),
                                     .profile = probe_field_text(request, "input", "profile"),
                                     .files = &files,
                                     .clock = clock_system};
    json_t *answer = json_pack("{s:[], s:n, s:[]}", "providers", "chosen", "profiles");
    if (take_files(request, env.env, &files, &err))
        (void)json_object_set_new(answer, "error", probe_text(err.message));
    else
        plan(&env, answer);
    return answer;
}
